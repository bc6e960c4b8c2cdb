import { getEventListeners } from 'node:events'
import { describe, expect, test } from '@jest/globals'
import { systemClock } from '../../src/system-clock.ts'

const never = new AbortController().signal

describe("the machine's clock", () => {
  test('goes forward by the time of a sleep', async () => {
    const before = systemClock.now()
    await systemClock.sleep(30, never)
    const tookMs = systemClock.now() - before
    expect(tookMs).toBeGreaterThanOrEqual(28)
    expect(tookMs).toBeLessThan(1_000)
  })

  test('ends a sleep as soon as its signal is aborted', async () => {
    const before = systemClock.now()
    await systemClock.sleep(60_000, AbortSignal.abort())
    const abort = new AbortController()
    setTimeout(() => abort.abort(), 10)
    await systemClock.sleep(60_000, abort.signal)
    expect(systemClock.now() - before).toBeLessThan(5_000)
  })

  test('keeps no timer after a sleep', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const before = timers()
    const abort = new AbortController()
    const sleep = systemClock.sleep(60_000, abort.signal)
    expect(timers()).toBe(before + 1)
    abort.abort()
    await sleep
    expect(timers()).toBe(before)
  })

  test('listens to a signal only during the sleep', async () => {
    const { signal } = new AbortController()
    const sleep = systemClock.sleep(1, signal)
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    await sleep
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})
