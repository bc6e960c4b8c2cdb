import { describe, expect, test } from '@jest/globals'
import type { Trouble } from '../../../src/polling/api.ts'
import { Board } from '../../../src/polling/board.ts'
import { Budget } from '../../../src/polling/budget.ts'
import { TimeLimitReached } from '../../../src/polling/clock.ts'
import { Survey } from '../../../src/polling/survey.ts'
import type { Status } from '../../../src/request.ts'
import { VirtualClock } from '../../virtual-clock.ts'
import { requestIdOf, stateOf } from '../examples.ts'
import { denied, throttled, unclear } from './model.ts'

const never = new AbortController().signal

interface Service {
  /** By the number of the request; those from 1,000 on are other people's. */
  readonly statuses: Map<number, Status>
  trouble?: (call: string, number: number) => Trouble | null
  latencyMs?: number
  pageSize?: number
  unlisted?: boolean
}

/** Requests from 1 to the last number, or parts of that, in one status. */
function inStatus(status: Status, first: number, last: number): [number, Status][] {
  return Array.from({ length: last - first + 1 }, (_, index) => [first + index, status])
}

/** A survey of the first so many requests of a service. */
function surveyOf(count: number, service: Service) {
  const clock = new VirtualClock(1_000)
  const budget = new Budget(clock)
  const calls: string[] = []
  const changes: string[] = []
  const refusals: Trouble[] = []
  const requestIds = Array.from({ length: count }, (_, index) => requestIdOf(index + 1))
  const board = new Board(requestIds, ({ kind }) => void changes.push(kind))
  async function answer<T>(call: string, signal: AbortSignal, value: () => T) {
    calls.push(call)
    const trouble = service.trouble?.(call, calls.length)
    await clock.sleep(service.latencyMs ?? 1, signal)
    return trouble ? ({ ok: false, trouble } as const) : ({ ok: true, value: value() } as const)
  }
  const survey = new Survey({
    board,
    budget,
    clock,
    onListRefused: (trouble) => void refusals.push(trouble),
    observer: {
      describe: (requestId, signal) =>
        answer('describe', signal, () =>
          stateOf(service.statuses.get(Number(requestId.slice(-12))) ?? null, { requestId }),
        ),
      list: (status, token, signal) =>
        answer(status, signal, () => {
          const shown = [...service.statuses]
            .filter(([number, own]) => own === status && !(service.unlisted && number < 1_000))
            .map(([number]) => ({ requestId: requestIdOf(number), status, createdDate: null }))
          const [start, size] = [Number(token ?? 0), service.pageSize ?? 100]
          return {
            rows: shown.slice(start, start + size),
            nextToken: start + size < shown.length ? String(start + size) : null,
          }
        }),
    },
  })
  /** One look, with how often each call was made. */
  async function look(settleAll = false, signal = never) {
    calls.length = 0
    const outcome = await clock.run(survey.look(signal, settleAll))
    const counts: Record<string, number> = {}
    for (const call of calls) counts[call] = (counts[call] ?? 0) + 1
    return { outcome, ...counts }
  }
  return { board, budget, calls, changes, clock, look, refusals, survey }
}

const serviceOf = (...parts: [number, Status][][]): Service => ({ statuses: new Map(parts.flat()) })

