import { expect, test } from '@jest/globals'
import { answered, expectEnding, unanswered } from '../support/expectations.ts'
import { type Fault, faultEach, simulate, waitFor, waitForOne } from '../support/step.ts'

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
  const { simulator, request, step } = await waitForOne({ seconds: 1, plan, inputs: { operation: plan.operation } })

  expectEnding(step, 'succeeded', answered(simulator, request, 'SUCCEEDED', plan))
  const asked = simulator.calls.filter(({ requestId }) => requestId === request).map(({ operation }) => operation)
  expect(new Set(asked)).toEqual(new Set([call]))
})

test.concurrent('an assignment that is denied names its own IAM action', async () => {
  const action = 'sso:DescribeAccountAssignmentCreationStatus'
  const { operation } = creation
  const { request, step } = await waitForOne({ deny: [action], plan: creation, inputs: { operation } })

  expectEnding(step, 'error', { ...unanswered(request, expect.stringContaining(action)), operation })
  expect(step.errors[0]?.message).toContain(action)
})

// Answers that the API allows, and nobody expects.

test.concurrent('a failure reason of 10 MB is put out whole, and shown in part', async () => {
  const failureReason = 'It failed, and says so at length. '.repeat(300_000).slice(0, 10_000_000)
  const { simulator, request, step } = await waitForOne({ status: 'FAILED', failureReason, accountsBehind: 0 })

  expectEnding(step, 'failed', answered(simulator, request, 'FAILED', { failureReason }))
  expect(Buffer.byteLength(step.summary)).toBeLessThan(2 ** 20)
  expect(step.stdout.length).toBeLessThan(100_000)
})

const decade = 10 * 365.25 * 86_400

test.concurrent('a date of creation is put out as it is, where it is one', async () => {
  const dates: [number, unknown][] = [
    [-decade, '1960-01-01T12:00:00.000Z'],
    [-300 * decade, expect.stringMatching(/^-00\d{4}-/)],
    [4_102_444_800, '2100-01-01T00:00:00.000Z'],
    [1e300, null],
  ]
  await using simulator = await simulate()
  const requests = simulator.start({}, dates.length)
  const faults = dates.map(([CreatedDate]): Fault => ({ kind: 'patch', patch: { CreatedDate } }))
  faultEach(simulator, requests, faults)

  const step = await waitFor(simulator, requests)

  const results = requests.map((request, index) =>
    answered(simulator, request, 'SUCCEEDED', { createdDate: dates[index]?.[1] }),
  )
  expectEnding(step, 'succeeded', results, { 'created-date': expect.any(String) })
})
