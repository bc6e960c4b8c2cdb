import { expect, test } from '@jest/globals'
import { answered, expectEndingOfOne, unanswered } from '../support/expectations.ts'
import { waitForOne } from '../support/step.ts'

const target = {
  accountId: '111122223334',
  principalType: 'USER',
  principalId: '90e1a2b3c4-aaaabbbb-cccc-dddd-eeee-ffff00001111',
} as const
const creation = { operation: 'create-account-assignment', ...target } as const
const deletion = { operation: 'delete-account-assignment', ...target } as const

test.concurrent.each([
  { plan: creation, call: 'DescribeAccountAssignmentCreationStatus' },
  { plan: deletion, call: 'DescribeAccountAssignmentDeletionStatus' },
])('$plan.operation asks $call, and gives what it is about', async ({ plan, call }) => {
  const { simulator, request, step } = await waitForOne({ seconds: 1, plan }, { inputs: { operation: plan.operation } })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED', plan))
  const asked = simulator.calls.filter(({ requestId }) => requestId === request).map(({ operation }) => operation)
  expect(new Set(asked)).toEqual(new Set([call]))
})

test.concurrent('an assignment that is denied names its own IAM action', async () => {
  const action = 'sso:DescribeAccountAssignmentCreationStatus'
  const { operation } = creation
  const { request, step } = await waitForOne({ deny: [action], plan: creation }, { inputs: { operation } })

  expectEndingOfOne(step, 'error', { ...unanswered(request, expect.stringContaining(action)), operation })
  expect(step.errors[0]?.message).toContain(action)
})
