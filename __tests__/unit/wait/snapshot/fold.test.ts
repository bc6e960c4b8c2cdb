import { describe, expect, test } from '@jest/globals'
import type { Answer } from '../../../../src/requests/api.ts'
import { toTheEnd } from '../../../../src/requests/goal.ts'
import { isSettled } from '../../../../src/wait/snapshot/agreement.ts'
import { isUnfinished, isUnreadable, statusOf } from '../../../../src/wait/snapshot/request-state.ts'
import { lackingDetails } from '../../../../src/wait/snapshot/snapshot.ts'
import { permissionSetArn } from '../../examples.ts'
import { Wait } from '../../wait.ts'
import { denied, invalid, noCredentials, notFound, throttled, unclear, unresolved } from '../model.ts'

const provision = 'provision-permission-set'

const statusesOf = ({ snapshot }: Wait) => snapshot.requests.map(statusOf)
const countUnreadable = ({ snapshot }: Wait) => snapshot.requests.filter(isUnreadable).length

describe('an observation', () => {
  test('changes one request, and every other stays the same object', () => {
    const wait = new Wait(3)
    const before = wait.snapshot
    const after = wait.described(2, 'FAILED', { failureReason: 'Why' })
    expect(statusesOf(wait)).toEqual([null, 'FAILED', null])
    expect([after.requests[0], after.requests[2]]).toEqual([before.requests[0], before.requests[2]])
    expect(after.requests[0]).toBe(before.requests[0])
    expect(before.requests.map(statusOf)).toEqual([null, null, null])
  })

  test('about a request of another person changes no request', () => {
    const wait = new Wait(1)
    wait.described(9, 'FAILED')
    wait.met(9, notFound)
    wait.listed('FAILED', [9])
    expect(statusesOf(wait)).toEqual([null])
    expect(wait.snapshot.requests).toEqual(new Wait(1).snapshot.requests)
  })

  test('has a time, which does not change after the wait has ended', () => {
    const wait = new Wait(1)
    wait.nowMs = 5_000
    expect(wait.described(1, 'SUCCEEDED').elapsedMs).toBe(5_000)
    wait.nowMs = 6_000
    expect(wait.observe({ kind: 'over', ending: 'finished' })).toMatchObject({ elapsedMs: 6_000, ending: 'finished' })
    wait.nowMs = 9_000
    expect(wait.observe({ kind: 'primary-region', answer: { ok: true, value: 'eu-west-1' } })).toMatchObject({
      elapsedMs: 6_000,
      primaryRegion: 'eu-west-1',
    })
  })

  test('of the end of a look counts the looks and how far the requests are', () => {
    const wait = new Wait(4)
    wait.described(1, 'FAILED')
    wait.described(2, 'SUCCEEDED')
    expect(wait.snapshot.progress).toEqual({ ended: 0, failed: 0, unconfirmed: 0 })
    expect(wait.looked(1)).toMatchObject({
      looks: 1,
      progress: { ended: 2, failed: 1, unconfirmed: 1 },
    })
  })
})

describe('a list', () => {
  test('gives the status of the requests of its operation, and of no others', () => {
    const wait = new Wait([provision, 'create-account-assignment'])
    wait.listed('FAILED', [1, 2])
    expect(statusesOf(wait)).toEqual(['FAILED', null])
    wait.listed('SUCCEEDED', [1, 2], { operation: 'create-account-assignment' })
    expect(statusesOf(wait)).toEqual(['FAILED', 'SUCCEEDED'])
  })

  test('that shows nothing new leaves everything the same object', () => {
    const wait = new Wait(2)
    const { lists, requests } = wait.listed('IN_PROGRESS', [1, 2, 1])
    const again = wait.listed('IN_PROGRESS', [2, 1])
    expect(again.requests).toBe(requests)
    expect(again.lists).toBe(lists)
  })

  test('that fails counts for the part that it showed, and is not read for 30 s', () => {
    const wait = new Wait(['create-account-assignment', 'create-account-assignment'])
    wait.nowMs = 1_000
    wait.listed('FAILED', [2], { failure: unclear, operation: 'create-account-assignment' })
    expect(statusesOf(wait)).toEqual([null, 'FAILED'])
    const { lists } = wait.snapshot
    expect(lists['create-account-assignment']).toMatchObject({ failure: unclear, retryAtMs: 31_000 })
    expect(lists[provision]).toMatchObject({ failure: null, retryAtMs: 0 })
  })

  test('that shows a request in progress that ended more than 10 s ago is out of date', () => {
    const wait = new Wait(2)
    wait.nowMs = 1_000
    wait.described(1, 'SUCCEEDED')
    wait.nowMs = 11_000
    expect(wait.listed('IN_PROGRESS', [1, 2]).lists[provision].failure).toBeNull()
    wait.nowMs = 11_001
    expect(wait.listed('SUCCEEDED', [1]).lists[provision].failure).toBeNull()
    expect(wait.listed('IN_PROGRESS', [2]).lists[provision].failure).toBeNull()
    const { lists } = wait.listed('IN_PROGRESS', [1, 2])
    expect(lists[provision]).toMatchObject({ failure: { code: 'StaleList' }, retryAtMs: 41_001 })
    expect(statusesOf(wait)).toEqual(['SUCCEEDED', 'IN_PROGRESS'])
  })
})

