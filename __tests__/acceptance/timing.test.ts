import { expect, test } from '@jest/globals'
import { answered, expectEndingOfOne, expectInTime } from '../support/expectations.ts'
import { callsOf, describeStatus, expectSparing, simulate, waitFor, waitForOne } from '../support/step.ts'

test.concurrent('a last look is taken at the deadline', async () => {
  // The request ends 2 s after the first call arrives, which takes a while on a busy machine.
  const { simulator, request, step } = await waitForOne(
    { seconds: 2 },
    { inputs: { 'poll-interval-seconds': '300', 'timeout-minutes': '0.1' } },
  )

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(callsOf(simulator, describeStatus)).toHaveLength(2)
  expect(Number(step.outputs['elapsed-seconds'])).toBeGreaterThan(5)
})

test.concurrent('the deadline is kept although a call waits for a slow server at the end', async () => {
  const { step } = await waitForOne(
    { speed: 5, seconds: 60, latencyMs: 8000 },
    { inputs: { 'timeout-minutes': '0.1' } },
  )

  expect(step.outputs['verdict']).toBe('timed-out')
  expect(step.exitCode).toBe(1)
  expect(Number(step.outputs['elapsed-seconds'])).toBeGreaterThanOrEqual(6)
  expectInTime(step, 6000)
})

test.concurrent('many failures are reported with no more than 10 calls in any second, accounts behind included', async () => {
  await using simulator = await simulate({ accounts: 350 })
  const requests = simulator.start(
    (index) => ({
      status: 'FAILED',
      failureReason: 'No.',
      permissionSetArn: `arn:aws:sso:::permissionSet/ssoins-7223a1b2c3d4e5f6/ps-${String(index).padStart(16, '0')}`,
    }),
    12,
  )

  const step = await waitFor(simulator, requests)

  expect(step.outputs['verdict']).toBe('failed')
  expect(step.outputs['failure-reason']?.split('\n')).toEqual(requests.map((request) => `${request}: No.`))
  expect(JSON.parse(step.outputs['accounts-behind'] ?? '')).toEqual(simulator.accountIds.slice(175))
  expectSparing(simulator.calls)
})
