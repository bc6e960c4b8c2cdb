import { describe, expect, test } from '@jest/globals'
import type { Answer, CallFailure } from '../../../../src/requests/api.ts'
import type { Goal } from '../../../../src/requests/goal.ts'
import type { OperationName } from '../../../../src/requests/request.ts'
import { fold } from '../../../../src/wait/snapshot/fold.ts'
import type { Listed, Observation } from '../../../../src/wait/snapshot/observation.ts'
import type { Rollout } from '../../../../src/wait/snapshot/rollout.ts'
import { initialSnapshot, type Others, type Snapshot } from '../../../../src/wait/snapshot/snapshot.ts'
import { final, keyOf, passing, permissionSetArn, permissionSetArnOf } from '../../report/outcomes.ts'
import { descriptionOf } from '../../wait.ts'
import { denied, notFound, unclear } from '../model.ts'

const provision = 'provision-permission-set'
const creation = 'create-account-assignment'
const otherArn = permissionSetArnOf(2)
const rolledOut: Goal = { until: 'rolled-out', wait: true, permissionSetArns: [permissionSetArn] }
const idle: Goal = { ...rolledOut, until: 'idle' }
const ofRequests: Goal = { ...rolledOut, until: 'finished', permissionSetArns: [] }

/** A wait without given requests, in which one call had no answer. */
function waitFor(goal: Goal, others: Partial<Others> = {}): Snapshot {
  const before = initialSnapshot([], goal)
  return { ...before, callsInVain: 1, others: { ...before.others, ...others } }
}

const folded = (before: Snapshot, observation: Observation) => fold(before, observation, 1_000)
const others = (...known: [number, OperationName][]) =>
  new Map(known.map(([number, operation]) => [keyOf(number).requestId, operation]))
const refused = (failure: CallFailure): Answer<never> => ({ ok: false, failure })

describe('a list of requests in progress', () => {
  /** A whole list with one request of somebody, number 1. */
  const list: Listed = {
    kind: 'listed',
    operation: provision,
    status: 'IN_PROGRESS',
    rows: [],
    others: [keyOf(1).requestId],
    isWhole: true,
    pages: 1,
    failure: null,
  }
  const known = others([2, provision], [3, creation])

  test.each<[string, Partial<Listed>, ReadonlyMap<string, OperationName>]>([
    ['replaces the requests of its operation', {}, others([1, provision], [3, creation])],
    ['adds to them if it was not read to its end', { isWhole: false }, new Map([...known, ...others([1, provision])])],
    ['removes them if it is denied', { others: [], isWhole: false, failure: denied }, others([3, creation])],
    ['leaves them if it fails', { others: [], isWhole: false, failure: unclear }, known],
    ['of another status leaves them', { status: 'FAILED' }, known],
  ])('%s', (_, changes, expected) => {
    const before = waitFor(idle, { unidentified: others([2, provision], [3, creation]) })
    expect(folded(before, { ...list, ...changes }).others.unidentified).toEqual(expected)
  })

  test.each<[string, Goal, Partial<Listed>, number]>([
    ['shows that AWS answers, if the wait needs it', idle, {}, 0],
    ['shows nothing about AWS, if it only saves calls', ofRequests, {}, 1],
    ['shows nothing about AWS, if it was given up', idle, { pages: null }, 1],
  ])('%s', (_, goal, changes, callsInVain) => {
    expect(folded(waitFor(goal), { ...list, ...changes }).callsInVain).toBe(callsInVain)
  })

  test.each<[string, string | null, boolean]>([
    ['about another permission set is left out', otherArn, false],
    ['about nothing that AWS says is left out', null, false],
    ['about a permission set that the wait is for now is asked about again', permissionSetArn, true],
  ])('shows a request that was asked about: one %s', (_, subject, isAdded) => {
    const before = waitFor(idle, { subjects: new Map([[keyOf(1).requestId, subject]]) })
    expect(folded(before, list).others.unidentified.size).toBe(isAdded ? 1 : 0)
  })
})

