import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { expectGone } from '../../support/expectations.ts'
import { bot, type GitHubApi, startGitHubApi } from '../../support/github-api.ts'
import { refusingPort } from '../../support/servers.ts'
import {
  busyMs,
  calls,
  type Plan,
  type Step,
  type StepOptions,
  simulate,
  startWaitingForOne,
  testWithProxies,
  waitFor,
  waitForOne,
} from '../../support/step.ts'

const failed: Plan = { status: 'FAILED', failureReason: 'The reason.', accountsBehind: 1 }
const never: Plan = { seconds: 600 }

/** Runs a step for a request with this plan. */
async function comment(api: GitHubApi, plan: Plan, job: StepOptions = {}): Promise<Step> {
  return (await waitForOne({ plan, commentsOn: api, ...job })).step
}

/** Runs a step for a request that has FAILED, first without and then with a comment, and expects the same ending. */
async function expectSameEnding(api: GitHubApi, job: StepOptions = {}, speed = 1): Promise<Step> {
  await using simulator = await simulate({ speed })
  const requests = simulator.start(failed, 1)
  const without = await waitFor(simulator, requests)
  const step = await waitFor(simulator, requests, { commentsOn: api, ...job })
  const seenOf = ({ exitCode, signal, stderr, outputs, errors }: Step) => {
    return { exitCode, signal, stderr, errors, outputs: { ...outputs, 'elapsed-seconds': '', 'results-file': '' } }
  }
  expect(seenOf(step)).toEqual(seenOf(without))
  expect(step.complaints).toEqual([])
  expect(step.ranMs).toBeLessThan(8_000)
  return step
}

function bodies({ comments }: GitHubApi): string[] {
  return comments.map(({ body }) => body)
}

function warningsOf({ warnings }: Step): string[] {
  return warnings.map(({ message }) => message)
}

/** The log's lines about the comment, without the time in front of them. */
function loggedOf({ log }: Step): string[] {
  return log.filter((line) => /comment/i.test(line)).map((line) => line.replace(/^ *[\d.]+ s {2}/, ''))
}

