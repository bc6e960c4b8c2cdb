import { expect, test } from '@jest/globals'
import { answered, expectEndingOfOne, unanswered } from '../support/expectations.ts'
import { describeStatus, waitForOne } from '../support/step.ts'

const target = {
  accountId: '111122223334',
  principalType: 'USER',
  principalId: '90e1a2b3c4-aaaabbbb-cccc-dddd-eeee-ffff00001111',
} as const

const assignments = [
  ['create-account-assignment', 'DescribeAccountAssignmentCreationStatus'],
  ['delete-account-assignment', 'DescribeAccountAssignmentDeletionStatus'],
] as const

test.concurrent.each(assignments)('%s that has SUCCEEDED gives account and principal', async (operation, call) => {
  const { simulator, request, step } = await waitForOne(
    { seconds: 1, plan: { operation, ...target } },
    { inputs: { operation } },
  )

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED', { operation, ...target }))
  const asked = simulator.calls.filter(({ requestId }) => requestId === request).map((made) => made.operation)
  expect(new Set(asked)).toEqual(new Set([call]))
})

test.concurrent.each(assignments)('%s that has FAILED gives the reason', async (operation, _) => {
  const failureReason = 'Received a 404 status error: Assignment not found.'
  const { simulator, request, step } = await waitForOne(
    { status: 'FAILED', failureReason, plan: { operation, ...target } },
    { inputs: { operation } },
  )

  const result = answered(simulator, request, 'FAILED', { operation, failureReason, ...target })
  expectEndingOfOne(step, 'failed', result)
  expect(step.errors[0]?.message).toContain(failureReason)
})

test.concurrent.each(assignments)(
  '%s that is IN_PROGRESS at the deadline ends the step as timed-out',
  async (operation, _) => {
    const { simulator, request, step } = await waitForOne(
      { seconds: 60, plan: { operation, ...target } },
      { inputs: { operation, 'timeout-minutes': '0.02' } },
    )

    expectEndingOfOne(step, 'timed-out', answered(simulator, request, 'IN_PROGRESS', { operation, ...target }))
  },
)

test.concurrent.each(assignments)('%s that is denied names its own IAM action', async (operation, call) => {
  const { request, step } = await waitForOne(
    { deny: [`sso:${call}`], plan: { operation, ...target } },
    { inputs: { operation } },
  )

  const error = expect.stringContaining(`sso:${call}`)
  expectEndingOfOne(step, 'error', { ...unanswered(request, error), operation })
  expect(step.errors[0]?.message).toContain(`sso:${call}`)
})

test.concurrent('provision-permission-set for one account gives the account', async () => {
  const { simulator, request, step } = await waitForOne(
    { seconds: 1, plan: { accountId: '111122223334' } },
    { inputs: { operation: 'provision-permission-set' } },
  )

  const result = answered(simulator, request, 'SUCCEEDED', { accountId: '111122223334' })
  expectEndingOfOne(step, 'succeeded', result)
  const asked = simulator.calls.filter(({ requestId }) => requestId === request).map((made) => made.operation)
  expect(new Set(asked)).toEqual(new Set([describeStatus]))
})
