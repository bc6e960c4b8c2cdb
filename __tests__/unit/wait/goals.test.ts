import { describe, expect, test } from '@jest/globals'
import type { Plan, SimulatorOptions } from '../../../simulator/settings.ts'
import { type Goal, toTheEnd } from '../../../src/requests/goal.ts'
import { permissionSetArn, permissionSetArnOf } from '../examples.ts'
import { busiest, Model, meets, patched, plan, retried, unclear, withGaps } from './model.ts'
import {
  assignment,
  busy,
  during,
  ending,
  exactly,
  from,
  idleA,
  idleAll,
  invalid,
  notFound,
  ofA,
  ofB,
  ofBoth,
  ofRequests,
  once,
  others,
  server,
  testEach,
  unresolved,
} from './rows.ts'
import { waitFor } from './wait-for.ts'

// The golden files have a wait for each verdict of each goal.

const stream = Array.from({ length: 30 }, (_, index): Plan => ({ beginsInSeconds: 4 * index, seconds: 6 }))
const deny = (action: string) => ({ settings: { deny: [`sso:${action}ProvisioningStatus`] } })
const noOutcome = { never: /Nothing is in progress/ }

describe('permission sets and requests', () => {
  testEach({
    // The first look sees that all is done, and a second one, 2 s later, agrees.
    'a permission set that is rolled out': [{ goal: ofA }, exactly(2, 'succeeded')],
    'a permission set that is rolled out, with one look': [{ goal: once(ofA) }, exactly(0, 'succeeded')],
    "somebody's provisioning that fails": [{ goal: ofA, ...busy(20, { status: 'FAILED' }) }, exactly(23, 'failed')],
    'a failed provisioning without accounts behind': [
      { goal: ofA, ...busy(20, { status: 'FAILED', accountsBehind: 0 }) },
      exactly(22, 'succeeded'),
    ],
    'a failed provisioning that is repeated at once': [
      { goal: ofA, ...others(...retried({ seconds: 10 }, 1)) },
      exactly(23, 'succeeded'),
    ],
    'a provisioning of something else': [{ goal: ofA, ...busy(600, ofB) }, exactly(2, 'succeeded')],
    'a provisioning that begins between two looks': [
      { goal: ofA, ...busy(10, { beginsInSeconds: 1 }) },
      exactly(13, 'succeeded'),
    ],
    'a stream of provisionings': [{ goal: ofA, ...others(...stream) }, exactly(60, 'timed-out')],
    'accounts behind that a provisioning brings up to date after 20 s': [
      { goal: ofA, behind: 2, ...busy(5, { beginsInSeconds: 20 }) },
      exactly(27, 'succeeded'),
    ],
    'a request that leaves accounts behind': [
      { goal: ofRequests, plans: [plan(1, { seconds: 8, accountsBehind: 2 })] },
      exactly(38, 'incomplete'),
    ],
    'a request whose accounts are listed 5 s late': [
      { goal: ofRequests, plans: [plan(1, { seconds: 8 })], settings: { accountsLagMs: 5_000 } },
      exactly(15, 'succeeded'),
    ],
    'a request to one account that is still behind': [
      { goal: ofRequests, plans: [plan(1, { seconds: 8, accountId: '111122223333', accountsBehind: 1 })] },
      exactly(38, 'incomplete'),
    ],
    'a request, and the next one by somebody else': [
      { goal: ofRequests, plans: [plan(1, { seconds: 8 })], ...busy(15, { beginsInSeconds: 5 }) },
      exactly(23, 'succeeded'),
    ],
    'a stream of requests': [{ goal: idleAll, ...others(...stream) }, exactly(60, 'timed-out')],
    'a permission set that is busy, on a busier instance': [
      { goal: idleA, ...others({ ...assignment, seconds: 20, status: 'FAILED' }, { ...ofB, seconds: 600 }) },
      exactly(22, 'succeeded'),
    ],
  })
})

