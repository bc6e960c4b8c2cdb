import { describe, expect, test } from '@jest/globals'
import type { Fault } from '../../../../simulator/faults.ts'
import { operationNames } from '../../../../src/request.ts'
import { permissionSetArn } from '../../examples.ts'
import {
  denied,
  lookOnce,
  Model,
  type ModelOptions,
  meets,
  type NumberedPlan,
  notFound,
  plan,
  plans,
  throttled,
  withGaps,
} from '../model.ts'

const seconds = 1_000
const never = Number.POSITIVE_INFINITY
const hang: Fault = { kind: 'hang' }
const arnOf = (number: number) => `${permissionSetArn.slice(0, -3)}${String(number).padStart(3, '0')}`

/** A wait, and how many times each thing was looked up. */
async function waitFor(options: ModelOptions, wait: Parameters<Model['wait']>[0] = {}) {
  const model = new Model(options)
  const outcome = await model.wait(wait)
  const counts = { name: 0, accounts: 0, region: 0 }
  for (const { name } of model.calls) if (name !== 'describe' && name !== 'list') counts[name] += 1
  return { ...outcome, counts, model }
}

describe('names of permission sets', () => {
  test('of a single request that had succeeded before are not looked up', async () => {
    expect((await waitFor({ plans: [plan(1)] })).counts.name).toBe(0)
  })

  test('are looked up once while a request is waited for', async () => {
    const { counts, last, model } = await waitFor({ plans: [plan(1, { seconds: 60 })] })
    expect([counts.name, last.names]).toEqual([1, new Map([[permissionSetArn, 'ReadOnly']])])
    expect(model.calls.findIndex(({ name }) => name === 'name')).toBeLessThan(3)
  })

  test('of several requests are looked up for the report, at most 50', async () => {
    const operation = 'create-account-assignment'
    const own = (number: number): Partial<NumberedPlan> => ({ permissionSetArn: arnOf(number) })
    expect((await waitFor({ plans: plans(2, own) })).counts.name).toBe(2)
    const many = await waitFor({ plans: plans(60, (number) => ({ ...own(number), status: 'FAILED', operation })) })
    expect(many.last.names.size).toBe(50)
    expect([...many.last.names.keys()]).toEqual(plans(50, own).map((each) => each.permissionSetArn))
  })

  test('are not looked up again after a denial', async () => {
    const all = plans(9, (number) => ({ permissionSetArn: arnOf(number), seconds: 60 }))
    const fault = { name: meets(denied) }
    const { counts, last } = await waitFor({ plans: all, fault })
    expect([counts.name, last.dropped]).toEqual([1, new Set(['sso:DescribePermissionSet'])])
  })

  test('that hang do not delay the wait', async () => {
    const fault = { name: hang }
    const { last, tookMs } = await waitFor({ plans: [plan(1, { seconds: 5 })], fault })
    expect(last.elapsedMs).toBeLessThan(6 * seconds)
    expect(tookMs).toBeLessThan(7 * seconds)
  })
})