describe('an outage', () => {
  test('of a single request is its first call without an answer, and any answer ends it', () => {
    for (const answer of [notFound, denied, invalid]) {
      const wait = new Wait(1)
      expect(wait.met(1, unclear).outage).toEqual({ failure: unclear, absentSinceMs: null, isFinal: false })
      expect(wait.met(1, throttled).outage?.failure).toEqual(throttled)
      expect(wait.met(1, answer).outage).toBeNull()
    }
    const wait = new Wait(1)
    wait.met(1, unclear)
    expect(wait.described(1, 'IN_PROGRESS')).toMatchObject({ outage: null, callsInVain: 0 })
  })

  test('of several is five calls in a row without an answer', () => {
    const wait = new Wait(9)
    for (const number of [1, 2, 3, 4]) expect(wait.met(number, throttled).outage).toBeNull()
    wait.described(5, 'IN_PROGRESS')
    for (const number of [1, 2, 3, 4]) expect(wait.met(number, throttled).outage).toBeNull()
    expect(wait.met(6, unclear).outage?.failure).toEqual(unclear)
    expect(wait.met(7, throttled).outage?.failure).toEqual(throttled)
  })

  test('is fewer calls if there are fewer requests left to ask about', () => {
    const wait = new Wait(60)
    for (let number = 1; number <= 57; number++) wait.described(number, 'SUCCEEDED')
    wait.listed('FAILED', [58])
    expect([wait.met(58, throttled).outage, wait.met(59, throttled).outage]).toEqual([null, null])
    expect(wait.met(60, throttled).outage).not.toBeNull()
  })

  test('with a host name that does not resolve for 30 s gives up every request', () => {
    const wait = new Wait(2)
    for (const nowMs of [0, 1_000, 31_000]) {
      wait.nowMs = nowMs
      wait.met(1, unresolved)
    }
    // With two requests, the second call without an answer is an outage.
    expect([wait.snapshot.outage?.absentSinceMs, countUnreadable(wait)]).toEqual([1_000, 2])
    wait.nowMs = 30_999
    expect(wait.snapshot.requests.map(({ blocker }) => blocker?.kind === 'final' && blocker.asked)).toEqual([
      true,
      false,
    ])
  })

  test('of another kind in between restarts the 30 s', () => {
    const wait = new Wait(1)
    for (const [nowMs, failure] of [
      [0, unresolved],
      [20_000, unclear],
      [21_000, unresolved],
      [50_999, unresolved],
    ] as const) {
      wait.nowMs = nowMs
      wait.met(1, failure)
    }
    expect([wait.snapshot.outage?.absentSinceMs, countUnreadable(wait)]).toEqual([21_000, 0])
    wait.nowMs = 51_000
    wait.met(1, unresolved)
    expect(countUnreadable(wait)).toBe(1)
  })
})

describe('a refusal', () => {
  test('of every call gives up every request of every operation, but keeps what is known', () => {
    const wait = new Wait([provision, provision, 'delete-account-assignment', provision])
    wait.described(2, 'SUCCEEDED')
    wait.listed('FAILED', [4])
    wait.met(1, noCredentials)
    expect(countUnreadable(wait)).toBe(2)
    expect(statusesOf(wait)).toEqual([null, 'SUCCEEDED', null, 'FAILED'])
    expect(wait.snapshot.requests.map(({ blocker }) => blocker?.kind === 'final' && blocker.asked)).toEqual([
      true,
      false,
      false,
      false,
    ])
    expect(wait.snapshot.outage?.failure).toEqual(noCredentials)
    expect(isSettled(wait.snapshot)).toBe(true)
  })

  test.each([invalid, notFound])('of any number of single requests gives up only those: $code', (failure) => {
    const wait = new Wait(5, false)
    for (const number of [1, 2, 3, 4]) wait.met(number, failure)
    expect(countUnreadable(wait)).toBe(4)
    expect(wait.snapshot.requests.some(isUnfinished)).toBe(true)
  })

  test('of the API action, twice before any answer, gives up all requests of its operation', () => {
    const wait = new Wait([provision, provision, provision, 'create-account-assignment', 'create-account-assignment'])
    wait.met(4, denied)
    wait.met(1, denied)
    expect(countUnreadable(wait)).toBe(2)
    wait.met(2, denied)
    expect(countUnreadable(wait)).toBe(4)
    expect(wait.snapshot.requests.at(2)?.blocker).toEqual({ kind: 'final', failure: denied, asked: false })
    expect(wait.snapshot.requests.at(4)?.blocker).toBeNull()
  })

  test.each<[string, boolean, (wait: Wait) => void]>([
    ['an answer', false, (wait) => wait.described(1, 'IN_PROGRESS')],
    ['the answer that there is no such request', false, (wait) => wait.met(1, notFound)],
    ['a list, which is another API action', true, (wait) => wait.listed('IN_PROGRESS', [1, 2, 3, 4])],
    ['the answer to a request of another operation', true, (wait) => wait.described(5, 'IN_PROGRESS')],
  ])('of the API action, after %s, gives up the others: %s', (_, ends, happens) => {
    const wait = new Wait([provision, provision, provision, provision, 'create-account-assignment'])
    happens(wait)
    wait.met(2, denied)
    wait.met(3, denied)
    expect(wait.snapshot.requests.slice(3, 4).map(isUnreadable)).toEqual([ends])
  })
})

