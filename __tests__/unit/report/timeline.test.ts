import { describe, expect, test } from '@jest/globals'
import { timelineOf } from '../../../src/report/timeline.ts'
import { outcomeOf, permissionSetArn, requestIdOf, resultOf, resultsOf } from '../examples.ts'

const startedAt = new Date('2026-11-20T10:00:00Z')
const at = (seconds: number) => new Date(startedAt.getTime() + seconds * 1_000)
const ms = (seconds: number) => at(seconds).getTime()
const idOf = (number: number) => ({ requestId: `${number}${requestIdOf(number).slice(1)}` })

/** The bars of the drawing, or all of it. */
function drawn(outcome: Parameters<typeof outcomeOf>[0]): { bars: string[]; sections: string[] } {
  const sections = timelineOf(outcomeOf({ startedAt, ...outcome }))
  const bars = (sections[1] ?? '').split('\n').filter((line) => / :(done|crit|active), /.test(line))
  return { bars, sections }
}

describe('the timeline', () => {
  test('draws each request from its creation until it was seen to have ended, or until now', () => {
    const results = [
      resultOf('SUCCEEDED', { ...idOf(1), createdDate: at(-5) }, { finishedAfterMs: 2_000 }),
      resultOf('FAILED', { ...idOf(2), createdDate: at(-4), permissionSetArn }, { finishedAfterMs: 3_000 }),
      resultOf('IN_PROGRESS', { ...idOf(3), createdDate: at(0) }),
    ]
    const names = new Map([[permissionSetArn, 'Read:Only,a#b;c']])
    expect(timelineOf(outcomeOf({ results, names, startedAt, elapsedMs: 10_000.4 }))).toEqual([
      '### Timeline',
      [
        '```mermaid',
        'gantt',
        '  dateFormat x',
        '  axisFormat %H:%M:%S',
        '  todayMarker off',
        `  1a1b2c3d :done, ${ms(-5)}, ${ms(2)}`,
        `  2a1b2c3d Read Only a b c :crit, ${ms(-4)}, ${ms(3)}`,
        `  3a1b2c3d :active, ${ms(0)}, ${ms(10)}`,
        '```',
      ].join('\n'),
      'From when AWS took a request until it was seen to have ended, in your time zone: red has failed, grey has succeeded, blue goes on.',
    ])
  })

  test('is not drawn for one request, nor where nothing is known of when', () => {
    const known = { createdDate: at(0) }
    expect(drawn({ results: [resultOf('SUCCEEDED', known, { finishedAfterMs: 1 })] }).sections).toEqual([])
    expect(drawn({ results: [] }).sections).toEqual([])
    expect(drawn({ results: resultsOf(2, 'SUCCEEDED') }).sections).toEqual([])
    expect(drawn({ results: resultsOf(2, null, known) }).sections).toEqual([])
  })

  test('leaves out requests of which nothing is known', () => {
    const results = [...resultsOf(2, 'FAILED'), ...resultsOf(1, 'FAILED', { createdDate: at(0) })]
    expect(drawn({ results, elapsedMs: 5_000 }).bars).toEqual([`  5a1b2c3d :crit, ${ms(0)}, ${ms(5)}`])
  })

  test('draws no bar shorter than a second', () => {
    const results = resultsOf(2, 'SUCCEEDED', { createdDate: at(3) }, { finishedAfterMs: 3_999 })
    expect(drawn({ results }).bars[0]).toContain(`, ${ms(3)}, ${ms(4)}`)
  })

  test('draws 50 requests and counts the rest', () => {
    const of = (count: number) => drawn({ results: resultsOf(count, 'IN_PROGRESS', { createdDate: at(0) }) })
    expect(of(50).bars).toHaveLength(50)
    expect(of(50).sections.at(-1)).toMatch(/blue goes on\.$/)
    expect(of(53).bars).toHaveLength(50)
    expect(of(53).sections.at(-1)).toMatch(/blue goes on; 3 more are not drawn\.$/)
  })
})
