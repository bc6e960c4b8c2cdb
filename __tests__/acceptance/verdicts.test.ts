import { expect, test } from '@jest/globals'
import { answered, expectEnding, expectEndingOfOne, expectGone, unanswered } from '../support/expectations.ts'
import { calls, callsOf, describeStatus, simulate, startWaitingFor, waitFor, waitForOne } from '../support/step.ts'

test.concurrent('the step succeeds once the request becomes SUCCEEDED', async () => {
  const { simulator, request, step } = await waitForOne({ seconds: 2 })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  const [last, ...others] = callsOf(simulator, describeStatus).reverse()
  expect(last?.at).toBeGreaterThanOrEqual(2000)
  for (const { at } of others) expect(at).toBeLessThan(2000)
})

test.concurrent('the step is in-progress with wait false, looks once, and passes', async () => {
  const { simulator, request, step } = await waitForOne({ seconds: 60 }, { inputs: { wait: 'false' } })

  expectEndingOfOne(step, 'in-progress', answered(simulator, request, 'IN_PROGRESS'))
  expect(callsOf(simulator, describeStatus)).toHaveLength(1)
})

test.concurrent('the step is failed for a FAILED request, with the reason that AWS gives, and the accounts behind', async () => {
  const failureReason = 'Received a 404 status error: Permission set provision not found in AWS account 111122223334.'
  const { simulator, request, step } = await waitForOne({
    status: 'FAILED',
    failureReason,
    seconds: 1,
    accounts: 3,
    plan: { accountsBehind: 2 },
  })

  expectEndingOfOne(step, 'failed', answered(simulator, request, 'FAILED', { failureReason }), {
    'accounts-behind': '["111122223334","111122223335"]',
  })
  expect(step.errors[0]?.message).toContain(failureReason)
})

test.concurrent('the step is timed-out where AWS is not done in time', async () => {
  const { simulator, request, step } = await waitForOne(
    { seconds: 60, accounts: 2 },
    { inputs: { 'timeout-minutes': '0.03' } },
  )

  expectEndingOfOne(step, 'timed-out', answered(simulator, request, 'IN_PROGRESS'), {
    'accounts-behind': '["111122223333","111122223334"]',
  })
  expect(step.errors[0]?.message).toMatch(/AWS carries on/)
  expect(step.errors[0]?.message).toContain('timeout-minutes')
})

test.concurrent('the step is cancelled by a signal', async () => {
  await using simulator = await simulate({ seconds: 60 })
  const [request = ''] = simulator.start()
  const step = await startWaitingFor(simulator, [request])
  await calls(simulator, 2)

  step.cancel('SIGINT')

  const ended = await step.finished
  expectEndingOfOne(ended, 'cancelled', answered(simulator, request, 'IN_PROGRESS'))
  expectGone(ended)
  expect(ended.stdout).toMatch(/AWS carries on/)
})

test.concurrent('the step is an error for a bad input', async () => {
  await using simulator = await simulate()

  const step = await waitFor(simulator, ['not-a-request-id'])

  expectEnding(step, 'error', {}, [])
  expect(simulator.calls).toEqual([])
})

test.concurrent('the step is an error where access is denied', async () => {
  const { request, step } = await waitForOne({ deny: [`sso:${describeStatus}`] })

  expectEndingOfOne(step, 'error', unanswered(request, expect.stringContaining(`sso:${describeStatus}`)))
})

test.concurrent('a step with nothing to wait for succeeds with a notice, without a call and without credentials', async () => {
  await using simulator = await simulate()

  const step = await waitFor(simulator, [' [ ] '], {
    environment: { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined },
  })

  expectEnding(step, 'succeeded', {}, [])
  expect(step.notices).toEqual([
    { name: 'notice', title: expect.stringMatching(/\S/), message: expect.stringContaining('request-id') },
  ])
  expect(simulator.calls).toEqual([])
})
