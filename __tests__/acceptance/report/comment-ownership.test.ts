import { describe, expect, test } from '@jest/globals'
import { type GitHubApi, startGitHubApi } from '../github-api.ts'
import { type Plan, type Simulator, type Step, simulate, waitFor } from '../support.ts'

const failed: Plan = { status: 'FAILED', failureReason: 'The reason.', accountsBehind: 0 }

interface Job {
  inputs?: Record<string, string>
  /** Each push starts a run with an ID of its own. */
  run?: number
  environment?: Record<string, string>
}

/** A step that comments, in a job on the pull request. */
function comment(simulator: Simulator, request: string, api: GitHubApi, job: Job = {}): Promise<Step> {
  return waitFor(simulator, [request], {
    inputs: { 'pull-request-comment': 'always', 'github-token': api.token, ...job.inputs },
    environment: { ...api.onPullRequest(), GITHUB_RUN_ID: String(job.run ?? 1), ...job.environment },
  })
}

/** The request ID in each comment's report, and whether that is of a success. */
function reports({ comments }: GitHubApi, requests: readonly string[]): string[] {
  return comments.map(({ body }) => {
    const about = requests.findIndex((request) => body.includes(request))
    return `${about} ${/## (\S+)/.exec(body)?.[1]}`
  })
}

function warningsOf({ commands }: Step): string[] {
  return commands.filter(({ name }) => name === 'warning').map(({ message }) => message)
}

describe('a comment of somebody else with the marker in it', () => {
  test.concurrent.each(['octocat', 'other-app[bot]'])('is left alone: %s', async (stranger) => {
    await using simulator = await simulate()
    await using source = await startGitHubApi()
    await using api = await startGitHubApi()
    const requests = simulator.start({}, 3)
    await comment(simulator, requests[0] ?? '', source)
    const planted = source.comments[0]?.body ?? ''
    api.add(planted, stranger)

    const step = await comment(simulator, requests[1] ?? '', api, { run: 2 })
    await comment(simulator, requests[2] ?? '', api, { run: 3 })

    expect(warningsOf(step)).toEqual([])
    expect(reports(api, requests)).toEqual(['0 ✅', '2 ✅'])
    expect(api.comments[0]?.body).toBe(planted)
  })

  test.concurrent.each([
    ['a token of a person', { viewer: 'octocat' }],
    ['a token of another app', { viewer: 'deploy-app[bot]' }],
    ['GITHUB_TOKEN where GraphQL does not answer', { hasGraphQl: false }],
  ])('the own comment is found with %s', async (_, options) => {
    await using simulator = await simulate()
    await using api = await startGitHubApi(options)
    const requests = simulator.start({}, 2)

    await comment(simulator, requests[0] ?? '', api)
    const step = await comment(simulator, requests[1] ?? '', api, { run: 2 })

    expect(warningsOf(step)).toEqual([])
    expect(reports(api, requests)).toEqual(['1 ✅'])
  })
})

test.concurrent('two steps of one job keep a comment each, in every run', async () => {
  await using simulator = await simulate()
  await using api = await startGitHubApi()
  const requests = simulator.start((index) => (index === 0 ? failed : {}), 4)
  const step = (id: string, run: number) => ({ run, environment: { GITHUB_ACTION: id } })

  await comment(simulator, requests[0] ?? '', api, step('__octo-org_wait', 1))
  await comment(simulator, requests[1] ?? '', api, step('__octo-org_wait_2', 1))
  expect(reports(api, requests)).toEqual(['0 ❌', '1 ✅'])

  await comment(simulator, requests[2] ?? '', api, step('__octo-org_wait_2', 2))
  await comment(simulator, requests[3] ?? '', api, step('__octo-org_wait', 2))
  expect(reports(api, requests)).toEqual(['3 ✅', '2 ✅'])
})

test.concurrent('legs of a matrix keep a comment each, in every run, also when they end together', async () => {
  await using simulator = await simulate()
  await using api = await startGitHubApi()
  const requests = simulator.start((index) => (index === 0 ? failed : {}), 4)
  const leg = (index: number, run: number) => ({ run, inputs: { 'comment-key': String(index) } })

  api.awaitCreations(2)
  await Promise.all([
    comment(simulator, requests[0] ?? '', api, leg(0, 1)),
    comment(simulator, requests[1] ?? '', api, leg(1, 1)),
  ])
  expect(reports(api, requests).sort()).toEqual(['0 ❌', '1 ✅'])

  await Promise.all([
    comment(simulator, requests[2] ?? '', api, leg(0, 2)),
    comment(simulator, requests[3] ?? '', api, leg(1, 2)),
  ])
  expect(reports(api, requests).sort()).toEqual(['2 ✅', '3 ✅'])
})

test.concurrent('jobs that only differ in what they wait for keep a comment each, in every run', async () => {
  await using simulator = await simulate()
  await using api = await startGitHubApi()
  const accounts = ['111122223333', '111122223334', '111122223335']
  const requests = simulator.start(
    (index) => ({ accountId: accounts[index % 3] ?? '', ...(index === 0 ? failed : {}) }),
    6,
  )

  for (const request of requests.slice(0, 3)) await comment(simulator, request, api, { run: 1 })
  expect(reports(api, requests)).toEqual(['0 ❌', '1 ✅', '2 ✅'])

  for (const request of requests.slice(3).reverse()) await comment(simulator, request, api, { run: 2 })
  expect(reports(api, requests)).toEqual(['3 ✅', '4 ✅', '5 ✅'])
})

test.concurrent('a run that waits for something else updates the comment of the run before', async () => {
  await using simulator = await simulate()
  await using api = await startGitHubApi()
  const requests = simulator.start((index) => ({ accountId: `11112222333${index}`, ...(index === 0 ? failed : {}) }), 2)

  await comment(simulator, requests[0] ?? '', api, { run: 1 })
  await comment(simulator, requests[1] ?? '', api, { run: 1, environment: { GITHUB_RUN_ATTEMPT: '2' } })

  expect(reports(api, requests)).toEqual(['1 ✅'])
})

test.concurrent('two runs that end together keep one comment', async () => {
  await using simulator = await simulate()
  await using api = await startGitHubApi()
  const requests = simulator.start({}, 2)

  api.awaitCreations(2)
  const steps = await Promise.all([
    comment(simulator, requests[0] ?? '', api, { run: 1 }),
    comment(simulator, requests[1] ?? '', api, { run: 2 }),
  ])

  expect(steps.flatMap(warningsOf)).toEqual([])
  expect(api.comments).toHaveLength(1)
})