describe('an optional call', () => {
  const failed: Answer<never> = { ok: false, failure: unclear }
  const refused: Answer<never> = { ok: false, failure: denied }

  test('brings what is then known', () => {
    const wait = new Wait(1)
    wait.nowMs = 15_000
    wait.named(permissionSetArn, 'ReadOnly')
    const value = { behind: ['222', '111', '222'], latest: 1 }
    wait.observe({ kind: 'accounts', startedAtMs: wait.nowMs, permissionSetArn, answer: { ok: true, value } })
    expect(wait.snapshot.names).toEqual(new Map([[permissionSetArn, 'ReadOnly']]))
    expect(wait.snapshot.rollouts.get(permissionSetArn)).toMatchObject({
      behind: ['111', '222'],
      total: 3,
      askedAtMs: 15_000,
      listedAtMs: 15_000,
    })
  })

  test('without an answer is only marked as made', () => {
    const wait = new Wait(1)
    wait.nowMs = 15_000
    wait.observe({ kind: 'named', permissionSetArn, answer: failed })
    wait.observe({ kind: 'accounts', startedAtMs: wait.nowMs, permissionSetArn, answer: failed })
    wait.observe({ kind: 'primary-region', answer: failed })
    const { requests: _, positions: __, rollouts: ___, ...others } = new Wait(1).snapshot
    expect(wait.snapshot).toMatchObject({
      ...others,
      elapsedMs: 15_000,
      namesAskedFor: new Set([permissionSetArn]),
    })
    expect(wait.snapshot.rollouts.get(permissionSetArn)).toMatchObject({ behind: null, askedAtMs: 15_000 })
  })

  test('that is denied is not made again', () => {
    const wait = new Wait(1)
    wait.observe({ kind: 'named', permissionSetArn, answer: refused })
    expect(wait.snapshot.dropped).toEqual(new Set(['sso:DescribePermissionSet']))
    const { dropped } = wait.observe({ kind: 'accounts', startedAtMs: wait.nowMs, permissionSetArn, answer: refused })
    expect(dropped).toEqual(new Set(['sso:DescribePermissionSet', 'sso:ListAccountsForProvisionedPermissionSet']))
    expect(wait.observe({ kind: 'accounts', startedAtMs: wait.nowMs, permissionSetArn, answer: refused }).dropped).toBe(
      dropped,
    )
  })
})

describe('a wait is settled', () => {
  test('when every request has ended or cannot be read', () => {
    const wait = new Wait(3)
    wait.described(1, 'SUCCEEDED')
    wait.met(2, invalid)
    wait.met(3, unclear)
    expect(isSettled(wait.snapshot)).toBe(false)
    wait.described(3, 'IN_PROGRESS')
    expect(isSettled(wait.snapshot)).toBe(false)
    expect(isSettled({ ...wait.snapshot, goal: { ...toTheEnd, wait: false } })).toBe(true)
    wait.described(3, 'FAILED')
    expect(isSettled(wait.snapshot)).toBe(true)
  })

  test.each([
    [50, 'SUCCEEDED', true],
    [51, 'SUCCEEDED', false],
    [50, 'FAILED', true],
    [51, 'FAILED', true],
  ] as const)('of %d requests, not before a Describe of one that a list shows as %s: %s', (count, status, lacks) => {
    const wait = new Wait(count)
    for (let number = 2; number <= count; number++) wait.described(number, 'SUCCEEDED')
    wait.listed(status, [1])
    expect(lackingDetails(wait.snapshot).length).toBe(lacks ? 1 : 0)
    expect(isSettled(wait.snapshot)).toBe(!lacks)
    wait.described(1, status)
    expect([lackingDetails(wait.snapshot), isSettled(wait.snapshot)]).toEqual([[], true])
  })
})
