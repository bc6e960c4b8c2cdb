import { describe, expect, test } from '@jest/globals'
import { measuredPart, withPart } from '../../../bench/page.ts'
import { statisticsOf } from '../../../bench/statistics.ts'
import { markdownOf } from '../../../bench/table.ts'
import { count, milliseconds, range, seconds, spread } from '../../../bench/units.ts'

test('a table is Markdown with padded columns, and with numbers to the right', () => {
  const rows = [
    ['This action', '9'],
    ['A loop', '1,234'],
  ]
  expect(markdownOf({ columns: ['', 'Calls'], rows }).split('\n')).toEqual([
    '|             | Calls |',
    '| ----------- | ----: |',
    '| This action |     9 |',
    '| A loop      | 1,234 |',
  ])
})

describe('units', () => {
  test('have as many digits as are known', () => {
    expect([350, 9_949, 12_345].map(seconds)).toEqual(['0.35 s', '9.95 s', '12.3 s'])
    expect([2.44, 12.6, 15_351].map(count)).toEqual(['2.4', '13', '15,351'])
  })

  test('show the spread', () => {
    const series = statisticsOf([1, 2, 3])
    expect(spread(series, milliseconds)).toBe('2 ms (1 ms to 3 ms)')
    expect(range(series, milliseconds)).toBe('2 ms (1 ms to 3 ms)')
    expect(range(statisticsOf([4]), milliseconds)).toBe('4 ms')
  })
})

test('a page gets the measured part of one topic, and keeps all else', () => {
  const page = 'Why\n<!-- measured: pace -->\nold\n<!-- end: pace -->\nWhat it means\n'
  const part = measuredPart({ tables: [], goals: [{ goal: 'Soon', measured: '1 s', reached: true }] })
  const after = withPart(page, 'pace', part)
  expect(after).toMatch(
    /^Why\n<!-- measured: pace -->\n\n\| Goal.*\| Soon \| +1 s \| +yes \|.*<!-- end: pace -->\nWhat it means\n$/s,
  )
  expect(withPart(after, 'pace', part)).toBe(after)
  expect(() => withPart(page, 'noticing', part)).toThrow('measured: noticing')
})
