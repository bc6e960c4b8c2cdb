import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { neverAborted } from '../../../../src/wait/time/deadline.ts'
import { type Priority, rateLimitOn } from '../../../../src/wait/time/rate-limit.ts'
import { VirtualClock } from '../../../support/virtual-clock.ts'

function limit() {
  const clock = new VirtualClock()
  const rateLimit = rateLimitOn(clock)
  /** Makes calls as soon as the limit allows, each of the given length, and returns when each was made. */
  const call = async (count: number, latencyMs = 0) => {
    const madeAt: number[] = []
    const make = async () => {
      const permit = await rateLimit.take('required', neverAborted)
      madeAt.push(clock.now())
      if (latencyMs > 0) await clock.sleep(latencyMs, neverAborted)
      permit?.done()
    }
    await clock.run(Promise.all(Array.from({ length: count }, make)))
    return madeAt
  }
  /** How many calls the limit allows at once, after a second without calls. */
  const calls = async () => {
    await clock.advance(1_000)
    const [first, ...others] = await call(12)
    return 1 + others.filter((madeAt) => madeAt === first).length
  }
  return { clock, rateLimit, call, calls }
}

const at = (ms: number, count: number) => Array.from({ length: count }, () => ms)

describe('the limit', () => {
  test('allows ten calls at once, and then ten in any second', async () => {
    const { call, clock } = limit()
    expect(await call(25)).toEqual([...at(0, 10), ...at(1_000, 10), ...at(2_000, 5)])
    expect(clock.sleeping).toBe(0)
  })

  test('counts a call until one second after its end, and not longer', async () => {
    const { call, clock } = limit()
    for (let made = 0; made < 10; made++) {
      expect(await call(1)).toEqual([made * 100])
      await clock.advance(100)
    }
    expect(await call(3)).toEqual([1_000, 1_100, 1_200])
  })

  test('counts a call for as long as it takes, and for one second more', async () => {
    const { call } = limit()
    expect(await call(12, 300)).toEqual([...at(0, 10), ...at(1_300, 2)])
  })

  test('allows no further call while ten calls are in flight', async () => {
    const { clock, rateLimit } = limit()
    const permits = await Promise.all(Array.from({ length: 10 }, () => rateLimit.take('required', neverAborted)))
    let admitted = 0
    for (const priority of ['optional', 'required'] as const)
      rateLimit.take(priority, neverAborted).then(() => admitted++)
    await clock.advance(60_000)
    expect([admitted, clock.sleeping]).toEqual([0, 0])
    permits[0]?.done()
    await clock.advance(999)
    expect(admitted).toBe(0)
    permits[1]?.done()
    await clock.advance(1)
    expect([admitted, clock.sleeping]).toEqual([1, 1])
    await clock.advance(999)
    expect([admitted, clock.sleeping]).toEqual([2, 0])
  })

  test('does not count a permit that was not used', async () => {
    const { call, rateLimit } = limit()
    for (let taken = 0; taken < 30; taken++) (await rateLimit.take('required', neverAborted))?.unused()
    expect(await call(10)).toEqual(at(0, 10))
  })

  test('allows at most ten calls in any second, and all callers make their call, for any answers of AWS', async () => {
    const step = fc.record({
      afterMs: fc.nat({ max: 700 }),
      takers: fc.array(fc.constantFrom<Priority>('required', 'optional'), { maxLength: 12 }),
      event: fc.constantFrom('answered', 'throttled', 'nothing'),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (plan) => {
        const { clock, rateLimit } = limit()
        const madeAt: number[] = []
        const made: Promise<void>[] = []
        for (const { afterMs, takers, event } of plan) {
          await clock.advance(afterMs)
          if (event === 'answered') rateLimit.answered()
          if (event === 'throttled') rateLimit.throttled()
          for (const priority of takers)
            made.push(
              rateLimit.take(priority, neverAborted).then((permit) => {
                madeAt.push(clock.now())
                permit?.done()
              }),
            )
        }
        await clock.run(Promise.all(made))
        expect(madeAt).toHaveLength(plan.flatMap(({ takers }) => takers).length)
        for (const from of madeAt)
          expect(madeAt.filter((ms) => ms >= from && ms < from + 1_000).length).toBeLessThanOrEqual(10)
      }),
    )
  })
})

