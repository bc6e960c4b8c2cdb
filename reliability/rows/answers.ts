import { callsOf, describeStatus } from '../../__tests__/acceptance/support.ts'
import type { Fault, FaultRule } from '../../simulator/simulator.ts'
import type { Row } from '../row.ts'
import { first, lasting, passing } from './patterns.ts'

const topic = 'Answers'
const json = { 'content-type': 'application/x-amz-json-1.1' }
const html = { 'content-type': 'text/html' }
const portal = '<!doctype html><html><title>Sign in to the network</title></html>'
const otherRequest = '00000000-0000-4000-8000-000000000000'
const listStatuses = 'ListPermissionSetProvisioningStatus'

const body = (text: string): Fault => ({ kind: 'http', status: 200, headers: json, body: text })

/** Good form, but nothing that says how the request is. */
const unclear: readonly [string, Fault, RegExp][] = [
  ["a captive portal's page with status 200", { kind: 'http', status: 200, headers: html, body: portal }, /portal/],
  [
    "a captive portal's redirect",
    { kind: 'http', status: 302, headers: { location: 'http://portal.invalid/' } },
    /portal|302/,
  ],
  ["a captive portal's page as JSON", body(portal), /portal/],
  ['an empty JSON object', body('{}'), /no status/],
  ['an empty body', body(''), /no status|not an answer/],
  ['JSON null', body('null'), /no status|not an answer/],
  ['JSON of the wrong types: a list', body('[]'), /no status|not an answer/],
  ['JSON of the wrong types: a number', body('7'), /no status|not an answer/],
  [
    'JSON of the wrong types: a text for the structure',
    body('{"PermissionSetProvisioningStatus":"SUCCEEDED"}'),
    /no status|not an answer/,
  ],
  [
    'JSON of the wrong types: a list for the structure',
    body('{"PermissionSetProvisioningStatus":[{"Status":"SUCCEEDED"}]}'),
    /no status|not an answer/,
  ],
  ['JSON of the wrong types: true for the status', { kind: 'patch', patch: { Status: true } }, /status/],
  [
    'JSON of the wrong types: an object for the status',
    { kind: 'patch', patch: { Status: { toString: 'SUCCEEDED' } } },
    /status|not an answer/,
  ],
  ['JSON that ends too soon', body('{"PermissionSetProvisioningStatus":{"Status":"SUCCEEDED"'), /not an answer/],
  ['JSON a thousand levels deep', body(`${'['.repeat(1_000)}${']'.repeat(1_000)}`), /no status|not an answer/],
  [
    'JSON with a prototype',
    body('{"__proto__":{"Status":"SUCCEEDED"},"PermissionSetProvisioningStatus":{"__proto__":{"Status":"SUCCEEDED"}}}'),
    /no status/,
  ],
  ['bytes that are no text', body('\u0000\u0001\u0002\ufffd\u001f\u008b'), /not an answer/],
  ['a date of creation that is no number', { kind: 'patch', patch: { CreatedDate: 'yesterday' } }, /not an answer/],
  [
    'a date of creation that is an object',
    { kind: 'patch', patch: { CreatedDate: { seconds: 1_700_000_000 } } },
    /not an answer/,
  ],
  ['no status', { kind: 'patch', patch: { Status: undefined } }, /no status/],
  ['a status that the model does not know', { kind: 'patch', patch: { Status: 'PAUSED' } }, /PAUSED/],
  ['a status with a blank at its end', { kind: 'patch', patch: { Status: 'SUCCEEDED ' } }, /SUCCEEDED /],
  [
    'the name of a member of every object for a status',
    { kind: 'patch', patch: { Status: 'constructor' } },
    /constructor/,
  ],
  ["another request's ID in the answer", { kind: 'patch', patch: { RequestId: otherRequest } }, /another request/],
  ['a request ID that is no text', { kind: 'patch', patch: { RequestId: 5 } }, /another request/],
]

