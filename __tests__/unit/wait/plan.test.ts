import { describe, expect, test } from '@jest/globals'
import type { Goal } from '../../../src/requests/goal.ts'
import type { Status } from '../../../src/requests/request.ts'
import * as accounts from '../../../src/wait/plan-accounts.ts'
import * as requests from '../../../src/wait/plan-requests.ts'
import { fold } from '../../../src/wait/state/fold.ts'
import { endlessList } from '../../../src/wait/state/list-access.ts'
import type { Observation } from '../../../src/wait/state/observation.ts'
import type { State } from '../../../src/wait/state/state.ts'
import { callFailureOf, requestIdOf } from '../examples.ts'
import {
  absent,
  arnOf,
  denied,
  described,
  descriptionOf,
  type Event,
  forSets,
  instanceRead,
  keyOf,
  listed,
  operation,
  read,
  stateAfter,
  upTo,
} from './known.ts'

// What a look asks AWS, from what is known. Whole waits show what comes of it; here are the numbers, and who comes first.

const looked = (startedAtMs: number): Observation => ({ kind: 'looked', startedAtMs, unconfirmed: 0 })
function momentOf(state: State, nowMs = 0, kind: requests.LookKind = 'regular'): requests.Moment {
  return { state, kind, nowMs }
}

const brokenList: Event = [0, listed({ failure: callFailureOf({ scope: 'action' }), isWhole: false })]

describe('whether the list of requests in progress is read', () => {
  const first = stateAfter(60, {})
  const later = stateAfter(60, {}, [[0, looked(0)]])
  const long = stateAfter(60, {}, [
    [0, looked(0)],
    [0, listed({ pages: 3 })],
  ])
  const broken = stateAfter(60, {}, [[0, looked(0)], brokenList])
  test.each<[name: string, moment: requests.Moment, unfinished: number, expected: boolean]>([
    ['at first, of 10', momentOf(first), 10, false],
    ['at first, of 11', momentOf(first), 11, true],
    ['later, of as many as it has pages', momentOf(later), 1, false],
    ['later, of more than it has pages', momentOf(later), 2, true],
    ['later, of 3 on 3 pages', momentOf(long), 3, false],
    ['later, of 4 on 3 pages', momentOf(long), 4, true],
    ['in the last look, of 25', momentOf(later, 0, 'last'), 25, false],
    ['in the last look, of 26', momentOf(later, 0, 'last'), 26, true],
    ['if one look is enough, of 60', momentOf(first, 0, 'only'), 60, true],
    ['if one look is enough, of 50', momentOf(stateAfter(50, {}), 0, 'only'), 50, false],
    ['just before 30 s after it broke', momentOf(broken, 29_999), 60, false],
    ['30 s after it broke', momentOf(broken, 30_000), 60, true],
    ['if the goal needs it', momentOf(stateAfter(0, { until: 'idle' })), 0, true],
    ['if the goal needs it and it broke', momentOf(stateAfter(0, { until: 'idle' }, [brokenList]), 1), 0, true],
    [
      'if the role may not',
      momentOf(stateAfter(0, { until: 'idle' }, [[0, listed({ failure: denied })]]), 1),
      0,
      false,
    ],
    [
      'if it has no end',
      momentOf(stateAfter(0, { until: 'idle' }, [[0, listed({ failure: endlessList })]]), 1),
      0,
      false,
    ],
  ])('%s', (_, moment, unfinished, expected) => {
    expect(requests.isListWorthIt(moment, operation, unfinished)).toBe(expected)
  })

  test.each<[name: string, moment: requests.Moment, unfinished: number, expected: number]>([
    ['for the list that broke', momentOf(broken, 1), 2, 30_000],
    ['not for as many requests as it has pages', momentOf(broken, 1), 1, Number.POSITIVE_INFINITY],
    ['not in the last look', momentOf(broken, 1, 'last'), 2, Number.POSITIVE_INFINITY],
    ['not if the list can be read', momentOf(later, 1), 2, Number.POSITIVE_INFINITY],
  ])('whether Describes stop for it: %s', (_, moment, unfinished, expected) => {
    expect(requests.listsReturnAtMs(moment, operation, unfinished)).toBe(expected)
  })
})

