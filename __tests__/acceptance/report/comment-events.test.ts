import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { commit, type GitHubApi, startGitHubApi } from '../github-api.ts'
import { type Step, simulate, waitFor } from '../support.ts'

/** The last commit on the default branch, on which GitHub runs what is about no commit. */
const other = 'fedcba9876543210fedcba9876543210fedcba98'
const inQueue = `refs/heads/gh-readonly-queue/release/1.0/pr-7-${other}`

/** A step that comments, in a job on an event. */
async function comment(api: GitHubApi, environment: Record<string, string>): Promise<Step> {
  await using simulator = await simulate()
  return await waitFor(simulator, simulator.start(), {
    inputs: { 'pull-request-comment': 'always', 'github-token': api.token },
    environment,
  })
}

function warningsOf({ commands }: Step): string[] {
  return commands.filter(({ name }) => name === 'warning').map(({ message }) => message)
}

describe('the comment goes to the pull request', () => {
  test.concurrent.each<[string, object, string?]>([
    ['pull_request_target', { pull_request: { number: 7 } }, other],
    ['pull_request_review', { pull_request: { number: 7 } }],
    ['issue_comment', { issue: { number: 7, pull_request: { url: 'https://api.github.com/…/pulls/7' } } }, other],
    ['merge_group', { merge_group: { head_ref: inQueue, head_sha: other } }, other],
    ['workflow_run', { workflow_run: { head_sha: other, pull_requests: [{ number: 7 }] } }, other],
  ])('that the %s event is about', async (event, payload, sha) => {
    await using api = await startGitHubApi()

    const step = await comment(api, await api.on(event, payload, sha))

    expect(warningsOf(step)).toEqual([])
    expect(api.comments).toHaveLength(1)
    expect(api.calls.filter(({ path }) => path.includes('/commits/'))).toEqual([])
  })

  test.concurrent.each<[string, object, string?]>([
    ['push', { ref: 'refs/heads/main' }],
    ['workflow_run', { workflow_run: { head_sha: commit, pull_requests: [] } }, other],
    ['deployment', { deployment: { sha: commit } }],
    ['deployment_status', { deployment: { sha: commit }, deployment_status: {} }, other],
    ['workflow_dispatch', { inputs: {} }],
    ['schedule', { schedule: '0 6 * * *' }],
  ])('that brought the commit of the %s event', async (event, payload, sha) => {
    await using api = await startGitHubApi()

    const step = await comment(api, await api.on(event, payload, sha))

    expect(warningsOf(step)).toEqual([])
    expect(api.comments).toHaveLength(1)
  })
})

describe('without a pull request, a warning says why', () => {
  test.concurrent.each<[string, object]>([
    ['issue_comment', { issue: { number: 5 } }],
    ['merge_group', { merge_group: { head_ref: 'refs/heads/main' } }],
    ['push', { ref: 'refs/heads/main' }],
    ['workflow_run', { workflow_run: { head_sha: other, pull_requests: [] } }],
  ])('a %s event that belongs to none', async (event, payload) => {
    await using api = await startGitHubApi({ ofCommit: [] })

    const step = await comment(api, await api.on(event, payload))

    expect(warningsOf(step)).toEqual([
      `There is no pull request to comment on, as this ${event} event belongs to no pull request.`,
    ])
    expect(api.comments).toEqual([])
  })

  test.concurrent.each([
    [
      'is no JSON',
      '{"pull_request": {"num',
      /^There is no pull request to comment on, as the event of this run cannot be read \(.+JSON.+\)\.$/,
    ],
    [
      'is no object',
      'null',
      /^There is no pull request to comment on, as the event of this run cannot be read \(.+\)\.$/,
    ],
    [
      'is missing',
      null,
      /^There is no pull request to comment on, as the event of this run cannot be read \(ENOENT.+\)\.$/,
    ],
  ])('an event file that %s', async (_, text, cause) => {
    await using api = await startGitHubApi()
    const folder = await mkdtemp(join(tmpdir(), 'event-'))
    const path = join(folder, 'event.json')
    if (text !== null) await writeFile(path, text)

    const step = await comment(api, { ...api.onPullRequest(), GITHUB_EVENT_PATH: path })
    await rm(folder, { recursive: true })

    expect(warningsOf(step)).toEqual([expect.stringMatching(cause)])
    expect(step.stdout).not.toMatch(/could not be reached|does not exist\n/)
    expect(api.calls).toEqual([])
  })
})

test.concurrent('GitHub Enterprise Server has its API in another place', async () => {
  await using api = await startGitHubApi({ root: '/api/v3', viewer: 'octocat' })
  api.add('I like it.')

  const steps = [await comment(api, api.onPullRequest()), await comment(api, api.onPullRequest())]

  expect(steps.flatMap(warningsOf)).toEqual([])
  expect(api.comments).toHaveLength(2)
})