describe('accounts', () => {
  const accounts = 20

  test('are counted while one provisioning for all accounts is in progress, more often when its end is near', async () => {
    const { counts, last, snapshots } = await waitFor({ plans: [plan(1, { seconds: 250 })], accounts })
    const times = snapshots.flatMap(({ rollouts }) => rollouts.get(permissionSetArn)?.askedAtMs ?? [])
    const apartMs = [...new Set(times)].map((ms, index, all) => ms - (all[index - 1] ?? 0))
    // The first count lists both the accounts behind and the others.
    expect(counts.accounts).toBe(1 + apartMs.length)
    expect(last.rollouts.get(permissionSetArn)).toMatchObject({ total: 20, behind: { length: 1 } })
    expect(apartMs[0]).toBeGreaterThanOrEqual(10_000)
    expect(Math.max(...apartMs)).toBeGreaterThanOrEqual(30_000)
    expect(Math.min(...apartMs.slice(-2))).toBeLessThan(10_000)
    expect(Math.min(...apartMs)).toBeGreaterThanOrEqual(5_000)
  })

  test.each<[string, ModelOptions]>([
    ['several requests', { plans: plans(2, () => ({ seconds: 60 })) }],
    ['a provisioning for one account', { plans: [plan(1, { seconds: 60, accountId: '111122223333' })] }],
    ['an account assignment', { plans: [plan(1, { seconds: 60, operation: 'create-account-assignment' })] }],
    [
      'a request whose permission set is not known',
      { plans: [plan(1, { seconds: 60 })], fault: { describe: withGaps(1) } },
    ],
  ])('are not counted for %s', async (_, options) => {
    expect((await waitFor({ ...options, accounts })).counts.accounts).toBe(0)
  })

  test('are not counted again after a denial, and after other trouble only at the next time', async () => {
    for (const [trouble, calls] of [
      [denied, 1],
      [throttled, 5],
    ] as const) {
      const fault = { accounts: meets(trouble) }
      const { counts, last } = await waitFor({ plans: [plan(1, { seconds: 65 })], accounts, fault })
      expect([counts.accounts, last.rollouts.get(permissionSetArn)?.behind]).toEqual([calls, null])
    }
  })

  test.each(operationNames)(
    'that are behind are listed for a failed %s only if it is a provisioning',
    async (operation) => {
      const { last } = await waitFor({ plans: plans(3, () => ({ status: 'FAILED', operation })), accounts })
      expect([...last.rollouts.keys()]).toEqual(operation === 'provision-permission-set' ? [permissionSetArn] : [])
      const [rollout] = last.rollouts.values()
      expect(rollout?.behind?.length ?? 0).toBe(operation === 'provision-permission-set' ? 10 : 0)
    },
  )

  test('that are behind are listed once for each permission set that did not succeed', async () => {
    const own = plans(6, (number) => ({
      permissionSetArn: arnOf(number % 3),
      status: number % 3 === 1 ? 'FAILED' : 'SUCCEEDED',
      seconds: number % 3 === 2 ? never : 0,
    }))
    const { counts, last } = await waitFor({ plans: own, accounts }, { timeoutMs: 5 * seconds })
    expect([...last.rollouts.keys()].sort()).toEqual([arnOf(1), arnOf(2)])
    expect(counts.accounts).toBe(2)
  })

  test.each([
    ['succeeded', plan(1), {}],
    ['in-progress', plan(1, { seconds: never }), { goal: lookOnce }],
    ['error', plan(1, { unknownForSeconds: never }), { goal: lookOnce }],
    ['cancelled', plan(1, { seconds: never }), { cancelAtMs: 3_000 }],
  ] as const)('that are behind are not listed on %s', async (expected, own, options) => {
    const { counts, verdict } = await waitFor({ plans: [own], accounts }, options)
    expect([verdict, counts.accounts]).toEqual([expected, 0])
  })
})

describe('the primary Region', () => {
  test.each([
    [1, denied.code, denied],
    [0, notFound.code, notFound],
  ])('is looked up %d times after %s', async (calls, _, trouble) => {
    const fault = { describe: meets(trouble) }
    const { counts, last } = await waitFor({ plans: plans(2), fault })
    expect([counts.region, last.primaryRegion]).toEqual([calls, calls === 1 ? 'eu-central-1' : null])
  })
})

describe('look-ups for the report', () => {
  test.each([
    ['a success', plans(2), {}, 1_000],
    ['a failure', plans(1, () => ({ status: 'FAILED' as const })), {}, 10_000],
    ['a deadline', plans(1, () => ({ seconds: never })), { timeoutMs: 20_000 }, 3_750],
    [
      'a failure just before the deadline',
      plans(1, () => ({ status: 'FAILED' as const })),
      { timeoutMs: 3_000 },
      6_750,
    ],
  ])('that hang are given up in time after %s', async (_, own, options, mostMs) => {
    const { last, model, tookMs } = await waitFor({ plans: own, fault: { name: hang, accounts: hang } }, options)
    expect(Math.round(tookMs - last.elapsedMs)).toBeLessThanOrEqual(mostMs)
    expect(tookMs - last.elapsedMs).toBeGreaterThan(mostMs - 20)
    expect(model.clock.sleeping).toBe(0)
  })

  test('have no heartbeat', async () => {
    const { last, snapshots } = await waitFor(
      { plans: plans(1, () => ({ seconds: never })), fault: { name: hang, accounts: hang } },
      { timeoutMs: 29_000 },
    )
    expect([last.heartbeats, snapshots.at(-1)?.ending]).toEqual([0, 'timed-out'])
  })
})