describe('of requests that have left the list of those in progress', () => {
  const many = stateAfter(60, {})
  const longFailed = stateAfter(60, {}, [[0, listed({ status: 'FAILED', pages: 11 })]])
  test.each<
    [
      name: string,
      moment: requests.Moment,
      counts: [missing: number, inProgress: number, read: Status[]],
      Status | null,
    ]
  >([
    ['10 pay no list', momentOf(many), [10, 0, []], null],
    ['11 pay the list of failures', momentOf(many), [11, 11, []], 'FAILED'],
    ['and then that of successes, if 10 are in progress', momentOf(many), [11, 10, ['FAILED']], 'SUCCEEDED'],
    ['but not if 11 are', momentOf(many), [11, 11, ['FAILED']], null],
    ['in the last look, they do', momentOf(many, 0, 'last'), [11, 11, ['FAILED']], 'SUCCEEDED'],
    ['no list is read twice', momentOf(many), [11, 10, ['FAILED', 'SUCCEEDED']], null],
    ['a list of as many pages does not pay', momentOf(longFailed), [11, 10, []], 'SUCCEEDED'],
    ['a list of fewer pages does', momentOf(longFailed), [12, 10, []], 'FAILED'],
    ['of 50 requests, each is described', momentOf(stateAfter(50, {})), [11, 10, []], null],
    ['for a rollout, each is described', momentOf(stateAfter(60, forSets(1))), [11, 10, []], null],
    ['none while lists are left alone', momentOf(stateAfter(60, {}, [brokenList]), 1), [11, 10, []], null],
  ])('%s', (_, moment, [missing, inProgress, alreadyRead], expected) => {
    expect(requests.endedListToRead(moment, operation, { missing, inProgress, alreadyRead })).toBe(expected)
  })

  test.each<
    [name: string, state: State, kind: requests.LookKind, missing: number, inProgress: number, expected: number]
  >([
    ['15 are described while 11 are in progress', many, 'regular', 20, 11, 15],
    ['all, if 10 are', many, 'regular', 20, 10, 20],
    ['all of 10', many, 'regular', 10, 11, 10],
    ['11 of 11', many, 'regular', 11, 11, 11],
    ['all in the last look', many, 'last', 20, 11, 20],
    ['all of 50', stateAfter(50, {}), 'regular', 20, 11, 20],
  ])('%s', (_, state, kind, missing, inProgress, expected) => {
    const moment = momentOf(state, 0, kind)
    expect(requests.missingToDescribe(moment, state.requests.items.slice(0, missing), inProgress)).toHaveLength(
      expected,
    )
  })

  test('those come first that were not asked about, or longest ago', () => {
    const state = stateAfter(60, {}, [
      [2, described(1, 'IN_PROGRESS')],
      [1, described(2, 'IN_PROGRESS')],
    ])
    const found = requests.missingToDescribe(momentOf(state), state.requests.items.slice(0, 17), 11)
    expect(found.map(({ key }) => key)).toEqual(upTo(17).slice(2).map(keyOf))
  })
})

describe('of requests that a list shows in progress', () => {
  const seen = (count: number) =>
    stateAfter(
      count,
      {},
      upTo(count).map((number) => [number, described(number, 'IN_PROGRESS')]),
    )
  const unseen = stateAfter(30, forSets(1))
  test.each<[name: string, state: State, nowMs: number, kind: requests.LookKind, expected: number[]]>([
    ['none is described within 10 s', seen(30), 10_000, 'regular', []],
    ['one of 25, after 10 s', seen(25), 10_001, 'regular', [1]],
    ['two of 26, those asked about longest ago', seen(26), 20_000, 'regular', [1, 2]],
    ['at most four', seen(200), 20_000, 'regular', [1, 2, 3, 4]],
    ['all in the last look', seen(30), 1_000, 'last', upTo(30)],
    ['all, if one look is enough', seen(30), 1_000, 'only', upTo(30)],
    ['the first 20 of which the goal needs the permission set', unseen, 0, 'regular', upTo(20)],
    ['of 55 that nobody needs, none at once', stateAfter(55, {}), 0, 'regular', []],
  ])('%s', (_, state, nowMs, kind, expected) => {
    const found = requests.listedToDescribe(momentOf(state, nowMs, kind), state.requests.items)
    expect(found.map(({ key }) => key)).toEqual(expected.map(keyOf))
  })
})

test('a request that has ended and lacks its reason is described first, then those asked about longest ago', () => {
  const rows = [{ requestId: requestIdOf(3), status: 'FAILED', createdDate: null }] as const
  const state = stateAfter(4, {}, [
    [5, described(1, 'IN_PROGRESS')],
    [4, described(2, 'IN_PROGRESS')],
    [6, listed({ status: 'FAILED', rows })],
  ])
  const ids = new Set(upTo(4).map(requestIdOf))
  expect(requests.inOrder(state, ids).map(({ key }) => key)).toEqual([3, 4, 2, 1].map(keyOf))
  const failed: Observation = {
    kind: 'described',
    key: keyOf(3),
    answer: { ok: false, failure: callFailureOf({ scope: 'request' }) },
  }
  expect(requests.inOrder(fold(state, failed, 7), ids).map(({ key }) => key)).toEqual([4, 2, 1, 3].map(keyOf))
})

