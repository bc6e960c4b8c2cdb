import { describe, expect, test } from '@jest/globals'
import type { Plan } from '../../../simulator/settings.ts'
import { accountsBehind, requestsInProgress } from '../../../simulator/truth.ts'
import { onVirtualClock } from './harness.ts'

// Permission sets that change, who holds their latest version, and what the lists of accounts show of that.

const seconds = 10
const [one, two, three] = ['111122223333', '111122223334', '999988887777'] as const

test('permission sets have accounts and a pace of their own, and can be out of date with nothing in progress', async () => {
  const { instance, clock, counts } = onVirtualClock({
    permissionSets: [{ accounts: 4, course: { seconds: 40 } }, { accounts: 0 }, { accounts: 5, behind: 2 }],
  })
  const [slow = '', empty = '', behind = ''] = instance.permissionSets.keys()
  instance.startAll([{ permissionSetArn: slow }, { permissionSetArn: empty, seconds: 0 }])
  await clock.advance(10_000)
  expect([await counts(slow), await counts(empty), await counts(behind)]).toEqual([
    [1, 3],
    [0, 0],
    [3, 2],
  ])
  expect(accountsBehind(instance, behind, clock.now())).toEqual(['111122223336', '111122223337'])
})

test('permission sets are listed from when they are known until they are deleted, page by page', async () => {
  const { clock, instance, ask } = onVirtualClock({
    pageSize: 2,
    permissionSets: [{ deletedAfterSeconds: 5 }, { unknownForSeconds: 5 }, {}, {}],
  })
  const arns = [...instance.permissionSets.keys()]
  const page = async (NextToken?: string) => {
    const answer = await ask('ListPermissionSets', { NextToken })
    return { listed: answer.PermissionSets.map((arn: string) => arns.indexOf(arn)), token: answer.NextToken }
  }
  const { listed, token } = await page()
  expect([listed, await page(token)]).toEqual([[0, 2], { listed: [3], token: undefined }])
  await clock.advance(5_000)
  expect((await page()).listed).toEqual([1, 2])
  expect(await ask('DescribePermissionSet')).toBe('ResourceNotFoundException')
})

test('accounts come and go, and are out of date for some time, in lists that show it later', async () => {
  const { instance, clock, counts } = onVirtualClock({
    accountsLagMs: 1_000,
    permissionSets: [
      {
        accounts: 2,
        accountChanges: [
          { accountId: one, afterSeconds: 10, is: 'out-of-date' },
          { accountId: three, afterSeconds: 20, is: 'added' },
          { accountId: one, afterSeconds: 30, is: 'up-to-date' },
          { accountId: three, afterSeconds: 40, is: 'removed' },
        ],
      },
    ],
  })
  const { arn } = instance.permissionSet
  const shown = []
  for (let steps = 0; steps < 4; steps++) {
    await clock.advance(10_000)
    shown.push(await counts())
  }
  expect(shown).toEqual([
    [2, 0],
    [1, 1],
    [2, 1],
    [3, 0],
  ])
  expect([accountsBehind(instance, arn, 10_000), accountsBehind(instance, arn, 30_000)]).toEqual([[one], []])

  // A provisioning is for those that hold the permission set when it begins.
  instance.startAll({ seconds, beginsInSeconds: 0 })
  expect(instance.requests('provision-permission-set')[0]?.targets).toEqual([one, two])
})

describe('accounts', () => {
  test('are reached at the pace that is set', async () => {
    const { instance, clock, counts } = onVirtualClock({
      seconds,
      accounts: 10,
      pace: (share) => Math.ceil(share * 2) / 2,
    })
    instance.startAll()
    await clock.advance(5_000)
    expect(await counts()).toEqual([5, 5])
  })

  test('are behind once the permission set changes, whatever a provisioning does that began before', async () => {
    const { instance, clock, counts } = onVirtualClock({ seconds, accounts: 10 })
    instance.startAll()
    await clock.advance(5_000)
    instance.makeStale(instance.permissionSet.arn)
    await clock.advance(5_000)
    expect(await counts()).toEqual([0, 10])
  })

  test.each<[string, Plan, number[], number[]]>([
    ['repeated for all', { withoutChange: true }, [2, 2], [4, 0]],
    ['repeated for one that is behind', { withoutChange: true, accountId: '111122223335' }, [2, 2], [3, 1]],
    ['of another change', {}, [0, 4], [4, 0]],
    ['of another change, and leaves one behind', { accountsBehind: 1 }, [0, 4], [3, 1]],
  ])('hold what a failed provisioning left, when one begins that is %s', async (_, plan, first, last) => {
    const { instance, clock, counts } = onVirtualClock({ seconds, accounts: 4 })
    instance.startAll({ status: 'FAILED', ageSeconds: seconds })
    instance.startAll(plan)
    expect(await counts()).toEqual(first)
    await clock.advance(10_000)
    expect(await counts()).toEqual(last)
  })
})

test('requests can begin later, and are in no list before that', async () => {
  const { instance, clock, ask } = onVirtualClock({ seconds })
  instance.startAll({ beginsInSeconds: 5 })
  const listed = async () => (await ask('ListPermissionSetProvisioningStatus')).PermissionSetsProvisioningStatus.length
  expect(await listed()).toBe(0)
  await clock.advance(5_000)
  expect(await listed()).toBe(1)
})

test('the truth knows what is in progress', () => {
  const { instance } = onVirtualClock({ permissionSets: [{}, {}] })
  const [first = '', second = ''] = instance.permissionSets.keys()
  instance.startAll([
    { permissionSetArn: first, status: 'FAILED', seconds },
    { permissionSetArn: first, beginsInSeconds: 20, seconds },
    { permissionSetArn: second, beginsInSeconds: 25, seconds },
    { permissionSetArn: second, operation: 'delete-account-assignment', seconds: 100 },
  ])
  const inProgress = (...about: [object?]) => requestsInProgress(instance, 26_000, ...about).length
  expect([inProgress(), inProgress({ permissionSetArns: [second] })]).toEqual([3, 2])
  expect(inProgress({ permissionSetArns: [second], operation: 'provision-permission-set' })).toBe(1)
})
