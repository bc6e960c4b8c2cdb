import { describe, expect, test } from '@jest/globals'
import { operationNames } from '../../../src/request.ts'
import { permissionSetArn } from '../examples.ts'
import {
  type Course,
  course,
  courses,
  denied,
  type Mishap,
  Model,
  type ModelOptions,
  meets,
  notFound,
  throttled,
} from './model.ts'

const seconds = 1_000
const never = Number.POSITIVE_INFINITY
const hang: Mishap = { kind: 'hang' }
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
    expect((await waitFor({ courses: [course(1)] })).counts.name).toBe(0)
  })

  test('are looked up once while a request is waited for', async () => {
    const { counts, last, model } = await waitFor({ courses: [course(1, { endsAtMs: 60 * seconds })] })
    expect([counts.name, last.names]).toEqual([1, new Map([[permissionSetArn, 'ReadOnly']])])
    expect(model.calls.findIndex(({ name }) => name === 'name')).toBeLessThan(3)
  })

  test('of several requests are looked up for the report, at most 50', async () => {
    const operation = 'create-account-assignment'
    const own = (number: number): Partial<Course> => ({ permissionSetArn: arnOf(number) })
    expect((await waitFor({ courses: courses(2, own) })).counts.name).toBe(2)
    const many = await waitFor({ courses: courses(60, (number) => ({ ...own(number), end: 'FAILED', operation })) })
    expect(many.last.names.size).toBe(50)
    expect([...many.last.names.keys()]).toEqual(courses(50, own).map((each) => each.permissionSetArn))
  })

  test('are not looked up again after a denial', async () => {
    const all = courses(9, (number) => ({ permissionSetArn: arnOf(number), endsAtMs: 60 * seconds }))
    const mishap = { name: meets(denied) }
    const { counts, last } = await waitFor({ courses: all, mishap })
    expect([counts.name, last.dropped]).toEqual([1, new Set(['sso:DescribePermissionSet'])])
  })

  test('that hang do not delay the wait', async () => {
    const mishap = { name: hang }
    const { last, tookMs } = await waitFor({ courses: [course(1, { endsAtMs: 5 * seconds })], mishap })
    expect(last.elapsedMs).toBeLessThan(6 * seconds)
    expect(tookMs).toBeLessThan(7 * seconds)
  })
})

describe('accounts', () => {
  const accounts = { total: 20, latestAt: (ms: number) => Math.min(20, Math.floor(ms / 5_000)) }

  test('are counted every 15 s while one provisioning for all accounts is in progress', async () => {
    const { counts, last, snapshots } = await waitFor({ courses: [course(1, { endsAtMs: 50 * seconds })], accounts })
    expect(counts.accounts).toBe(3 * 2)
    expect(last.accounts).toEqual(new Map([[permissionSetArn, { latest: 9, total: 20 }]]))
    const times = snapshots.map(({ countedAtMs }) => countedAtMs).filter((ms) => ms !== null)
    expect([...new Set(times)].map((ms) => Math.floor(ms / seconds))).toEqual([15, 30, 45])
  })

  test.each<[string, Course[]]>([
    ['several requests', courses(2, () => ({ endsAtMs: 60 * seconds }))],
    ['a provisioning for one account', [course(1, { endsAtMs: 60 * seconds, accountId: '111122223333' })]],
    ['an account assignment', [course(1, { endsAtMs: 60 * seconds, operation: 'create-account-assignment' })]],
    ['a request whose permission set is not known', [course(1, { endsAtMs: 60 * seconds, permissionSetArn: null })]],
  ])('are not counted for %s', async (_, own) => {
    expect((await waitFor({ courses: own, accounts })).counts.accounts).toBe(0)
  })

  test('are not counted again after a denial, and after other trouble only at the next time', async () => {
    for (const [trouble, calls] of [
      [denied, 1],
      [throttled, 4],
    ] as const) {
      const mishap = { accounts: meets(trouble) }
      const { counts, last } = await waitFor({ courses: [course(1, { endsAtMs: 65 * seconds })], accounts, mishap })
      expect([counts.accounts, last.accounts.size]).toEqual([calls, 0])
    }
  })

  test.each(operationNames)(
    'that are behind are listed for a failed %s only if it is a provisioning',
    async (operation) => {
      const { last } = await waitFor({ courses: courses(3, () => ({ end: 'FAILED', operation })), accounts })
      expect([...last.accountsBehind.keys()]).toEqual(
        operation === 'provision-permission-set' ? [permissionSetArn] : [],
      )
      const [behind = []] = last.accountsBehind.values()
      expect(behind.length).toBe(operation === 'provision-permission-set' ? 20 : 0)
    },
  )

  test('that are behind are listed once for each permission set that did not succeed', async () => {
    const own = courses(6, (number) => ({
      permissionSetArn: arnOf(number % 3),
      end: number % 3 === 1 ? 'FAILED' : 'SUCCEEDED',
      endsAtMs: number % 3 === 2 ? never : 0,
    }))
    const { counts, last } = await waitFor({ courses: own, accounts }, { timeoutMs: 5 * seconds })
    expect([...last.accountsBehind.keys()].sort()).toEqual([arnOf(1), arnOf(2)])
    expect(counts.accounts).toBe(2)
  })

  test.each([
    ['succeeded', course(1), {}],
    ['in-progress', course(1, { endsAtMs: never }), { untilFinished: false }],
    ['error', course(1, { knownFromMs: never }), { untilFinished: false }],
    ['cancelled', course(1, { endsAtMs: never }), { cancelAtMs: 3_000 }],
  ] as const)('that are behind are not listed on %s', async (expected, own, options) => {
    const { counts, verdict } = await waitFor({ courses: [own], accounts }, options)
    expect([verdict, counts.accounts]).toEqual([expected, 0])
  })
})

describe('the primary Region', () => {
  test.each([
    [1, denied.code, denied],
    [0, notFound.code, notFound],
  ])('is looked up %d times after %s', async (calls, _, trouble) => {
    const mishap = { describe: meets(trouble) }
    const { counts, last } = await waitFor({ courses: courses(2), mishap })
    expect([counts.region, last.primaryRegion]).toEqual([calls, calls === 1 ? 'eu-central-1' : null])
  })
})

describe('look-ups for the report', () => {
  test.each([
    ['a success', courses(2), {}, 1_000],
    ['a failure', courses(1, () => ({ end: 'FAILED' as const })), {}, 10_000],
    ['a deadline', courses(1, () => ({ endsAtMs: never })), { timeoutMs: 20_000 }, 3_750],
    ['a failure just before the deadline', courses(1, () => ({ end: 'FAILED' as const })), { timeoutMs: 3_000 }, 6_750],
  ])('that hang are given up in time after %s', async (_, own, options, mostMs) => {
    const { last, model, tookMs } = await waitFor({ courses: own, mishap: { name: hang, accounts: hang } }, options)
    expect(Math.round(tookMs - last.elapsedMs)).toBeLessThanOrEqual(mostMs)
    expect(tookMs - last.elapsedMs).toBeGreaterThan(mostMs - 20)
    expect(model.clock.sleeping).toBe(0)
  })

  test('have no heartbeat', async () => {
    const { last, snapshots } = await waitFor(
      { courses: courses(1, () => ({ endsAtMs: never })), mishap: { name: hang, accounts: hang } },
      { timeoutMs: 29_000 },
    )
    expect([last.heartbeats, snapshots.at(-1)?.ending]).toEqual([0, 'timed-out'])
  })
})
