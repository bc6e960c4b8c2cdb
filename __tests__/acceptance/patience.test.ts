import { expect, test } from '@jest/globals'
import { answered, expectEnding, expectEndingOfOne, isoDate, unanswered } from '../support/expectations.ts'
import { callsOf, describeStatus, simulate, waitFor, waitForOne } from '../support/step.ts'

// What takes more than half a minute: a witness in real time for each kind, and the others at five times the speed.

const notFound = { kind: 'error', code: 'ResourceNotFoundException', message: 'Not found.' } as const
const minuteMs = 60_000

test.concurrent(
  'a request that AWS does not know for 30 s is an error, while the others are waited for',
  async () => {
    await using simulator = await simulate({ seconds: 1 })
    const [known = ''] = simulator.start()
    const unknown = '00000000-0000-4000-8000-000000000000'

    const step = await waitFor(simulator, [unknown, known], { patienceMs: minuteMs })

    const error = expect.stringContaining('ResourceNotFoundException')
    expectEnding(step, 'error', { 'created-date': isoDate }, [
      unanswered(unknown, error),
      answered(simulator, known, 'SUCCEEDED'),
    ])
    for (const input of ['request-id', 'operation', 'instance-arn', 'aws-region']) {
      expect(step.errors[0]?.message).toContain(`'${input}'`)
    }
    const elapsedSeconds = Number(step.outputs['elapsed-seconds'])
    expect(elapsedSeconds).toBeGreaterThanOrEqual(30)
    expect(elapsedSeconds).toBeLessThan(38)
  },
  minuteMs,
)

test.concurrent('a request that AWS does not know for less than 30 s at a time is tolerated', async () => {
  const { simulator, request, step } = await waitForOne({
    speed: 5,
    seconds: 55,
    faults: [
      { operation: describeStatus, between: [0, 22_000], fault: notFound },
      { operation: describeStatus, between: [32_000, 54_000], fault: notFound },
    ],
  })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  const absent = callsOf(simulator, describeStatus).filter(({ outcome }) => outcome === notFound.code)
  expect((absent.at(-1)?.at ?? 0) - (absent[0]?.at ?? 0)).toBeGreaterThan(30_000)
})

test.concurrent(
  'a host name that does not resolve for 30 s is an error',
  async () => {
    const { request, step } = await waitForOne(
      {},
      { environment: { AWS_ENDPOINT_URL: 'http://no-such-host.invalid' }, patienceMs: minuteMs },
    )

    expectEndingOfOne(step, 'error', unanswered(request, expect.stringContaining('no-such-host.invalid')))
    expect(step.errors[0]?.message).toContain('aws-region')
    const elapsedSeconds = Number(step.outputs['elapsed-seconds'])
    expect(elapsedSeconds).toBeGreaterThanOrEqual(30)
    expect(elapsedSeconds).toBeLessThan(38)
  },
  minuteMs,
)

test.concurrent(
  'a long wait for one account, where there is nothing to count, says every 30 s that it goes on',
  async () => {
    const { simulator, request, step } = await waitForOne(
      { seconds: 35, plan: { accountId: '111122223334' } },
      { patienceMs: minuteMs },
    )

    expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED', { accountId: '111122223334' }))
    expect(step.log.filter((line) => /^ +3[0-2]\.\d s +IN_PROGRESS$/.test(line))).toHaveLength(1)
    expect(step.longestSilenceMs).toBeLessThan(33_000)
    expect(step.log.length).toBeLessThan(8)
  },
  minuteMs,
)
