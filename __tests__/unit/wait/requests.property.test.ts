import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { busiest, Model, meets, plan, throttled, unclear } from './model.ts'
import { anySchedule, brokenRules, numRuns, seed } from './schedule.ts'

test('with any events, a wait ends in time and says only what is true and known', async () => {
  await fc.assert(
    fc.asyncProperty(anySchedule, async (schedule) => {
      expect(await brokenRules(schedule)).toEqual([])
    }),
    { numRuns, seed },
  )
}, 86_400_000)

const ends = fc.tuple(
  fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 90_000 })),
  fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
)
const plansFrom = (first: number, maxLength: number, minLength = 0) =>
  fc
    .array(ends, { minLength, maxLength })
    .map((list) =>
      list.map(([endsAtMs, fails], index) =>
        plan(first + index, { seconds: endsAtMs / 1_000, ...(fails && { status: 'FAILED' }) }),
      ),
    )

test('a wait that AWS lets end has every true end and reason, with few calls', async () => {
  const world = fc.record({
    plans: plansFrom(1, 130, 1),
    foreign: plansFrom(5_000, 400),
    outages: fc.array(
      fc.record({
        from: fc.integer({ min: 1, max: 120 }),
        length: fc.integer({ min: 0, max: 3 }),
        failure: fc.constantFrom(throttled, unclear),
      }),
      { maxLength: 5 },
    ),
    latencyMs: fc.integer({ min: 1, max: 400 }),
    pageSize: fc.constantFrom(7, 30, 100),
  })
  await fc.assert(
    fc.asyncProperty(world, async ({ outages, ...options }) => {
      const outageOf = (number: number) => outages.find(({ from, length }) => number >= from && number <= from + length)
      const model = new Model({
        ...options,
        faults: ({ number }) => {
          const outage = outageOf(number)
          return outage && meets(outage.failure)
        },
      })
      const { verdict, last } = await model.wait()

      const hasFailure = options.plans.some(({ status }) => status === 'FAILED')
      expect(verdict).toBe(hasFailure ? 'failed' : 'succeeded')
      for (const [index, request] of last.requests.entries()) {
        const { failureReason, status } = options.plans[index] ?? plan(0)
        expect(request).toMatchObject({ status, failureReason: status === 'FAILED' ? failureReason : null })
      }
      expect(busiest(model.calls)).toBeLessThanOrEqual(10)

      // After a Describe has given its end, a request is not asked about again.
      const endOf = new Map(options.plans.map(({ requestId, seconds = 0 }) => [requestId, seconds * 1_000]))
      const afterItsEnd = model.calls.filter(
        ({ requestId, atMs, number }) =>
          outageOf(number) === undefined && atMs >= (endOf.get(requestId ?? '') ?? Number.POSITIVE_INFINITY),
      )
      expect(afterItsEnd).toHaveLength(new Set(afterItsEnd.map(({ requestId }) => requestId)).size)
    }),
    { numRuns: Math.min(100, numRuns), seed },
  )
}, 60_000)
