import { expect, test } from '@jest/globals'
import { answered, expectEnding, expectInTime } from '../support/expectations.ts'
import { callsOf, describeStatus, expectSparing, listAccounts, simulate, waitFor, waitForOne } from '../support/step.ts'

test.concurrent('a last look is taken at the deadline', async () => {
  // The request ends 2 s after the first call arrives, which takes a while on a busy machine.
  const { simulator, request, step } = await waitForOne({
    seconds: 2,
    inputs: { 'poll-interval-seconds': '300', 'timeout-minutes': '0.1' },
  })

  expectEnding(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(callsOf(simulator, describeStatus)).toHaveLength(2)
  expect(Number(step.outputs['elapsed-seconds'])).toBeGreaterThan(5)
})

test.concurrent('the deadline is kept although a call waits for a slow server at the end', async () => {
  const { step } = await waitForOne({ speed: 5, seconds: 60, latencyMs: 8000, timeoutMinutes: 0.1 })

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

test.concurrent('accounts that are never listed delay a failure by no more than 5 s after the deadline', async () => {
  const failed = { status: 'FAILED', failureReason: 'No.' } as const
  const { simulator, request, step } = await waitForOne({
    ...failed,
    faults: [{ operation: listAccounts, fault: { kind: 'hang' } }],
    timeoutMinutes: 0.02,
  })

  expectEnding(step, 'failed', answered(simulator, request, 'FAILED', { failureReason: 'No.' }))
  expectInTime(step, 1_200)
})

test.concurrent('a failure is reported although every optional call is denied, which the log says once', async () => {
  const deny = [`sso:${listAccounts}`, 'sso:DescribePermissionSet', 'sso:DescribeInstance']
  const { simulator, request, step } = await waitForOne({ status: 'FAILED', failureReason: 'No.', deny })

  expectEnding(step, 'failed', answered(simulator, request, 'FAILED', { failureReason: 'No.' }))
  expect(step.log.filter((line) => line.includes(`sso:${listAccounts}`))).toHaveLength(1)
  expect(step.errors[0]?.message).not.toContain(`sso:${listAccounts}`)
})

test.concurrent('a summary file that is not there loses neither outputs nor verdict', async () => {
  const { simulator, request, step } = await waitForOne({
    status: 'FAILED',
    failureReason: 'No.',
    accountsBehind: 0,
    environment: { GITHUB_STEP_SUMMARY: '/no-such-folder/summary' },
  })

  expect(step.outputs).toMatchObject({ verdict: 'failed', status: 'FAILED', 'failure-reason': 'No.' })
  expect(step.results).toEqual([answered(simulator, request, 'FAILED', { failureReason: 'No.' })])
  expect(step.complaints).toEqual(['there is no summary'])
})

test.concurrent('the log has a line for what changes, not one for each call', async () => {
  const { simulator, request, step } = await waitForOne({ seconds: 5 })

  expectEnding(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  const asked = callsOf(simulator, describeStatus).length
  expect(asked).toBeGreaterThan(4)
  expect(step.log.length).toBeLessThanOrEqual(6)
  for (const status of ['IN_PROGRESS', 'SUCCEEDED']) {
    expect(step.log.filter((line) => line.endsWith(`s  ${status}`))).toHaveLength(1)
  }
  expect(step.debug.filter((line) => line.includes(describeStatus)).length).toBeGreaterThanOrEqual(asked)
})
