import { expect, test } from '@jest/globals'
import { answered, expectAllSucceeded, expectEndingOfOne } from '../support/expectations.ts'
import {
  callsOf,
  describeStatus,
  expectSparing,
  type Fault,
  gapsBetween,
  median,
  simulate,
  waitFor,
  waitForOne,
} from '../support/step.ts'

test.concurrent('a request that ends within seconds is noticed within a second', async () => {
  const { simulator, request, step } = await waitForOne({ seconds: 4 })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  const gaps = gapsBetween(callsOf(simulator, describeStatus))
  expect(median(gaps)).toBeGreaterThanOrEqual(440)
  expect(median(gaps)).toBeLessThan(1000)
})

test.concurrent('a fixed interval is kept', async () => {
  const { simulator, request, step } = await waitForOne({ seconds: 7 }, { inputs: { 'poll-interval-seconds': '1.5' } })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  const gaps = gapsBetween(callsOf(simulator, describeStatus))
  expect(gaps.length).toBeGreaterThanOrEqual(3)
  expect(median(gaps)).toBeGreaterThanOrEqual(1400)
  expect(median(gaps)).toBeLessThan(1900)
})

test.concurrent('throttling doubles the interval', async () => {
  const fault: Fault = { kind: 'error', code: 'ThrottlingException' }
  const { simulator, request, step } = await waitForOne({ faults: [{ operation: describeStatus, to: 2, fault }] })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  const [first = 0, second = 0, ...others] = gapsBetween(callsOf(simulator, describeStatus))
  expect(others).toEqual([])
  expect(first).toBeGreaterThanOrEqual(880)
  expect(second).toBeGreaterThanOrEqual(2 * 880)
})

test.concurrent('a last look is taken at the deadline', async () => {
  const { simulator, request, step } = await waitForOne(
    { seconds: 2 },
    { inputs: { 'poll-interval-seconds': '300', 'timeout-minutes': '0.05' } },
  )

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(callsOf(simulator, describeStatus)).toHaveLength(2)
  expect(Number(step.outputs['elapsed-seconds'])).toBeGreaterThan(2.5)
  expect(Number(step.outputs['elapsed-seconds'])).toBeLessThan(8)
})

test.concurrent('the deadline ends a long interval', async () => {
  const { simulator, request, step } = await waitForOne(
    { seconds: 60, accounts: 1 },
    { inputs: { 'poll-interval-seconds': '300', 'timeout-minutes': '0.02' } },
  )

  expectEndingOfOne(step, 'timed-out', answered(simulator, request, 'IN_PROGRESS'), {
    'accounts-behind': JSON.stringify(simulator.accountIds),
  })
  expect(step.durationMs).toBeGreaterThanOrEqual(1200)
  expect(step.ranMs).toBeLessThan(1200 + 5000)
})

test.concurrent('the deadline is kept although only the listing of accounts hangs', async () => {
  const { simulator, request, step } = await waitForOne(
    { seconds: 60, faults: [{ operation: 'ListAccountsForProvisionedPermissionSet', fault: { kind: 'hang' } }] },
    { inputs: { 'timeout-minutes': '0.02' } },
  )

  expectEndingOfOne(step, 'timed-out', answered(simulator, request, 'IN_PROGRESS'))
  expect(step.ranMs).toBeLessThan(1200 + 5000)
})

test.concurrent('the deadline is kept although a call waits for a slow server at the end', async () => {
  const { step } = await waitForOne(
    { speed: 5, seconds: 60, latencyMs: 8000 },
    { inputs: { 'timeout-minutes': '0.1' } },
  )

  expect(step.outputs['verdict']).toBe('timed-out')
  expect(step.exitCode).toBe(1)
  expect(Number(step.outputs['elapsed-seconds'])).toBeGreaterThanOrEqual(6)
  expect(step.ranMs).toBeLessThan(6000 + 5000)
})

test.concurrent('many requests are asked about with no more than 10 calls in any second', async () => {
  await using simulator = await simulate({ seconds: 4 })
  const requests = simulator.start({}, 40)

  const step = await waitFor(simulator, requests)

  expectAllSucceeded(step, simulator, requests)
  expectSparing(simulator.calls)
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

test.concurrent('throttling of several requests is survived', async () => {
  await using simulator = await simulate({ speed: 5, seconds: 2, throttlePerSecond: 2 })
  const requests = simulator.start({}, 6)

  const step = await waitFor(simulator, requests)

  expectAllSucceeded(step, simulator, requests)
  expectSparing(simulator.calls)
})
