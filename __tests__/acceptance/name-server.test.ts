import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { answered, expectEnding, expectGone, expectInTime, unanswered } from '../support/expectations.ts'
import { startGitHubApi } from '../support/github-api.ts'
import { ofFile } from '../support/of-file.ts'
import { startSilentNameServer } from '../support/silent-name-server.ts'
import { type Simulator, startWaitingForOne, waitForOne, wrote } from '../support/step.ts'

const nameServer = await ofFile(startSilentNameServer())

/** Has AWS asked under a name in place of an address. */
const byName = (searches: boolean) => (simulator: Simulator) => {
  const endpoint = simulator.endpoint.replace('127.0.0.1', 'identity-center.example.com')
  return { environment: { ...nameServer.environment(searches), AWS_ENDPOINT_URL: endpoint } }
}

test.concurrent.each([false, true])(
  'where a name server never answers, the process is gone 5 s after the deadline, with search domains: %s',
  async (searches) => {
    const { simulator, request, step } = await waitForOne({ timeoutMinutes: 0.05 }, byName(searches))

    expectEnding(step, 'timed-out', unanswered(request, expect.stringMatching(/\S/)))
    expectInTime(step, 3_000)
    expect(simulator.calls).toEqual([])
  },
)

test.concurrent.each([false, true])(
  'where a name server never answers, a cancelled process is gone after 2 s, with search domains: %s',
  async (searches) => {
    await using wait = await startWaitingForOne({}, byName(searches))
    const { step } = wait
    await wrote(step, /Waiting for/)
    await sleep(500)

    step.cancel('SIGINT')

    const ended = await step.finished
    expect(ended.outputs['verdict']).toBe('cancelled')
    expect(ended.complaints).toEqual([])
    expectGone(ended)
  },
)

test.concurrent('where only GitHub is asked by a name that is never answered, a success stays one', async () => {
  await using api = await startGitHubApi()

  const { simulator, request, step } = await waitForOne({
    timeoutMinutes: 0.01,
    commentsOn: api,
    environment: { ...nameServer.environment(true), GITHUB_API_URL: 'http://api.github.example.com' },
  })

  expectEnding(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(step.warnings.map(({ message }) => message)).toEqual(['GitHub did not answer in time.'])
  expectInTime(step, 600)
})
