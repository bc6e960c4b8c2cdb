import { describe, expect, test } from '@jest/globals'
import { commitIn, type Event, pullRequestIn } from '../../../src/github/event.ts'

const sha = '0123456789abcdef0123456789abcdef01234567'
const other = 'fedcba9876543210fedcba9876543210fedcba98'

function event(name: string, payload: Event['payload']): Event {
  return { name, payload, sha }
}

describe('the pull request that an event is about', () => {
  test.each<[string, Event['payload']]>([
    ['pull_request', { pull_request: { number: 7 } }],
    ['pull_request_target', { pull_request: { number: 7 } }],
    ['issue_comment', { issue: { number: 7, pull_request: {} } }],
    ['workflow_run', { workflow_run: { pull_requests: [{ number: 7 }, { number: 8 }] } }],
    ['merge_group', { merge_group: { head_ref: `refs/heads/gh-readonly-queue/main/pr-7-${sha}` } }],
    ['merge_group', { merge_group: { head_ref: `refs/heads/gh-readonly-queue/release/1.0/pr-7-${sha}` } }],
  ])('is in the payload of %s: %j', (name, payload) => {
    expect(pullRequestIn(event(name, payload))).toBe(7)
  })

  test('merge_group: a number of several digits', () => {
    const head_ref = `refs/heads/gh-readonly-queue/main/pr-1234-${sha}`
    expect(pullRequestIn(event('merge_group', { merge_group: { head_ref } }))).toBe(1234)
  })

  test.each<[string, Event['payload']]>([
    ['pull_request', {}],
    ['issue_comment', { issue: { number: 7 } }],
    ['workflow_run', { workflow_run: { pull_requests: [] } }],
    ['workflow_run', { workflow_run: {} }],
    ['merge_group', { merge_group: { head_ref: `refs/heads/pr-7-${sha}` } }],
    ['merge_group', { merge_group: { head_ref: 'refs/heads/gh-readonly-queue/main/pr-x-1' } }],
    ['merge_group', { merge_group: { head_ref: `x/refs/heads/gh-readonly-queue/main/pr-7-${sha}` } }],
    ['merge_group', { merge_group: { head_ref: `refs/heads/gh-readonly-queue/main/pr-7-${sha}/x` } }],
    ['merge_group', { merge_group: {} }],
  ])('does not exist for %s: %j', (name, payload) => {
    expect(pullRequestIn(event(name, payload))).toBeNull()
  })
})

describe('the commit that an event is about', () => {
  test.each(['push', 'release', 'repository_dispatch', 'schedule', 'workflow_dispatch'])(
    'is the commit of the run for %s',
    (name) => {
      expect(commitIn(event(name, {}))).toBe(sha)
    },
  )

  test.each<[string, Event['payload']]>([
    ['workflow_run', { workflow_run: { head_sha: other } }],
    ['deployment', { deployment: { sha: other } }],
    ['deployment_status', { deployment: { sha: other } }],
  ])('is in the payload of %s: %j', (name, payload) => {
    expect(commitIn(event(name, payload))).toBe(other)
  })

  test.each(['issue_comment', 'issues', 'pull_request', 'merge_group', ''])('does not exist for %j', (name) => {
    expect(commitIn(event(name, {}))).toBeNull()
  })
})
