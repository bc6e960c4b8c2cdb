import { expect, test } from '@jest/globals'
import { answered, expectEnding, expectGone, unanswered } from '../support/expectations.ts'
import {
  calls,
  callsOf,
  describeStatus,
  simulate,
  startWaitingForOne,
  waitFor,
  waitForOne,
  withoutKey,
} from '../support/step.ts'

test.concurrent('the step succeeds once the request becomes SUCCEEDED', async () => {
  const { simulator, request, step } = await waitForOne({ seconds: 2 })

  expectEnding(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  const [last, ...others] = callsOf(simulator, describeStatus).reverse()
  expect(last?.at).toBeGreaterThanOrEqual(2000)
  for (const { at } of others) expect(at).toBeLessThan(2000)
})

test.concurrent('the step is in-progress with wait false, looks once, and passes', async () => {
  const { simulator, request, step } = await waitForOne({ seconds: 60, inputs: { wait: 'false' } })

  expectEnding(step, 'in-progress', answered(simulator, request, 'IN_PROGRESS'))
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

  expectEnding(step, 'failed', answered(simulator, request, 'FAILED', { failureReason }), {
    'accounts-behind': '["111122223334","111122223335"]',
  })
  expect(step.errors[0]?.message).toContain(failureReason)
})

test.concurrent('the step is timed-out where AWS is not done in time', async () => {
  const { simulator, request, step } = await waitForOne({ seconds: 60, accounts: 2, timeoutMinutes: 0.03 })

  expectEnding(step, 'timed-out', answered(simulator, request, 'IN_PROGRESS'), {
    'accounts-behind': '["111122223333","111122223334"]',
  })
  expect(step.errors[0]?.message).toMatch(/AWS carries on/)
  expect(step.errors[0]?.message).toContain('timeout-minutes')
})

test.concurrent('the step is cancelled by a signal', async () => {
  await using wait = await startWaitingForOne({ seconds: 60 })
  const { simulator, request, step } = wait
  await calls(simulator, 2)

  step.cancel('SIGINT')

  const ended = await step.finished
  expectEnding(ended, 'cancelled', answered(simulator, request, 'IN_PROGRESS'))
  expectGone(ended)
  expect(ended.stdout).toMatch(/AWS carries on/)
})

test.concurrent('the step is an error for a bad input', async () => {
  await using simulator = await simulate()

  const step = await waitFor(simulator, ['not-a-request-id'])

  expectEnding(step, 'error', [])
  expect(simulator.calls).toEqual([])
})

test.concurrent('the step is an error where access is denied', async () => {
  const { request, step } = await waitForOne({ deny: [`sso:${describeStatus}`] })

  expectEnding(step, 'error', unanswered(request, expect.stringContaining(`sso:${describeStatus}`)))
})

test.concurrent('a step with nothing to wait for succeeds with a notice, without a call and without credentials', async () => {
  await using simulator = await simulate()

  const step = await waitFor(simulator, [' [ ] '], { environment: withoutKey })

  expectEnding(step, 'succeeded', [])
  expect(step.notices).toMatchObject([
    { title: expect.stringMatching(/\S/), message: expect.stringContaining('request-id') },
  ])
  expect(simulator.calls).toEqual([])
})
