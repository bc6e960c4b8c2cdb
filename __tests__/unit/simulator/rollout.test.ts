import { describe, expect, test } from '@jest/globals'
import { InProcessIdentityCenter } from '../../../simulator/in-process.ts'
import type { Plan, SimulatorOptions } from '../../../simulator/settings.ts'
import { accountsBehind, isRolledOut, requestsInProgress, wasEver } from '../../../simulator/truth.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'

// Permission sets that change, who holds their latest version, and what the lists of accounts show of that.

const seconds = 1_000

function onVirtualClock(options: SimulatorOptions) {
  const clock = new VirtualClock()
  const now = () => clock.now()
  const service = new InProcessIdentityCenter({ now, seconds: 10, ...options })
  const { instance } = service
  const [first = '', second = ''] = instance.permissionSets.keys()
  /** How many accounts hold the latest version of a permission set, and how many do not, as the API says; or its refusal. */
  const counts = async (arn = first) => {
    const latest = await service.listAccounts(arn, 'LATEST_PERMISSION_SET_PROVISIONED', null)
    const behind = await service.listAccounts(arn, 'LATEST_PERMISSION_SET_NOT_PROVISIONED', null)
    return latest.ok && behind.ok ? [latest.value.rows.length, behind.value.rows.length] : Object(latest).code
  }
  const countsAfter = async (ms: number, arn?: string) => {
    await clock.advance(ms)
    return counts(arn)
  }
  return { clock, service, instance, first, second, counts, countsAfter }
}

describe('permission sets', () => {
  test('have accounts and a pace of their own', async () => {
    const slow = { accounts: 4, course: { seconds: 40 } }
    const { instance, first, second, counts, countsAfter } = onVirtualClock({ permissionSets: [{ accounts: 2 }, slow] })
    instance.startAll([{ permissionSetArn: first }, { permissionSetArn: second }])
    expect([await counts(first), await counts(second)]).toEqual([
      [0, 2],
      [0, 4],
    ])
    expect(await countsAfter(10 * seconds, first)).toEqual([2, 0])
    expect(await counts(second)).toEqual([1, 3])
  })

  test('can be held by no account', async () => {
    const { instance, first, counts, clock } = onVirtualClock({ permissionSets: [{ accounts: 0 }] })
    instance.startAll({ seconds: 0 })
    expect([await counts(), isRolledOut(instance, [first], clock.now())]).toEqual([[0, 0], true])
  })

  test('can be unknown for some time', async () => {
    const { counts, countsAfter } = onVirtualClock({ permissionSets: [{ unknownForSeconds: 5 }] })
    expect(await counts()).toBe('ResourceNotFoundException')
    expect(await countsAfter(5 * seconds)).toEqual([3, 0])
  })

  test('can have accounts that are behind, with nothing in progress', async () => {
    const { instance, first, second, counts, clock } = onVirtualClock({
      accounts: 5,
      permissionSets: [{ behind: 2 }, {}],
      accountsLagMs: 60 * seconds,
    })
    expect([await counts(first), requestsInProgress(instance, clock.now())]).toEqual([[3, 2], []])
    expect(accountsBehind(instance, first, clock.now())).toEqual(['111122223336', '111122223337'])
    instance.makeStale(second)
    expect(accountsBehind(instance, second, clock.now())).toHaveLength(5)
  })
})

test('permission sets are listed from when they are known until they are deleted, page by page', async () => {
  const { clock, instance, service, counts } = onVirtualClock({
    pageSize: 2,
    permissionSets: [{ deletedAfterSeconds: 5 }, { unknownForSeconds: 5 }, {}, {}],
  })
  const arns = [...instance.permissionSets.keys()]
  const page = async (token: string | null) => {
    const reply = await service.listPermissionSets(token)
    if (!reply.ok) throw new Error(reply.message)
    return { rows: reply.value.rows.map((arn) => arns.indexOf(arn)), nextToken: reply.value.nextToken }
  }
  const first = await page(null)
  expect([first.rows, await page(first.nextToken)]).toEqual([[0, 2], { rows: [3], nextToken: null }])
  await clock.advance(5 * seconds)
  expect((await page(null)).rows).toEqual([1, 2])
  expect(await counts()).toBe('ResourceNotFoundException')
})

test('an instance can have no permission set', async () => {
  const service = new InProcessIdentityCenter({ permissionSets: [] })
  expect(await service.listPermissionSets(null)).toEqual({ ok: true, value: { rows: [], nextToken: null } })
  expect(() => service.instance.permissionSet).toThrow('The instance has no permission set')
})