describe('a look', () => {
  test('at up to ten requests describes them at first, and lists them then', async () => {
    const { look } = surveyOf(10, serviceOf(inStatus('IN_PROGRESS', 1, 10)))
    expect(await look()).toEqual({ outcome: 'answered', describe: 10 })
    expect(await look()).toEqual({ outcome: 'answered', IN_PROGRESS: 1 })
  })

  test('at more than ten lists them at once', async () => {
    const { look } = surveyOf(11, serviceOf(inStatus('IN_PROGRESS', 1, 11)))
    expect(await look()).toEqual({ outcome: 'answered', IN_PROGRESS: 1 })
  })

  test('that is to settle all also describes those in progress that no Describe has told of, of small sets', async () => {
    const small = surveyOf(50, serviceOf(inStatus('IN_PROGRESS', 1, 50)))
    expect(await small.look(true)).toEqual({ outcome: 'answered', IN_PROGRESS: 1, describe: 50 })
    expect(await small.look(true)).toEqual({ outcome: 'answered', IN_PROGRESS: 1 })
    const large = surveyOf(51, serviceOf(inStatus('IN_PROGRESS', 1, 51)))
    expect(await large.look(true)).toEqual({ outcome: 'answered', IN_PROGRESS: 1 })
  })

  test.each([
    [10, { describe: 10 }],
    [11, { FAILED: 1, describe: 11 }],
    [15, { FAILED: 1, describe: 15 }],
    [16, { FAILED: 1, describe: 15 }],
  ])('at a large set of which %d are off the list: %j', async (ended, calls) => {
    const { look, survey } = surveyOf(
      80,
      serviceOf(inStatus('SUCCEEDED', 1, ended), inStatus('IN_PROGRESS', ended + 1, 80)),
    )
    expect(await look()).toEqual({ outcome: 'answered', IN_PROGRESS: 1, ...calls })
    expect(survey.unconfirmed).toBe(Math.max(0, ended - 15))
  })

  test('takes failures from their list, and then describes them for their reasons', async () => {
    const { board, look } = surveyOf(80, serviceOf(inStatus('FAILED', 1, 20), inStatus('IN_PROGRESS', 21, 80)))
    expect(await look()).toEqual({ outcome: 'answered', IN_PROGRESS: 1, FAILED: 1, describe: 20 })
    expect([board.unfinished().length, board.everyDetailIsKnown]).toEqual([60, true])
  })

  test.each([
    [20, { describe: 20 }],
    [50, { describe: 50 }],
  ])('at a small set describes all %d that have ended, as their details are wanted', async (ended, calls) => {
    const { look } = surveyOf(50, serviceOf(inStatus('SUCCEEDED', 1, ended), inStatus('IN_PROGRESS', ended + 1, 50)))
    expect(await look()).toEqual({ outcome: 'answered', IN_PROGRESS: 1, ...calls })
  })

  test('at a large set that has ended lists both ends', async () => {
    const { board, look } = surveyOf(80, serviceOf(inStatus('FAILED', 1, 2), inStatus('SUCCEEDED', 3, 80)))
    expect(await look()).toEqual({ outcome: 'answered', IN_PROGRESS: 1, FAILED: 1, SUCCEEDED: 1, describe: 2 })
    expect(board.everyRequestHasFinished).toBe(true)
  })

  test('that is to settle all lists both ends of a large set, though others are in progress', async () => {
    const { look } = surveyOf(80, serviceOf(inStatus('SUCCEEDED', 1, 30), inStatus('IN_PROGRESS', 31, 80)))
    expect(await look(true)).toEqual({ outcome: 'answered', IN_PROGRESS: 1, FAILED: 1, SUCCEEDED: 1 })
  })

  test('describes what no list shows: being off a list settles nothing', async () => {
    const { board, look } = surveyOf(80, { ...serviceOf(inStatus('SUCCEEDED', 1, 80)), unlisted: true })
    expect(await look()).toEqual({ outcome: 'answered', IN_PROGRESS: 1, FAILED: 1, SUCCEEDED: 1, describe: 80 })
    expect(board.everyRequestHasFinished).toBe(true)
  })

  test('reads a list no further than until it has shown all', async () => {
    const others = inStatus('IN_PROGRESS', 1_000, 1_400)
    const { look } = surveyOf(20, serviceOf(inStatus('IN_PROGRESS', 1, 20), others))
    expect(await look()).toEqual({ outcome: 'answered', IN_PROGRESS: 1 })
  })

  test('does not list what takes more pages than there are requests', async () => {
    const others = inStatus('IN_PROGRESS', 1_000, 1_900)
    const { look } = surveyOf(3, serviceOf(others, inStatus('IN_PROGRESS', 1, 3)))
    expect(await look()).toEqual({ outcome: 'answered', describe: 3 })
    expect(await look()).toEqual({ outcome: 'answered', IN_PROGRESS: 3, describe: 3 })
    expect(await look()).toEqual({ outcome: 'answered', describe: 3 })
  })

  test('reads 50 pages of other people’s requests at the most, and lists no more', async () => {
    const others = inStatus('IN_PROGRESS', 1_000, 1_600)
    const { look } = surveyOf(70, { ...serviceOf(others, inStatus('IN_PROGRESS', 1, 70)), pageSize: 10 })
    expect(await look()).toEqual({ outcome: 'answered', IN_PROGRESS: 50, describe: 70 })
    expect(await look()).toEqual({ outcome: 'answered', describe: 70 })
  })

  test('still lists those in progress where failures are all other people’s', async () => {
    const parts = [inStatus('FAILED', 1_000, 1_600), inStatus('SUCCEEDED', 1, 60), inStatus('IN_PROGRESS', 61, 140)]
    const { look } = surveyOf(140, { ...serviceOf(...parts), pageSize: 10 })
    expect(await look()).toEqual({ outcome: 'answered', IN_PROGRESS: 8, FAILED: 50, describe: 15 })
    expect(await look()).toMatchObject({ IN_PROGRESS: 8 })
  })
})

