import { expect, test } from '@jest/globals'
import { answered, expectEnding, expectEndingOfOne, isoDate } from './expectations.ts'
import { callsOf, describeStatus, type Fault, gapsBetween, peakPerSecond, simulate, waitFor } from './support.ts'

test.concurrent('the first look is at once', async () => {
  await using simulator = await simulate({ seconds: 60 })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], { inputs: { 'poll-interval-seconds': '300', wait: 'false' } })

  expectEndingOfOne(step, 'in-progress', answered(simulator, request, 'IN_PROGRESS'))
  expect(Number(step.outputs['elapsed-seconds'])).toBeLessThan(0.5)
})

test.concurrent('a request that ends within seconds is noticed within a second', async () => {
  await using simulator = await simulate({ seconds: 4 })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request])

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  const [last, ...others] = callsOf(simulator, describeStatus).reverse()
  expect(last?.at).toBeLessThan(5000)
  for (const gap of gapsBetween(others.reverse())) {
    expect(gap).toBeGreaterThanOrEqual(440)
    expect(gap).toBeLessThan(1000)
  }
})

test.concurrent('a fixed interval is kept', async () => {
  await using simulator = await simulate({ seconds: 5 })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], { inputs: { 'poll-interval-seconds': '1.5' } })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  const gaps = gapsBetween(callsOf(simulator, describeStatus))
  expect(gaps.length).toBeGreaterThanOrEqual(3)
  for (const gap of gaps) {
    expect(gap).toBeGreaterThanOrEqual(1400)
    expect(gap).toBeLessThan(1900)
  }
})

test.concurrent('throttling doubles the interval', async () => {
  const fault: Fault = { kind: 'error', code: 'ThrottlingException' }
  await using simulator = await simulate({ faults: [{ operation: describeStatus, to: 2, fault }] })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request])

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  const [first = 0, second = 0, ...others] = gapsBetween(callsOf(simulator, describeStatus))
  expect(others).toEqual([])
  expect(first).toBeGreaterThanOrEqual(880)
  expect(second / first).toBeGreaterThan(1.5)
  expect(second).toBeLessThan(4000)
})

test.concurrent('a last look is taken at the deadline', async () => {
  await using simulator = await simulate({ seconds: 2 })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], {
    inputs: { 'poll-interval-seconds': '300', 'timeout-minutes': '0.05' },
  })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(callsOf(simulator, describeStatus)).toHaveLength(2)
  expect(Number(step.outputs['elapsed-seconds'])).toBeGreaterThanOrEqual(3)
  expect(Number(step.outputs['elapsed-seconds'])).toBeLessThan(4)
})

test.concurrent('the deadline ends a long interval', async () => {
  await using simulator = await simulate({ seconds: 60, accounts: 1 })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], {
    inputs: { 'poll-interval-seconds': '300', 'timeout-minutes': '0.02' },
  })

  expectEndingOfOne(step, 'timed-out', answered(simulator, request, 'IN_PROGRESS'), {
    'accounts-behind': JSON.stringify(simulator.accountIds),
  })
  expect(step.durationMs).toBeGreaterThanOrEqual(1200)
  expect(step.durationMs).toBeLessThan(1200 + 2000)
})

test.concurrent.each<[string, Fault]>([
  ['hang', { kind: 'hang' }],
  ['are answered a byte a second', { kind: 'drip' }],
])('the deadline is kept although all calls %s', async (_, fault) => {
  await using simulator = await simulate({ faults: [{ fault }] })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], { inputs: { 'timeout-minutes': '0.02' } })

  expect(step.outputs['verdict']).toBe('timed-out')
  expect(step.exitCode).toBe(1)
  expect(step.durationMs).toBeLessThan(1200 + 5000)
})

test.concurrent('the deadline is kept although only the listing of accounts hangs', async () => {
  await using simulator = await simulate({
    seconds: 60,
    faults: [{ operation: 'ListAccountsForProvisionedPermissionSet', fault: { kind: 'hang' } }],
  })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], { inputs: { 'timeout-minutes': '0.02' } })

  expectEndingOfOne(step, 'timed-out', answered(simulator, request, 'IN_PROGRESS'))
  expect(step.durationMs).toBeLessThan(1200 + 5000)
})

test.concurrent('the deadline is kept although a call waits for a slow server at the end', async () => {
  await using simulator = await simulate({ seconds: 60, latencyMs: 8000 })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], { inputs: { 'timeout-minutes': '0.1' } })

  expect(step.outputs['verdict']).toBe('timed-out')
  expect(step.exitCode).toBe(1)
  expect(step.durationMs).toBeGreaterThanOrEqual(6000)
  expect(step.durationMs).toBeLessThan(6000 + 5000)
})

test.concurrent('the deadline is kept although no OIDC token comes', async () => {
  await using simulator = await simulate({ faults: [{ operation: 'GetIdToken', fault: { kind: 'hang' } }] })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], { assumesRole: true, inputs: { 'timeout-minutes': '0.02' } })

  expect(step.outputs['verdict']).toBe('timed-out')
  expect(step.exitCode).toBe(1)
  expect(step.durationMs).toBeLessThan(1200 + 5000)
})

test.concurrent('many requests are asked about with no more than 10 calls in any second', async () => {
  await using simulator = await simulate({ seconds: 4 })
  const requests = simulator.start({}, 40)

  const step = await waitFor(simulator, requests)

  expectEnding(
    step,
    'succeeded',
    { status: 'SUCCEEDED', 'created-date': isoDate, 'permission-set-arn': simulator.permissionSetArn },
    requests.map((request) => answered(simulator, request, 'SUCCEEDED')),
  )
  expect(peakPerSecond(simulator.calls)).toBeLessThanOrEqual(10)
})

test.concurrent('many failures are told with no more than 10 calls in any second, accounts behind included', async () => {
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
  expect(peakPerSecond(simulator.calls)).toBeLessThanOrEqual(10)
})

test.concurrent('throttling of a set is survived', async () => {
  await using simulator = await simulate({ seconds: 2, throttlePerSecond: 2 })
  const requests = simulator.start({}, 6)

  const step = await waitFor(simulator, requests)

  expectEnding(
    step,
    'succeeded',
    { status: 'SUCCEEDED', 'created-date': isoDate, 'permission-set-arn': simulator.permissionSetArn },
    requests.map((request) => answered(simulator, request, 'SUCCEEDED')),
  )
  expect(peakPerSecond(simulator.calls)).toBeLessThanOrEqual(10)
})
