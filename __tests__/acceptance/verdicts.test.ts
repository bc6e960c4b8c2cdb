import { expect, test } from '@jest/globals'
import { answered, expectEnding, expectEndingOfOne, unanswered } from './expectations.ts'
import { calls, callsOf, describeStatus, simulate, startWaitingFor, waitFor } from './support.ts'

test.concurrent('succeeded: the request is SUCCEEDED at the first look', async () => {
  await using simulator = await simulate()
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request])

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(callsOf(simulator, describeStatus)).toHaveLength(1)
  expect(step.notices).toEqual([])
})

test.concurrent('succeeded: the request becomes SUCCEEDED while the step waits', async () => {
  await using simulator = await simulate({ seconds: 2 })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request])

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(Number(step.outputs['elapsed-seconds'])).toBeGreaterThan(1.5)
  expect(Number(step.outputs['elapsed-seconds'])).toBeLessThan(4)
})

test.concurrent('in-progress: with wait false, the step looks once and passes', async () => {
  await using simulator = await simulate({ seconds: 60 })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], { inputs: { wait: 'false' } })

  expectEndingOfOne(step, 'in-progress', answered(simulator, request, 'IN_PROGRESS'))
  expect(callsOf(simulator, describeStatus)).toHaveLength(1)
})

test.concurrent.each([
  ['SUCCEEDED', 'succeeded', {}],
  ['FAILED', 'failed', { failureReason: 'Received a 404 status error: Assignment not found.' }],
] as const)('with wait false, a request that is %s already is %s', async (status, verdict, details) => {
  await using simulator = await simulate({ status, accountsBehind: 0, ...details })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], { inputs: { wait: 'false' } })

  expectEndingOfOne(step, verdict, answered(simulator, request, status, details))
})

test.concurrent("failed: AWS's reason, and the accounts behind", async () => {
  const failureReason = 'Received a 404 status error: Permission set provision not found in AWS account 111122223334.'
  await using simulator = await simulate({ status: 'FAILED', failureReason, seconds: 1, accounts: 3 })
  const [request = ''] = simulator.start({ accountsBehind: 2 })

  const step = await waitFor(simulator, [request])

  expectEndingOfOne(step, 'failed', answered(simulator, request, 'FAILED', { failureReason }), {
    'accounts-behind': '["111122223334","111122223335"]',
  })
  expect(step.errors[0]?.message).toContain(failureReason)
})

test.concurrent('timed-out: AWS is not done in time', async () => {
  await using simulator = await simulate({ seconds: 60, accounts: 2 })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], { inputs: { 'timeout-minutes': '0.03' } })

  expectEndingOfOne(step, 'timed-out', answered(simulator, request, 'IN_PROGRESS'), {
    'accounts-behind': '["111122223333","111122223334"]',
  })
  expect(step.errors[0]?.message).toMatch(/AWS carries on/)
  expect(step.errors[0]?.message).toContain('timeout-minutes')
})

test.concurrent.each(['SIGINT', 'SIGTERM'] as const)('cancelled: %s, while the step waits', async (signal) => {
  await using simulator = await simulate({ seconds: 60 })
  const [request = ''] = simulator.start()
  const step = await startWaitingFor(simulator, [request])
  await calls(simulator, 2)

  step.cancel(signal)

  const ended = await step.finished
  expectEndingOfOne(ended, 'cancelled', answered(simulator, request, 'IN_PROGRESS'))
  expect(ended.goneAfterMs).toBeLessThan(2000)
  expect(ended.stdout).toMatch(/AWS carries on/)
})

test.concurrent('error: a bad input', async () => {
  await using simulator = await simulate()

  const step = await waitFor(simulator, ['not-a-request-id'])

  expectEnding(step, 'error', {}, [])
  expect(simulator.calls).toEqual([])
})

test.concurrent('error: no access', async () => {
  await using simulator = await simulate({ deny: [`sso:${describeStatus}`] })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request])

  expectEndingOfOne(step, 'error', unanswered(request, expect.stringContaining(`sso:${describeStatus}`)))
})

test.concurrent('nothing to wait for: a notice, and success, without a call', async () => {
  await using simulator = await simulate()

  const step = await waitFor(simulator, ['[]'])

  expectEnding(step, 'succeeded', {}, [])
  expect(step.notices).toEqual([
    { name: 'notice', title: expect.stringMatching(/\S/), message: expect.stringContaining('request-id') },
  ])
  expect(simulator.calls).toEqual([])
})

test.concurrent('nothing to wait for needs no credentials', async () => {
  await using simulator = await simulate()

  const step = await waitFor(simulator, [' [ ] '], {
    environment: { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined },
  })

  expectEnding(step, 'succeeded', {}, [])
  expect(step.notices).toHaveLength(1)
})
