import { STATUS_CODES } from 'node:http'
import { callsOf, describeStatus } from '../../__tests__/acceptance/support.ts'
import type { Fault } from '../../simulator/simulator.ts'
import type { Row } from '../row.ts'
import { first, lasting, passing } from './patterns.ts'

const topic = 'Service errors'
const throttling: Fault = { kind: 'error', code: 'ThrottlingException', message: 'Rate exceeded' }
const page = '<html><body><h1>Sorry</h1></body></html>'

/** Those that Node knows, and those that content delivery networks and load balancers use besides. */
const statuses = [
  ...new Set([...Object.keys(STATUS_CODES).map(Number), 520, 521, 522, 523, 524, 525, 526, 529, 530, 561, 598, 599]),
]

/** AWS is there, and says that it cannot answer. */
export const serviceErrors: readonly Row[] = [
  {
    topic,
    name: 'throttling for 30 s on end',
    simulator: { faults: [{ operation: describeStatus, between: [0, 30_000], fault: throttling }] },
    slow: true,
    expected: {
      verdict: 'succeeded',
      status: 'SUCCEEDED',
      // The longest pause is 20 s, and may begin as the throttling ends.
      seconds: 53,
      secondsAtLeast: 30,
      check: (_, { simulator }) => {
        const { length } = callsOf(simulator, describeStatus)
        return length > 10 ? [`${length} calls do not back off`] : []
      },
    },
  },
  lasting(topic, 'throttling', throttling, /ThrottlingException/),
  passing(
    topic,
    'throttling by its other names, one after the other',
    [
      {
        operation: describeStatus,
        from: 1,
        to: 1,
        fault: { kind: 'error', code: 'TooManyRequestsException', httpStatus: 429 },
      },
      { operation: describeStatus, from: 2, to: 2, fault: { kind: 'error', code: 'SlowDown', httpStatus: 503 } },
    ],
    { expected: { seconds: 9 } },
  ),
  ...statuses
    .filter((status) => status >= 500)
    .map((status) =>
      passing(topic, `HTTP ${status}, once as AWS says it and once as a page`, [
        {
          operation: describeStatus,
          from: 1,
          to: 1,
          fault: { kind: 'error', code: 'InternalFailure', httpStatus: status },
        },
        {
          operation: describeStatus,
          from: 2,
          to: 2,
          fault: { kind: 'http', status, headers: { 'content-type': 'text/html' }, body: page },
        },
      ]),
    ),
  lasting(
    topic,
    'InternalServerException',
    { kind: 'error', code: 'InternalServerException', message: 'Oops' },
    /InternalServerException/,
  ),
  lasting(topic, 'HTTP 503 without a body', { kind: 'http', status: 503 }, /503/),
  passing(
    topic,
    'an outage of several seconds, of every call',
    [{ between: [0, 4_000], fault: { kind: 'http', status: 502, body: page } }],
    {
      // Pauses of 0.5, 1, 2 and 4 s.
      expected: { seconds: 11 },
    },
  ),
  {
    topic,
    name: 'listing of accounts that is never answered, after a failure',
    simulator: {
      status: 'FAILED',
      faults: [{ operation: 'ListAccountsForProvisionedPermissionSet', fault: { kind: 'hang' } }],
    },
    inputs: { 'timeout-minutes': '0.1' },
    expected: { verdict: 'failed', status: 'FAILED', seconds: 6 + 5 },
  },
  {
    topic,
    name: 'every optional call denied',
    simulator: {
      status: 'FAILED',
      deny: ['sso:ListAccountsForProvisionedPermissionSet', 'sso:DescribePermissionSet', 'sso:DescribeInstance'],
    },
    expected: { verdict: 'failed', status: 'FAILED', seconds: 5 },
  },
  {
    topic,
    name: 'access denied, for twelve requests at once',
    requests: Array.from({ length: 12 }, () => ({})),
    simulator: { deny: [`sso:${describeStatus}`] },
    expected: { verdict: 'error', status: null, seconds: 6, told: /sso:DescribePermissionSetProvisioningStatus/ },
  },
  {
    topic,
    name: 'access denied, for sixty requests, in a Region that is not the primary one',
    requests: Array.from({ length: 60 }, () => ({})),
    simulator: { primaryRegion: 'eu-central-1' },
    expected: { verdict: 'error', status: null, seconds: 8, told: /'aws-region' to eu-central-1/ },
  },
  {
    topic,
    name: 'access denied, after three throttles',
    simulator: {
      deny: [`sso:${describeStatus}`],
      faults: [{ operation: describeStatus, to: 3, fault: throttling }],
    },
    // Pauses of 1.1, 2.2 and 4.4 s.
    expected: { verdict: 'error', status: null, seconds: 14, told: /sso:DescribePermissionSetProvisioningStatus/ },
  },
  {
    topic,
    name: 'access denied, where DescribeInstance is never answered',
    simulator: {
      deny: [`sso:${describeStatus}`],
      faults: [{ operation: 'DescribeInstance', fault: { kind: 'hang' } }],
    },
    inputs: { 'timeout-minutes': '0.05' },
    expected: { verdict: 'error', status: null, seconds: 3 + 5, told: /sso:DescribePermissionSetProvisioningStatus/ },
  },
  passing(topic, 'a throttled call among those of a set', first(3, throttling), {
    requests: Array(12).fill({ accountId: '111122223333' }),
    expected: { seconds: 12, outputs: () => ({ 'account-id': '111122223333' }) },
  }),
]
