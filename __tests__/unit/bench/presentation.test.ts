import { describe, expect, test } from '@jest/globals'
import { linearTicks, logTicks, type Plot, svgOf } from '../../../bench/plot.ts'
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

describe('ticks', () => {
  test('of a linear axis start at 0 and end at or after the greatest value', () => {
    expect(linearTicks(42)).toEqual([0, 10, 20, 30, 40, 50])
    expect(linearTicks(0.3)).toEqual([0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3])
    expect(linearTicks(0)).toEqual([0, 1])
  })

  test('of a logarithmic axis enclose all values', () => {
    expect(logTicks(3, 60)).toEqual([2, 5, 10, 20, 50, 100])
    expect(logTicks(1, 20_000)).toEqual([1, 10, 100, 1_000, 10_000, 100_000])
  })
})

describe('svgOf', () => {
  const lines: Plot = {
    kind: 'lines',
    name: 'delay',
    title: 'Delay & calls',
    x: { label: 'Duration, seconds', scale: 'log' },
    y: { label: 'Delay, seconds', scale: 'linear' },
    series: [
      {
        name: 'This <action>',
        points: [
          [1, 0],
          [100, 5],
        ],
      },
    ],
  }

  test('draws axes with labels, a legend and a line across the frame', () => {
    const svg = svgOf(lines)
    for (const text of ['Delay &amp; calls', 'Duration, seconds', 'Delay, seconds', 'This &lt;action>']) {
      expect(svg).toContain(text)
    }
    expect(svg).toContain('points="70,330 740,44"')
    expect(svg).toContain('prefers-color-scheme: dark')
  })

  test('draws bars with their spread', () => {
    const svg = svgOf({
      kind: 'bars',
      name: 'starting',
      title: 'Starting',
      x: { label: 'ms', scale: 'linear' },
      bars: [
        { name: 'Node', value: 20 },
        { name: 'This action', value: 80, spread: [70, 90] },
      ],
    })
    expect(svg.match(/<rect x="300"/g)).toHaveLength(2)
    expect(svg.match(/class="whisker" d/g)).toHaveLength(1)
  })
})
