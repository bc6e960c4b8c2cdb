import { expect, test } from '@jest/globals'
import {
  answered,
  expectAllSucceeded,
  expectEnding,
  isoDate,
  unanswered,
  type Verdict,
} from '../support/expectations.ts'
import { describeStatus, type Fault, type Plan, simulate, startWaitingFor, waitFor, wrote } from '../support/step.ts'

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
    {
      status: 'SUCCEEDED',
      'created-date': dates[1],
      'permission-set-arn': simulator.permissionSetArn,
      'account-id': accountId,
    },
    requests.map((request, index) =>
      answered(simulator, request, 'SUCCEEDED', { accountId, createdDate: dates[index] }),
    ),
  )
})

test.concurrent('requests that have all SUCCEEDED give nothing where they do not agree', async () => {
  await using simulator = await simulate()
  const plans: Plan[] = [
    { accountId: '111122223333' },
    { accountId: '111122223334', permissionSetArn: otherPermissionSet },
  ]
  const requests = simulator.start(plans)

  const step = await waitFor(simulator, requests)

  expectEnding(step, 'succeeded', { status: 'SUCCEEDED', 'created-date': isoDate }, [
    answered(simulator, requests[0], 'SUCCEEDED', { accountId: '111122223333' }),
    answered(simulator, requests[1], 'SUCCEEDED', { accountId: '111122223334', permissionSetArn: otherPermissionSet }),
  ])
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
    {
      status: 'FAILED',
      'failure-reason': `${requests[1]}: The first reason.\n${requests[2]}: The second reason.`,
      'created-date': isoDate,
      'accounts-behind': '["111122223333","111122223334"]',
    },
    [
      answered(simulator, requests[0], 'SUCCEEDED'),
      answered(simulator, requests[1], 'FAILED', { failureReason: 'The first reason.', accountId: '111122223334' }),
      answered(simulator, requests[2], 'FAILED', { failureReason: 'The second reason.', accountId: '111122223333' }),
      answered(simulator, requests[3], 'SUCCEEDED', {
        accountId: '111122223334',
        permissionSetArn: otherPermissionSet,
      }),
    ],
  )
  expect(Number(step.outputs['elapsed-seconds'])).toBeGreaterThan(1.5)
  for (const text of ['The first reason.', 'The second reason.']) {
    expect(step.errors[0]?.message).toContain(text)
    expect(step.summary).toContain(text)
  }
})

test.concurrent('a request that cannot be read does not hide the rest', async () => {
  const fault: Fault = { kind: 'error', code: 'ValidationException', message: 'Not like this.' }
  await using simulator = await simulate({ seconds: 2 })
  const requests = simulator.start({}, 3)
  simulator.configure({
    faults: [
      { requestId: requests[0] ?? '', fault },
      { operation: 'ListPermissionSetProvisioningStatus', fault },
    ],
  })

  const step = await waitFor(simulator, requests)

  expectEnding(step, 'error', {}, [
    unanswered(requests[0], expect.stringContaining('Not like this.')),
    answered(simulator, requests[1], 'SUCCEEDED'),
    answered(simulator, requests[2], 'SUCCEEDED'),
  ])
  expect(step.errors[0]?.message).toContain(requests[0])
})

const unreadable: Plan = { failureReason: 'Not like this.' }
const failed: Plan = { status: 'FAILED', failureReason: 'No.' }
const slow: Plan = { seconds: 60 }

test.concurrent.each<[Verdict, string, Plan[]]>([
  ['failed', 'error', [unreadable, failed]],
  ['error', 'timed-out', [unreadable, slow]],
  ['failed', 'timed-out', [slow, failed]],
])('%s goes before %s', async (verdict, _, plans) => {
  const fault: Fault = { kind: 'error', code: 'ValidationException', message: 'Not like this.' }
  await using simulator = await simulate({ accounts: 1 })
  const requests = simulator.start(plans)
  simulator.configure({
    faults: requests.filter((_, index) => plans[index] === unreadable).map((requestId) => ({ requestId, fault })),
  })

  const step = await waitFor(simulator, requests, { inputs: { 'timeout-minutes': '0.03' } })

  const results = requests.map((request, index) => {
    if (plans[index] === unreadable) return unanswered(request, expect.stringContaining('Not like this.'))
    if (plans[index] === slow) return answered(simulator, request, 'IN_PROGRESS')
    return answered(simulator, request, 'FAILED', { failureReason: 'No.' })
  })
  expectEnding(step, verdict, { 'accounts-behind': verdict === 'failed' ? '["111122223333"]' : '[]' }, results)
})