describe('of the requests of others in progress', () => {
  const inProgress = (count: number) => [0, listed({ others: upTo(count).map(requestIdOf) })] as const
  type Subject = 'known' | 'denied' | 'not-said'
  const found = (ms: number, ...subjects: Subject[]): Event => {
    const answers = subjects.map((subject, index) => ({
      key: keyOf(index + 1),
      answer:
        subject === 'denied'
          ? ({ ok: false, failure: denied } as const)
          : descriptionOf('IN_PROGRESS', subject === 'known' ? { permissionSetArn: arnOf(9) } : {}),
    }))
    return [ms, { kind: 'identified', answers }]
  }
  test.each<[name: string, events: Event[], nowMs: number, kind: requests.LookKind, expected: number[]]>([
    ['each is described once', [inProgress(3), found(0, 'known')], 60_000, 'regular', [2, 3]],
    ['one denial says nothing about the others', [inProgress(3), found(0, 'denied')], 1, 'regular', [2, 3]],
    ['two denials do', [inProgress(3), found(0, 'denied', 'denied')], 1, 'regular', []],
    ['not if another was answered', [inProgress(4), found(0, 'denied', 'denied', 'known')], 1, 'regular', [4]],
    [
      'without a permission set in the answer, it is left alone',
      [inProgress(1), found(0, 'not-said')],
      9_999,
      'regular',
      [],
    ],
    ['for 10 s', [inProgress(1), found(0, 'not-said')], 10_000, 'regular', [1]],
    ['those not asked about come first', [inProgress(3), found(0, 'not-said')], 10_000, 'regular', [2, 3, 1]],
    ['at most 300 in a look', [inProgress(301)], 0, 'regular', upTo(300)],
    ['all, if one look is enough', [inProgress(301)], 0, 'only', upTo(301)],
  ])('%s', (_, events, nowMs, kind, expected) => {
    const state = stateAfter(0, forSets(1), events)
    expect(requests.othersToDescribe(momentOf(state, nowMs, kind))).toEqual(expected.map(keyOf))
  })

  test('none is described if no permission set is looked for', () => {
    expect(requests.othersToDescribe(momentOf(stateAfter(0, { until: 'idle' }, [inProgress(3)])))).toEqual([])
  })
})

