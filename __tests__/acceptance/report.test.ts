import { expect, test } from '@jest/globals'
import { answered, expectEndingOfOne, expectInTime, expectOutputs } from '../support/expectations.ts'
import { callsOf, describeStatus, listAccounts, simulate, waitFor, waitForOne } from '../support/step.ts'

const denied = `sso:${listAccounts}`

test.concurrent.each(['failed', 'timed-out'] as const)(
  'accounts that may not be listed change nothing when the step is %s',
  async (verdict) => {
    const reason = verdict === 'failed' ? { failureReason: 'No.' } : {}
    const { simulator, request, step } = await waitForOne(
      { seconds: verdict === 'failed' ? 0 : 60, deny: [denied], plan: { status: 'FAILED', failureReason: 'No.' } },
      { inputs: { 'timeout-minutes': '0.02' } },
    )

    const status = verdict === 'failed' ? 'FAILED' : 'IN_PROGRESS'
    expectEndingOfOne(step, verdict, answered(simulator, request, status, reason))
    expect(step.log.filter((line) => line.includes(denied))).toHaveLength(1)
    expect(step.errors[0]?.message).not.toContain(denied)
  },
)

test.concurrent('accounts that are never listed delay a failure by no more than 5 s after the deadline', async () => {
  const failed = { status: 'FAILED', failureReason: 'No.' } as const
  const { simulator, request, step } = await waitForOne(
    { ...failed, faults: [{ operation: listAccounts, fault: { kind: 'hang' } }] },
    { inputs: { 'timeout-minutes': '0.1' } },
  )

  expectEndingOfOne(step, 'failed', answered(simulator, request, 'FAILED', { failureReason: 'No.' }))
  expectInTime(step, 6_000)
})

test.concurrent('a failure is reported although every optional call is denied', async () => {
  const deny = [denied, 'sso:DescribePermissionSet', 'sso:DescribeInstance']
  const { simulator, request, step } = await waitForOne({ status: 'FAILED', failureReason: 'No.', deny })

  expectEndingOfOne(step, 'failed', answered(simulator, request, 'FAILED', { failureReason: 'No.' }))
})

test.concurrent.each([
  ['does not exist', '/no-such-folder/summary'],
  ['is not there', ''],
])('a summary file that %s loses neither outputs nor verdict', async (_, path) => {
  const { simulator, request, step } = await waitForOne(
    { status: 'FAILED', failureReason: 'No.', accountsBehind: 0 },
    { environment: { GITHUB_STEP_SUMMARY: path } },
  )

  const result = answered(simulator, request, 'FAILED', { failureReason: 'No.' })
  expectOutputs(
    step,
    'failed',
    {
      status: 'FAILED',
      'failure-reason': 'No.',
      'created-date': result.createdDate,
      'permission-set-arn': simulator.permissionSetArn,
    },
    [result],
  )
  expect(step.exitCode).toBe(1)
  expect(step.errors).toHaveLength(1)
  expect(step.errors[0]?.message).toContain('No.')
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

test.concurrent('a failed account assignment says nothing about accounts behind', async () => {
  await using simulator = await simulate({ status: 'FAILED', failureReason: 'No.' })
  simulator.start({ accountsBehind: 2 })
  const target = { accountId: '111122223333', principalType: 'USER', principalId: '90e1a2b3c4' } as const
  const requests = simulator.start({ operation: 'create-account-assignment', ...target })

  const step = await waitFor(simulator, requests, { inputs: { operation: 'create-account-assignment' } })

  expect(step.outputs).toMatchObject({ verdict: 'failed', 'accounts-behind': '[]' })
  expect(`${step.errors[0]?.message} ${step.summary}`).not.toContain('latest version')
})