test.concurrent('cancelled goes before failed', async () => {
  await using simulator = await simulate()
  const plans: Plan[] = [{ seconds: 60 }, { status: 'FAILED', failureReason: 'No.' }]
  const requests = simulator.start(plans)
  const step = await startWaitingFor(simulator, requests)
  await wrote(step, /^::debug::.*DescribePermissionSetProvisioningStatus: answered/, 2)

  step.cancel('SIGINT')

  expectEnding(await step.finished, 'cancelled', {}, [
    answered(simulator, requests[0], 'IN_PROGRESS'),
    answered(simulator, requests[1], 'FAILED', { failureReason: 'No.' }),
  ])
})

test.concurrent.each([
  ['in-progress', 'IN_PROGRESS', 'SUCCEEDED'],
  ['failed', 'IN_PROGRESS', 'FAILED'],
] as const)('with wait false, the step is %s for one %s and one %s', async (verdict, first, second) => {
  await using simulator = await simulate({ accounts: 1 })
  const reason = second === 'FAILED' ? { failureReason: 'No.' } : {}
  const plans: Plan[] = [{ seconds: 60 }, { status: second, ...reason, permissionSetArn: otherPermissionSet }]
  const requests = simulator.start(plans)

  const step = await waitFor(simulator, requests, { inputs: { wait: 'false' } })

  expectEnding(step, verdict, { 'accounts-behind': second === 'FAILED' ? '["111122223333"]' : '[]' }, [
    answered(simulator, requests[0], first),
    answered(simulator, requests[1], second, { ...reason, permissionSetArn: otherPermissionSet }),
  ])
})

test.concurrent('a failure without a reason still names its request', async () => {
  const fault: Fault = { kind: 'patch', patch: { FailureReason: undefined } }
  await using simulator = await simulate({ accounts: 1, faults: [{ operation: describeStatus, fault }] })
  const requests = simulator.start((index) => (index === 0 ? { status: 'FAILED' } : {}), 2)

  const step = await waitFor(simulator, requests)

  expectEnding(
    step,
    'failed',
    { 'failure-reason': expect.stringContaining(`${requests[0]}: `), 'accounts-behind': expect.any(String) },
    [answered(simulator, requests[0], 'FAILED'), answered(simulator, requests[1], 'SUCCEEDED')],
  )
})

test.concurrent('lists that the role may not read change nothing but the number of calls', async () => {
  await using simulator = await simulate({ seconds: 2, deny: ['sso:ListPermissionSetProvisioningStatus'] })
  const requests = simulator.start({}, 3)

  const step = await waitFor(simulator, requests)

  expectAllSucceeded(step, simulator, requests)
  const denied = simulator.calls.filter(({ outcome }) => outcome === 'AccessDeniedException')
  expect(denied.length).toBeLessThanOrEqual(1)
  expect(step.log.filter((line) => line.includes('sso:ListPermissionSetProvisioningStatus'))).toHaveLength(
    denied.length,
  )
})

test.concurrent.each([
  ['commas and spaces', (ids: string[]) => ` ${ids.join(' , ')} ,`],
  ['Windows newlines', (ids: string[]) => ids.join('\r\n')],
  ['a JSON array on several lines', (ids: string[]) => `\n${JSON.stringify(ids, null, 2)}\n`],
])('request IDs may be separated by %s, with repeats among them', async (_, spell) => {
  await using simulator = await simulate()
  const [first = '', second = '', third = ''] = simulator.start({}, 3)

  const step = await waitFor(simulator, [], { inputs: { 'request-id': spell([third, first, third, second, first]) } })

  expectEnding(
    step,
    'succeeded',
    { status: 'SUCCEEDED', 'created-date': isoDate, 'permission-set-arn': simulator.permissionSetArn },
    [third, first, second].map((request) => answered(simulator, request, 'SUCCEEDED')),
  )
  expect(simulator.calls.filter(({ requestId }) => requestId === third)).toHaveLength(1)
})

test.concurrent('a repeated request ID is one request, with the outputs of one', async () => {
  await using simulator = await simulate({ status: 'FAILED', failureReason: 'No.', accountsBehind: 0 })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request, request])

  expectEnding(step, 'failed', {}, [answered(simulator, request, 'FAILED', { failureReason: 'No.' })])
})
