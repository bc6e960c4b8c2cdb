import { expect, it } from '@jest/globals'
import fc from 'fast-check'
import { statusOf, verdictOf } from '../../../src/verdict.ts'
import { requestIdOf } from '../examples.ts'
import { busiestSecond, type Course, denied, Model, notFound, throttled, unclear, unresolved } from './model.ts'

const course =
  (first: number) =>
  (number: number, [endsAtMs, fails]: [number, boolean]): Course => ({
    requestId: requestIdOf(first + number),
    endsAtMs,
    end: fails ? 'FAILED' : 'SUCCEEDED',
  })

const ends = fc.tuple(
  fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 90_000 })),
  fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
)

const passing = fc.constantFrom(throttled, unclear)

/** For any durations, endings, pages, other people's requests and passing trouble. */
const world = fc.record({
  courses: fc
    .array(ends, { minLength: 1, maxLength: 130 })
    .map((list) => list.map((each, index) => course(0)(index, each))),
  foreign: fc.array(ends, { maxLength: 400 }).map((list) => list.map((each, index) => course(5_000)(index, each))),
  outages: fc
    .array(
      fc.record({ from: fc.integer({ min: 1, max: 120 }), length: fc.integer({ min: 0, max: 3 }), trouble: passing }),
      { maxLength: 5 },
    )
    .map((list) => list.map(({ from, length, trouble }) => ({ from, to: from + length, trouble }))),
  latencyMs: fc.integer({ min: 1, max: 400 }),
  pageSize: fc.constantFrom(7, 30, 100),
  random: fc.double({ min: 0, max: 0.999, noNaN: true }),
})

it('ends with the fold of every request’s true end, sparingly, and within the budget', async () => {
  await fc.assert(
    fc.asyncProperty(world, async ({ random, ...options }) => {
      const model = new Model(options)
      const { ending, results } = await model.wait({ random: () => random })

      const failed = options.courses.some(({ end }) => end === 'FAILED')
      expect(verdictOf(results, ending)).toBe(failed ? 'failed' : 'succeeded')
      expect(statusOf(results)).toBe(failed ? 'FAILED' : 'SUCCEEDED')
      expect(results.map(({ state }) => [state.requestId, state.status])).toEqual(
        options.courses.map(({ requestId, end }) => [requestId, end]),
      )
      for (const { state } of results) {
        expect(state.failureReason).toBe(state.status === 'FAILED' ? `${state.requestId} failed` : null)
      }
      expect(busiestSecond(model.calls)).toBeLessThanOrEqual(10)
      expect(model.clock.sleeping).toBe(0)

      // Once a Describe has told of its end, a request is not asked about again.
      const endOf = new Map(options.courses.map(({ requestId, endsAtMs }) => [requestId, endsAtMs]))
      const afterItsEnd = model.calls.filter(
        ({ requestId, atMs, trouble }) =>
          trouble === null && atMs >= (endOf.get(requestId ?? '') ?? Number.POSITIVE_INFINITY),
      )
      expect(afterItsEnd).toHaveLength(new Set(afterItsEnd.map(({ requestId }) => requestId)).size)
    }),
    { numRuns: 150 },
  )
}, 120_000)

it('is never succeeded unless every request was, and always ends soon after the deadline', async () => {
  const anyTrouble = fc.constantFrom(throttled, unclear, unresolved, notFound, denied)
  const faulty = fc.record({
    courses: fc
      .array(ends, { minLength: 1, maxLength: 60 })
      .map((list) => list.map((each, index) => course(0)(index, each))),
    outages: fc
      .array(
        fc.record({
          from: fc.integer({ min: 1, max: 200 }),
          length: fc.integer({ min: 0, max: 60 }),
          trouble: anyTrouble,
        }),
        { maxLength: 6 },
      )
      .map((list) => list.map(({ from, length, trouble }) => ({ from, to: from + length, trouble }))),
    latencyMs: fc.constantFrom(1, 80, 2_000, 40_000),
    timeoutMs: fc.integer({ min: 1, max: 120_000 }),
    untilFinished: fc.boolean(),
    cancelAtMs: fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 120_000 })),
  })
  await fc.assert(
    fc.asyncProperty(faulty, async ({ timeoutMs, untilFinished, cancelAtMs, ...options }) => {
      const model = new Model(options)
      const cancellation = new AbortController()
      const over = new AbortController()
      if (cancelAtMs !== null) model.clock.sleep(cancelAtMs, over.signal).then(() => cancellation.abort())
      const { ending, results, elapsedMs } = await model.wait({ timeoutMs, untilFinished, cancel: cancellation.signal })
      over.abort()

      const verdict = verdictOf(results, ending)
      expect(elapsedMs).toBeLessThanOrEqual(timeoutMs + 2_500)
      expect(results.map(({ state }) => state.requestId)).toEqual(options.courses.map(({ requestId }) => requestId))
      for (const [index, { state }] of results.entries()) {
        const course = options.courses[index]
        if (state.status === 'SUCCEEDED' || state.status === 'FAILED') expect(state.status).toBe(course?.end)
      }
      if (verdict === 'succeeded') {
        expect(options.courses.every(({ end, endsAtMs }) => end === 'SUCCEEDED' && endsAtMs <= model.nowMs)).toBe(true)
      }
      expect(busiestSecond(model.calls)).toBeLessThanOrEqual(10)
    }),
    { numRuns: 300 },
  )
}, 120_000)
