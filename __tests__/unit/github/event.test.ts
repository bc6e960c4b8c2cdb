import { expect, test } from '@jest/globals'
import { commitIn, type Event, pullRequestIn } from '../../../src/github/event.ts'

const sha = '0123456789abcdef0123456789abcdef01234567'
const other = 'fedcba9876543210fedcba9876543210fedcba98'
const queue = (head_ref: string) => ({ merge_group: { head_ref } })
const inQueue = 'refs/heads/gh-readonly-queue/main'

test.each<[event: string, pullRequest: number | null, payload: Event['payload']]>([
  ['pull_request', 7, { pull_request: { number: 7 } }],
  ['pull_request', null, {}],
  ['issue_comment', 7, { issue: { number: 7, pull_request: {} } }],
  ['issue_comment', null, { issue: { number: 7 } }],
  ['workflow_run', 7, { workflow_run: { pull_requests: [{ number: 7 }, { number: 8 }] } }],
  ['workflow_run', null, { workflow_run: { pull_requests: [] } }],
  ['workflow_run', null, { workflow_run: {} }],
  ['merge_group', 1234, queue(`${inQueue}/pr-1234-${sha}`)],
  ['merge_group', 7, queue(`refs/heads/gh-readonly-queue/release/1.0/pr-7-${sha}`)],
  ['merge_group', null, queue(`refs/heads/pr-7-${sha}`)],
  ['merge_group', null, queue(`${inQueue}/pr-x-1`)],
  ['merge_group', null, queue(`x/${inQueue}/pr-7-${sha}`)],
  ['merge_group', null, queue(`${inQueue}/pr-7-${sha}/x`)],
  ['merge_group', null, { merge_group: {} }],
])('%s is about the pull request %j with %j', (name, pullRequest, payload) => {
  expect(pullRequestIn({ name, payload, sha })).toBe(pullRequest)
})

const ofRun = ['push', 'release', 'repository_dispatch', 'schedule', 'workflow_dispatch']
const without = ['issue_comment', 'issues', 'pull_request', 'merge_group', '']
type Row = [event: string, commit: string | null, payload: Event['payload']]
test.each<Row>([
  ...ofRun.map((name): Row => [name, sha, {}]),
  ...without.map((name): Row => [name, null, {}]),
  ['workflow_run', other, { workflow_run: { head_sha: other } }],
  ['deployment', other, { deployment: { sha: other } }],
  ['deployment_status', other, { deployment: { sha: other } }],
])('%s is about the commit %j with %j', (name, commit, payload) => {
  expect(commitIn({ name, payload, sha })).toBe(commit)
})
