import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { neverAborted } from '../../src/wait/time/deadline.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

describe('the virtual clock', () => {
  test('wakes sleepers in the order in which they are due, at that time, or at once when they are aborted', async () => {
    const delays = fc.array(fc.record({ ms: fc.integer({ min: 1, max: 20 }), aborted: fc.boolean() }), {
      maxLength: 50,
    })
    await fc.assert(
      fc.asyncProperty(delays, async (sleeps) => {
        const clock = new VirtualClock(1_000)
        const woken: { order: number; at: number }[] = []
        const abort = new AbortController()
        const all = sleeps.map(async ({ ms, aborted }, order) => {
          await clock.sleep(ms, aborted ? abort.signal : neverAborted)
          woken.push({ order, at: clock.now() })
        })
        abort.abort()
        await clock.run(Promise.all(all))
        const expected = sleeps
          .map(({ ms, aborted }, order) => ({ order, at: 1_000 + (aborted ? 0 : ms) }))
          .sort((one, other) => one.at - other.at || one.order - other.order)
        expect([woken, clock.sleeping]).toEqual([expected, 0])
      }),
    )
  })

  test('finishes everything that a sleeper starts before the next one wakes', async () => {
    const clock = new VirtualClock()
    const events: string[] = []
    const first = clock.sleep(5, neverAborted).then(async () => {
      for (let step = 0; step < 100; step++) await null
      events.push('all of the first')
    })
    const second = clock.sleep(5, neverAborted).then(() => events.push('second'))
    await clock.run(Promise.all([second, first]))
    expect(events).toEqual(['all of the first', 'second'])
  })

  test('advances to a given time, and wakes all sleepers until then', async () => {
    const clock = new VirtualClock()
    const woken: number[] = []
    const loop = async () => {
      for (;;) {
        await clock.sleep(400, neverAborted)
        woken.push(clock.now())
      }
    }
    loop()
    await clock.advance(1_199)
    expect([clock.now(), woken]).toEqual([1_199, [400, 800]])
    await clock.advance(1)
    expect([clock.now(), woken]).toEqual([1_200, [400, 800, 1_200]])
  })

  test("has sleeps of at least a millisecond, and refuses those that are too long for Node's timers", async () => {
    const clock = new VirtualClock()
    await clock.run(clock.sleep(60_000, AbortSignal.abort()))
    expect(clock.now()).toBe(0)
    await clock.run(clock.sleep(-5, neverAborted))
    expect(clock.now()).toBe(1)
    await clock.run(clock.sleep(2 ** 31 - 1, neverAborted))
    await expect(clock.sleep(2 ** 31, neverAborted)).rejects.toThrow('No timer waits for 2147483648 ms')
    await expect(clock.sleep(Number.NaN, neverAborted)).rejects.toThrow(RangeError)
  })

  test('runs until a promise ends, and throws if it can never end', async () => {
    const clock = new VirtualClock()
    expect(await clock.run(clock.sleep(3, neverAborted).then(() => 'done'))).toBe('done')
    const failure = clock.sleep(3, neverAborted).then(() => Promise.reject(new Error('boom')))
    await expect(clock.run(failure)).rejects.toThrow('boom')
    await expect(clock.run(new Promise(() => {}))).rejects.toThrow('At 6 ms nobody sleeps')
  })
})
