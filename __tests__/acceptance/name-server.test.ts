import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { runAction } from '../../simulator/runner.ts'
import { answered, expectEndingOfOne, unanswered } from '../support/expectations.ts'
import { startGitHubApi } from '../support/github-api.ts'
import { type SilentNameServer, startSilentNameServer } from '../support/silent-name-server.ts'
import { busyMs, type Simulator, simulate, waitFor } from '../support/step.ts'

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
      expect(step.ranMs).toBeLessThan(3_000 + 5_000)
      expect(simulator.calls).toEqual([])
    },
  )

  test.concurrent.each([0, 4])('with %d search domains, a cancelled process is gone after 2 s', async (domains) => {
    await using simulator = await simulate()
    const [request = ''] = simulator.start()
    const output = new PassThrough()
    const { child, finished } = await runAction({
      inputs: { 'instance-arn': simulator.instanceArn, 'request-id': request },
      environment: { ...simulator.environment(), ...byName(simulator, domains) },
      onOutput: (text) => output.write(text),
    })
    await once(output, 'data')
    await sleep(500)
    const cancelledAt = performance.now()

    child.kill('SIGINT')

    const { exitCode, signal, stderr, outputs } = await finished
    expect(performance.now() - cancelledAt).toBeLessThan(2_000)
    expect({ exitCode, signal, stderr, verdict: outputs['verdict'] }).toEqual({
      exitCode: 1,
      signal: null,
      stderr: '',
      verdict: 'cancelled',
    })
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
    expect(step.ranMs).toBeLessThan(600 + 5_000 + busyMs)
  })
})
