import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { answered, expectEndingOfOne, unanswered } from './expectations.ts'
import { startGitHubApi } from './github-api.ts'
import { type SilentNameServer, startSilentNameServer, whyNoResolver } from './silent-name-server.ts'
import { type Simulator, simulate, startWaitingFor, waitFor } from './support.ts'

/** The endpoint under a name in place of an address. */
function named({ endpoint }: Simulator): string {
  return endpoint.replace('127.0.0.1', 'identity-center.example.com')
}

const suite = whyNoResolver === null ? describe : describe.skip
const suffix = whyNoResolver === null ? '' : ` (skipped: ${whyNoResolver})`

suite(`a name server that never answers${suffix}`, () => {
  let nameServer: SilentNameServer
  beforeAll(async () => {
    nameServer = await startSilentNameServer()
  })
  afterAll(async () => {
    await nameServer[Symbol.asyncDispose]()
  })

  test.concurrent.each([0, 4])(
    'with %d search domains, the process is gone 5 s after the deadline',
    async (domains) => {
      await using simulator = await simulate()
      const [request = ''] = simulator.start()

      const step = await waitFor(simulator, [request], {
        inputs: { 'timeout-minutes': '0.05' },
        environment: { ...nameServer.environment(domains), AWS_ENDPOINT_URL: named(simulator) },
      })

      expectEndingOfOne(step, 'timed-out', unanswered(request, expect.stringMatching(/\S/)))
      expect(step.durationMs).toBeLessThan(3_000 + 5_000)
      expect(simulator.calls).toEqual([])
    },
  )

  test.concurrent.each([0, 4])('with %d search domains, a cancelled process is gone after 2 s', async (domains) => {
    await using simulator = await simulate()
    const [request = ''] = simulator.start()
    const step = await startWaitingFor(simulator, [request], {
      environment: { ...nameServer.environment(domains), AWS_ENDPOINT_URL: named(simulator) },
    })
    await new Promise((resolve) => setTimeout(resolve, 1_500))

    step.cancel('SIGINT')

    const ended = await step.finished
    expectEndingOfOne(ended, 'cancelled', unanswered(request, null))
    expect(ended.goneAfterMs).toBeLessThan(2_000)
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

    expect(step.commands.filter(({ name }) => name === 'warning').map(({ message }) => message)).toEqual([
      'GitHub did not answer in time.',
    ])
    expect({ exitCode: step.exitCode, signal: step.signal, stderr: step.stderr }).toEqual({
      exitCode: 0,
      signal: null,
      stderr: '',
    })
    expect(step.results).toEqual([answered(simulator, request, 'SUCCEEDED')])
    expect(step.durationMs).toBeLessThan(600 + 5_000)
  })
})
