import { expect, test } from '@jest/globals'
import { answered, expectEnding, isoDate } from '../support/expectations.ts'
import { type Plan, simulate, waitFor } from '../support/step.ts'

const otherPermissionSet = 'arn:aws:sso:::permissionSet/ssoins-7223a1b2c3d4e5f6/ps-0000000000000002'

test.concurrent('one FAILED request does not stop the wait for the others, and all reasons are given', async () => {
  await using simulator = await simulate({ accounts: 2 })
  const plans: Plan[] = [
    { seconds: 2 },
    { status: 'FAILED', failureReason: 'The first reason.', accountId: '111122223334' },
    { seconds: 1, status: 'FAILED', failureReason: 'The second reason.', accountId: '111122223333' },
    { seconds: 3, accountId: '111122223334', permissionSetArn: otherPermissionSet },
  ]
  const requests = simulator.start(plans)

  const step = await waitFor(simulator, requests)

  expectEnding(
    step,
    'failed',
    [
      answered(simulator, requests[0], 'SUCCEEDED'),
      answered(simulator, requests[1], 'FAILED', { failureReason: 'The first reason.', accountId: '111122223334' }),
      answered(simulator, requests[2], 'FAILED', { failureReason: 'The second reason.', accountId: '111122223333' }),
      answered(simulator, requests[3], 'SUCCEEDED', {
        accountId: '111122223334',
        permissionSetArn: otherPermissionSet,
      }),
    ],
    {
      status: 'FAILED',
      'failure-reason': `${requests[1]}: The first reason.\n${requests[2]}: The second reason.`,
      'created-date': isoDate,
      'accounts-behind': '["111122223333","111122223334"]',
    },
  )
  expect(Number(step.outputs['elapsed-seconds'])).toBeGreaterThan(1.5)
  for (const text of ['The first reason.', 'The second reason.']) {
    expect(step.errors[0]?.message).toContain(text)
    expect(step.summary).toContain(text)
  }
})
