import { expect, test } from '@jest/globals'
import { isMembers, type Members } from '../../../simulator/members.ts'
import {
  hasEnded,
  ignoresFilters,
  isLate,
  lacks,
  neverEnds,
  numericToken,
  oddRows,
  refuses,
  repeatedToken,
  type TamperRule,
} from '../../../simulator/tampers.ts'
import { requestIdOf } from '../examples.ts'
import { onVirtualClock } from './harness.ts'

// Answers that the instance gives wrongly. The random waits rest on them: if a tamper did nothing, they would show nothing.

const requests = 'ListPermissionSetProvisioningStatus'
const accounts = 'ListAccountsForProvisionedPermissionSet'
const describeStatus = 'DescribePermissionSetProvisioningStatus'
const [one, two] = [requestIdOf(1), requestIdOf(2)]
const inProgress = { Filter: { Status: 'IN_PROGRESS' } }
/** The token of the second page, which has one row. */
const NextToken = Buffer.from('1').toString('base64')

/** Two permission sets with two accounts each. A request of the first is in progress, one of the second ended long ago. */
function instanceWith(tampers: readonly TamperRule[]) {
  const permissionSets = [{ accounts: 2 }, { accounts: 2 }]
  const world = onVirtualClock({ pageSize: 1, permissionSets, tampers })
  const [first = '', second = ''] = world.instance.permissionSets.keys()
  world.instance.startAll([
    { requestId: one, permissionSetArn: first, seconds: 10 },
    { requestId: two, permissionSetArn: second, ageSeconds: 600, withoutChange: true },
  ])
  return { ...world, second }
}

const row = (of: Members) => ({ PermissionSetsProvisioningStatus: [of] })
const isSecond = (of: unknown) => isMembers(of) && of['RequestId'] === two

test.each<[string, TamperRule[], string, Members, unknown]>([
  ['an unknown status', [{ tamper: oddRows('unknown status') }], requests, inProgress, row({ Status: 'PAUSED' })],
  [
    'no status of one request',
    [{ tamper: oddRows('no status', isSecond) }],
    requests,
    { NextToken },
    row({ Status: undefined }),
  ],
  ['no ID', [{ tamper: oddRows('no ID') }], accounts, {}, { AccountIds: [''] }],
  ['null in the rows', [{ operation: accounts, tamper: oddRows('null') }], accounts, {}, { AccountIds: [null] }],
  [
    'what was not asked for',
    [{ tamper: ignoresFilters }],
    requests,
    { ...inProgress, NextToken },
    row({ Status: 'SUCCEEDED' }),
  ],
  ['a token that is a number', [{ tamper: numericToken }], accounts, {}, { NextToken: 5 }],
  ['a token again and again', [{ tamper: repeatedToken }], accounts, { NextToken }, { NextToken }],
  ['a list that starts over', [{ tamper: neverEnds('starts over') }], accounts, { NextToken }, { NextToken: 'MA==' }],
  [
    'empty pages after the end',
    [{ tamper: neverEnds('is empty') }],
    accounts,
    { NextToken: 'MTAwMDAwMA==' },
    { AccountIds: [], NextToken: 'MTAwMDAwMA==' },
  ],
  [
    'a refusal of later pages',
    [{ page: 'later', tamper: refuses('ValidationException') }],
    accounts,
    { NextToken },
    'ValidationException',
  ],
  [
    'no permission set',
    [{ tamper: lacks(['PermissionSetArn'], hasEnded) }],
    describeStatus,
    { ProvisionPermissionSetRequestId: two },
    { PermissionSetProvisioningStatus: { PermissionSetArn: undefined } },
  ],
  [
    'two wrongs at once',
    [{ tamper: oddRows('no ID') }, { tamper: isLate(Number.POSITIVE_INFINITY) }],
    requests,
    { ...inProgress, NextToken },
    row({ RequestId: undefined, Status: 'IN_PROGRESS' }),
  ],
])('an answer has %s, which the right one has not', async (_, tampers, operation, input, expected) => {
  expect(Object(await instanceWith(tampers).ask(operation, input))).toMatchObject(Object(expected))
  expect(Object(await instanceWith([]).ask(operation, input))).not.toMatchObject(Object(expected))
})

test('a tamper can be about one permission set, requests of it included, from a time on', async () => {
  const { second: arn } = instanceWith([])
  const { ask, clock } = instanceWith([
    { permissionSetArn: arn, between: [5_000, Number.POSITIVE_INFINITY], tamper: refuses('AccessDeniedException') },
  ])
  const outcomes = async () => [
    await ask(accounts, { PermissionSetArn: arn }),
    await ask(describeStatus, { ProvisionPermissionSetRequestId: two }),
    await ask(describeStatus, { ProvisionPermissionSetRequestId: one }),
  ]
  expect(await outcomes()).not.toContain('AccessDeniedException')
  await clock.advance(5_000)
  expect(await outcomes()).toEqual(['AccessDeniedException', 'AccessDeniedException', expect.any(Object)])
})
