import { describe, expect, test } from '@jest/globals'
import { timelineOf } from '../../../src/report/timeline.ts'
import type { RequestState } from '../../../src/wait/snapshot/request-state.ts'
import {
  at,
  failed,
  inProgress,
  outcomeOf,
  permissionSetArn,
  several,
  startedAt,
  succeeded,
  unanswered,
} from './outcomes.ts'

const ms = (seconds: number) => at(seconds).getTime()

/** The bars of the drawing, and the text below it. */
function drawn(requests: readonly RequestState[], elapsedMs = 0): { bars: string[]; caption: string | undefined } {
  const [, drawing = '', caption] = timelineOf(outcomeOf({ requests, startedAt, elapsedMs }))
  return { bars: drawing.split('\n').filter((line) => / :(done|crit|active), /.test(line)), caption }
}

describe('the timeline', () => {
  test('draws each request from its creation until its end was seen, or until the wait ended', () => {
    const requests = [
      succeeded({ createdDate: at(-5), endedAtMs: 2_000 }),
      failed({ createdDate: at(-4), permissionSetArn, endedAtMs: 3_000 }),
      inProgress({ createdDate: at(0) }),
    ]
    const names = new Map([[permissionSetArn, 'Read:Only,a#b;c']])
    expect(timelineOf(outcomeOf({ requests, names, startedAt, elapsedMs: 10_000.4 }))).toEqual([
      '### Timeline',
      [
        '```mermaid',
        'gantt',
        '  dateFormat x',
        '  axisFormat %H:%M:%S',
        '  todayMarker off',
        `  5a1b2c3d :done, ${ms(-5)}, ${ms(2)}`,
        `  5a1b2c3d Read Only a b c :crit, ${ms(-4)}, ${ms(3)}`,
        `  5a1b2c3d :active, ${ms(0)}, ${ms(10)}`,
        '```',
      ].join('\n'),
      'From when AWS took a request until it was seen to have ended, in your time zone: red has failed, grey has succeeded, blue goes on.',
    ])
  })

  test.each<[string, RequestState[]]>([
    ['one request', [succeeded({ createdDate: at(0) })]],
    ['no request', []],
    ['requests whose time is not known', several(2, succeeded)],
    ['requests that AWS said nothing about', several(2, unanswered)],
  ])('is not drawn for %s', (_, requests) => {
    expect(timelineOf(outcomeOf({ requests }))).toEqual([])
  })

  test('leaves out requests whose time is not known', () => {
    expect(drawn([failed(), failed({ createdDate: at(0), endedAtMs: 5_000 })]).bars).toEqual([
      `  5a1b2c3d :crit, ${ms(0)}, ${ms(5)}`,
    ])
  })

  test('draws no bar shorter than a second', () => {
    const { bars } = drawn(several(2, succeeded, { createdDate: at(3), endedAtMs: 3_999 }))
    expect(bars[0]).toContain(`, ${ms(3)}, ${ms(4)}`)
  })

  test('draws 50 requests, with failed ones first, and counts the rest', () => {
    const some = several(49, inProgress, { createdDate: at(0) })
    const last = failed({ createdDate: at(0) })
    const fifty = drawn([...some, last])
    expect(fifty.bars).toHaveLength(50)
    expect(fifty.bars.at(-1)).toContain(':crit')
    expect(fifty.caption).toMatch(/blue goes on\.$/)
    const more = drawn([...some, ...some.slice(0, 3), last])
    expect(more.bars).toHaveLength(50)
    expect(more.bars[0]).toContain(':crit')
    expect(more.caption).toMatch(/blue goes on; 3 more are not drawn\.$/)
  })
})