/** What a patch makes of rows in a list, whatever they say. */
const rowsAs =
  (change: (row: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>) =>
  (answer: unknown): unknown => {
    const rows: unknown = Reflect.get(Object(answer), 'PermissionSetsProvisioningStatus')
    return { PermissionSetsProvisioningStatus: Array.isArray(rows) ? rows.map((row) => change(Object(row))) : rows }
  }

const reasonOf10MB = 'It failed, and says so at length. '.repeat(Math.ceil(10_000_000 / 34)).slice(0, 10_000_000)
/** In sets above 50, what a list tells is enough of those that have SUCCEEDED. */
const ofALargeSet = () => ({ 'permission-set-arn': /^/, 'account-id': /^/, 'failure-reason': /^/ })
const successOfALargeSet = { verdict: 'succeeded', status: 'SUCCEEDED', seconds: 25, outputs: ofALargeSet } as const

/** A list as it is, but for what is FAILED. */
function withoutFailed(answer: unknown): unknown {
  const rows: unknown = Reflect.get(Object(answer), 'PermissionSetsProvisioningStatus')
  if (!Array.isArray(rows)) return answer
  return { PermissionSetsProvisioningStatus: rows.filter((row) => Reflect.get(Object(row), 'Status') !== 'FAILED') }
}

const decade = 10 * 365.25 * 86_400
const oneAccount = { accountId: '111122223333' }

const dated = (name: string, date: unknown, created: string | RegExp): Row =>
  passing(
    topic,
    `the date of creation ${name}`,
    [{ operation: describeStatus, fault: { kind: 'patch', patch: { CreatedDate: date } } }],
    {
      expected: { outputs: () => ({ 'created-date': created }) },
    },
  )

/** AWS, or somebody in its place, answers something odd. */
export const answers: readonly Row[] = [
  ...unclear.flatMap(([name, fault, told]) => [
    passing(topic, `${name}, twice`, first(2, fault)),
    lasting(topic, name, fault, told),
  ]),
  goesBack('a status that goes back from SUCCEEDED to IN_PROGRESS', 'succeeded', 2),
  goesBack('a status that goes back from SUCCEEDED to IN_PROGRESS, in a set that is listed', 'succeeded', 60),
  {
    topic,
    name: 'lists that leave out what has failed',
    requests: Array.from({ length: 60 }, (_, index) => ({
      ...oneAccount,
      seconds: 2,
      ...(index === 0 ? { status: 'FAILED' as const } : {}),
    })),
    simulator: { faults: [{ operation: listStatuses, fault: { kind: 'patch', patch: withoutFailed } }] },
    expected: { verdict: 'failed', status: 'FAILED', seconds: 25, outputs: ofALargeSet },
  },
  {
    topic,
    name: 'lists that leave out half of what is in progress',
    requests: Array.from({ length: 60 }, () => ({ ...oneAccount, seconds: 3 })),
    simulator: {
      faults: [
        {
          operation: listStatuses,
          fault: {
            kind: 'patch',
            patch: (answer) => {
              const rows: unknown = Reflect.get(Object(answer), 'PermissionSetsProvisioningStatus')
              return {
                PermissionSetsProvisioningStatus: Array.isArray(rows)
                  ? rows.filter((_, index) => index % 2 === 0)
                  : rows,
              }
            },
          },
        },
      ],
    },
    expected: successOfALargeSet,
  },
  {
    topic,
    name: 'lists that are empty although everything is in progress',
    requests: Array.from({ length: 60 }, () => ({ ...oneAccount, seconds: 3 })),
    simulator: { faults: [{ operation: listStatuses, fault: body('{"PermissionSetsProvisioningStatus":[]}') }] },
    expected: successOfALargeSet,
  },
  {
    topic,
    name: 'lists whose rows are of the wrong types',
    requests: Array.from({ length: 20 }, () => ({ ...oneAccount, seconds: 2 })),
    simulator: {
      faults: [
        {
          operation: listStatuses,
          from: 1,
          to: 1,
          fault: { kind: 'patch', patch: rowsAs((row) => ({ ...row, Status: 1, RequestId: null })) },
        },
        {
          operation: listStatuses,
          from: 2,
          to: 2,
          fault: body('{"PermissionSetsProvisioningStatus":[null,1,"x",[]]}'),
        },
        { operation: listStatuses, from: 3, fault: body('{"PermissionSetsProvisioningStatus":{}}') },
      ],
    },
    expected: {
      verdict: 'succeeded',
      status: 'SUCCEEDED',
      seconds: 25,
      outputs: () => ({ 'account-id': '111122223333' }),
    },
  },
  {
    topic,
    name: 'lists that never end',
    requests: Array.from({ length: 20 }, () => ({ ...oneAccount, seconds: 2 })),
    simulator: {
      faults: [{ operation: listStatuses, fault: body('{"PermissionSetsProvisioningStatus":[],"NextToken":"again"}') }],
    },
    expected: {
      verdict: 'succeeded',
      status: 'SUCCEEDED',
      seconds: 40,
      outputs: () => ({ 'account-id': '111122223333' }),
    },
  },
  {
    topic,
    name: 'a list of accounts that never ends, after a failure',
    simulator: {
      status: 'FAILED',
      faults: [
        {
          operation: 'ListAccountsForProvisionedPermissionSet',
          fault: body('{"AccountIds":["111122223333"],"NextToken":"again"}'),
        },
      ],
    },
    inputs: { 'timeout-minutes': '0.05' },
    expected: { verdict: 'failed', status: 'FAILED', seconds: 3 + 5 },
  },
  {
    topic,
    name: 'a failure reason of 10 MB',
    simulator: { status: 'FAILED', failureReason: reasonOf10MB, accountsBehind: 0 },
    expected: {
      verdict: 'failed',
      status: 'FAILED',
      seconds: 10,
      outputs: () => ({ 'failure-reason': reasonOf10MB }),
      check: ({ summary, stdout }) => [
        ...(Buffer.byteLength(summary) > 2 ** 20 ? ['the summary is more than the runner takes'] : []),
        ...(stdout.length > 100_000 ? [`the log has ${stdout.length} characters`] : []),
      ],
    },
  },
  {
    topic,
    name: 'a failure whose reason is no text',
    simulator: {
      status: 'FAILED',
      accountsBehind: 0,
      faults: [{ operation: describeStatus, fault: { kind: 'patch', patch: { FailureReason: ['a'] } } }],
    },
    expected: { verdict: 'failed', status: 'FAILED', seconds: 5, outputs: () => ({ 'failure-reason': '' }) },
  },
  dated('is before 1970', -decade, '1960-01-01T12:00:00.000Z'),
  dated('is before the year 0', -300 * decade, /^-00\d{4}-/),
  dated('is beyond all calendars', 1e300, ''),
  dated('is in the future', 4_102_444_800, '2100-01-01T00:00:00.000Z'),
]

/** Of several requests the first has SUCCEEDED when first seen, and every later answer takes that back. */
function goesBack(name: string, verdict: 'succeeded', count: number): Row {
  const requestId = '5a1b2c3d-0123-4567-89ab-0123456789ab'
  const back: FaultRule = {
    operation: describeStatus,
    requestId,
    from: 2,
    fault: { kind: 'patch', patch: { Status: 'IN_PROGRESS' } },
  }
  return {
    topic,
    name,
    simulator: { faults: [back] },
    requests: Array.from({ length: count }, (_, index) =>
      index === 0 ? { ...oneAccount, requestId } : { ...oneAccount, seconds: 3 },
    ),
    expected: {
      verdict,
      status: 'SUCCEEDED',
      seconds: 25,
      secondsAtLeast: 2.5,
      outputs: count > 50 ? ofALargeSet : () => ({ 'account-id': '111122223333' }),
      check: (_, { simulator }) => {
        const asked = callsOf(simulator, describeStatus).filter((call) => call.requestId === requestId)
        return asked.length > 3 ? [`${asked.length} calls about what has ended`] : []
      },
    },
  }
}
