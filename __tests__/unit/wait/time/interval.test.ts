import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  baseIntervalMs,
  initialPace,
  intervalMs,
  type LookOutcome,
  type Pace,
  paceAfter,
} from '../../../../src/wait/time/interval.ts'

const middle = () => 0.5
const lowest = () => 0
const highest = () => 1 - 2 ** -53

/** The intervals that jitter turns into at least 0.5 s, and into at most 20 s. */
const least = 500 / 0.9
const most = 20_000 / 1.1

interface Wait {
  readonly elapsedMs?: number
  readonly fixedMs?: number | null
  readonly random?: () => number
}

/** The interval after each look, for looks with these outcomes. */
function intervalsAfter(outcomes: readonly LookOutcome[], wait: Wait = {}): number[] {
  const { elapsedMs = 0, fixedMs = null, random = middle } = wait
  const baseMs = baseIntervalMs(elapsedMs, fixedMs)
  let pace: Pace = initialPace
  return outcomes.map((outcome) => {
    pace = paceAfter(pace, outcome, baseMs)
    return intervalMs(pace, baseMs, fixedMs !== null, random)
  })
}

const times = (count: number, outcome: LookOutcome) => Array.from({ length: count }, () => outcome)
const near = (numbers: readonly number[]) => numbers.map((number) => expect.closeTo(number, 6))
const descending = (numbers: readonly number[]) => numbers.toSorted((a, b) => b - a)

describe('while AWS answers', () => {
  test.each([
    [0, least],
    [11_000, least],
    [20_000, 1_000],
    [40_000, 2_000],
    [54_000, 2_700],
    [60_000, 3_000 / 1.1],
    [3_600_000, 3_000 / 1.1],
  ])('after %d ms the interval is 5 %% of that, within its bounds: %d ms', (elapsedMs, expected) => {
    expect(baseIntervalMs(elapsedMs, null)).toBeCloseTo(expected, 6)
    expect(intervalsAfter(['answered'], { elapsedMs })).toEqual(near([expected]))
  })

  test.each([
    ['0.9', lowest, 0.9],
    ['1', middle, 1],
    ['1.1', highest, 1.1],
  ])('the interval has 10 %% jitter: %s', (_, random, factor) => {
    expect(intervalsAfter(['answered'], { elapsedMs: 30_000, random })).toEqual(near([1_500 * factor]))
  })

  test.each([500, 7_000, 300_000])('a fixed interval of %d ms is kept exactly', (fixedMs) => {
    const wait = { fixedMs, elapsedMs: 3_600_000, random: highest }
    expect(intervalsAfter(['answered', 'answered'], wait)).toEqual([fixedMs, fixedMs])
  })
})