test('required calls go before optional calls, each in the order of their requests', async () => {
  const { call, clock, rateLimit } = limit()
  await call(10)
  const order: string[] = []
  const take = (name: string, priority: Priority) =>
    rateLimit.take(priority, neverAborted).then((permit) => {
      order.push(name)
      permit?.done()
    })
  const early = [take('o1', 'optional'), take('r1', 'required'), take('o2', 'optional'), take('r2', 'required')]
  await clock.advance(500)
  await clock.run(Promise.all([...early, take('r3', 'required')]))
  expect(order).toEqual(['r1', 'r2', 'r3', 'o1', 'o2'])
})

describe('a caller that is aborted', () => {
  test('gets no permit, and takes no permit from others', async () => {
    const { call, clock, rateLimit } = limit()
    expect(await rateLimit.take('required', AbortSignal.abort())).toBeNull()
    expect(await call(10)).toEqual(at(0, 10))
    const abort = new AbortController()
    const permits = [rateLimit.take('required', neverAborted), rateLimit.take('required', abort.signal)]
    const later = rateLimit.take('required', neverAborted)
    await clock.advance(10)
    abort.abort()
    expect(await permits[1]).toBeNull()
    expect(clock.now()).toBe(10)
    expect(await clock.run(Promise.all([permits[0], later]))).toEqual([expect.anything(), expect.anything()])
  })

  test('keeps a permit that is already given', async () => {
    const { call, rateLimit } = limit()
    const abort = new AbortController()
    expect(await rateLimit.take('required', abort.signal)).not.toBeNull()
    abort.abort()
    expect(await call(12)).toEqual([...at(0, 9), ...at(1_000, 3)])
  })
})

describe('after a throttle', () => {
  test('the rate falls to seven tenths once a second, down to one call a second', async () => {
    const { calls, rateLimit } = limit()
    const rates: number[] = []
    for (let throttle = 0; throttle < 8; throttle++) {
      rateLimit.throttled()
      rates.push(await calls())
    }
    // 10, 7, 4.9, 3.43, 2.401, 1.6807, 1.17649, 1
    expect(rates).toEqual([7, 4, 3, 2, 1, 1, 1, 1])
    for (let answer = 0; answer < 3; answer++) rateLimit.answered()
    expect(await calls()).toBe(1)
    rateLimit.answered()
    expect(await calls()).toBe(2)
  })

  test('calls that were throttled within one second count once', async () => {
    const { calls, clock, rateLimit } = limit()
    for (let throttle = 0; throttle < 10; throttle++) rateLimit.throttled()
    await clock.advance(999)
    rateLimit.throttled()
    expect(await calls()).toBe(7)
    rateLimit.throttled()
    expect(await calls()).toBe(4)
  })

  test('callers that wait already wait for the lower rate', async () => {
    const { call, rateLimit } = limit()
    await call(10)
    const others = call(10)
    rateLimit.throttled()
    expect(await others).toEqual([...at(1_000, 7), ...at(2_000, 3)])
  })

  test('each answer gives back three tenths of a call a second, up to ten', async () => {
    const { calls, rateLimit } = limit()
    rateLimit.throttled()
    const rates: number[] = []
    for (const answers of [3, 1, 3, 1_000]) {
      for (let answer = 0; answer < answers; answer++) rateLimit.answered()
      rates.push(await calls())
    }
    // 7, then 7.9, 8.2, 9.1, 10
    expect(rates).toEqual([7, 8, 9, 10])
  })
})