describe('a list that is refused', () => {
  test('is told once, and every request is described from then on', async () => {
    const trouble = (call: string) => (call === 'describe' ? null : denied)
    const { changes, look, refusals } = surveyOf(60, { ...serviceOf(inStatus('IN_PROGRESS', 1, 60)), trouble })
    expect(await look()).toEqual({ outcome: 'answered', IN_PROGRESS: 1, describe: 60 })
    expect(await look()).toEqual({ outcome: 'answered', describe: 60 })
    expect([refusals, new Set(changes)]).toEqual([[denied], new Set(['status'])])
  })

  test('is told once, also where two are asked for at the same time', async () => {
    const trouble = (call: string) => (['FAILED', 'SUCCEEDED'].includes(call) ? denied : null)
    const { look, refusals } = surveyOf(60, { ...serviceOf(inStatus('SUCCEEDED', 1, 60)), trouble })
    expect(await look()).toEqual({ outcome: 'answered', IN_PROGRESS: 1, FAILED: 1, SUCCEEDED: 1, describe: 60 })
    expect(refusals).toEqual([denied])
  })
})

describe('trouble that meets every call', () => {
  test.each([
    [unclear, 'unclear', 10],
    [throttled, 'throttled', 5],
  ] as const)('ends the look, and is told: $code', async (trouble, outcome, callsPerSecond) => {
    const { board, budget, changes, look, refusals } = surveyOf(60, {
      ...serviceOf(inStatus('IN_PROGRESS', 1, 60)),
      trouble: () => trouble,
    })
    expect(await look()).toEqual({ outcome, IN_PROGRESS: 1 })
    expect([board.trouble?.code, changes, refusals]).toEqual([trouble.code, ['trouble'], []])
    expect(budget.callsPerSecond).toBe(callsPerSecond)
  })

  test.each([unclear, throttled])('leaves the rest for the next look: $code', async (trouble) => {
    const service: Service = {
      ...serviceOf(inStatus('IN_PROGRESS', 1, 10)),
      latencyMs: 100,
      trouble: (_, number) => (number === 5 ? trouble : null),
    }
    const { look } = surveyOf(10, service)
    const { outcome } = await look()
    expect(outcome).toBe(trouble.effect)
  })

  test('is a throttle where any call was throttled, whatever else there was', async () => {
    for (const troubles of [
      [throttled, unclear],
      [unclear, throttled],
    ]) {
      const service: Service = { ...serviceOf(), trouble: (_, number) => troubles[number - 1] ?? null }
      expect((await surveyOf(2, service).look()).outcome).toBe('throttled')
    }
  })

  test('answers give the allowance back', async () => {
    const { budget, look } = surveyOf(10, serviceOf(inStatus('IN_PROGRESS', 1, 10)))
    budget.throttled()
    await look()
    expect(budget.callsPerSecond).toBe(6)
  })
})

describe('a look that is cut short', () => {
  test('begins next time with those that were not asked about', async () => {
    const { board, clock, look } = surveyOf(12, {
      ...serviceOf(inStatus('IN_PROGRESS', 1, 12)),
      trouble: (call) => (call === 'describe' ? null : denied),
    })
    const cut = new AbortController()
    clock.sleep(500, never).then(() => cut.abort())
    expect(await look(false, cut.signal)).toMatchObject({ IN_PROGRESS: 1, describe: 9 })
    expect(board.unfinished().slice(0, 3)).toEqual([10, 11, 12].map(requestIdOf))
  })

  test.each<[string, unknown, number, boolean]>([
    ['on cancellation', new Error('cancelled'), 5_000, false],
    ['at the deadline, when it had just begun', new TimeLimitReached(1), 999, false],
    ['at the deadline, having hung for a second', new TimeLimitReached(1), 1_000, true],
  ])('%s: what was under way says something about AWS: %4$s', async (_, reason, afterMs, told) => {
    const service: Service = { ...serviceOf(), trouble: () => unclear, latencyMs: 60_000 }
    const { board, changes, clock, look } = surveyOf(1, service)
    const cut = new AbortController()
    clock.sleep(afterMs, never).then(() => cut.abort(reason))
    await look(false, cut.signal)
    expect([board.trouble, changes]).toEqual(told ? [unclear, ['trouble']] : [null, []])
  })

  test('goes before what is optional', async () => {
    const { budget, clock, look } = surveyOf(1, serviceOf(inStatus('SUCCEEDED', 1, 1)))
    const releases = await Promise.all(Array.from({ length: 10 }, () => budget.take('optional', never)))
    const optionalAt = budget.take('optional', never).then(() => clock.now())
    clock.sleep(500, never).then(() => releases[0]?.())
    await look()
    expect(clock.now()).toBe(2_501)
    await clock.advance(1_000)
    expect(await optionalAt).toBe(3_501)
  })

  test('spends nothing on calls that it has queued, but makes no more', async () => {
    const { budget, calls, clock, look } = surveyOf(10, {
      ...serviceOf(),
      trouble: () => unclear,
    })
    const releases = await Promise.all(Array.from({ length: 9 }, () => budget.take('optional', never)))
    expect(await look()).toEqual({ outcome: 'unclear', describe: 1 })
    for (const release of releases) release?.()
    await clock.advance(1_000)
    const again = await Promise.all(Array.from({ length: 10 }, () => budget.take('wait', never)))
    expect([again.length, calls.length]).toEqual([10, 1])
  })
})
