import { expect, test } from '@jest/globals'
import { formatDuration, formatRoughly } from '../../../src/report/duration.ts'

test.each([
  [-5, '0.0 s'],
  [0, '0.0 s'],
  [49, '0.0 s'],
  [50, '0.1 s'],
  [400, '0.4 s'],
  [12_345, '12.3 s'],
  [59_949, '59.9 s'],
  [59_950, '1 min'],
  [60_000, '1 min'],
  [60_500, '1 min 01 s'],
  [125_000, '2 min 05 s'],
  [1_800_000, '30 min'],
  [3_599_499, '59 min 59 s'],
  [3_599_500, '1 h'],
  [3_600_000, '1 h'],
  [3_720_000, '1 h 02 min'],
  [3_749_000, '1 h 02 min'],
  [3_751_000, '1 h 03 min'],
  [432_000_000, '120 h'],
])('%d ms are %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
})

test.each([
  [1, '10 s'],
  [10_001, '20 s'],
  [50_001, '1 min'],
  [61_000, '2 min'],
  [601_000, '15 min'],
  [3_601_000, '1 h 05 min'],
])('about %d ms are %s', (ms, text) => {
  expect(formatRoughly(ms)).toBe(text)
})
