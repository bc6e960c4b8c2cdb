import { expect, test } from '@jest/globals'
import type { Fault, FaultRule } from '../../../simulator/faults.ts'
import type { SimulatorOptions } from '../../../simulator/settings.ts'
import {
  hasEnded,
  ignoresFilters,
  isLate,
  lacks,
  neverEnds,
  numericToken,
  oddityNames,
  oddRows,
  refuses,
  repeatedToken,
  type Tamper,
} from '../../../simulator/tampers.ts'
import { accountsBehind, permissionSetsAt, requestsInProgress } from '../../../simulator/truth.ts'
import { requestIdOf } from '../examples.ts'
import { onVirtualClock } from './harness.ts'

// What other tests can't notice: faults that do nothing, and a truth that is never broken.

const listRequests = 'ListPermissionSetProvisioningStatus'
const listAccounts = 'ListAccountsForProvisionedPermissionSet'
const describeStatus = 'DescribePermissionSetProvisioningStatus'
const about = (number: number) => ({ ProvisionPermissionSetRequestId: requestIdOf(number) })

/** The answers about a request in progress, one that ended long ago, and accounts: two pages of each list. */
async function answersWith(options: SimulatorOptions): Promise<unknown[]> {
  const { ask, instance } = onVirtualClock({ pageSize: 1, accounts: 2, ...options })
  instance.startAll([
    { requestId: requestIdOf(1), seconds: 10 },
    { requestId: requestIdOf(2), ageSeconds: 600, withoutChange: true },
  ])
  const second = { NextToken: Buffer.from('1').toString('base64') }
  const lists = [{ Filter: { Status: 'IN_PROGRESS' } }, second].map((input) => ask(listRequests, input))
  return Promise.all([...lists, ask(listAccounts), ask(listAccounts, second), ask(describeStatus, about(2))])
}

const tampers: Readonly<Record<string, Tamper>> = {
  ...Object.fromEntries(oddityNames.map((name) => [`rows: ${name}`, oddRows(name)])),
  'what was not asked for': ignoresFilters,
  'what was before': isLate(Number.POSITIVE_INFINITY),
  'a token that is a number': numericToken,
  'a token again and again': repeatedToken,
  'a list that starts over': neverEnds('starts over'),
  'empty pages after the end': neverEnds('is empty'),
  'no permission set': lacks(['PermissionSetArn'], hasEnded),
  'a refusal': refuses('ValidationException'),
}
const faults: Readonly<Record<string, Fault>> = {
  'other members': { kind: 'patch', patch: { NextToken: 'MA==' } },
  'what was before, by a fault': { kind: 'stale', byMs: Number.POSITIVE_INFINITY },
}

test.each<[string, SimulatorOptions]>([
  ...Object.entries(tampers).map(([name, tamper]): [string, SimulatorOptions] => [name, { tampers: [{ tamper }] }]),
  ...Object.entries(faults).map(([name, fault]): [string, SimulatorOptions] => [name, { faults: [{ fault }] }]),
])('wrong answers are not the right ones: %s', async (_, options) => {
  const right = await answersWith({})
  expect(await answersWith({})).toEqual(right)
  expect(await answersWith(options)).not.toEqual(right)
})

test.each<[string, Omit<FaultRule, 'fault'>, number[]]>([
  ['every call', {}, [0, 1, 2, 3, 4, 5]],
  ['calls of an operation, so many', { operation: describeStatus, to: 1 }, [0]],
  ['calls of another operation', { operation: 'ListInstances' }, []],
  ['calls about a request, by their own count', { requestId: requestIdOf(1), from: 2 }, [3, 5]],
  ['calls in a time since the first', { between: [1_000, 3_000] }, [1, 2]],
  ['a share of the calls, by chance', { share: 0.5 }, [0, 2, 4]],
  ['later pages', { page: 'later' }, []],
  ['another permission set', { permissionSetArn: 'arn' }, []],
])('a fault meets %s', async (_, rule, expected) => {
  const draws = [0.4, 0.6, 0.4, 0.6, 0.4, 0.6]
  const { clock, ask, instance, service } = onVirtualClock({
    random: () => draws.shift() ?? 1,
    faults: [{ ...rule, fault: { kind: 'error', code: 'ThrottlingException' } }],
  })
  instance.startAll((index) => ({ requestId: requestIdOf(index) }), 2)
  for (let call = 0; call < 6; call++) {
    await ask(describeStatus, about(call % 2))
    await clock.advance(1_000)
  }
  expect(service.calls.flatMap(({ outcome }, call) => (outcome === 'ok' ? [] : [call]))).toEqual(expected)
})

test('a quota is over any second, and is shared with others', async () => {
  const { clock, ask } = onVirtualClock({ throttlePerSecond: 4, othersPerSecond: (atMs) => (atMs < 1_000 ? 3 : 0) })
  const answers = async (calls: number) => {
    const given = await Promise.all(Array.from({ length: calls }, () => ask('ListInstances')))
    return given.filter((answer) => answer !== 'ThrottlingException').length
  }
  expect(await answers(2)).toBe(1)
  await clock.advance(1_000)
  expect(await answers(6)).toBe(4)
})

test('the truth knows what is in progress, which permission sets there are, and which accounts are out of date', () => {
  const [one, two, three] = ['111122223333', '111122223334', '999988887777'] as const
  const { instance } = onVirtualClock({
    accounts: 2,
    permissionSets: [
      {
        accountChanges: [
          { accountId: one, afterSeconds: 10, is: 'out-of-date' },
          { accountId: three, afterSeconds: 20, is: 'added' },
          { accountId: one, afterSeconds: 25, is: 'up-to-date' },
        ],
      },
      { unknownForSeconds: 5, deletedAfterSeconds: 30 },
    ],
  })
  const [first = '', second = ''] = instance.permissionSets.keys()
  instance.startAll([
    { permissionSetArn: first, beginsInSeconds: 26, seconds: 8 },
    { permissionSetArn: second, operation: 'delete-account-assignment', seconds: 100 },
  ])
  const at = <T>(seconds: readonly number[], so: (atMs: number) => T) => seconds.map((each) => so(each * 1_000))
  expect(at([9, 10, 25, 26, 31, 34], (atMs) => accountsBehind(instance, first, atMs))).toEqual([
    ...[[], [one], [], [one, two, three], [two, three], []],
  ])
  expect(at([4, 5, 30], (atMs) => permissionSetsAt(instance, atMs).length)).toEqual([1, 2, 1])
  const provisionings = { operation: 'provision-permission-set', permissionSetArns: [first] } as const
  expect(at([25, 26, 34], (atMs) => requestsInProgress(instance, atMs).length)).toEqual([1, 2, 1])
  expect(at([25, 26, 34], (atMs) => requestsInProgress(instance, atMs, provisionings).length)).toEqual([0, 1, 0])
})
