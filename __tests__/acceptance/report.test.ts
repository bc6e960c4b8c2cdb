import { expect, test } from '@jest/globals'
import { answered, expectEndingOfOne, expectInTime } from '../support/expectations.ts'
import { callsOf, describeStatus, listAccounts, waitForOne } from '../support/step.ts'

test.concurrent('accounts that are never listed delay a failure by no more than 5 s after the deadline', async () => {
  const failed = { status: 'FAILED', failureReason: 'No.' } as const
  const { simulator, request, step } = await waitForOne(
    { ...failed, faults: [{ operation: listAccounts, fault: { kind: 'hang' } }] },
    { inputs: { 'timeout-minutes': '0.02' } },
  )

  expectEndingOfOne(step, 'failed', answered(simulator, request, 'FAILED', { failureReason: 'No.' }))
  expectInTime(step, 1_200)
})

test.concurrent('a failure is reported although every optional call is denied, which the log says once', async () => {
  const deny = [`sso:${listAccounts}`, 'sso:DescribePermissionSet', 'sso:DescribeInstance']
  const { simulator, request, step } = await waitForOne({ status: 'FAILED', failureReason: 'No.', deny })

  expectEndingOfOne(step, 'failed', answered(simulator, request, 'FAILED', { failureReason: 'No.' }))
  expect(step.log.filter((line) => line.includes(`sso:${listAccounts}`))).toHaveLength(1)
  expect(step.errors[0]?.message).not.toContain(`sso:${listAccounts}`)
})

test.concurrent('a summary file that is not there loses neither outputs nor verdict', async () => {
  const { simulator, request, step } = await waitForOne(
    { status: 'FAILED', failureReason: 'No.', accountsBehind: 0 },
    { environment: { GITHUB_STEP_SUMMARY: '/no-such-folder/summary' } },
  )

  expect(step.outputs).toMatchObject({ verdict: 'failed', status: 'FAILED', 'failure-reason': 'No.' })
  expect(step.results).toEqual([answered(simulator, request, 'FAILED', { failureReason: 'No.' })])
  expect(step.complaints).toEqual(['there is no summary'])
})

test.concurrent('the log has a line for what changes, not one for each call', async () => {
  const { simulator, request, step } = await waitForOne({ seconds: 5 })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  const asked = callsOf(simulator, describeStatus).length
  expect(asked).toBeGreaterThan(4)
  expect(step.log.length).toBeLessThanOrEqual(6)
  for (const status of ['IN_PROGRESS', 'SUCCEEDED']) {
    expect(step.log.filter((line) => line.endsWith(`s  ${status}`))).toHaveLength(1)
  }
  expect(step.debug.filter((line) => line.includes(describeStatus)).length).toBeGreaterThanOrEqual(asked)
})