describe('of the accounts of permission sets', () => {
  const one = '111122223333'
  const busy = [1_000, described(1, 'IN_PROGRESS', { permissionSetArn: arnOf(1) })] as const
  const each = (count: number, startedAtMs: number): Event[] =>
    upTo(count).map((number) => [startedAtMs + number, read(number, startedAtMs + number)])
  interface Row {
    readonly sets?: number
    readonly events: readonly Event[]
    readonly nowMs: number
    readonly kind?: requests.LookKind
    readonly freshSinceMs?: number
    readonly due?: readonly number[]
    readonly old?: readonly number[]
    readonly hasMore?: boolean
  }
  test.each<[name: string, row: Row]>([
    ['those never read are due', { events: [], nowMs: 0, due: [1] }],
    ['those out of date are', { events: [[1, read(1, 0, [one])]], nowMs: 1, due: [1] }],
    ['those up to date are not, within 2 s', { events: [[1, read(1, 0)]], nowMs: 2_000 }],
    ['after 2 s, they are', { events: [[1, read(1, 0)]], nowMs: 2_001, due: [1] }],
    [
      'two readings are enough',
      {
        events: [
          [1, read(1, 0)],
          [2_002, read(1, 2_001)],
        ],
        nowMs: 9_000,
      },
    ],
    [
      'unless they are old',
      {
        events: [
          [1, read(1, 0)],
          [2_002, read(1, 2_001)],
        ],
        nowMs: 9_000,
        freshSinceMs: 2_002,
        old: [1],
      },
    ],
    ['one reading is enough for one look', { events: [[1, read(1, 0)]], nowMs: 9_000, kind: 'only' }],
    ['unless it is old', { events: [[1, read(1, 0)]], nowMs: 9_000, kind: 'only', freshSinceMs: 1, due: [1] }],
    [
      'what was read before a change does not count',
      {
        events: [
          [1, read(1, 0)],
          [2_002, read(1, 2_001)],
          [3_000, described(1, 'SUCCEEDED', { permissionSetArn: arnOf(1) })],
        ],
        nowMs: 3_000,
        due: [1],
      },
    ],
    ['in progress, those never read are due', { events: [busy], nowMs: 1_000, due: [1] }],
    ['in progress, those up to date wait', { events: [busy, [1_002, read(1, 1_001)]], nowMs: 60_000 }],
    ['in progress, those out of date wait too', { events: [busy, [10_001, read(1, 10_000, [one])]], nowMs: 14_999 }],
    ['but are counted', { events: [busy, [10_001, read(1, 10_000, [one])]], nowMs: 15_000, due: [1] }],
    ['but not in one look', { events: [busy, [10_001, read(1, 10_000, [one])]], nowMs: 15_000, kind: 'only' }],
    ['those that the role may not read are left', { events: [[1, read(1, 0, denied)]], nowMs: 60_000 }],
    ['a list without end is left alone', { events: [[0, read(1, 0, endlessList)]], nowMs: 29_999 }],
    ['for 30 s', { events: [[0, read(1, 0, endlessList)]], nowMs: 30_000, due: [1] }],
    [
      'those asked for longest ago come first',
      {
        sets: 3,
        events: [
          [9, read(1, 8, [one])],
          [7, read(2, 6, [one])],
        ],
        nowMs: 9,
        due: [3, 2, 1],
      },
    ],
    ['at most 200 in a look', { sets: 201, events: [], nowMs: 0, due: upTo(200), hasMore: true }],
    ['200 are no more than one look reads', { sets: 200, events: [], nowMs: 0, due: upTo(200) }],
    ['at most 50, if one is in progress', { sets: 60, events: [busy], nowMs: 1_000, due: upTo(50), hasMore: true }],
  ])(
    '%s',
    (_, { sets = 1, events, nowMs, kind = 'regular', freshSinceMs = 0, due = [], old = [], hasMore = false }) => {
      const moment = momentOf(stateAfter(1, forSets(sets), events), nowMs, kind)
      const expected = { due: due.map(arnOf), old: old.map(arnOf), hasMore }
      expect(accounts.permissionSetsToRead(moment, freshSinceMs)).toEqual(expected)
    },
  )

  test.each<[name: string, state: State, nowMs: number, hasReadLists: boolean, expected: number]>([
    ['since the look before', stateAfter(0, forSets(1), [[5_000, looked(4_000)]]), 6_000, true, 4_000],
    ['for 200 ms a permission set', stateAfter(0, forSets(20), [[5_000, looked(4_000)]]), 6_000, true, 2_000],
    [
      'of 50, each reading',
      stateAfter(0, forSets(50), [...each(50, 1_000), [50_000, looked(40_000)]]),
      60_000,
      true,
      40_000,
    ],
    [
      'of 60, all but the 50 oldest',
      stateAfter(0, forSets(60), [...each(60, 1_000), [50_000, looked(40_000)]]),
      60_000,
      true,
      1_051,
    ],
    ['in one look, since the lists were read', stateAfter(0, { ...forSets(1), wait: false }), 6_000, true, 6_000],
    ['in one look, whatever was read before the lists', stateAfter(0, { ...forSets(1), wait: false }), 6_000, false, 0],
  ])('a reading counts %s', (_, state, nowMs, hasReadLists, expected) => {
    expect(accounts.freshSince(state, nowMs, hasReadLists)).toBe(expected)
  })
})

describe('the list of all permission sets', () => {
  const all: Partial<Goal> = { until: 'rolled-out', isAboutAll: true }
  const once = [[101, instanceRead(100, 2)]] as const
  const twice = [...once, [2_200, instanceRead(2_101, 2)]] as const
  const isRefused = [0, { kind: 'permission-sets', answer: { ok: false, failure: denied }, startedAtMs: 0 }] as const
  test.each<[name: string, events: readonly Event[], expected: boolean]>([
    ['if it was not read yet', [], true],
    ['not if it was read', once, false],
    ['not if the role may not read it', [isRefused], false],
    ['if AWS knows one of them no more', [...once, [300, read(2, 200, absent)]], true],
    ['not if that was seen before it was read', [[100, read(2, 99, absent)], ...once], false],
    ['not if one cannot be read for another reason', [...once, [300, read(2, 200, callFailureOf())]], false],
  ])('is read at the beginning of a look %s', (_, events, expected) => {
    expect(accounts.isInstanceDue(stateAfter(0, all, events))).toBe(expected)
  })

  test.each<
    [
      name: string,
      goal: Partial<Goal>,
      events: readonly Event[],
      nowMs: number,
      freshSinceMs: number,
      expected: boolean,
    ]
  >([
    ['if it was read too long ago', all, twice, 9_000, 2_102, true],
    ['not if two readings agree', all, twice, 9_000, 2_101, false],
    ['not within 2 s of the first', all, once, 2_100, 0, false],
    ['2 s after the first', all, once, 2_101, 0, true],
    ['not for permission sets that are named', forSets(1), [], 0, 0, false],
    ['not twice for one look', { ...all, wait: false }, once, 9_000, 9_000, false],
  ])('is read before the end %s', (_, goal, events, nowMs, freshSinceMs, expected) => {
    expect(accounts.isInstanceOpen(stateAfter(0, goal, events), nowMs, freshSinceMs)).toBe(expected)
  })
})