describe('accounts', () => {
  test('come and go, and are out of date for some time, in lists that show it later', async () => {
    const [one, two, three] = ['111122223333', '111122223334', '999988887777']
    const { instance, first, clock, countsAfter } = onVirtualClock({
      accountsLagMs: seconds,
      permissionSets: [
        {
          accounts: 2,
          accountChanges: [
            { accountId: one, afterSeconds: 10, is: 'out-of-date' },
            { accountId: three, afterSeconds: 20, is: 'added' },
            { accountId: one, afterSeconds: 30, is: 'up-to-date' },
            { accountId: three, afterSeconds: 40, is: 'out-of-date' },
            { accountId: three, afterSeconds: 50, is: 'removed' },
          ],
        },
      ],
    })
    expect(await countsAfter(10 * seconds)).toEqual([2, 0])
    expect(accountsBehind(instance, first, clock.now())).toEqual([one])
    expect(await countsAfter(seconds)).toEqual([1, 1])
    expect(await countsAfter(10 * seconds)).toEqual([2, 1])
    expect(await countsAfter(10 * seconds)).toEqual([3, 0])
    expect(await countsAfter(10 * seconds)).toEqual([2, 1])
    expect(await countsAfter(10 * seconds)).toEqual([2, 0])
    expect(wasEver(instance, [0, clock.now()], (atMs) => isRolledOut(instance, [first], atMs))).toBe(true)
    expect(wasEver(instance, [45 * seconds, 49 * seconds], (atMs) => isRolledOut(instance, [first], atMs))).toBe(false)

    // A provisioning is for those that hold the permission set when it begins.
    instance.startAll({ seconds: 10, beginsInSeconds: 0 })
    expect(await countsAfter(11 * seconds)).toEqual([2, 0])
    expect(instance.requests('provision-permission-set')[0]?.targets).toEqual([one, two])
  })

  test('are reached at the pace of their permission set', async () => {
    const inTwoSteps = (share: number) => Math.ceil(share * 2) / 2
    const { instance, countsAfter } = onVirtualClock({ accounts: 10, pace: inTwoSteps })
    instance.startAll()
    expect(await countsAfter(4_999)).toEqual([0, 10])
    expect(await countsAfter(1)).toEqual([5, 5])
    expect(await countsAfter(5 * seconds)).toEqual([10, 0])
  })

  test('are behind once the permission set changes, whatever a provisioning does that began before', async () => {
    const { instance, first, countsAfter } = onVirtualClock({ accounts: 10 })
    instance.startAll()
    expect(await countsAfter(5 * seconds)).toEqual([5, 5])
    instance.makeStale(first)
    expect(await countsAfter(5 * seconds)).toEqual([0, 10])
  })

  test.each<[string, Plan, number[]]>([
    ['repeated for all', { withoutChange: true }, [2, 2]],
    ['repeated for one that is behind', { withoutChange: true, accountId: '111122223335' }, [2, 2]],
    ['of another change', {}, [0, 4]],
  ])('hold what a failed provisioning left, when one begins that is %s', async (_, plan, expected) => {
    const { instance, counts, countsAfter } = onVirtualClock({ accounts: 4 })
    instance.startAll({ status: 'FAILED', ageSeconds: 10 })
    expect(await counts()).toEqual([2, 2])
    instance.startAll(plan)
    expect(await counts()).toEqual(expected)
    expect(await countsAfter(10 * seconds)).toEqual(plan.accountId === undefined ? [4, 0] : [3, 1])
  })

  test('can be left behind by a request that succeeded', async () => {
    const { instance, counts } = onVirtualClock({ seconds: 0 })
    instance.startAll({ accountsBehind: 1 })
    expect(await counts()).toEqual([2, 1])
  })

  test('are listed as they were before the lag that is set', async () => {
    const { instance, first, clock, countsAfter } = onVirtualClock({ accountsLagMs: 30 * seconds })
    await clock.advance(60 * seconds)
    instance.startAll()
    expect(await countsAfter(29_999)).toEqual([3, 0])
    expect(isRolledOut(instance, [first], clock.now())).toBe(true)
    expect(await countsAfter(1)).toEqual([0, 3])
    expect(await countsAfter(10 * seconds)).toEqual([3, 0])
  })
})

test('other people’s requests can begin later, and are in no list before that', async () => {
  const { service, instance, clock, counts } = onVirtualClock({})
  const [requestId = ''] = instance.startAll({ beginsInSeconds: 5, seconds: 10 })
  const listed = async () => Object(await service.list('IN_PROGRESS', null)).value.rows.length
  const described = async () => (await service.describe(requestId)).ok
  expect([await listed(), await described(), await counts()]).toEqual([0, false, [3, 0]])
  await clock.advance(5 * seconds)
  expect([await listed(), await described(), await counts()]).toEqual([1, true, [0, 3]])
})

describe('the truth', () => {
  test('knows when permission sets were rolled out', () => {
    const { instance, first, second } = onVirtualClock({ permissionSets: [{}, {}] })
    instance.startAll([
      { permissionSetArn: first, status: 'FAILED', seconds: 10 },
      { permissionSetArn: first, beginsInSeconds: 20, seconds: 10 },
      { permissionSetArn: second, beginsInSeconds: 25, seconds: 10 },
      { permissionSetArn: second, beginsInSeconds: 50, seconds: 10 },
    ])
    const rolledOut = (atMs: number) => isRolledOut(instance, [first, second], atMs)
    expect([15, 30, 34.999, 35, 49, 50, 60].map((at) => rolledOut(at * seconds))).toEqual([
      ...[false, false, false, true, true, false, true],
    ])
    expect(wasEver(instance, [10 * seconds, 34_999], rolledOut)).toBe(false)
    expect(wasEver(instance, [10 * seconds, 55 * seconds], rolledOut)).toBe(true)
  })

  test('knows the requests in progress, of all operations or one, of all permission sets or some', () => {
    const { instance, first, second } = onVirtualClock({ permissionSets: [{}, {}] })
    instance.startAll([
      { permissionSetArn: first, operation: 'delete-account-assignment' },
      { permissionSetArn: second },
      { permissionSetArn: second, beginsInSeconds: 5 },
    ])
    const count = (...about: Parameters<typeof requestsInProgress>) => requestsInProgress(...about).length
    expect(count(instance, 0)).toBe(2)
    expect(count(instance, 0, { permissionSetArns: [first] })).toBe(1)
    expect(count(instance, 0, { permissionSetArns: [first], operation: 'provision-permission-set' })).toBe(0)
    expect([count(instance, 5 * seconds), count(instance, 10 * seconds)]).toEqual([3, 1])
  })
})
