import { describe, expect, test } from '@jest/globals'
import { expectGone } from '../expectations.ts'
import { type GitHubApi, startGitHubApi } from '../github-api.ts'
import { refusingPort } from '../support/servers.ts'
import { busyMs, calls, type Plan, type Simulator, type Step, simulate, startWaitingFor, waitFor } from '../support.ts'

/** The first line of a comment that the same step has made in an earlier run. */
const marker =
  '<!-- wait-for-permission-set-provisioning Deploy/deploy/wait//provision-permission-set 0123456789abcdef 1/1 -->'
const failed: Plan = { status: 'FAILED', failureReason: 'The reason.', accountsBehind: 1 }
const never: Plan = { seconds: 600 }

interface Job {
  mode?: 'never' | 'on-failure' | 'always'
  inputs?: Record<string, string>
  environment?: Record<string, string | undefined>
}

/** A step with the comment on, unless the mode says otherwise, in a job on the pull request. */
function comment(simulator: Simulator, requests: string[], api: GitHubApi, job: Job = {}): Promise<Step> {
  return waitFor(simulator, requests, optionsOf(api, job))
}

function optionsOf(api: GitHubApi, { mode = 'always', inputs, environment }: Job) {
  return {
    inputs: { 'pull-request-comment': mode, 'github-token': api.token, ...inputs },
    environment: { ...api.onPullRequest(), ...environment },
  }
}

function bodies({ comments }: GitHubApi): string[] {
  return comments.map(({ body }) => body)
}

/** The bodies without the line of the marker. */
function reports(api: GitHubApi): string[] {
  return bodies(api).map((body) => body.slice(body.indexOf('\n') + 1))
}

