import { expect, test } from '@jest/globals'
import { InProcessIdentityCenter } from '../../../simulator/in-process.ts'
import { isMembers, type Members } from '../../../simulator/members.ts'
import type { SimulatorOptions } from '../../../simulator/settings.ts'
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
import { VirtualClock } from '../../support/virtual-clock.ts'
import { requestIdOf } from '../examples.ts'

// Answers that the instance gives wrongly. Each row has calls, and what is seen of each answer.

const listStatuses = 'ListPermissionSetProvisioningStatus'
const listAccounts = 'ListAccountsForProvisionedPermissionSet'
const describeStatus = 'DescribePermissionSetProvisioningStatus'
const [one, two] = [requestIdOf(1), requestIdOf(2)]

/** Two permission sets with two accounts each. A request of the first is in progress, one of the second ended long ago. */
function instanceWith(options: SimulatorOptions) {
  const clock = new VirtualClock()
  const permissionSets = [{ accounts: 2 }, { accounts: 2 }]
  const service = new InProcessIdentityCenter({ now: () => clock.now(), pageSize: 1, permissionSets, ...options })
  const [first = '', second = ''] = service.instance.permissionSets.keys()
  service.instance.startAll([
    { requestId: one, permissionSetArn: first, seconds: 10 },
    { requestId: two, permissionSetArn: second, ageSeconds: 600, withoutChange: true },
  ])
  const call = async (operation: string, input: Members = {}) => {
    const reply = await service.call(operation, input)
    return reply.ok && isMembers(reply.value) ? reply.value : reply
  }
  const calls = {
    inProgress: (input: Members = {}) => call(listStatuses, { Filter: { Status: 'IN_PROGRESS' }, ...input }),
    accounts: (arn = first, input: Members = {}) => call(listAccounts, { PermissionSetArn: arn, ...input }),
    behind: () =>
      call(listAccounts, { PermissionSetArn: second, ProvisioningStatus: 'LATEST_PERMISSION_SET_NOT_PROVISIONED' }),
    describe: (id = one) => call(describeStatus, { ProvisionPermissionSetRequestId: id }),
  }
  return { ...calls, clock, first, second }
}
type Calls = ReturnType<typeof instanceWith>

const rowsWith = (row: unknown) => ({ PermissionSetsProvisioningStatus: [row] })
const denied = { ok: false, code: 'AccessDeniedException' }
const shown = { ok: false, code: 'ThrottlingException', message: 'Rate exceeded' }

