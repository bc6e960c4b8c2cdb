import { describe, expect, test } from '@jest/globals'
import { judgePermissionSets } from '../../../src/goals/judge-permission-set.ts'
import type { Goal } from '../../../src/requests/goal.ts'
import type { Description, Status } from '../../../src/requests/request.ts'
import type { PermissionSetFinding } from '../../../src/wait/rules.ts'
import { requestIdOf } from '../examples.ts'
import {
  arnOf,
  denied,
  described,
  descriptionOf,
  type Event,
  forSets,
  keyOf,
  listed,
  read,
  stateAfter,
} from './known.ts'

// What is known of a permission set, from its accounts and the requests for it.

const [account, other] = ['111122223333', '444455556666']
const permissionSetArn = arnOf(1)

interface Row {
  readonly requests?: number
  readonly goal?: Partial<Goal>
  readonly events: readonly Event[]
  /** When the look began. */
  readonly atMs?: number
  readonly freshSinceMs?: number
  readonly hasReadLists?: boolean
  readonly isBlind?: boolean
  readonly is: Partial<Omit<PermissionSetFinding, 'explainedBy'>>
  /** The numbers of the requests that explain it. */
  readonly explainedBy?: readonly number[]
}

function findingOf({
  requests = 0,
  goal,
  events,
  atMs = 0,
  freshSinceMs = 0,
  hasReadLists = true,
  isBlind = false,
}: Row) {
  const look = { startedAtMs: atMs, freshSinceMs, hasReadLists }
  const state = stateAfter(requests, { ...forSets(1), ...goal }, events)
  return judgePermissionSets(state, look, isBlind).get(permissionSetArn)
}

const open = { isSettled: false, settlesAtMs: null, wantsPast: false }
const wholePast = (readAtMs: number, isWhole = true): Event => [
  readAtMs,
  { kind: 'past', past: { requests: [], isWhole, readAtMs } },
]
/** An account that was seen out of date at 1 ms, and again when a reading began. */
const late = (readAtMs: number): Event[] => [
  [1, read(1, 0, [account])],
  [readAtMs + 1, read(1, readAtMs, [account])],
]
const failed: Event = [500, described(1, 'FAILED', { permissionSetArn })]
/** The same, after a provisioning that was given has failed at 500 ms. */
const afterFailure = (readAtMs: number): Event[] => [
  failed,
  [1_001, read(1, 1_000, [account])],
  [readAtMs + 1, read(1, readAtMs, [account])],
]
const strangers = (...answers: Event[]): Event[] => [[2, listed({ others: [requestIdOf(9)] })], ...answers]
const unnamed: Event = [3, { kind: 'identified', answers: [{ key: keyOf(9), answer: descriptionOf('IN_PROGRESS') }] }]

test.each<[name: string, row: Row]>([
  ['never read', { events: [], is: { ...open, finding: 'unknown' } }],
  ['refused', { events: [[0, read(1, 0, denied)]], is: { ...open, finding: 'unknown', isSettled: true } }],
  [
    'in progress',
    { requests: 1, events: [[0, described(1, 'IN_PROGRESS', { permissionSetArn })]], is: { ...open, finding: 'busy' } },
  ],
  [
    'read before a change',
    {
      requests: 1,
      events: [
        [1, read(1, 0)],
        [2, described(1, 'SUCCEEDED', { permissionSetArn })],
      ],
      is: { ...open, finding: 'unknown' },
    },
  ],
  ['read too long ago', { events: [[1, read(1, 0)]], freshSinceMs: 1, is: { ...open, finding: 'unknown' } }],
  ['up to date once', { events: [[1, read(1, 0)]], is: { ...open, finding: 'up-to-date', settlesAtMs: 2_001 } }],
  [
    'up to date twice',
    {
      events: [
        [1, read(1, 0)],
        [2_002, read(1, 2_001)],
      ],
      is: { ...open, finding: 'up-to-date', isSettled: true },
    },
  ],
  [
    'up to date, in one look',
    { goal: { wait: false }, events: [[1, read(1, 0)]], is: { ...open, finding: 'up-to-date', isSettled: true } },
  ],
  [
    'out of date for less than 30 s',
    { events: late(30_000), atMs: 30_000, is: { ...open, finding: 'out-of-date', settlesAtMs: 30_001 } },
  ],
  [
    'out of date for 30 s',
    { events: late(30_001), atMs: 30_001, is: { finding: 'out-of-date', isSettled: true, wantsPast: true } },
  ],
  [
    '… and what has ended was read',
    { events: [...late(30_001), wholePast(30_002)], atMs: 30_001, is: { isSettled: true, wantsPast: false } },
  ],
  [
    'out of date, lists not read',
    { events: late(30_001), atMs: 30_001, hasReadLists: false, is: { ...open, finding: 'out-of-date' } },
  ],
  [
    'out of date, a request of others is not known yet',
    { events: [...late(30_001), ...strangers()], atMs: 30_001, is: { ...open, finding: 'out-of-date' } },
  ],
  [
    'out of date, AWS does not say what a request of others is about',
    { events: [...late(30_001), ...strangers(unnamed)], atMs: 30_001, is: { ...open, finding: 'out-of-date' } },
  ],
  [
    'out of date, a given request has no permission set yet',
    { requests: 1, events: late(30_001), atMs: 30_001, is: { ...open, finding: 'out-of-date' } },
  ],
  [
    'out of date, and the role sees no request',
    { events: [...late(30_001), ...strangers()], atMs: 30_001, isBlind: true, is: { ...open, finding: 'out-of-date' } },
  ],
  [
    'one of two caught up at 20 s',
    {
      events: [
        [1, read(1, 0, [account, other])],
        [20_000, read(1, 19_999, [account])],
      ],
      is: { ...open, settlesAtMs: 50_000 },
    },
  ],
  [
    'in one look, lists read after the accounts',
    {
      goal: { wait: false },
      events: [[1, read(1, 0, [account])]],
      atMs: 1,
      is: { isSettled: true, settlesAtMs: 1, wantsPast: true },
    },
  ],
  [
    'in one look, lists read before the accounts',
    { goal: { wait: false }, events: [[2, read(1, 1, [account])]], is: { ...open, settlesAtMs: 0 } },
  ],
  [
    'in one look, lists not read',
    { goal: { wait: false }, events: [[1, read(1, 0, [account])]], atMs: 1, hasReadLists: false, is: open },
  ],
  [
    'after a failure, not yet read again',
    { requests: 1, events: afterFailure(3_000), atMs: 3_000, is: { ...open, settlesAtMs: 3_001 } },
  ],
  [
    'after a failure, read again',
    { requests: 1, events: afterFailure(3_001), atMs: 3_001, is: { ...open, wantsPast: true, settlesAtMs: 31_001 } },
  ],
  [
    '… and what has ended was read',
    {
      requests: 1,
      events: [...afterFailure(3_001), wholePast(3_002)],
      atMs: 3_001,
      is: { isSettled: true, wantsPast: false },
      explainedBy: [1],
    },
  ],
  [
    '… in a look before',
    {
      requests: 1,
      events: [...afterFailure(3_001), wholePast(3_000)],
      atMs: 3_001,
      is: { ...open, wantsPast: true, settlesAtMs: 31_001 },
    },
  ],
  [
    '… in vain',
    {
      requests: 1,
      events: [...afterFailure(3_001), wholePast(3_000, false)],
      atMs: 3_001,
      is: { ...open, settlesAtMs: 31_001 },
    },
  ],
  [
    '… in vain, before the accounts were out of date',
    {
      requests: 1,
      events: [...afterFailure(3_001), wholePast(1_000, false)],
      atMs: 3_001,
      is: { ...open, wantsPast: true, settlesAtMs: 31_001 },
    },
  ],
  [
    '… in part',
    {
      requests: 1,
      events: [...afterFailure(3_001), wholePast(3_002, false)],
      atMs: 3_001,
      is: { ...open, settlesAtMs: 31_001 },
    },
  ],
])('%s', (_, { explainedBy = [], is, ...row }) => {
  const found = findingOf({ ...row, is })
  expect(found).toMatchObject(is)
  expect(found?.explainedBy.map(({ key }) => key)).toEqual(explainedBy.map(keyOf))
})

