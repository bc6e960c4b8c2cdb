import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { answered, expectEndingOfOne, expectGone, expectInTime, unanswered } from '../support/expectations.ts'
import { startGitHubApi } from '../support/github-api.ts'
import { type SilentNameServer, startSilentNameServer } from '../support/silent-name-server.ts'
import { type Simulator, simulate, startWaitingFor, waitFor, wrote } from '../support/step.ts'

describe('a name server that never answers', () => {
  let nameServer: SilentNameServer
  beforeAll(async () => {
    nameServer = await startSilentNameServer()
  })
  afterAll(async () => {
    await nameServer[Symbol.asyncDispose]()
  })

  /** Has AWS asked under a name in place of an address. */
  function byName(simulator: Simulator, searchDomains: number): Record<string, string> {
    const endpoint = simulator.endpoint.replace('127.0.0.1', 'identity-center.example.com')
    return { ...nameServer.environment(searchDomains), AWS_ENDPOINT_URL: endpoint }
  }

  test.concurrent.each([0, 4])(
    'with %d search domains, the process is gone 5 s after the deadline',
    async (domains) => {
      await using simulator = await simulate()
      const [request = ''] = simulator.start()

      const step = await waitFor(simulator, [request], {
        inputs: { 'timeout-minutes': '0.05' },
        environment: byName(simulator, domains),
      })

      expectEndingOfOne(step, 'timed-out', unanswered(request, expect.stringMatching(/\S/)))
      expectInTime(step, 3_000)
      expect(simulator.calls).toEqual([])
    },
  )

  test.concurrent.each([0, 4])('with %d search domains, a cancelled process is gone after 2 s', async (domains) => {
    await using simulator = await simulate()
    const [request = ''] = simulator.start()
    const step = await startWaitingFor(simulator, [request], { environment: byName(simulator, domains) })
    await wrote(step, /Waiting for/)
    await sleep(500)

    step.cancel('SIGINT')

    const ended = await step.finished
    expect(ended.outputs['verdict']).toBe('cancelled')
    expect(ended.complaints).toEqual([])
    expectGone(ended)
  })

  test.concurrent('where only GitHub is asked by name, a success stays one', async () => {
    await using simulator = await simulate()
    await using api = await startGitHubApi()
    const [request = ''] = simulator.start()

    const step = await waitFor(simulator, [request], {
      inputs: { 'timeout-minutes': '0.01', 'pull-request-comment': 'always', 'github-token': api.token },
      environment: {
        ...api.onPullRequest(),
        ...nameServer.environment(4),
        GITHUB_API_URL: 'http://api.github.example.com',
      },
    })

    const { exitCode, signal, stderr, commands } = step
    const warnings = commands.filter(({ name }) => name === 'warning').map(({ message }) => message)
    expect({ exitCode, signal, stderr, warnings }).toEqual({
      exitCode: 0,
      signal: null,
      stderr: '',
      warnings: ['GitHub did not answer in time.'],
    })
    expect(step.results).toEqual([answered(simulator, request, 'SUCCEEDED')])
    expectInTime(step, 600)
  })
})