test.each<[string, (arns: readonly string[]) => TamperRule[], (calls: Calls) => Promise<unknown>[], unknown[]]>([
  [
    'a row with an unknown status',
    () => [{ tamper: oddRows('unknown status') }],
    ({ inProgress }) => [inProgress()],
    [rowsWith({ RequestId: one, Status: 'PAUSED' })],
  ],
  [
    'a row without a status, which is odd in one request alone',
    () => [{ tamper: oddRows('no status', (row) => isMembers(row) && row['RequestId'] === two) }],
    ({ inProgress }) => [inProgress(), inProgress({ Filter: {}, NextToken: 'MQ==' })],
    [rowsWith({ RequestId: one, Status: 'IN_PROGRESS' }), rowsWith({ RequestId: two, Status: undefined })],
  ],
  [
    'a row without an ID',
    () => [{ tamper: oddRows('no ID') }],
    ({ accounts, inProgress }) => [inProgress(), accounts()],
    [rowsWith({ RequestId: undefined, Status: 'IN_PROGRESS' }), { AccountIds: [''] }],
  ],
  [
    'a row that is null, of one operation',
    () => [{ operation: listAccounts, tamper: oddRows('null') }],
    ({ accounts, inProgress }) => [accounts(), inProgress()],
    [{ AccountIds: [null] }, rowsWith({ RequestId: one })],
  ],
  [
    'a list that shows what was not asked for',
    () => [{ tamper: ignoresFilters }],
    ({ behind, inProgress }) => [behind(), inProgress({ NextToken: 'MQ==' })],
    [{ AccountIds: ['111122223333'] }, rowsWith({ RequestId: two, Status: 'SUCCEEDED' })],
  ],
  [
    'a token that is a number',
    () => [{ tamper: numericToken }],
    ({ accounts, inProgress }) => [accounts(), inProgress()],
    [{ NextToken: 5 }, { NextToken: undefined }],
  ],
  [
    'a token that comes again and again',
    () => [{ tamper: repeatedToken }],
    ({ accounts, first }) => [accounts(), accounts(first, { NextToken: 'MQ==' })],
    [{ NextToken: 'MQ==' }, { AccountIds: ['111122223334'], NextToken: 'MQ==' }],
  ],
  [
    'a list that starts over after its end',
    () => [{ tamper: neverEnds('starts over') }],
    ({ accounts, first }) => [accounts(first, { NextToken: 'MQ==' }), accounts(first, { NextToken: 'MA==' })],
    [{ NextToken: 'MA==' }, { AccountIds: ['111122223333'], NextToken: 'MQ==' }],
  ],
  [
    'a list with empty pages after its end',
    () => [{ tamper: neverEnds('is empty') }],
    ({ accounts, first }) => [accounts(first, { NextToken: 'MTAwMDAwMA==' })],
    [{ AccountIds: [], NextToken: 'MTAwMDAwMA==' }],
  ],
  [
    'an expired token on a later page, once',
    () => [{ operation: listAccounts, page: 'later', to: 1, tamper: refuses('ValidationException', 'Expired token') }],
    ({ accounts, first: arn }) => [accounts(), ...[1, 2].map(() => accounts(arn, { NextToken: 'MQ==' }))],
    [
      { NextToken: 'MQ==' },
      { code: 'ValidationException', message: 'Expired token' },
      { AccountIds: expect.anything() },
    ],
  ],
  [
    'a Describe without its permission set, once the request has ended',
    () => [{ tamper: lacks(['PermissionSetArn'], hasEnded) }],
    ({ describe }) => [describe(), describe(two)],
    [
      { PermissionSetProvisioningStatus: { PermissionSetArn: expect.any(String) } },
      { PermissionSetProvisioningStatus: { RequestId: two, PermissionSetArn: undefined } },
    ],
  ],
  [
    'calls about one permission set, requests of it included',
    ([, second = '']) => [{ permissionSetArn: second, tamper: refuses('AccessDeniedException') }],
    ({ accounts, describe, second }) => [accounts(), accounts(second), describe(one), describe(two)],
    [{ AccountIds: expect.anything() }, denied, { PermissionSetProvisioningStatus: { RequestId: one } }, denied],
  ],
  [
    'an answer that is old, with rows that are odd',
    () => [
      { operation: listStatuses, tamper: oddRows('no ID') },
      { operation: listStatuses, tamper: isLate(Number.POSITIVE_INFINITY) },
    ],
    ({ inProgress }) => [inProgress({ NextToken: 'MQ==' })],
    [rowsWith({ RequestId: undefined, Status: 'IN_PROGRESS' })],
  ],
])('%s', async (_, tampersFor, callsOf, expected) => {
  const { first, second } = instanceWith({})
  const calls = instanceWith({ tampers: tampersFor([first, second]) })
  const answers = []
  for (const answer of callsOf(calls)) answers.push(await answer)
  expect(answers).toMatchObject(expected)
})

test('a tamper can begin at a time', async () => {
  const { clock, describe } = instanceWith({
    tampers: [{ requestId: one, between: [5_000, Number.POSITIVE_INFINITY], tamper: refuses('ThrottlingException') }],
  })
  expect(await describe()).toHaveProperty('PermissionSetProvisioningStatus')
  await clock.advance(5_000)
  expect(await describe()).toEqual(shown)
  expect(await describe(two)).toHaveProperty('PermissionSetProvisioningStatus')
})

test('a quota is shared with others', async () => {
  const othersPerSecond = (atMs: number) => (atMs < 1_000 ? 3 : 0)
  const { clock, describe } = instanceWith({ throttlePerSecond: 4, othersPerSecond })
  expect(await describe()).toHaveProperty('PermissionSetProvisioningStatus')
  expect(await describe()).toEqual(shown)
  await clock.advance(1_000)
  for (let call = 0; call < 4; call++) expect(await describe()).toHaveProperty('PermissionSetProvisioningStatus')
})
