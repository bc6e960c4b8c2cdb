import { describe, expect, test } from '@jest/globals'
import { inputsOf, problemsOf } from './reading.ts'

describe('timeout-minutes', () => {
  test.each([
    ['0.001', 60],
    ['7200', 432_000_000],
    ['030', 1_800_000],
    ['1.5', 90_000],
  ])('%s is %d ms', (value, expected) => {
    expect(inputsOf({ 'timeout-minutes': value }).timeoutMs).toBeCloseTo(expected, 9)
  })

  test.each([
    ...['0', '0.0', '-1', '7200.1', '7201', '1e3', '0x10', '1_000', '1,5', '.5', '5.', '+5', 'Infinity', 'NaN', '30m'],
    ...['٣', '１', '1 2', '99999999999'],
  ])('%s is refused', (value) => {
    expect(problemsOf({ 'timeout-minutes': value })).toEqual([
      `Input 'timeout-minutes' is ${JSON.stringify(value)}, but it must be a number of minutes above 0 up to 7200, in plain digits.`,
    ])
  })
})

describe('poll-interval-seconds', () => {
  test.each([
    ['0.5', 500],
    ['300', 300_000],
    ['300.0', 300_000],
  ])('%s is %d ms', (value, expected) => {
    expect(inputsOf({ 'poll-interval-seconds': value }).pollIntervalMs).toBeCloseTo(expected, 9)
  })

  test.each(['0.49', '300.01', '0', '5s'])('%s is refused', (value) => {
    expect(problemsOf({ 'poll-interval-seconds': value })).toHaveLength(1)
  })
})

describe('wait', () => {
  test.each(['true', 'True', 'TRUE'])('%s is true', (value) => {
    expect(inputsOf({ wait: value }).wait).toBe(true)
  })

  test.each(['false', 'False', 'FALSE'])('%s is false', (value) => {
    expect(inputsOf({ wait: value }).wait).toBe(false)
  })

  test.each(['yes', 'no', '1', '0', 'on', 'tRue', 'xtrue', 'truex', 'xfalse', 'falsex'])('%s is refused', (value) => {
    expect(problemsOf({ wait: value })).toEqual([expect.stringContaining("'wait'")])
  })
})