describe('the Describe of a request that a list has shown', () => {
  const { requestId } = keyOf(1)
  const unidentified = others([1, provision], [2, provision])
  const identified = (arn: string | null): Observation => {
    const value = descriptionOf('IN_PROGRESS', { permissionSetArn: arn })
    return { kind: 'identified', key: keyOf(1), answer: { ok: true, value } }
  }

  test.each([rolledOut, idle])('adds it if it is about the permission set: $until', (goal) => {
    const {
      callsInVain,
      others: left,
      positions,
      requests,
    } = folded(waitFor(goal, { unidentified }), identified(permissionSetArn))
    expect(requests).toMatchObject([{ key: keyOf(1), origin: 'found', phase: 'in-progress' }])
    expect([positions.get(requestId), callsInVain]).toEqual([0, 0])
    expect([left.unidentified, left.subjects.size]).toEqual([others([2, provision]), 0])
  })

  test('adds it if it is about the permission set of a given request', () => {
    const [own] = folded(waitFor(rolledOut), identified(permissionSetArn)).requests
    const before = waitFor({ ...rolledOut, permissionSetArns: [] }, { unidentified })
    const requests = own === undefined ? [] : [{ ...own, key: keyOf(9), origin: 'given' as const }]
    expect(folded({ ...before, requests }, identified(permissionSetArn)).requests[1]?.key).toEqual(keyOf(1))
  })

  test.each([otherArn, null])('only notes what it is about if that is %s', (arn) => {
    const { callsInVain, others: left, requests } = folded(waitFor(rolledOut, { unidentified }), identified(arn))
    expect([requests, callsInVain]).toEqual([[], 0])
    expect([left.unidentified, left.subjects]).toEqual([others([2, provision]), new Map([[requestId, arn]])])
  })

  test('updates it if it was added before', () => {
    const before = folded(waitFor(rolledOut, { unidentified }), identified(permissionSetArn))
    const value = descriptionOf('FAILED', { permissionSetArn, failureReason: 'Why' })
    const again: Observation = { kind: 'identified', key: keyOf(1), answer: { ok: true, value } }
    const { others: left, requests } = folded(
      { ...before, callsInVain: 1, others: { ...before.others, unidentified } },
      again,
    )
    expect(requests).toMatchObject([{ origin: 'found', phase: 'ended', failureReason: 'Why' }])
    expect(left.unidentified).toEqual(others([2, provision]))
  })

  test.each([
    ['which is denied', denied, 0, denied],
    ['of which AWS knows nothing', notFound, 0, null],
    ['which has no answer', unclear, 2, null],
  ])('%s leaves it unknown', (_, failure, callsInVain, known) => {
    const snapshot = folded(waitFor(rolledOut, { unidentified }), {
      kind: 'identified',
      key: keyOf(1),
      answer: refused(failure),
    })
    expect(snapshot.others).toEqual({ unidentified, subjects: new Map(), failure: known })
    expect(snapshot.callsInVain).toBe(callsInVain)
  })
})

describe('a list of accounts', () => {
  const list = { ok: true, value: { behind: ['111122223333'], latest: null } } as const
  const listed = (answer: Extract<Observation, { kind: 'accounts' }>['answer']): Observation => {
    return { kind: 'accounts', permissionSetArn, answer, startedAtMs: 900 }
  }
  const rolloutIn = ({ rollouts }: Snapshot): Partial<Rollout> | undefined => rollouts.get(permissionSetArn)
  const once: Goal = { ...rolledOut, wait: false }
  const action = 'sso:ListAccountsForProvisionedPermissionSet'

  test('shows that AWS answers, if the wait needs it', () => {
    expect([rolledOut, ofRequests].map((goal) => folded(waitFor(goal), listed(list)).callsInVain)).toEqual([0, 1])
  })

  test.each<[string, Goal, CallFailure, Rollout['blocker'], readonly string[], number]>([
    ['that the wait needs and is denied is an blocker', rolledOut, denied, final(denied), [], 1],
    ['that has no answer is an blocker for now', rolledOut, unclear, passing(unclear), [], 2],
    [
      'of a permission set that AWS does not know may come too early',
      rolledOut,
      notFound,
      passing(notFound, 1_000),
      [],
      1,
    ],
    ['of a permission set that AWS does not know is believed by a single look', once, notFound, final(notFound), [], 1],
    ['that is only useful and is denied is not asked for again', ofRequests, denied, final(denied), [action], 1],
    ['that is only useful and has no answer says nothing about AWS', ofRequests, unclear, passing(unclear), [], 1],
  ])('%s', (_, goal, failure, blocker, dropped, callsInVain) => {
    const snapshot = folded(waitFor(goal), listed(refused(failure)))
    expect(rolloutIn(snapshot)).toMatchObject({ behind: null, askedAtMs: 900, listedAtMs: null, blocker })
    expect([[...snapshot.dropped], snapshot.callsInVain]).toEqual([dropped, callsInVain])
  })

  test.each([
    ['one permission set and its list of requests', rolledOut, 2],
    ['the three lists of requests of the instance', idle, 3],
    ['more than five things', { ...rolledOut, permissionSetArns: [1, 2, 3, 4, 5, 6].map(permissionSetArnOf) }, 5],
  ])('is one of the calls in vain that show an outage, of a wait for %s', (_, goal, calls) => {
    const withoutAnswer = (before: Snapshot) =>
      folded(before, { kind: 'identified', key: keyOf(1), answer: refused(unclear) })
    let snapshot = initialSnapshot([], goal)
    const outages = Array.from({ length: calls }, () => {
      snapshot = withoutAnswer(snapshot)
      return snapshot.outage !== null
    })
    expect(outages).toEqual([...Array(calls - 1).fill(false), true])
  })

  test('after the wait is newer, and does not change why the wait ended', () => {
    const ended: Snapshot = { ...folded(waitFor(rolledOut), listed(refused(denied))), ending: 'finished' }
    const answered = folded(ended, listed(list))
    expect(rolloutIn(answered)).toMatchObject({ behind: ['111122223333'], listedAtMs: 900, blocker: final(denied) })
    const refusedAgain = folded(answered, listed(refused(denied)))
    expect(rolloutIn(refusedAgain)).toBe(rolloutIn(answered))
    expect(refusedAgain.dropped).toEqual(new Set([action]))
  })
})