describe('when AWS throttles', () => {
  test('the look is repeated after twice the interval, then at doubling pauses up to 20 s', () => {
    const doubling = [2, 4, 8, 16, 32].map((factor) => factor * least)
    expect(intervalsAfter(times(7, 'throttled'))).toEqual(near([...doubling, most, most]))
    expect(intervalsAfter(['throttled'], { elapsedMs: 40_000 })).toEqual(near([4_000]))
  })

  test.each([0, 20_000, 40_000])('after %d ms, answered looks are 6 s apart, and each takes 3 %% back', (elapsedMs) => {
    const [, ...answered] = intervalsAfter(['throttled', 'answered', 'answered'], { elapsedMs })
    expect(answered).toEqual(near([6_000 * 0.97, 6_000 * 0.97 ** 2]))
  })

  test.each([
    [1, 6_000],
    [2, 12_000],
    [3, most],
    [4, most],
  ])('for %d looks in a row, answered looks are %d ms apart', (looks, apartMs) => {
    expect(intervalsAfter([...times(looks, 'throttled'), 'answered']).at(-1)).toBeCloseTo(0.97 * apartMs, 6)
  })

  test('answered looks come closer again in small steps, until the interval is normal', () => {
    const intervals = intervalsAfter([...times(8, 'throttled'), ...times(200, 'answered')]).slice(7)
    expect(descending(intervals)).toEqual(intervals)
    for (const [index, interval] of intervals.slice(1).entries())
      expect(interval).toBeGreaterThan((intervals[index] ?? 0) / 2)
    expect(intervals.at(-1)).toBeCloseTo(least, 6)
  })

  test('the first pause is twice the normal interval again after the stretched one has recovered', () => {
    const outcomes: LookOutcome[] = [...times(8, 'throttled'), 'answered', ...times(3, 'throttled'), 'answered']
    expect(intervalsAfter(outcomes, { elapsedMs: 20_000 }).slice(9)).toEqual(near([2_000, 4_000, 8_000, 0.97 * most]))
  })

  test('the interval has jitter, and stays within 20 s', () => {
    expect(intervalsAfter(['throttled'], { elapsedMs: 40_000, random: lowest })).toEqual(near([3_600]))
    expect(intervalsAfter(times(9, 'throttled'), { random: highest }).at(-1)).toBeCloseTo(20_000, 6)
    expect(intervalsAfter(['throttled'], { fixedMs: 4_000, random: lowest })).toEqual(near([7_200]))
  })

  test('a fixed interval doubles too, and recovers', () => {
    const fixedMs = 4_000
    expect(intervalsAfter(times(4, 'throttled'), { fixedMs })).toEqual(near([8_000, 16_000, most, most]))
    expect(intervalsAfter([...times(4, 'throttled'), ...times(200, 'answered')], { fixedMs }).at(-1)).toBe(fixedMs)
  })

  test.each([21_000, 300_000])('a fixed interval of %d ms is not made shorter', (fixedMs) => {
    const outcomes: LookOutcome[] = ['throttled', 'throttled', 'answered', 'throttled', 'answered']
    expect(intervalsAfter(outcomes, { fixedMs })).toEqual(outcomes.map(() => fixedMs))
  })
})

describe('when AWS gives no answer', () => {
  test('the look is repeated after half a second, then at doubling pauses up to 20 s', () => {
    const doubling = [1, 2, 4, 8, 16, 32].map((factor) => factor * least)
    const intervals = (random: () => number) => intervalsAfter(times(8, 'unclear'), { elapsedMs: 3_600_000, random })
    expect(intervals(middle)).toEqual(near([...doubling, most, most]))
    expect(intervals(highest).at(-1)).toBeCloseTo(20_000, 6)
    expect(intervals(lowest)[0]).toBeCloseTo(500, 6)
  })

  test('the interval is normal again after an answer', () => {
    const [, , afterAnswer, again] = intervalsAfter(['unclear', 'unclear', 'answered', 'unclear'])
    expect([afterAnswer, again]).toEqual(near([least, least]))
    const afterThrottle = intervalsAfter(['throttled', 'unclear', 'answered'])
    expect(afterThrottle).toEqual(near([2 * least, 4 * least, 6_000 * 0.97]))
  })
})

test('with any looks, no interval is shorter than 0.5 s or longer than 20 s, and failure never shortens an interval', () => {
  const outcome = fc.constantFrom<LookOutcome>('answered', 'throttled', 'unclear')
  const anyRandom = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(
    fc.property(fc.array(outcome, { maxLength: 60 }), fc.nat(432_000_000), anyRandom, (outcomes, elapsedMs, own) => {
      const intervals = intervalsAfter(outcomes, { elapsedMs, random: () => own })
      for (const [index, interval] of intervals.entries()) {
        expect(interval).toBeGreaterThanOrEqual(500 - 1e-9)
        expect(interval).toBeLessThanOrEqual(20_000 + 1e-9)
        if (outcomes[index] !== 'answered' && outcomes[index - 1] !== 'answered')
          expect(interval).toBeGreaterThanOrEqual((intervals[index - 1] ?? 0) - 1e-9)
      }
    }),
  )
})