describe('the comment', () => {
  test.concurrent('is created, then updated in place by a second run', async () => {
    await using simulator = await simulate()
    await using api = await startGitHubApi()
    const [first = '', second = ''] = simulator.start((index) => (index === 0 ? failed : {}), 2)

    const red = await comment(simulator, [first], api)

    expect(red.outputs['verdict']).toBe('failed')
    expect(reports(api)).toEqual([red.summary])
    expect(loggedOf(red)).toEqual(['Commented on pull request 7'])
    expect(bodies(api)[0]).toContain('The reason.')

    const green = await comment(simulator, [second], api)

    expect(green.outputs['verdict']).toBe('succeeded')
    expect(reports(api)).toEqual([green.summary])
    expect(loggedOf(green)).toEqual(['Updated the comment on pull request 7'])
    expect(api.writes.map(({ method, status }) => [method, status])).toEqual([
      ['POST', 201],
      ['PATCH', 200],
    ])
    for (const step of [red, green]) expect(warningsOf(step)).toEqual([])
  })

  test.concurrent('on-failure: not created by a success, created by a failure, updated by a later success', async () => {
    await using simulator = await simulate()
    await using api = await startGitHubApi()
    const plans: Plan[] = [{}, failed, {}]
    const [first = '', second = '', third = ''] = simulator.start(plans)

    const none = await comment(simulator, [first], api, { mode: 'on-failure' })
    expect(bodies(api)).toEqual([])
    expect(loggedOf(none)).toEqual(['No comment is needed on pull request 7'])
    expect(warningsOf(none)).toEqual([])

    await comment(simulator, [second], api, { mode: 'on-failure' })
    expect(bodies(api)).toEqual([expect.stringMatching(/## ❌[\s\S]*The reason\./)])

    const green = await comment(simulator, [third], api, { mode: 'on-failure' })
    expect(bodies(api)).toEqual([expect.stringMatching(/## ✅/)])
    expect(bodies(api)[0]).not.toContain('The reason.')
    expect(warningsOf(green)).toEqual([])
  })

  test.concurrent('is found on the second page, among those of other people, jobs and operations', async () => {
    await using simulator = await simulate()
    await using api = await startGitHubApi()
    const [request = ''] = simulator.start(failed)
    const others = [
      'I like it.',
      '',
      `> ${marker}\n> ## ❌ Provisioning failed\n\nWhat is this?`,
      `Look:\n\`\`\`\n${marker}\n\`\`\``,
      ...[
        marker.replace('Deploy/deploy', 'Deploy/undo'),
        marker.replace('Deploy/deploy', 'Nightly/deploy'),
        marker.replace('/provision-permission-set ', '/create-account-assignment '),
        marker.replace('wait-for', 'wait-no-more-for'),
        marker.replace('1/1', '1/1 1'),
      ].map((line) => `${line}\nOld.`),
      marker,
    ]
    for (let count = 0; count < 105; count++) api.add(others[count % others.length] ?? '', 'github-actions[bot]')
    const before = bodies(api)
    const own = api.add(`${marker}\nOld.`, 'github-actions[bot]')
    api.add('The last one.')

    const step = await comment(simulator, [request], api)

    expect(warningsOf(step)).toEqual([])
    expect(own.body).toContain('The reason.')
    expect(bodies(api)).toEqual([...before, own.body, 'The last one.'])
    expect(api.writes).toEqual([
      { method: 'PATCH', path: `/repos/octo-org/octo-repo/issues/comments/${own.id}`, status: 200 },
    ])
  })

  test.concurrent('is one for each operation of a job', async () => {
    await using simulator = await simulate()
    await using api = await startGitHubApi()
    const [provisioning = ''] = simulator.start()
    const [assignment = ''] = simulator.start({ operation: 'create-account-assignment' })

    await comment(simulator, [provisioning], api)
    await comment(simulator, [assignment], api, { inputs: { operation: 'create-account-assignment' } })

    expect(bodies(api)).toEqual([
      expect.stringContaining(provisioning),
      expect.stringMatching(new RegExp(`/create-account-assignment .*-->\n[\\s\\S]*${assignment}`)),
    ])
  })

  test.concurrent('of a workflow whose name is hostile is found again, and renders as nothing', async () => {
    await using simulator = await simulate()
    await using api = await startGitHubApi()
    const [first = '', second = ''] = simulator.start({}, 2)
    const environment = { GITHUB_WORKFLOW: 'Deploy --> <img src=x>\n# 漢字' }

    await comment(simulator, [first], api, { environment })
    await comment(simulator, [second], api, { environment })

    expect(bodies(api)).toEqual([expect.stringContaining(second)])
    expect(bodies(api)[0]).toMatch(/^<!-- [^<>\n]+ -->\n## ✅/)
  })

  test.concurrent('goes, on a push, to the pull request that the commit came with', async () => {
    await using simulator = await simulate()
    await using api = await startGitHubApi({
      ofCommit: [
        { number: 3, merged_at: null },
        { number: 7, merged_at: '2026-11-23T09:00:00Z' },
      ],
    })
    const [request = ''] = simulator.start(failed)

    const step = await comment(simulator, [request], api, { environment: api.onPush() })

    expect(warningsOf(step)).toEqual([])
    expect(bodies(api)).toEqual([expect.stringContaining('The reason.')])
  })

  test.concurrent('is made through the proxy that the environment names', async () => {
    await using simulator = await simulate()
    await using api = await startGitHubApi()
    const [request = ''] = simulator.start(failed)
    const environment = {
      GITHUB_API_URL: 'http://api.github.invalid',
      HTTP_PROXY: api.onPullRequest()['GITHUB_API_URL'],
      NO_PROXY: '127.0.0.1',
    }

    const step = await comment(simulator, [request], api, { environment })

    expect(warningsOf(step)).toEqual([])
    expect(bodies(api)).toEqual([expect.stringContaining('The reason.')])
  })

  test.concurrent('stays within what GitHub takes, however long the reasons are', async () => {
    await using simulator = await simulate({ status: 'FAILED', accountsBehind: 0 })
    await using api = await startGitHubApi()
    const hostile = '<&|`😀漢> '
    const requests = simulator.start((index) => ({ failureReason: `${index} ${hostile.repeat(2_000)}` }), 30)

    const step = await comment(simulator, requests, api)

    expect(warningsOf(step)).toEqual([])
    expect(api.comments).toHaveLength(1)
    const [body = ''] = bodies(api)
    expect(body.length).toBeGreaterThan(10_000)
    expect(body.length).toBeLessThanOrEqual(65_536)
    expect(body).toContain('## ❌ ')
    expect(body).toContain('### What to do next')
    expect(body).not.toMatch(/<blockquote>(?!<code>[^<\n]*<\/code><\/blockquote>$)/m)
  })

  test.concurrent.each(['failed', 'succeeded'] as const)('never: GitHub gets no call on %s', async (verdict) => {
    await using simulator = await simulate()
    await using api = await startGitHubApi()
    const [request = ''] = simulator.start(verdict === 'failed' ? failed : {})

    const step = await comment(simulator, [request], api, { mode: 'never' })
    const byDefault = await waitFor(simulator, [request], { environment: api.onPullRequest() })

    expect([step.outputs['verdict'], byDefault.outputs['verdict']]).toEqual([verdict, verdict])
    expect(api.calls).toEqual([])
    expect([warningsOf(step), warningsOf(byDefault)]).toEqual([[], []])
  })
})

describe('without the comment, the step ends as it would have', () => {
  const notAllowed =
    /^GitHub does not allow it \(HTTP 403\)\. The job needs 'permissions: pull-requests: write'; pull requests from forks never have it\.$/
  const causes: Record<string, { cause: RegExp; permission?: 'none' | 'read'; job?: (api: GitHubApi) => Job }> = {
    'the token may not write': { cause: notAllowed, permission: 'read' },
    'the token may not even read': { cause: notAllowed, permission: 'none' },
    'the token is wrong': {
      cause: /does not accept the token \(HTTP 401\)\. Check 'github-token'\.$/,
      job: () => ({ inputs: { 'github-token': 'ghs_wrong' } }),
    },
    'there is no token': {
      cause: /^Input 'github-token' is blank\.$/,
      job: () => ({ inputs: { 'github-token': '' } }),
    },
    'the commit came with no pull request': {
      cause: /^There is no pull request to comment on, as this push event belongs to no pull request\.$/,
      job: (api) => ({ environment: api.onPush() }),
    },
    'the event is about no commit': {
      cause: /^There is no pull request to comment on, as this schedule event belongs to no pull request\.$/,
      job: (api) => ({ environment: { ...api.onPush(), GITHUB_EVENT_NAME: 'schedule' } }),
    },
    'the event cannot be read': {
      cause: /no pull request/,
      job: () => ({ environment: { GITHUB_EVENT_PATH: '/no-such-folder/event.json', GITHUB_EVENT_NAME: 'schedule' } }),
    },
  }

  test.concurrent.each(Object.entries(causes))('%s', async (_, { cause, permission, job }) => {
    await using simulator = await simulate()
    await using api = await startGitHubApi({ permission: permission ?? 'write', ofCommit: [] })
    const [request = ''] = simulator.start(failed)

    const without = await waitFor(simulator, [request])
    const step = await comment(simulator, [request], api, job?.(api))

    expectSameEnding(step, without)
    expect(warningsOf(step)).toEqual([expect.stringMatching(cause)])
    expect(loggedOf(step)).toEqual([])
    expect(shownOf(step)).not.toContain(api.token)
    expect(step.ranMs).toBeLessThan(8_000)
    expect(api.comments).toEqual([])
  })

  test.concurrent('a success stays one', async () => {
    await using simulator = await simulate()
    await using api = await startGitHubApi({ permission: 'read' })
    const [request = ''] = simulator.start()

    const without = await waitFor(simulator, [request])
    const step = await comment(simulator, [request], api)

    expect(step.exitCode).toBe(0)
    expectSameEnding(step, without)
    expect(warningsOf(step)).toHaveLength(1)
  })

  test.concurrent('GitHub cannot be reached', async () => {
    await using simulator = await simulate()
    await using api = await startGitHubApi()
    const environment = { GITHUB_API_URL: `http://127.0.0.1:${refusingPort}` }
    const [request = ''] = simulator.start(failed)

    const without = await waitFor(simulator, [request])
    const step = await comment(simulator, [request], api, { environment })

    expectSameEnding(step, without)
    expect(warningsOf(step)).toEqual([
      expect.stringMatching(/^GitHub could not be reached \(.*(ECONNREFUSED|fetch failed).*\)\.$/),
    ])
    expect(step.ranMs).toBeLessThan(8_000)
  })

  test.concurrent('GitHub takes the call and never answers', async () => {
    await using simulator = await simulate({ speed: 5 })
    await using api = await startGitHubApi()
    api.hang()
    const [request = ''] = simulator.start(failed)

    const without = await waitFor(simulator, [request])
    const step = await comment(simulator, [request], api)

    expectSameEnding(step, without)
    expect(warningsOf(step)).toEqual(['GitHub did not answer in time.'])
    expect(api.calls).toHaveLength(1)
    expect(step.ranMs).toBeLessThan(8_000)
  })

  test.concurrent('GitHub never answers after the deadline: gone within 5 s', async () => {
    await using simulator = await simulate()
    await using api = await startGitHubApi()
    api.hang()
    const [request = ''] = simulator.start(never)

    const step = await comment(simulator, [request], api, { inputs: { 'timeout-minutes': '0.02' } })

    expect(step.outputs['verdict']).toBe('timed-out')
    expect(warningsOf(step)).toEqual(['GitHub did not answer in time.'])
    expect(step.exitCode).toBe(1)
    expect(step.ranMs).toBeLessThan(1_200 + 5_000 + busyMs)
  })

  test.concurrent('GitHub never answers when the job is cancelled: gone within 2 s', async () => {
    await using simulator = await simulate()
    await using api = await startGitHubApi()
    api.hang()
    const [request = ''] = simulator.start(never)
    const step = await startWaitingFor(simulator, [request], optionsOf(api, {}))
    await calls(simulator, 2)

    step.cancel('SIGINT')

    const ended = await step.finished
    expect(ended.outputs['verdict']).toBe('cancelled')
    expect(ended.exitCode).toBe(1)
    expectGone(ended)
    expect(warningsOf(ended)).toEqual(['GitHub did not answer in time.'])
  })
})

test.concurrent('a cancelled job comments too', async () => {
  await using simulator = await simulate()
  await using api = await startGitHubApi()
  const [request = ''] = simulator.start(never)
  const step = await startWaitingFor(simulator, [request], optionsOf(api, { mode: 'on-failure' }))
  await calls(simulator, 2)

  step.cancel('SIGTERM')

  const ended = await step.finished
  expect(ended.outputs['verdict']).toBe('cancelled')
  expect(warningsOf(ended)).toEqual([])
  expect(bodies(api)).toEqual([expect.stringMatching(/## 🛑/)])
})

function warningsOf({ commands }: Step): string[] {
  return commands.filter(({ name }) => name === 'warning').map(({ message }) => message)
}

/** What the log says of the comment, without the time in front of it. */
function loggedOf({ log }: Step): string[] {
  return log.filter((line) => /comment/i.test(line)).map((line) => line.replace(/^ *[\d.]+ s {2}/, ''))
}

function shownOf({ stdout, stderr, summary }: Step): string {
  return [stdout, stderr, summary].join('\n')
}

/** Verdict, exit code, the error annotation, and all outputs but the time. */
function expectSameEnding(step: Step, other: Step): void {
  const seenOf = ({ exitCode, signal, stderr, outputs, errors }: Step) => {
    return { exitCode, signal, stderr, errors, outputs: { ...outputs, 'elapsed-seconds': '' } }
  }
  expect(seenOf(step)).toEqual(seenOf(other))
}