describe('of a failure and a success, the newest that covers the account explains it', () => {
  const dateOf = (second: number) => new Date(second * 1_000)
  type End = readonly [endedAtMs: number, status: Status, known?: Partial<Description>]
  test.each<[name: string, first: End, second: End, isExplained: boolean]>([
    [
      'the failure was created later',
      [500, 'FAILED', { createdDate: dateOf(2) }],
      [600, 'SUCCEEDED', { createdDate: dateOf(1) }],
      true,
    ],
    [
      'the success was created later',
      [600, 'FAILED', { createdDate: dateOf(1) }],
      [500, 'SUCCEEDED', { createdDate: dateOf(2) }],
      false,
    ],
    ['both at once', [500, 'FAILED', { createdDate: dateOf(1) }], [600, 'SUCCEEDED', { createdDate: dateOf(1) }], true],
    [
      'both at once, seen the other way round',
      [500, 'SUCCEEDED', { createdDate: dateOf(1) }],
      [600, 'FAILED', { createdDate: dateOf(1) }],
      true,
    ],
    ['without dates, the failure ended later', [500, 'SUCCEEDED'], [600, 'FAILED'], true],
    ['without dates, the success ended later', [600, 'SUCCEEDED'], [500, 'FAILED'], false],
    ['with one date, the success ended later', [500, 'FAILED', { createdDate: dateOf(2) }], [600, 'SUCCEEDED'], false],
    ['with one date, the failure ended later', [500, 'SUCCEEDED', { createdDate: dateOf(2) }], [600, 'FAILED'], true],
    ['the later success was of this account', [500, 'FAILED'], [600, 'SUCCEEDED', { accountId: account }], false],
    ['the later success was of another account', [500, 'FAILED'], [600, 'SUCCEEDED', { accountId: other }], true],
    ['the later failure was of this account', [500, 'SUCCEEDED'], [600, 'FAILED', { accountId: account }], true],
    ['the later failure was of another account', [500, 'SUCCEEDED'], [600, 'FAILED', { accountId: other }], false],
    [
      'the failure was of another permission set',
      [500, 'SUCCEEDED'],
      [600, 'FAILED', { permissionSetArn: arnOf(2) }],
      false,
    ],
  ])('%s', (_, first, second, isExplained) => {
    const ends = [first, second].map(
      ([atMs, status, known], index): Event => [atMs, described(index + 1, status, { permissionSetArn, ...known })],
    )
    const accounts: Event[] = [
      [1_001, read(1, 1_000, [account])],
      [3_002, read(1, 3_001, [account])],
    ]
    const found = findingOf({ requests: 2, events: [...ends, ...accounts, wholePast(3_002)], atMs: 3_001, is: {} })
    const failure = keyOf(first[1] === 'FAILED' ? 1 : 2)
    expect(found?.isSettled).toBe(isExplained)
    expect(found?.explainedBy.map(({ key }) => key)).toEqual(isExplained ? [failure] : [])
  })
})
