import { getEventListeners } from 'node:events'
import { describe, expect, test } from '@jest/globals'
import {
  abortable,
  allowanceMs,
  deadlineAfter,
  neverAborted,
  TimeLimitReached,
  withTimeLimit,
} from '../../../../src/wait/time/deadline.ts'
import { VirtualClock } from '../../../support/virtual-clock.ts'

/** Resolves to the signal's reason when it is aborted. */
function untilAborted(signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(signal.reason)
    signal.addEventListener('abort', () => resolve(signal.reason))
  })
}

describe('a time limit', () => {
  test('aborts the task when the time is up, with a reason that says so', async () => {
    const clock = new VirtualClock()
    const reason = await clock.run(withTimeLimit(clock, 10_000, neverAborted, untilAborted))
    expect(clock.now()).toBe(10_000)
    expect(reason).toBeInstanceOf(TimeLimitReached)
    expect(reason).toMatchObject({ name: 'TimeLimitReached', message: 'not done within 10 s' })
  })

  test('gives the outcome of a task that ends in time', async () => {
    const clock = new VirtualClock()
    const task = async () => {
      await clock.sleep(9_999, neverAborted)
      return 'done'
    }
    expect(await clock.run(withTimeLimit(clock, 10_000, neverAborted, task))).toBe('done')
    const failing = () => Promise.reject(new Error('boom'))
    await expect(clock.run(withTimeLimit(clock, 10_000, neverAborted, failing))).rejects.toThrow('boom')
  })

  test('leaves no timer, no listener and no aborted signal behind', async () => {
    const clock = new VirtualClock()
    const outer = new AbortController()
    const signal = await clock.run(withTimeLimit(clock, 10_000, outer.signal, async (given) => given))
    await withTimeLimit(clock, 10_000, outer.signal, async () => Promise.reject(new Error())).catch(() => {})
    await clock.advance(20_000)
    expect(signal.aborted).toBe(false)
    expect([clock.sleeping, getEventListeners(outer.signal, 'abort').length]).toEqual([0, 0])
  })

  test('is aborted at once when the outer signal is, with the same reason', async () => {
    const clock = new VirtualClock()
    const outer = new AbortController()
    const task = withTimeLimit(clock, 10_000, outer.signal, untilAborted)
    outer.abort('cancelled')
    expect(await clock.run(task)).toBe('cancelled')
    expect(await clock.run(withTimeLimit(clock, 10_000, AbortSignal.abort('before'), untilAborted))).toBe('before')
    expect(clock.now()).toBe(0)
  })
})

test.each([
  [1_000, 60_000, 1_000],
  [10_000, 5_000, 8_800],
  [10_000, -3_000, 800],
  [10_000, -3_801, 0],
])('a task that wishes for %d ms, %d ms before the deadline, may take %d ms', (wishMs, leftMs, expected) => {
  const clock = new VirtualClock(100_000)
  const deadline = deadlineAfter(clock, leftMs, neverAborted)
  expect(allowanceMs(clock, deadline, wishMs, 3_800)).toBe(expected)
})

describe('abortable work', () => {
  test('has the outcome of the work', async () => {
    expect(await abortable(neverAborted, Promise.resolve('done'))).toBe('done')
    await expect(abortable(neverAborted, Promise.reject(new Error('boom')))).rejects.toThrow('boom')
  })

  test("is rejected with the signal's reason, if that comes first", async () => {
    const abort = new AbortController()
    const aborted = abortable(abort.signal, new Promise(() => {}))
    abort.abort(new Error('stop'))
    await expect(aborted).rejects.toThrow('stop')
    await expect(abortable(AbortSignal.abort('before'), new Promise(() => {}))).rejects.toBe('before')
  })

  test('ignores what comes later', async () => {
    const abort = new AbortController()
    expect(await abortable(abort.signal, Promise.resolve('done'))).toBe('done')
    abort.abort(new Error('too late'))
    const failing = new Promise((_, reject) => setImmediate(() => reject(new Error('too late'))))
    await expect(abortable(AbortSignal.abort('before'), failing)).rejects.toBe('before')
    // An unhandled rejection would fail the test run.
    await new Promise((resolve) => setTimeout(resolve, 10))
  })

  test('listens to the signal only while the work goes on', async () => {
    const { signal } = new AbortController()
    const work = abortable(signal, new Promise((resolve) => setImmediate(resolve)))
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    await work
    await abortable(signal, Promise.reject(new Error('boom'))).catch(() => {})
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})
