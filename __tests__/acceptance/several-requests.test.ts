import { expect, test } from '@jest/globals'
import { answered, expectEnding, isoDate, unanswered, type Verdict } from '../support/expectations.ts'
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

test.concurrent.each<{ name: string; fault: Fault }>([
  { name: 'answers with the page of a proxy', fault: { kind: 'http', status: 200, body: '<html>Sign in</html>' } },
  { name: 'shows for ever what was so at first', fault: { kind: 'stale', byMs: Number.POSITIVE_INFINITY } },
])('a FAILED request is reported although List $name', async ({ fault }) => {
  await using simulator = await simulate({
    speed: 5,
    faults: [{ operation: 'ListPermissionSetProvisioningStatus', fault }],
  })
  const requests = simulator.start([{ seconds: 2, ...failed }, { seconds: 1 }])

  const step = await waitFor(simulator, requests, { inputs: { 'timeout-minutes': '1' } })

  expectEnding(step, 'failed', { 'accounts-behind': expect.any(String) }, [
    answered(simulator, requests[0], 'FAILED', { failureReason: 'No.' }),
    answered(simulator, requests[1], 'SUCCEEDED'),
  ])
})

test.concurrent('refusals of some requests silence no other, whatever their order', async () => {
  const fault: Fault = { kind: 'error', code: 'ValidationException', message: 'Not like this.' }
  const refused = [0, 1, 4, 9, 14, 18, 19]
  await using simulator = await simulate({ latencyMs: 40, accounts: 1 })
  const requests = simulator.start(failed, 20)
  simulator.configure({ faults: refused.map((index) => ({ requestId: requests[index] ?? '', fault })) })

  const step = await waitFor(simulator, requests)

  expect(step.outputs['verdict']).toBe('failed')
  expect(step.results).toEqual(
    requests.map((request, index) =>
      refused.includes(index)
        ? unanswered(request, expect.stringContaining('Not like this.'))
        : answered(simulator, request, 'FAILED', { failureReason: 'No.' }),
    ),
  )
})

test.concurrent('a reason that there was no time to read is not taken for one that AWS did not give', async () => {
  await using simulator = await simulate({ accounts: 1 })
  const requests = simulator.start(failed, 90)

  const step = await waitFor(simulator, requests, { inputs: { 'timeout-minutes': '0.02' } })

  expect(step.outputs).toMatchObject({ verdict: 'failed', status: 'FAILED' })
  const rows = Array.isArray(step.results) ? step.results : []
  const unread = rows.filter((row) => Reflect.get(Object(row), 'failureReason') === null)
  expect(unread.length).toBeGreaterThan(10)
  expect(unread).toEqual(unread.map(() => expect.objectContaining({ status: 'FAILED', error: expect.any(String) })))
})

// In real time, as a witness of the limits that the unit tests have on the virtual clock.
test.concurrent('a request that AWS does not know for 30 s is an error, while the others are waited for', async () => {
  await using simulator = await simulate({ seconds: 1 })
  const [known = ''] = simulator.start()
  const unknown = '00000000-0000-4000-8000-000000000000'

  const step = await waitFor(simulator, [unknown, known])

  const error = expect.stringContaining('ResourceNotFoundException')
  expectEnding(step, 'error', { 'created-date': isoDate }, [
    unanswered(unknown, error),
    answered(simulator, known, 'SUCCEEDED'),
  ])
  expect(Number(step.outputs['elapsed-seconds'])).toBeGreaterThanOrEqual(30)
}, 120_000)
