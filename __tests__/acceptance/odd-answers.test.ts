import { describe, expect, test } from '@jest/globals'
import { answered, expectEnding, expectEndingOfOne, isoDate } from '../support/expectations.ts'
import {
  callsOf,
  describeStatus,
  type Fault,
  listAccounts,
  type Plan,
  simulate,
  type TestSimulator,
  waitFor,
  waitForOne,
} from '../support/step.ts'

// AWS, or somebody in its place, gives answers that contradict each other, never end, or are of the wrong type.

const listStatuses = 'ListPermissionSetProvisioningStatus'
const statuses = 'PermissionSetsProvisioningStatus'
const accountId = '111122223333'
const json = { 'content-type': 'application/x-amz-json-1.1' }
const body = (text: string): Fault => ({ kind: 'http', status: 200, headers: json, body: text })

/** Lists as they are, but for what a function makes of their rows. */
function rowsAs(change: (rows: readonly unknown[]) => readonly unknown[]): Fault {
  const patch = (answer: unknown) => {
    const rows: unknown = Reflect.get(Object(answer), statuses)
    return { ...Object(answer), [statuses]: Array.isArray(rows) ? change(rows) : rows }
  }
  return { kind: 'patch', patch }
}

const statusOf = (row: unknown): unknown => Reflect.get(Object(row), 'Status')

/** Requests of one account that take 3 s, the first as a plan of its own has it. */
function start(simulator: TestSimulator, count: number, first: Plan = {}): string[] {
  return simulator.start((index) => ({ accountId, seconds: 3, ...(index === 0 ? first : {}) }), count)
}

/** All SUCCEEDED; in sets above 50, a list is enough to know that of a request. */
async function expectAllSucceeded(simulator: TestSimulator, requests: string[]): Promise<void> {
  const step = await waitFor(simulator, requests)

  expect(step.complaints).toEqual([])
  expect(step.outputs).toMatchObject({ verdict: 'succeeded', status: 'SUCCEEDED' })
  expect(step.results).toEqual(requests.map((requestId) => expect.objectContaining({ requestId, status: 'SUCCEEDED' })))
}

describe('lists', () => {
  test.concurrent.each<[string, number, Fault[]]>([
    ['leave out half of what is in progress', 60, [rowsAs((rows) => rows.filter((_, index) => index % 2 === 0))]],
    [
      'are of a wrong type, another one each time,',
      20,
      [
        rowsAs((rows) => rows.map((row) => ({ ...Object(row), Status: 1, RequestId: null }))),
        body(`{"${statuses}":[null,1,"x",[]]}`),
        body(`{"${statuses}":{}}`),
      ],
    ],
  ])('that %s do not keep %i requests from succeeding', async (_, count, faults) => {
    const rules = faults.map((fault, index) => {
      const to = index === faults.length - 1 ? Number.POSITIVE_INFINITY : index + 1
      return { operation: listStatuses, from: index + 1, to, fault }
    })
    await using simulator = await simulate({ speed: 5, faults: rules })

    await expectAllSucceeded(simulator, start(simulator, count))
  })

  test.concurrent('that leave out what has FAILED do not hide the failure', async () => {
    const fault = rowsAs((rows) => rows.filter((row) => statusOf(row) !== 'FAILED'))
    await using simulator = await simulate({ speed: 5, faults: [{ operation: listStatuses, fault }] })
    const requests = start(simulator, 60, { status: 'FAILED', failureReason: 'No.' })

    const step = await waitFor(simulator, requests)

    expect(step.complaints).toEqual([])
    expect(step.outputs).toMatchObject({ verdict: 'failed', status: 'FAILED', 'failure-reason': `${requests[0]}: No.` })
  })
})

test.concurrent.each([2, 60])(
  'of %i requests, one that has SUCCEEDED stays so although answers take it back',
  async (count) => {
    const requestId = '5a1b2c3d-0123-4567-89ab-0123456789ab'
    const fault: Fault = { kind: 'patch', patch: { Status: 'IN_PROGRESS' } }
    await using simulator = await simulate({
      speed: 5,
      faults: [{ operation: describeStatus, requestId, from: 2, fault }],
    })

    await expectAllSucceeded(simulator, start(simulator, count, { seconds: 0, requestId }))

    const asked = callsOf(simulator, describeStatus).filter((call) => call.requestId === requestId)
    expect(asked.length).toBeLessThanOrEqual(3)
  },
)

test.concurrent('a list of accounts that never ends is given up, and the failure is known', async () => {
  const fault = body(`{"AccountIds":["${accountId}"],"NextToken":"again"}`)
  const { simulator, request, step } = await waitForOne(
    { status: 'FAILED', failureReason: 'No.', faults: [{ operation: listAccounts, fault }] },
    { inputs: { 'timeout-minutes': '0.05' } },
  )

  expectEndingOfOne(step, 'failed', answered(simulator, request, 'FAILED', { failureReason: 'No.' }))
  expect(step.ranMs).toBeLessThan(3_000 + 5_000)
})

test.concurrent('a failure reason of 10 MB is put out whole, and shown in part', async () => {
  const failureReason = 'It failed, and says so at length. '.repeat(300_000).slice(0, 10_000_000)
  const { simulator, request, step } = await waitForOne({ status: 'FAILED', failureReason, accountsBehind: 0 })

  expectEndingOfOne(step, 'failed', answered(simulator, request, 'FAILED', { failureReason }))
  expect(Buffer.byteLength(step.summary)).toBeLessThan(2 ** 20)
  expect(step.stdout.length).toBeLessThan(100_000)
})

test.concurrent('a failure reason that is no text is none', async () => {
  const fault: Fault = { kind: 'patch', patch: { FailureReason: ['a'] } }
  const { simulator, request, step } = await waitForOne({
    status: 'FAILED',
    accountsBehind: 0,
    faults: [{ operation: describeStatus, fault }],
  })

  expectEndingOfOne(step, 'failed', answered(simulator, request, 'FAILED'))
})

const decade = 10 * 365.25 * 86_400

test.concurrent.each<[string, number, unknown]>([
  ['before 1970', -decade, '1960-01-01T12:00:00.000Z'],
  ['before the year 0', -300 * decade, expect.stringMatching(/^-00\d{4}-/)],
  ['in the future', 4_102_444_800, '2100-01-01T00:00:00.000Z'],
  ['beyond all calendars', 1e300, null],
])('a date of creation %s is put out as it is, where it is one', async (_, seconds, createdDate) => {
  const fault: Fault = { kind: 'patch', patch: { CreatedDate: seconds } }
  const { simulator, request, step } = await waitForOne({ faults: [{ operation: describeStatus, fault }] })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED', { createdDate }))
})

test.concurrent('the first calls of several requests that are throttled do no harm', async () => {
  const fault: Fault = { kind: 'error', code: 'ThrottlingException', message: 'Rate exceeded' }
  await using simulator = await simulate({ speed: 5, faults: [{ operation: describeStatus, to: 3, fault }] })
  const requests = simulator.start({ accountId }, 12)

  const step = await waitFor(simulator, requests)

  const agreed = { 'permission-set-arn': simulator.permissionSetArn, 'account-id': accountId }
  expectEnding(
    step,
    'succeeded',
    { status: 'SUCCEEDED', 'created-date': isoDate, ...agreed },
    requests.map((request) => answered(simulator, request, 'SUCCEEDED', { accountId })),
  )
})
