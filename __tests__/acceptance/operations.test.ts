import { expect, test } from '@jest/globals'
import { answered, expectEndingOfOne, unanswered } from './expectations.ts'
import { describeStatus, simulate, waitFor } from './support.ts'

const target = {
  accountId: '111122223334',
  principalType: 'USER',
  principalId: '90e1a2b3c4-aaaabbbb-cccc-dddd-eeee-ffff00001111',
} as const

const assignments = [
  ['create-account-assignment', 'DescribeAccountAssignmentCreationStatus'],
  ['delete-account-assignment', 'DescribeAccountAssignmentDeletionStatus'],
] as const

test.concurrent.each(assignments)('%s: SUCCEEDED, with account and principal', async (operation, call) => {
  await using simulator = await simulate({ seconds: 1 })
  const [request = ''] = simulator.start({ operation, ...target })

  const step = await waitFor(simulator, [request], { inputs: { operation } })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED', { operation, ...target }))
  const asked = simulator.calls.filter(({ requestId }) => requestId === request).map((made) => made.operation)
  expect(new Set(asked)).toEqual(new Set([call]))
})

test.concurrent.each(assignments)('%s: FAILED, with the reason', async (operation, _) => {
  const failureReason = 'Received a 404 status error: Assignment not found.'
  await using simulator = await simulate({ status: 'FAILED', failureReason })
  const [request = ''] = simulator.start({ operation, ...target })

  const step = await waitFor(simulator, [request], { inputs: { operation } })

  const result = answered(simulator, request, 'FAILED', { operation, failureReason, ...target })
  expectEndingOfOne(step, 'failed', result)
  expect(step.errors[0]?.message).toContain(failureReason)
})

test.concurrent.each(assignments)('%s: IN_PROGRESS at the deadline', async (operation, _) => {
  await using simulator = await simulate({ seconds: 60 })
  const [request = ''] = simulator.start({ operation, ...target })

  const step = await waitFor(simulator, [request], { inputs: { operation, 'timeout-minutes': '0.02' } })

  expectEndingOfOne(step, 'timed-out', answered(simulator, request, 'IN_PROGRESS', { operation, ...target }))
})

test.concurrent.each(assignments)('%s: denied, naming its own IAM action', async (operation, call) => {
  await using simulator = await simulate({ deny: [`sso:${call}`] })
  const [request = ''] = simulator.start({ operation, ...target })

  const step = await waitFor(simulator, [request], { inputs: { operation } })

  const error = expect.stringContaining(`sso:${call}`)
  expectEndingOfOne(step, 'error', { ...unanswered(request, error), operation })
  expect(step.errors[0]?.message).toContain(`sso:${call}`)
})

test.concurrent('provision-permission-set for one account', async () => {
  await using simulator = await simulate({ seconds: 1 })
  const [request = ''] = simulator.start({ accountId: '111122223334' })

  const step = await waitFor(simulator, [request], { inputs: { operation: 'provision-permission-set' } })

  const result = answered(simulator, request, 'SUCCEEDED', { accountId: '111122223334' })
  expectEndingOfOne(step, 'succeeded', result)
  const asked = simulator.calls.filter(({ requestId }) => requestId === request).map((made) => made.operation)
  expect(new Set(asked)).toEqual(new Set([describeStatus]))
})
