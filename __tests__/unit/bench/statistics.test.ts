import { describe, expect, test } from '@jest/globals'
import { logUniform, seeded } from '../../../bench/random.ts'
import { mean, mostWithin, quantile, statisticsOf, sum } from '../../../bench/statistics.ts'

describe('statisticsOf', () => {
  test('describes a series in any order, and leaves it as it is', () => {
    const values = Array.from({ length: 101 }, (_, index) => 100 - index)
    const figures = { count: 101, mean: 50, min: 0, p10: 10, median: 50, p90: 90, p95: 95, max: 100 }
    expect(statisticsOf(values)).toEqual(figures)
    expect(values[0]).toBe(100)
  })

  test('refuses an empty series', () => {
    expect(() => statisticsOf([])).toThrow(RangeError)
  })
})

test('a quantile is interpolated between neighbours', () => {
  expect(quantile([10, 20], 0.25)).toBe(12.5)
  expect(quantile([7], 0.95)).toBe(7)
})

test('sums and means are correct', () => {
  expect(sum([])).toBe(0)
  expect(mean([1, 2, 6])).toBe(3)
})

test('the fullest window counts its events, without its end', () => {
  expect(mostWithin([0, 400, 800, 1_000, 1_100], 1_000)).toBe(4)
  expect(mostWithin([0, 1_000, 2_000], 1_000)).toBe(1)
  expect(mostWithin([], 1_000)).toBe(0)
})

describe('pseudo-random numbers', () => {
  const draw = (seed: number) => {
    const random = seeded(seed)
    return Array.from({ length: 1_000 }, () => random())
  }

  test('repeat with the same seed, and differ with another', () => {
    expect(draw(1)).toEqual(draw(1))
    expect(draw(1)).not.toEqual(draw(2))
  })

  test('are uniform in [0, 1)', () => {
    const drawn = draw(3)
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...drawn)).toBeLessThan(1)
    expect(mean(drawn)).toBeCloseTo(0.5, 1)
  })

  test('are log-uniform between two bounds: half of them below the geometric mean', () => {
    const random = seeded(4)
    const drawn = Array.from({ length: 1_000 }, () => logUniform(random, 10, 1_000))
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(10)
    expect(Math.max(...drawn)).toBeLessThan(1_000)
    expect(drawn.filter((value) => value < 100).length / drawn.length).toBeCloseTo(0.5, 1)
  })
})
