import { describe, expect, test } from '@jest/globals'
import type { Goal } from '../../../../src/requests/goal.ts'
import { type Verdict, verdictOf } from '../../../../src/requests/verdict.ts'
import { accountsBehind, agreementAfter, isSettled } from '../../../../src/wait/snapshot/agreement.ts'
import { fold } from '../../../../src/wait/snapshot/fold.ts'
import type { RequestState } from '../../../../src/wait/snapshot/request-state.ts'
import { afterAccountList, type Rollout, unknownRollout } from '../../../../src/wait/snapshot/rollout.ts'
import { type Agreement, initialSnapshot, type Snapshot } from '../../../../src/wait/snapshot/snapshot.ts'
import {
  denied,
  failed,
  final,
  inProgress,
  permissionSetArn,
  permissionSetArnOf,
  succeeded,
  unknown,
} from '../../report/outcomes.ts'

const goal: Goal = { until: 'rolled-out', wait: true, permissionSetArns: [permissionSetArn] }
const idle: Goal = { ...goal, until: 'idle', permissionSetArns: [] }

/** A request that a look has found, about the permission set. */
function found(request: RequestState): RequestState {
  return { ...request, origin: 'found' }
}

/** What is known of the permission set after a list at some time. */
function listed(behind: string[], atMs: number, known: Partial<Rollout> = {}): Pick<Snapshot, 'rollouts'> {
  const rollout = { ...afterAccountList(unknownRollout, { behind, latest: null }, atMs), ...known }
  return { rollouts: new Map([[permissionSetArn, rollout]]) }
}

const own = { permissionSetArn }
const second = { permissionSetArn: permissionSetArnOf(2) }
const both: Goal = { ...goal, permissionSetArns: [permissionSetArn, second.permissionSetArn] }
const unreadable: Rollout = { ...unknownRollout, blocker: final(unknown) }
const others = { ...initialSnapshot([]).others, unidentified: new Map([['id', 'provision-permission-set' as const]]) }
const { lists } = initialSnapshot([])
const deniedAccess = { ...lists['provision-permission-set'], failure: denied }
const deniedList = { ...lists, 'provision-permission-set': deniedAccess }
const agreed = (seen: Agreement['seen'], sinceMs: number): Agreement => ({ seen, sinceMs, isSettled: false })

describe('looks that began at 40 s and ended at 41 s', () => {
  const settled = { isSettled: true }
  const open = { isSettled: false }
  test.each<[string, Partial<Agreement>, Partial<Snapshot>, boolean?]>([
    ['the first that sees the end', { seen: 'done', sinceMs: 41_000, ...open }, listed([], 40_500)],
    [
      'one less than 2 s later',
      { seen: 'done', sinceMs: 38_001, ...open },
      { ...listed([], 40_500), agreement: agreed('done', 38_001) },
    ],
    [
      'one 2 s later',
      { seen: 'done', sinceMs: 38_000, ...settled },
      { ...listed([], 40_500), agreement: agreed('done', 38_000) },
    ],
    ['a single one', { seen: 'done', ...settled }, { ...listed([], 40_500), goal: { ...goal, wait: false } }],
    [
      'one after something else was seen',
      { seen: 'done', sinceMs: 41_000, ...open },
      { ...listed([], 40_500), agreement: agreed('behind', 0) },
    ],
    [
      'accounts behind for less than 30 s',
      { seen: 'behind', ...open },
      { ...listed(['1'], 40_500), agreement: agreed('behind', 10_001) },
    ],
    [
      'accounts behind for 30 s',
      { seen: 'behind', ...settled },
      { ...listed(['1'], 40_500), agreement: agreed('behind', 10_000) },
    ],
    [
      'accounts behind, explained by a failure',
      { seen: 'behind', ...settled },
      { ...listed(['1'], 40_500), agreement: agreed('behind', 38_000), requests: [found(failed(own))] },
    ],
    [
      'accounts behind for a role without lists',
      { seen: 'behind', ...open },
      { ...listed(['1'], 40_500), agreement: agreed('behind', 0), lists: deniedList },
    ],
    [
      'a request in progress',
      { seen: 'in-progress', sinceMs: 41_000, ...open },
      { ...listed([], 40_500), agreement: agreed('done', 0), requests: [found(inProgress(own))] },
    ],
    ['a request that nobody knows yet', { seen: 'in-progress' }, { ...listed([], 40_500), others }],
    [
      'a request that nobody knows, for a role without lists',
      { seen: 'done' },
      { ...listed([], 40_500), others, lists: deniedList },
    ],
    // These looks could not read everything, so they change nothing.
    [
      'lists that were not read',
      { seen: 'done', sinceMs: 7, ...open },
      { ...listed([], 40_500), agreement: agreed('done', 7) },
      false,
    ],
    [
      'accounts that were not listed in this look',
      { seen: 'behind', sinceMs: 7 },
      { ...listed([], 39_000), agreement: agreed('behind', 7) },
    ],
    ['accounts that were never listed', { seen: null, ...open }, {}],
    ['idle without the right to list', { seen: null, ...open }, { goal: idle, lists: deniedList }],
    ['an idle instance', { seen: 'done' }, { goal: idle }],
    [
      'accounts behind for 30 s for a role that may not list account assignments',
      { seen: 'behind', ...settled },
      {
        ...listed(['1'], 40_500),
        agreement: agreed('behind', 0),
        lists: { ...lists, 'create-account-assignment': deniedAccess },
      },
    ],
    [
      'one of two permission sets, if the other cannot be read',
      { seen: 'done' },
      { goal: both, rollouts: new Map([...listed([], 40_500).rollouts, [second.permissionSetArn, unreadable]]) },
    ],
  ])('%s', (_, agreement, known, hasReadLists = true) => {
    const snapshot = { ...initialSnapshot([], goal), ...known }
    const look = { kind: 'looked', unconfirmed: 0, startedAtMs: 40_000, hasReadLists } as const
    expect(agreementAfter(snapshot, look, 41_000)).toMatchObject(agreement)
    expect(fold(snapshot, look, 41_000).agreement).toMatchObject(agreement)
  })
})

