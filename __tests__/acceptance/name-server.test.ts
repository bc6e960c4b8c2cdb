import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { answered, expectEnding, expectGone, expectInTime, unanswered } from '../support/expectations.ts'
import { startGitHubApi } from '../support/github-api.ts'
import { type SilentNameServer, startSilentNameServer } from '../support/silent-name-server.ts'
import { type Simulator, startWaitingForOne, waitForOne, wrote } from '../support/step.ts'

describe('a name server that never answers', () => {
  let nameServer: SilentNameServer
  beforeAll(async () => {
    nameServer = await startSilentNameServer()
  })
  afterAll(async () => {
    await nameServer[Symbol.asyncDispose]()
  })

  /** Has AWS asked under a name in place of an address. */
  const byName = (searchDomains: number) => (simulator: Simulator) => {
    const endpoint = simulator.endpoint.replace('127.0.0.1', 'identity-center.example.com')
    return { environment: { ...nameServer.environment(searchDomains), AWS_ENDPOINT_URL: endpoint } }
  }

  test.concurrent.each([0, 4])(
    'with %d search domains, the process is gone 5 s after the deadline',
    async (domains) => {
      const { simulator, request, step } = await waitForOne({ timeoutMinutes: 0.05 }, byName(domains))

      expectEnding(step, 'timed-out', unanswered(request, expect.stringMatching(/\S/)))
      expectInTime(step, 3_000)
      expect(simulator.calls).toEqual([])
    },
  )

  test.concurrent.each([0, 4])('with %d search domains, a cancelled process is gone after 2 s', async (domains) => {
    await using wait = await startWaitingForOne({}, byName(domains))
    const { step } = wait
    await wrote(step, /Waiting for/)
    await sleep(500)

    step.cancel('SIGINT')

    const ended = await step.finished
    expect(ended.outputs['verdict']).toBe('cancelled')
    expect(ended.complaints).toEqual([])
    expectGone(ended)
  })

  test.concurrent('where only GitHub is asked by name, a success stays one', async () => {
    await using api = await startGitHubApi()

    const { simulator, request, step } = await waitForOne({
      timeoutMinutes: 0.01,
      commentsOn: api,
      environment: { ...nameServer.environment(4), GITHUB_API_URL: 'http://api.github.example.com' },
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