describe('the comment', () => {
  test.concurrent('has the summary, and a later run updates it in place', async () => {
    await using api = await startGitHubApi()
    const red = await comment(api, failed)
    expect(bodies(api)).toEqual([expect.stringMatching(/^<!-- [^<>\n]+ -->\n## ❌[\s\S]*The reason\./)])
    expect(bodies(api)[0]?.replace(/.*\n/, '')).toEqual(red.summary)
    expect(loggedOf(red)).toEqual(['Commented on pull request 7'])

    const green = await comment(api, {})
    expect(bodies(api)[0]?.replace(/.*\n/, '')).toEqual(green.summary)
    expect(loggedOf(green)).toEqual(['Updated the comment on pull request 7'])
    expect(api.writes).toEqual(['POST 201', 'PATCH 200'])
    expect([red, green].flatMap(warningsOf)).toEqual([])
  })

  test.concurrent('of a success is updated by a run with a wrong input, without the value, which may be a secret', async () => {
    await using api = await startGitHubApi()
    const operation = 'create-account-assignment'
    const job = (run: string, others = {}): StepOptions => ({
      inputs: { operation, ...others },
      environment: { GITHUB_RUN_ID: run },
    })
    await comment(api, { operation }, job('1'))
    const step = await comment(api, { operation }, job('2', { operation: 'hunter2' }))
    expect(bodies(api)).toEqual([expect.stringMatching(/## ❗.*Input &#39;operation&#39; is &quot;…&quot;, but/s)])
    expect(bodies(api).join()).not.toContain('hunter2')
    expect(step.summary).toContain('hunter2')
    expect(loggedOf(step)).toEqual(['Updated the comment on pull request 7'])
    // The next run finds it again.
    await comment(api, { operation }, job('3'))
    expect(bodies(api)).toEqual([expect.stringContaining('## ✅')])
  })

  test.concurrent('is not made where nobody asked for one, and GitHub gets no call', async () => {
    await using api = await startGitHubApi()
    const step = await comment(api, failed, { inputs: { 'pull-request-comment': 'never' } })
    expect(step.outputs['verdict']).toBe('failed')
    expect(api.calls).toEqual([])
    expect(warningsOf(step)).toEqual([])
  })

  testWithProxies('goes through the proxy that the environment names', async () => {
    await using api = await startGitHubApi()
    const environment = {
      GITHUB_API_URL: 'http://api.github.invalid',
      HTTP_PROXY: api.onPullRequest()['GITHUB_API_URL'],
      NO_PROXY: '127.0.0.1',
    }
    const step = await comment(api, failed, { environment })
    expect(warningsOf(step)).toEqual([])
    expect(bodies(api)).toEqual([expect.stringContaining('The reason.')])
  })

  test.concurrent('works on GitHub Enterprise Server, which has its API in another place', async () => {
    await using api = await startGitHubApi({ root: '/api/v3', viewer: 'octocat' })
    api.add('I like it.', bot)
    const steps = [await comment(api, {}), await comment(api, {})]
    expect(steps.flatMap(warningsOf)).toEqual([])
    expect(api.comments).toHaveLength(2)
  })

  test.concurrent('is also made by a cancelled job', async () => {
    await using api = await startGitHubApi()
    // The comment has a second. On a slow clock, a busy machine can make it in that time too.
    const inputs = { 'pull-request-comment': 'on-failure' }
    await using wait = await startWaitingForOne({ speed: 1 / 4, plan: never, commentsOn: api, inputs })
    const { simulator, step } = wait
    await calls(simulator, 2)

    step.cancel('SIGTERM')

    const ended = await step.finished
    expect(ended.outputs['verdict']).toBe('cancelled')
    expect(warningsOf(ended)).toEqual([])
    expect(bodies(api)).toEqual([expect.stringMatching(/## 🛑/)])
  })
})

describe('without the comment, the step ends as it would have', () => {
  test.concurrent('GitHub cannot be reached', async () => {
    await using api = await startGitHubApi()
    const step = await expectSameEnding(api, { environment: { GITHUB_API_URL: `http://127.0.0.1:${refusingPort}` } })
    const cause = /^GitHub could not be reached \(.*(ECONNREFUSED|fetch failed).*\)\.$/
    expect(warningsOf(step)).toEqual([expect.stringMatching(cause)])
    expect(loggedOf(step)).toEqual([])
    expect(`${step.stdout}${step.summary}`).not.toContain(api.token)
  })

  test.concurrent('GitHub takes the call and never answers', async () => {
    await using api = await startGitHubApi()
    api.hang()
    const step = await expectSameEnding(api, {}, 5)
    expect(warningsOf(step)).toEqual(['GitHub did not answer in time.'])
    expect(api.calls).toHaveLength(1)
  })

  test.concurrent('GitHub never answers after the deadline: gone within 5 s', async () => {
    await using api = await startGitHubApi()
    api.hang()
    const step = await comment(api, never, { timeoutMinutes: 0.02 })
    expect(step.outputs['verdict']).toBe('timed-out')
    expect(warningsOf(step)).toEqual(['GitHub did not answer in time.'])
    expect(step.exitCode).toBe(1)
    expect(step.ranMs).toBeLessThan(1_200 + 5_000 + busyMs)
  })

  test.concurrent('the job is cancelled while GitHub does not answer: gone within 2 s', async () => {
    await using api = await startGitHubApi()
    api.hang()
    await using wait = await startWaitingForOne({ plan: failed, commentsOn: api })
    const { step } = wait
    while (api.calls.length === 0) await setTimeout(20)

    step.cancel('SIGINT')

    const ended = await step.finished
    expect([ended.outputs['verdict'], ended.exitCode]).toEqual(['failed', 1])
    expectGone(ended)
    expect(warningsOf(ended)).toEqual(['The job was cancelled before GitHub answered.'])
  })

  test.concurrent('GitHub never answers when the job is cancelled: gone within 2 s', async () => {
    await using api = await startGitHubApi()
    api.hang()
    await using wait = await startWaitingForOne({ plan: never, commentsOn: api })
    const { simulator, step } = wait
    await calls(simulator, 2)

    step.cancel('SIGINT')

    const ended = await step.finished
    expect([ended.outputs['verdict'], ended.exitCode]).toEqual(['cancelled', 1])
    expectGone(ended)
    expect(warningsOf(ended)).toEqual(['GitHub did not answer in time.'])
  })
})