describe('without all rights', () => {
  testEach({
    // Without the list of requests, the accounts decide. Nobody can say that nothing is in progress.
    'lists of requests, with accounts behind and one look': [
      { goal: once(ofA), behind: 1, ...deny('ListPermissionSet') },
      { ...exactly(0, 'incomplete'), ...noOutcome },
    ],
    Describe: [{ goal: ofA, ...busy(20), ...deny('DescribePermissionSet') }, exactly(22, 'succeeded')],
    'Describe, for one permission set': [
      { goal: idleA, ...busy(20), ...deny('DescribePermissionSet') },
      { ...exactly(0, 'error'), ...noOutcome },
    ],
  })
})

describe('with failure', () => {
  const reset = meets(unclear)
  testEach({
    'a permission set that is known after 10 s': [
      { goal: ofA, faults: { accounts: during(0, 10, notFound) } },
      exactly(12, 'succeeded'),
    ],
    'a host name that does not resolve twice, 31 s apart': [
      {
        goal: idleAll,
        ...busy(40),
        faults: (call) => during(0, 0.5, unresolved)(call) || during(31.001, 32, unresolved)(call),
      },
      exactly(44, 'succeeded'),
    ],
    'an outage of 10 s': [{ goal: ofA, faults: during(0, 10, reset) }, exactly(19, 'succeeded')],
    'a found request that AWS refuses to describe': [
      { goal: ofA, ...busy(600, { accountsBehind: 0 }), faults: { describe: from(1, invalid) } },
      exactly(60, 'timed-out'),
    ],
    'throttled pages of 2,000 accounts': [
      { goal: ofA, ...busy(60), accounts: 2_000, settings: { throttlePerSecond: 4 }, timeoutSeconds: 90 },
      exactly(62, 'succeeded'),
    ],
  })
})

test('only the accounts behind are listed again after the first count', async () => {
  const { calls, verdict } = await waitFor(ofBoth, { ...busy(60), accounts: 2_000 })
  const counts = calls.filter(({ name }) => name === 'accounts')
  // 20 pages are behind at first, and fewer and fewer later. The 20 pages of the accounts that hold it are listed once.
  expect([verdict, counts.length < 130]).toEqual(['succeeded', true])
})

test('a count that began before a look is no answer to it', async () => {
  const empty = patched((value) => (Array.isArray(value) ? [] : value))
  // The count beside the looks meets lists that lie for less than 2 s, and ends in the middle of the next look.
  const { verdict } = await waitFor(ofA, {
    plans: [plan(1, assignment)],
    accounts: 5,
    behind: 1,
    latencyMs: 2_000,
    pageSize: 2,
    faults: { accounts: during(6.7, 8.6, empty) },
  })
  expect(verdict).toBe('incomplete')
})

const all: Goal = { ...toTheEnd, until: 'rolled-out', isAboutAll: true }
const ignoring = (...ignoredAccounts: string[]): Goal => ({ ...all, ignoredAccounts })
const setsOf = (count: number) => Array.from({ length: count }, (_, index) => ({ arn: permissionSetArnOf(index) }))
const withSets = (...permissionSets: NonNullable<SimulatorOptions['permissionSets']>) => ({
  settings: { permissionSets },
})

