import { describe, expect, test } from '@jest/globals'
import type { Fault } from '../../../../simulator/faults.ts'
import { operationNames } from '../../../../src/requests/request.ts'
import { lookUp, lookUpForReport } from '../../../../src/wait/look/look-up.ts'
import { listAccountsAction } from '../../../../src/wait/snapshot/observation.ts'
import { afterAccountList, unknownRollout } from '../../../../src/wait/snapshot/rollout.ts'
import { initialSnapshot, type Snapshot } from '../../../../src/wait/snapshot/snapshot.ts'
import { permissionSetArn } from '../../examples.ts'
import {
  failed,
  final,
  inProgress,
  permissionSetArnOf,
  denied as refusal,
  succeeded,
  unanswered,
  unknown,
} from '../../report/outcomes.ts'
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
import { apiWith, runPart } from './harness.ts'

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

  test('are not counted again after a denial, and after other failure only at the next time', async () => {
    for (const [failure, calls] of [
      [denied, 1],
      [throttled, 5],
    ] as const) {
      const fault = { accounts: meets(failure) }
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
  ])('is looked up %d times after %s', async (calls, _, failure) => {
    const fault = { describe: meets(failure) }
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

/** What is looked up, in order: the name, the accounts behind or all accounts of a permission set by its number, or the Region. */
async function lookedUp(part: typeof lookUp, known: Partial<Snapshot>, nowMs = 0): Promise<string[]> {
  const found: string[] = []
  const note = (what: string, arn: string) => found.push(`${what} ${Number(arn.slice(-1))}`)
  const api = apiWith({
    async listAccounts({ onlyBehind, permissionSetArn: arn }) {
      note(onlyBehind ? 'behind' : 'all', arn)
      return { ok: true, value: { rows: [], nextToken: null } }
    },
    async permissionSetName(arn) {
      note('name', arn)
      return { ok: true, value: 'ReadOnly' }
    },
    async primaryRegion() {
      found.push('region')
      return { ok: true, value: 'eu-west-1' }
    },
  })
  const { priorities } = await runPart(part, { ...initialSnapshot([]), elapsedMs: nowMs, ...known }, api, { nowMs })
  expect([...priorities]).toEqual(found.length === 0 ? [] : ['optional'])
  return found
}

const [own, rolledOut] = [permissionSetArnOf(1), { until: 'rolled-out', wait: true } as const]
const details = { permissionSetArn: own }
const listed = (behind: string[], total: number | null = null) => {
  const rollout = { ...afterAccountList(unknownRollout, { behind, latest: null }, 5_000), total }
  return { rollouts: new Map([[own, rollout]]) }
}
const ofState = (seen: Snapshot['agreement']['seen']): Partial<Snapshot> => ({
  goal: { ...rolledOut, permissionSetArns: [own] },
  agreement: { seen, sinceMs: 0, isSettled: seen !== 'in-progress' },
})

test.each<[string, string[], Partial<Snapshot>, number?]>([
  [
    'a rollout with accounts behind: their number',
    ['name 1', 'behind 1', 'all 1'],
    { ...ofState('behind'), ...listed(['1']) },
  ],
  ['a rollout that was counted: no number', ['name 1'], { ...ofState('behind'), ...listed(['1'], 9) }],
  ['a rollout without accounts behind: no number', ['name 1'], { ...ofState('behind'), ...listed([]) }],
  ['a rollout of which nothing was seen yet: no number', ['name 1'], { ...ofState(null), ...listed(['1']) }],
  [
    'one provisioning after 10 s: its accounts',
    ['name 1', 'behind 1', 'all 1'],
    { requests: [inProgress(details)] },
    10_000,
  ],
  ['one provisioning before 10 s: its name', ['name 1'], { requests: [inProgress(details)] }, 9_999],
  [
    'one provisioning that was counted: the accounts behind',
    ['name 1', 'behind 1'],
    { requests: [inProgress(details)], ...listed(['1'], 9) },
    40_000,
  ],
  [
    'one provisioning of one account: its name',
    ['name 1'],
    { requests: [inProgress({ ...details, accountId: '1' })] },
    10_000,
  ],
  [
    'one assignment: its name',
    ['name 1'],
    { requests: [inProgress({ ...details, operation: 'create-account-assignment' })] },
    10_000,
  ],
  [
    'one provisioning without the right to list: its name',
    ['name 1'],
    { requests: [inProgress(details)], dropped: new Set([listAccountsAction]) },
    10_000,
  ],
  [
    'two provisionings: their names',
    ['name 1'],
    { requests: [inProgress(details), inProgress({ ...details, number: 2 })] },
    10_000,
  ],
])('during the wait for %s', async (_, expected, known, nowMs = 0) => {
  expect(await lookedUp(lookUp, known, nowMs)).toEqual(expected)
})

test.each<[string, string[], Partial<Snapshot>]>([
  [
    'a failed provisioning: the accounts behind',
    ['behind 1', 'name 1'],
    { requests: [failed(details)], lookedAtMs: 5_001, ...listed([]) },
  ],
  [
    'a failed provisioning whose accounts are known: its name',
    ['name 1'],
    { requests: [failed(details)], lookedAtMs: 5_000, ...listed([]) },
  ],
  [
    'a failed assignment: its name',
    ['name 1'],
    { requests: [failed({ ...details, operation: 'create-account-assignment' })] },
  ],
  [
    'a failed provisioning without the right to list: its name',
    ['name 1'],
    { requests: [failed(details)], dropped: new Set([listAccountsAction]) },
  ],
  ['one that succeeded: nothing', [], { requests: [succeeded(details)] }],
  [
    'two that succeeded: their names',
    ['name 1'],
    { requests: [succeeded(details), succeeded({ ...details, number: 2 })] },
  ],
  ['a rollout: how many accounts hold it', ['all 1', 'name 1'], { ...ofState('done'), ...listed([]) }],
  ['a rollout that was counted: its name', ['name 1'], { ...ofState('done'), ...listed([], 9) }],
  [
    'an incomplete rollout: how many accounts hold it',
    ['all 1', 'name 1'],
    { ...ofState('behind'), ...listed(['1']), lookedAtMs: 9_000 },
  ],
  [
    'a rollout with no time left: the accounts behind',
    ['behind 1', 'name 1'],
    { ...ofState('in-progress'), ...listed(['1']), lookedAtMs: 9_000 },
  ],
  ['a request that is denied: the Region', ['region'], { requests: [unanswered({ blocker: final(refusal) })] }],
  ['a request that AWS does not know: nothing', [], { requests: [unanswered({ blocker: final(unknown) })] }],
  [
    'a rollout that is denied: the Region',
    ['region', 'name 1'],
    { ...ofState(null), rollouts: new Map([[own, { ...unknownRollout, blocker: final(refusal) }]]) },
  ],
  [
    'an instance whose lists are denied: the Region',
    ['region'],
    {
      goal: { until: 'idle', wait: true, permissionSetArns: [] },
      others: { ...initialSnapshot([]).others, failure: refusal },
    },
  ],
])('for the report of %s', async (_, expected, known) => {
  expect(await lookedUp(lookUpForReport, { ending: 'finished', ...known })).toEqual(expected)
})
