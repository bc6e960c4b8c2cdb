import { describe, expect, test } from '@jest/globals'
import {
  afterAccountList,
  expectedEndMs,
  nextCountMs,
  type Rollout,
  timeLeftMs,
  unknownRollout,
} from '../../../src/polling/snapshot/rollout.ts'

type Counts = readonly (readonly [seconds: number, behind: number])[]

/** What is known after counts: so many accounts behind at these seconds. */
function rolloutAfter(counts: Counts): Rollout {
  const listOf = (behind: number) => ({
    behind: Array.from({ length: behind }, (_, index) => `${index}`),
    latest: null,
  })
  return counts.reduce(
    (rollout, [seconds, behind]) => afterAccountList(rollout, listOf(behind), 1_000 * seconds),
    unknownRollout,
  )
}

describe('the expected end', () => {
  test.each<[string, Counts, number | null]>([
    ['is not known before a count', [], null],
    ['is not known from one count', [[10, 20]], null],
    [
      'is not known from a single account',
      [
        [10, 20],
        [30, 19],
      ],
      null,
    ],
    [
      'is not known from less than 5 s',
      [
        [10, 20],
        [14, 10],
      ],
      null,
    ],
    [
      'follows the pace of the accounts',
      [
        [10, 20],
        [20, 15],
      ],
      50,
    ],
    [
      'stays while no account is done',
      [
        [10, 20],
        [20, 15],
        [40, 15],
      ],
      50,
    ],
    [
      'is not known if more accounts are behind than before',
      [
        [10, 20],
        [20, 15],
        [30, 16],
      ],
      null,
    ],
    [
      'starts again from there',
      [
        [10, 20],
        [20, 15],
        [30, 16],
        [40, 8],
      ],
      50,
    ],
    [
      'follows a pace that has changed',
      [
        [10, 100],
        [20, 22],
        [40, 12],
        [60, 10],
      ],
      60 + (40 / 12) * 10,
    ],
    [
      'is the last count once no account is behind',
      [
        [10, 20],
        [20, 10],
        [30, 0],
      ],
      30,
    ],
  ])('%s', (_, counts, seconds) => {
    expect(expectedEndMs(rolloutAfter(counts))).toBe(seconds === null ? null : 1_000 * seconds)
  })
})

test.each<[string, Counts, number, number | null]>([
  [
    'is shown once five accounts have caught up',
    [
      [10, 20],
      [20, 15],
    ],
    25,
    25,
  ],
  [
    'is not shown before',
    [
      [10, 20],
      [20, 16],
    ],
    25,
    null,
  ],
  [
    'is not shown after the expected end',
    [
      [10, 20],
      [20, 15],
    ],
    51,
    null,
  ],
])('the time left %s', (_, counts, nowSeconds, seconds) => {
  const leftMs = timeLeftMs(rolloutAfter(counts), 1_000 * nowSeconds)
  expect(leftMs).toBe(seconds === null ? null : 1_000 * seconds)
})

describe('the next count', () => {
  test.each<[string, Counts, number]>([
    ['the first one is after 10 s', [], 10],
    ['without an expected end, it is after half of the time waited', [[12, 20]], 18],
    [
      'it is after half of the time until the expected end',
      [
        [10, 20],
        [20, 15],
      ],
      35,
    ],
    [
      'but not sooner than 5 s',
      [
        [10, 20],
        [20, 2],
      ],
      25,
    ],
    [
      'and, for 201 accounts behind, not sooner than 15 s',
      [
        [10, 801],
        [20, 201],
      ],
      35,
    ],
    ['and not later than 30 s', [[100, 20]], 130],
    [
      'after the expected end, it is 30 s later',
      [
        [10, 20],
        [20, 15],
        [60, 15],
      ],
      90,
    ],
  ])('%s', (_, counts, seconds) => {
    expect(nextCountMs(rolloutAfter(counts))).toBe(1_000 * seconds)
  })
})
