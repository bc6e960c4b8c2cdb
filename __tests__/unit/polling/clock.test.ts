import { getEventListeners } from 'node:events'
import { describe, expect, test } from '@jest/globals'
import { abortable, systemClock, TimeLimitReached, withTimeLimit } from '../../../src/polling/clock.ts'
import { VirtualClock } from '../../virtual-clock.ts'

const never = new AbortController().signal

/** Settles when the signal is aborted, with its reason. */
function untilAborted(signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(signal.reason)
    signal.addEventListener('abort', () => resolve(signal.reason))
  })
}

describe('a time limit', () => {
  test('aborts the task once the time has gone by, saying so', async () => {
    const clock = new VirtualClock()
    const reason = await clock.run(withTimeLimit(clock, 10_000, never, untilAborted))
    expect(clock.now()).toBe(10_000)
    expect(reason).toBeInstanceOf(TimeLimitReached)
    expect(reason).toMatchObject({
      name: 'TimeLimitReached',
      limitMs: 10_000,
      message: 'not done within 10 s',
    })
  })

  test('does not come between a task and its outcome', async () => {
    const clock = new VirtualClock()
    const task = async () => {
      await clock.sleep(9_999, never)
      return 'done'
    }
    expect(await clock.run(withTimeLimit(clock, 10_000, never, task))).toBe('done')
    const failing = () => Promise.reject(new Error('boom'))
    await expect(clock.run(withTimeLimit(clock, 10_000, never, failing))).rejects.toThrow('boom')
  })

  test('ends its timer with the task', async () => {
    const clock = new VirtualClock()
    await clock.run(withTimeLimit(clock, 10_000, never, async () => {}))
    await clock.run(withTimeLimit(clock, 10_000, never, async () => Promise.reject(new Error())).catch(() => {}))
    expect([clock.now(), clock.sleeping]).toEqual([0, 0])
  })

  test('leaves nothing behind: no listener outside, and a signal that was never aborted', async () => {
    const clock = new VirtualClock()
    const outer = new AbortController()
    const signal = await clock.run(withTimeLimit(clock, 10_000, outer.signal, async (given) => given))
    await new Promise((resolve) => setImmediate(resolve))
    expect(signal.aborted).toBe(false)
    expect(getEventListeners(outer.signal, 'abort')).toHaveLength(0)
  })

  test('passes on an abort from outside, with its reason, at once', async () => {
    const clock = new VirtualClock()
    const outer = new AbortController()
    const task = withTimeLimit(clock, 10_000, outer.signal, untilAborted)
    outer.abort('cancelled')
    expect(await clock.run(task)).toBe('cancelled')
    expect(clock.now()).toBe(0)
    expect(await clock.run(withTimeLimit(clock, 10_000, AbortSignal.abort('before'), untilAborted))).toBe('before')
  })
})

describe('abortable', () => {
  test('is what the work comes to', async () => {
    expect(await abortable(never, Promise.resolve('done'))).toBe('done')
    await expect(abortable(never, Promise.reject(new Error('boom')))).rejects.toThrow('boom')
  })

  test("or the signal's reason, whichever comes first", async () => {
    const abort = new AbortController()
    const aborted = abortable(abort.signal, new Promise(() => {}))
    abort.abort(new Error('stop'))
    await expect(aborted).rejects.toThrow('stop')
    await expect(abortable(AbortSignal.abort('before'), new Promise(() => {}))).rejects.toBe('before')
  })

  test('has no say any more once the work is done, and the work none once it is aborted', async () => {
    const abort = new AbortController()
    const done = await abortable(abort.signal, Promise.resolve('done'))
    abort.abort(new Error('too late'))
    const failing = new Promise((_, reject) => setImmediate(() => reject(new Error('too late'))))
    await expect(abortable(AbortSignal.abort('before'), failing)).rejects.toBe('before')
    // An unhandled rejection would fail the test run.
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(done).toBe('done')
  })

  test('listens to the signal no longer than the work takes', async () => {
    const { signal } = new AbortController()
    const work = abortable(signal, new Promise((resolve) => setImmediate(resolve)))
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    await work
    await abortable(signal, Promise.reject(new Error('boom'))).catch(() => {})
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})

describe("the machine's clock", () => {
  test('goes forward as a sleep does', async () => {
    const before = systemClock.now()
    await systemClock.sleep(30, never)
    const tookMs = systemClock.now() - before
    expect(tookMs).toBeGreaterThanOrEqual(28)
    expect(tookMs).toBeLessThan(1_000)
  })

  test('a sleep ends as soon as its signal is aborted', async () => {
    const before = systemClock.now()
    await systemClock.sleep(60_000, AbortSignal.abort())
    const abort = new AbortController()
    setTimeout(() => abort.abort(), 10)
    await systemClock.sleep(60_000, abort.signal)
    expect(systemClock.now() - before).toBeLessThan(1_000)
  })

  test('a sleep leaves no timer behind, whatever ends it', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const before = timers()
    const abort = new AbortController()
    const sleep = systemClock.sleep(60_000, abort.signal)
    expect(timers()).toBe(before + 1)
    abort.abort()
    await sleep
    expect(timers()).toBe(before)
  })

  test('a sleep listens to its signal no longer than it takes', async () => {
    const { signal } = new AbortController()
    const sleep = systemClock.sleep(1, signal)
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    await sleep
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})
