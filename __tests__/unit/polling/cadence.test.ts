import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Cadence, type CadenceOptions, type LookOutcome } from '../../../src/polling/cadence.ts'

const middle = () => 0.5
const lowest = () => 0
const highest = () => 1 - 2 ** -53

function cadenceOf(options: Partial<CadenceOptions> = {}): Cadence {
  return new Cadence({ fixedIntervalMs: null, random: middle, ...options })
}

/** The interval after each look, of looks that went like this at the time given. */
function intervalsAfter(cadence: Cadence, outcomes: readonly LookOutcome[], elapsedMs = 0): number[] {
  return outcomes.map((outcome) => {
    cadence.note(outcome, elapsedMs)
    return cadence.nextMs(elapsedMs)
  })
}

/** Before jitter, so that with it no interval is longer than 20 s. */
const most = 20_000 / 1.1
/** Before jitter, so that with it no interval is shorter than 0.5 s. */
const least = 500 / 0.9

const repeat = (count: number, outcome: LookOutcome) => Array.from({ length: count }, () => outcome)

describe('the adaptive interval', () => {
  test.each([
    [0, 555.6],
    [11_000, 555.6],
    [20_000, 1_000],
    [40_000, 2_000],
    [54_000, 2_700],
    [60_000, 2_727.3],
    [3_600_000, 2_727.3],
  ])('after %d ms is 5 %% of the time waited, from 0.5 to 3 s with the jitter: %d ms', (elapsedMs, intervalMs) => {
    expect(cadenceOf().nextMs(elapsedMs)).toBeCloseTo(intervalMs, 1)
  })

  test.each([
    ['0.9', lowest, 0.9],
    ['1', middle, 1],
    ['1.1', highest, 1.1],
  ])('has 10 %% jitter: %s', (_, random, swing) => {
    expect(cadenceOf({ random }).nextMs(30_000)).toBeCloseTo(1_500 * swing, 6)
  })

  test('is never less than 0.5 s nor more than 3 s as long as AWS answers', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.nat(432_000_000), (swing, ms) => {
        const cadence = cadenceOf({ random: () => swing })
        cadence.note('answered', ms)
        expect(cadence.nextMs(ms)).toBeGreaterThanOrEqual(500 - 1e-9)
        expect(cadence.nextMs(ms)).toBeLessThanOrEqual(3_000 + 1e-9)
      }),
    )
    expect(cadenceOf({ random: lowest }).nextMs(0)).toBeCloseTo(500, 6)
    expect(cadenceOf({ random: highest }).nextMs(3_600_000)).toBeCloseTo(3_000, 6)
  })
})

describe('throttling', () => {
  test('doubles the interval, up to 20 s', () => {
    const [first = 0, ...others] = intervalsAfter(cadenceOf(), repeat(8, 'throttled'))
    expect(first).toBeCloseTo(2 * 555.6, 0)
    const doubled = [2, 4, 8, 16].map((factor) => factor * first)
    expect(others).toEqual([...doubled, most, most, most].map((ms) => expect.closeTo(ms, 3)))
    expect(intervalsAfter(cadenceOf(), ['throttled'], 40_000)).toEqual([4_000])
  })

  test('comes back down gradually with each answer, to the interval that it had', () => {
    const cadence = cadenceOf()
    intervalsAfter(cadence, repeat(8, 'throttled'))
    const intervals = intervalsAfter(cadence, repeat(200, 'answered'))
    expect(intervals[0]).toBeLessThan(most)
    expect([...intervals].sort((a, b) => b - a)).toEqual(intervals)
    for (const [index, intervalMs] of intervals.slice(1).entries())
      expect(intervalMs).toBeGreaterThan((intervals[index] ?? 0) / 2)
    expect(intervals.slice(-2)).toEqual([expect.closeTo(least, 6), expect.closeTo(least, 6)])
  })

  test('stretches the interval between looks that are answered to 6 s at least, and each answer takes 3 % back', () => {
    for (const elapsedMs of [0, 20_000, 40_000]) {
      const [, ...answered] = intervalsAfter(cadenceOf(), ['throttled', 'answered', 'answered'], elapsedMs)
      expect(answered).toEqual([6_000 * 0.97, 6_000 * 0.97 ** 2].map((ms) => expect.closeTo(ms, 6)))
    }
  })

  test('doubles the stretched interval, up to 20 s', () => {
    const answeredAfter = (count: number) => {
      const cadence = cadenceOf()
      intervalsAfter(cadence, repeat(count, 'throttled'))
      return intervalsAfter(cadence, ['answered'])[0]
    }
    const stretched = [6_000, 12_000, most, most].map((ms) => expect.closeTo(0.97 * ms, 6))
    expect([1, 2, 3, 4].map(answeredAfter)).toEqual(stretched)
  })

  test('is repeated after twice the interval of the time waited, then at doubling pauses, however crowded it was', () => {
    const cadence = cadenceOf()
    intervalsAfter(cadence, [...repeat(8, 'throttled'), 'answered'])
    expect(intervalsAfter(cadence, repeat(3, 'throttled'), 20_000)).toEqual([2_000, 4_000, 8_000])
    expect(intervalsAfter(cadence, ['answered'], 20_000)).toEqual([expect.closeTo(0.97 * most, 6)])
  })

  test('keeps its jitter, within 20 s', () => {
    const options = { random: lowest }
    expect(intervalsAfter(cadenceOf(options), ['throttled'], 40_000)[0]).toBeCloseTo(3_600, 6)
    expect(intervalsAfter(cadenceOf(options), repeat(9, 'throttled')).at(-1)).toBeCloseTo(0.9 * most, 6)
    expect(intervalsAfter(cadenceOf({ random: highest }), repeat(9, 'throttled')).at(-1)).toBeCloseTo(20_000, 6)
  })
})

