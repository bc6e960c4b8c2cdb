import { getEventListeners } from 'node:events'
import { expect, test } from '@jest/globals'
import { systemClock } from '../../src/system-clock.ts'

const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length

test("the machine's clock goes forward by the time of a sleep", async () => {
  const { signal } = new AbortController()
  const before = systemClock.now()
  const sleep = systemClock.sleep(30, signal)
  expect(getEventListeners(signal, 'abort')).toHaveLength(1)
  await sleep
  expect(getEventListeners(signal, 'abort')).toEqual([])
  const tookMs = systemClock.now() - before
  expect(tookMs).toBeGreaterThanOrEqual(28)
  expect(tookMs).toBeLessThan(1_000)
})

test('a sleep ends as soon as its signal is aborted, and keeps no timer', async () => {
  const timersBefore = timers()
  const before = systemClock.now()
  await systemClock.sleep(60_000, AbortSignal.abort())
  const abort = new AbortController()
  const sleep = systemClock.sleep(60_000, abort.signal)
  expect(timers()).toBe(timersBefore + 1)
  abort.abort()
  await sleep
  expect(timers()).toBe(timersBefore)
  expect(systemClock.now() - before).toBeLessThan(5_000)
})