describe('the whole instance', () => {
  const threeAndOne = withSets(...setsOf(3), { arn: permissionSetArnOf(3), behind: 2 })
  const oneOfTwo = withSets({ arn: permissionSetArnOf(0) }, { arn: permissionSetArnOf(1), behind: 1 })
  const lacks = (fromSeconds: number, toSeconds: number) => ({
    faults: { sets: during(fromSeconds, toSeconds, withGaps(2)) },
  })
  testEach({
    'three permission sets': [
      { goal: all, ...withSets(...setsOf(3)) },
      { ...exactly(2, 'succeeded'), tells: /has 3 permission sets/ },
    ],
    'three, of which one is out of date': [
      { goal: all, ...threeAndOne },
      { ...exactly(30, 'incomplete'), tells: /2 accounts are out of date with ps-0000000000000003/ },
    ],
    'three, of which one is out of date, with one look': [
      { goal: once(all), ...threeAndOne },
      exactly(1, 'incomplete'),
    ],
    'a list that is not there yet': [
      { goal: all, faults: { sets: during(0, 10, notFound) } },
      exactly(12, 'succeeded'),
    ],
    'a list that is not there yet, with one look': [
      { goal: once(all), faults: { sets: during(0, 10, server) } },
      ending('succeeded', 10, 20),
    ],
    'an instance without permission sets': [
      { goal: all, ...withSets() },
      { ...exactly(2, 'succeeded'), tells: /has no permission set/ },
    ],
    'a list that lacks a permission set at first': [
      { goal: all, ...lacks(0, 1.9), ...oneOfTwo },
      { ...exactly(33, 'incomplete'), tells: /New permission sets: ps-0000000000000001/ },
    ],
    'a list that lacks a permission set for a moment': [
      { goal: all, ...lacks(29.001, 30.9), ...oneOfTwo },
      exactly(30, 'incomplete'),
    ],
    'a provisioning to one account, while another is out of date': [
      { goal: all, behind: 1, plans: [plan(1, { accountId: '111122223333', permissionSetArn })] },
      exactly(30, 'incomplete'),
    ],
    'a provisioning of a permission set that the list does not show yet': [
      {
        goal: all,
        plans: [plan(1, { permissionSetArn: permissionSetArnOf(1), accountsBehind: 1 })],
        ...lacks(0, 1_000),
        ...withSets(...setsOf(2)),
      },
      exactly(30, 'incomplete'),
    ],
  })

  const inTwentyCallsASecond = async (count: number, foreign: readonly Plan[] = []) => {
    const settings = { permissionSets: setsOf(count), throttlePerSecond: 20 }
    const model = new Model({ accounts: 500, foreign, latencyMs: 20, settings })
    const { last, log, verdict } = await model.wait({ goal: all })
    expect([verdict, busiest(model.calls) <= 10]).toEqual(['succeeded', true])
    return { calls: model.calls.length, log, seconds: last.elapsedMs / 1_000 }
  }

  test('2,000 permission sets that are up to date are judged within 7 min and 4,200 calls', async () => {
    const { calls, seconds } = await inTwentyCallsASecond(2_000)
    expect([calls <= 4_200, seconds < 420]).toEqual([true, true])
  })

  test('of 400 permission sets, the end of one that is in progress is seen within 5 s', async () => {
    const { log } = await inTwentyCallsASecond(400, [{ permissionSetArn: permissionSetArnOf(7), seconds: 300 }])
    expect(log.find(({ text }) => text === 'SUCCEEDED')?.atMs).toBeLessThan(305_000)
  })
})

describe('accounts that are ignored', () => {
  const last = '111122223344'
  const failed = plan(1, { seconds: 8, status: 'FAILED', accountsBehind: 1 })
  const forRequests = (accountId: string) => ({ ...ignoring(accountId), isAboutAll: false })
  testEach({
    'the only one that is out of date': [{ goal: ignoring(last), behind: 1 }, exactly(2, 'succeeded')],
    'a provisioning that FAILED for an account that is ignored': [
      { goal: forRequests(last), plans: [failed] },
      exactly(10, 'succeeded'),
    ],
    'a provisioning that FAILED for an account that counts': [
      { goal: forRequests('111122223333'), plans: [failed] },
      exactly(10, 'failed'),
    ],
    'an assignment that FAILED': [
      { goal: forRequests(last), plans: [plan(1, { ...assignment, seconds: 8, status: 'FAILED', accountId: last })] },
      exactly(8, 'failed'),
    ],
  })
})