describe('a retry after no answer', () => {
  test('comes after half a second, and backs off to 20 s', () => {
    const doubled = [1, 2, 4, 8, 16, 32].map((factor) => factor * least)
    const intervals = (random: () => number) => intervalsAfter(cadenceOf({ random }), repeat(8, 'unclear'), 3_600_000)
    expect(intervals(middle)).toEqual([...doubled, most, most].map((ms) => expect.closeTo(ms, 6)))
    expect(intervals(highest).at(-1)).toBeCloseTo(20_000, 6)
    expect(intervals(lowest)[0]).toBeCloseTo(500, 6)
  })

  test.each(['answered', 'throttled'] as const)('starts anew once AWS has %s', (outcome) => {
    const cadence = cadenceOf()
    intervalsAfter(cadence, ['unclear', 'unclear', 'unclear', outcome, 'answered', 'answered', 'answered'])
    expect(intervalsAfter(cadence, ['unclear', 'unclear'])).toEqual([least, 2 * least])
  })

  test('never comes sooner than the one before it, whatever mix of trouble there is', () => {
    const trouble = fc.array(fc.constantFrom<LookOutcome>('throttled', 'unclear'), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(trouble, fc.nat(100_000), (outcomes, elapsedMs) => {
        const intervals = intervalsAfter(cadenceOf(), outcomes, elapsedMs)
        expect([...intervals].sort((a, b) => a - b)).toEqual(intervals)
      }),
    )
  })
})

describe('a fixed interval', () => {
  test('is kept exactly, however long the wait', () => {
    const cadence = cadenceOf({ fixedIntervalMs: 7_000, random: highest })
    expect(intervalsAfter(cadence, ['answered', 'answered'], 3_600_000)).toEqual([7_000, 7_000])
  })

  test('doubles under throttling too, and comes back down', () => {
    const cadence = cadenceOf({ fixedIntervalMs: 4_000 })
    expect(intervalsAfter(cadence, repeat(4, 'throttled'))).toEqual([8_000, 16_000, most, most])
    const intervals = intervalsAfter(cadence, repeat(200, 'answered'))
    expect([...intervals].sort((a, b) => b - a)).toEqual(intervals)
    expect(intervals.at(-1)).toBe(4_000)
  })

  test.each([21_000, 300_000])('above 20 s is never shortened by throttling: %d ms', (fixedIntervalMs) => {
    const cadence = cadenceOf({ fixedIntervalMs })
    const intervals = intervalsAfter(cadence, ['throttled', 'throttled', 'answered', 'throttled', 'answered'])
    expect(intervals).toEqual(intervals.map(() => fixedIntervalMs))
  })
})

describe('whatever happens', () => {
  const looks = fc.array(
    fc.record({
      outcome: fc.constantFrom<LookOutcome>('answered', 'throttled', 'unclear'),
      tookMs: fc.nat(60_000),
      swing: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    }),
    { maxLength: 60 },
  )

  function replay(history: readonly { outcome: LookOutcome; tookMs: number; swing: number }[]) {
    let elapsedMs = 0
    let swing = 0
    const cadence = cadenceOf({ random: () => swing })
    return history.map(({ outcome, tookMs, swing: next }) => {
      elapsedMs += tookMs
      swing = next
      cadence.note(outcome, elapsedMs)
      const intervalMs = cadence.nextMs(elapsedMs)
      elapsedMs += intervalMs
      return { outcome, intervalMs }
    })
  }

  test('no interval is less than 0.5 s or more than 20 s', () => {
    fc.assert(
      fc.property(looks, (history) => {
        for (const { intervalMs } of replay(history)) {
          expect(intervalMs).toBeGreaterThanOrEqual(500 - 1e-9)
          expect(intervalMs).toBeLessThanOrEqual(20_000 + 1e-9)
        }
      }),
    )
  })

  test('after many answers in a row the interval is that of a wait without trouble', () => {
    fc.assert(
      fc.property(looks, (history) => {
        const answers = Array.from({ length: 200 }, () => ({ outcome: 'answered' as const, tookMs: 0, swing: 0.5 }))
        expect(replay([...history, ...answers]).at(-1)?.intervalMs).toBeLessThanOrEqual(3_000)
      }),
    )
  })
})
