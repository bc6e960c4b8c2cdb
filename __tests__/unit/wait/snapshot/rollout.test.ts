import { describe, expect, test } from '@jest/globals'
import {
  afterAccountList,
  expectedEndMs,
  nextCountMs,
  type Rollout,
  timeLeftMs,
  unknownRollout,
} from '../../../../src/wait/snapshot/rollout.ts'

/** What is known after counts of the accounts behind, as in `20 at 10 s, 15 at 20 s`. */
function rolloutAfter(counts: string): Rollout {
  return [...counts.matchAll(/(\d+) at (\d+) s/g)].reduce((rollout, [, count, seconds]) => {
    const behind = Array.from({ length: Number(count) }, (_, index) => `${index}`)
    return afterAccountList(rollout, { behind, latest: null }, 1_000 * Number(seconds))
  }, unknownRollout)
}

test('accounts behind are sorted and count once, and the total never falls below them', () => {
  const first = afterAccountList(unknownRollout, { behind: ['2', '1', '2'], latest: 3 }, 5)
  expect(first).toMatchObject({ behind: ['1', '2'], total: 5, askedAtMs: 5, listedAtMs: 5 })
  expect(afterAccountList(first, { behind: ['1', '2', '3', '4', '5', '6'], latest: null }, 9).total).toBe(6)
})

test('a list that began before the last one says only how many accounts there are', () => {
  const last = afterAccountList(unknownRollout, { behind: ['1'], latest: null }, 9)
  expect(afterAccountList(last, { behind: ['1', '2'], latest: 3 }, 8)).toEqual({ ...last, total: 5 })
  expect(afterAccountList(last, { behind: ['1', '2'], latest: 3 }, 9)).toMatchObject({ behind: ['1', '2'], total: 5 })
})

describe('the expected end', () => {
  test.each<[string, string, number | null]>([
    ['is not known before a count', '', null],
    ['is not known from one count', '20 at 10 s', null],
    ['is not known from a single account', '20 at 10 s, 19 at 30 s', null],
    ['is not known from less than 5 s', '20 at 10 s, 10 at 14 s', null],
    ['is known from two accounts in 5 s', '20 at 10 s, 18 at 15 s', 60],
    ['follows the pace of the accounts', '20 at 10 s, 15 at 20 s', 50],
    ['stays while no account is done', '20 at 10 s, 15 at 20 s, 15 at 40 s', 50],
    ['is not known if more accounts are behind than before', '20 at 10 s, 15 at 20 s, 16 at 30 s', null],
    ['starts again from there', '20 at 10 s, 15 at 20 s, 16 at 30 s, 8 at 40 s', 50],
    ['follows a pace that has changed', '100 at 10 s, 22 at 20 s, 12 at 40 s, 10 at 60 s', 60 + (40 / 12) * 10],
    ['is the last count once no account is behind', '20 at 10 s, 10 at 20 s, 0 at 30 s', 30],
  ])('%s', (_, counts, seconds) => {
    expect(expectedEndMs(rolloutAfter(counts))).toBe(seconds === null ? null : 1_000 * seconds)
  })
})

test.each<[string, string, number, number | null]>([
  ['is shown once five accounts have caught up', '20 at 10 s, 15 at 20 s', 25, 25],
  ['is not shown before', '20 at 10 s, 16 at 20 s', 25, null],
  ['is not shown at the expected end', '20 at 10 s, 15 at 20 s', 50, null],
])('the time left %s', (_, counts, nowSeconds, seconds) => {
  const leftMs = timeLeftMs(rolloutAfter(counts), 1_000 * nowSeconds)
  expect(leftMs).toBe(seconds === null ? null : 1_000 * seconds)
})

describe('the next count', () => {
  test.each<[string, string, number]>([
    ['the first one is after 10 s', '', 10],
    ['without an expected end, it is after half of the time waited', '20 at 12 s', 18],
    ['it is after half of the time until the expected end', '20 at 10 s, 15 at 20 s', 35],
    ['but not sooner than 5 s', '20 at 10 s, 2 at 20 s', 25],
    ['and, for 201 accounts behind, not sooner than 15 s', '801 at 10 s, 201 at 20 s', 35],
    ['and not later than 30 s', '20 at 100 s', 130],
    ['after the expected end, it is 30 s later', '20 at 10 s, 15 at 20 s, 15 at 60 s', 90],
  ])('%s', (_, counts, seconds) => {
    expect(nextCountMs(rolloutAfter(counts))).toBe(1_000 * seconds)
  })
})
