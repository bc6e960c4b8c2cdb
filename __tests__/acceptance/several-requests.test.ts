import { expect, test } from '@jest/globals'
import { answered, expectEnding, isoDate, unanswered } from '../support/expectations.ts'
import { type Fault, type Plan, simulate, startWaitingFor, waitFor, wrote } from '../support/step.ts'

const otherPermissionSet = 'arn:aws:sso:::permissionSet/ssoins-7223a1b2c3d4e5f6/ps-0000000000000002'
const nowMs = Date.UTC(2026, 10, 23, 9, 0, 0, 120)

test.concurrent('requests that have all SUCCEEDED give what they agree on, and the earliest date', async () => {
  await using simulator = await simulate({ now: () => nowMs })
  const accountId = '111122223334'
  const plans: Plan[] = [
    { accountId, ageSeconds: 60 },
    { accountId, ageSeconds: 3600 },
    { accountId, ageSeconds: 1.1 },
  ]
  const requests = simulator.start(plans)

  const step = await waitFor(simulator, requests)

  const dates = ['2026-11-23T08:59:00.120Z', '2026-11-23T08:00:00.120Z', '2026-11-23T08:59:59.020Z']
  expectEnding(
    step,
    'succeeded',
    requests.map((request, index) =>
      answered(simulator, request, 'SUCCEEDED', { accountId, createdDate: dates[index] }),
    ),
    {
      status: 'SUCCEEDED',
      'created-date': dates[1],
      'permission-set-arn': simulator.permissionSetArn,
      'account-id': accountId,
    },
  )
})

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

test.concurrent.each([
  ['error', 'a request that cannot be read', {}],
  ['failed', 'one that cannot be read, and one that FAILED', { status: 'FAILED', failureReason: 'No.' }],
] as const)('%s goes before timed-out: %s hides no other', async (verdict, _, plan) => {
  const fault: Fault = { kind: 'error', code: 'ValidationException', message: 'Not like this.' }
  await using simulator = await simulate({ accounts: 1 })
  const requests = simulator.start([{}, plan, { seconds: 60 }])
  const list = 'ListPermissionSetProvisioningStatus'
  simulator.configure({
    faults: [
      { requestId: requests[0] ?? '', fault },
      { operation: list, fault },
    ],
  })

  const step = await waitFor(simulator, requests, { timeoutMinutes: 0.03 })

  expectEnding(
    step,
    verdict,
    [
      unanswered(requests[0], expect.stringContaining('Not like this.')),
      answered(simulator, requests[1], verdict === 'failed' ? 'FAILED' : 'SUCCEEDED', {
        failureReason: verdict === 'failed' ? 'No.' : null,
      }),
      answered(simulator, requests[2], 'IN_PROGRESS'),
    ],
    { 'accounts-behind': verdict === 'failed' ? '["111122223333"]' : '[]' },
  )
  expect(step.errors[0]?.message).toContain(requests[0])
})

test.concurrent('cancelled goes before failed', async () => {
  await using simulator = await simulate()
  const plans: Plan[] = [{ seconds: 60 }, { status: 'FAILED', failureReason: 'No.' }]
  const requests = simulator.start(plans)
  const step = await startWaitingFor(simulator, requests)
  await wrote(step, /^::debug::.*DescribePermissionSetProvisioningStatus: answered/, 2)

  step.cancel('SIGINT')

  expectEnding(await step.finished, 'cancelled', [
    answered(simulator, requests[0], 'IN_PROGRESS'),
    answered(simulator, requests[1], 'FAILED', { failureReason: 'No.' }),
  ])
})

test.concurrent('with wait false, the step is in-progress for one in progress and one that SUCCEEDED', async () => {
  await using simulator = await simulate({ accounts: 1 })
  const requests = simulator.start([{ seconds: 60 }, { permissionSetArn: otherPermissionSet }])

  const step = await waitFor(simulator, requests, { inputs: { wait: 'false' } })

  expectEnding(step, 'in-progress', [
    answered(simulator, requests[0], 'IN_PROGRESS'),
    answered(simulator, requests[1], 'SUCCEEDED', { permissionSetArn: otherPermissionSet }),
  ])
})

test.concurrent('a request that AWS does not know for 30 s is an error, while the others are waited for', async () => {
  await using simulator = await simulate({ speed: 5, seconds: 1 })
  const [known = ''] = simulator.start()
  const unknown = '00000000-0000-4000-8000-000000000000'

  const step = await waitFor(simulator, [unknown, known])

  const error = expect.stringContaining('ResourceNotFoundException')
  expectEnding(step, 'error', [unanswered(unknown, error), answered(simulator, known, 'SUCCEEDED')], {
    'created-date': isoDate,
  })
  expect(Number(step.outputs['elapsed-seconds'])).toBeGreaterThanOrEqual(30)
})