test.each<[Verdict, Agreement['seen'], Partial<Snapshot>]>([
  ['succeeded', 'done', {}],
  ['succeeded', 'done', { requests: [found(failed(own))] }],
  ['incomplete', 'behind', listed(['1'], 0)],
  ['incomplete', 'behind', { ...listed(['1'], 0), requests: [succeeded(own)] }],
  ['failed', 'behind', { ...listed(['1'], 0), requests: [found(failed(own))] }],
  ['failed', 'done', { requests: [failed(own)] }],
  ['in-progress', 'in-progress', { ending: 'looked-once' }],
  ['timed-out', 'in-progress', { ending: 'timed-out' }],
  ['timed-out', null, { ending: 'timed-out' }],
  ['timed-out', null, { ending: 'looked-once' }],
  ['timed-out', 'done', { ending: 'timed-out', requests: [inProgress(own)] }],
  ['error', 'done', listed([], 0, { blocker: final(unknown) })],
  ['error', null, { goal: idle, lists: deniedList }],
  ['error', 'behind', { ...listed(['1'], 0), requests: [inProgress({ ...own, blocker: final(unknown) })] }],
  ['succeeded', 'done', { goal: idle, requests: [found(failed(own))] }],
  ['cancelled', 'behind', { ...listed(['1'], 0), ending: 'cancelled' }],
])('the verdict is %s if the looks that agree have seen %j', (verdict, seen, known) => {
  const agreement = { seen, sinceMs: 0, isSettled: true }
  expect(verdictOf({ ...initialSnapshot([], goal), ending: 'finished', agreement, ...known })).toBe(verdict)
})

test.each([
  ['goes on if one of two permission sets cannot be read', false, listed(['1'], 0).rollouts],
  ['ends if neither can be read', true, new Map([[permissionSetArn, unreadable]])],
])('a wait %s', (_, isOver, first) => {
  const rollouts = new Map([...first, [second.permissionSetArn, unreadable] as const])
  expect(isSettled({ ...initialSnapshot([], both), rollouts })).toBe(isOver)
})

test.each<[string, string[], RequestState[], Goal?]>([
  ['all accounts', ['1', '2'], []],
  ['all accounts for a request to all', ['1', '2'], [succeeded(own), succeeded({ ...own, number: 2, accountId: '1' })]],
  ['the account of a request', ['2'], [succeeded({ ...own, accountId: '2' })]],
  [
    'all accounts if the workflow names the permission set too',
    ['1', '2'],
    [succeeded({ ...own, accountId: '2' })],
    goal,
  ],
  [
    'only the account of its own request, if another is about another permission set,',
    ['2'],
    [succeeded({ ...own, accountId: '2' }), succeeded({ ...second, number: 2, accountId: '1' })],
  ],
  ['all accounts whatever others provision', ['1', '2'], [found(succeeded({ ...own, accountId: '2' }))]],
])('of the accounts behind, %s count', (_, ids, requests, given = { ...goal, permissionSetArns: [] }) => {
  const snapshot = { ...initialSnapshot([], given), ...listed(['1', '2'], 0), requests }
  expect(accountsBehind(snapshot, permissionSetArn)).toEqual(ids)
})

test('if the wait is only for requests, every account that is behind is reported', () => {
  const snapshot = { ...initialSnapshot([]), ...listed(['1', '2'], 0), requests: [failed({ ...own, accountId: '2' })] }
  expect(accountsBehind(snapshot, permissionSetArn)).toEqual(['1', '2'])
})
