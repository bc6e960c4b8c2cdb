import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from '@jest/globals'
import { requestIdOf } from '../examples.ts'
import { busiestSecond, Model, type ModelCall, throttled, unclear } from './model.ts'

const hour = 3_600_000
const never = Number.POSITIVE_INFINITY

/** Bytes in use, but for what is garbage. */
function heapUsed(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}

const coursesOf = (count: number, endsAtMs: number) =>
  Array.from({ length: count }, (_, index) => ({ requestId: requestIdOf(index), endsAtMs, end: 'SUCCEEDED' as const }))

function callsIn(calls: readonly ModelCall[], fromMs: number, toMs: number): number {
  return calls.filter(({ atMs }) => atMs >= fromMs && atMs < toMs).length
}

test('six hours for one request: as many calls as the cadence promises, and nobody left sleeping', async () => {
  const model = new Model({ courses: coursesOf(1, 6 * hour) })

  const { ending, elapsedMs } = await model.wait({ timeoutMs: 7 * hour })

  expect(ending).toBe('finished')
  // The interval is 3 s at the most, jitter included.
  expect(elapsedMs).toBeLessThan(6 * hour + 3_100)
  // 3 s less what jitter takes, and the answer's 50 ms: from 1,180 to 1,300 an hour, the same in each.
  for (let begun = 1; begun < 6; begun++) {
    const calls = callsIn(model.calls, begun * hour, (begun + 1) * hour)
    expect(calls).toBeGreaterThanOrEqual(hour / 3_050)
    expect(calls).toBeLessThanOrEqual(hour / 2_700)
  }
  expect(model.clock.sleeping).toBe(0)
})

test('six hours at a fixed interval: a call for each', async () => {
  const model = new Model({ courses: coursesOf(1, 6 * hour) })

  await model.wait({ timeoutMs: 7 * hour, pollIntervalMs: 10_000 })

  expect(model.calls.length).toBeGreaterThanOrEqual((6 * hour) / 10_050 - 1)
  expect(model.calls.length).toBeLessThanOrEqual((6 * hour) / 10_000 + 2)
  expect(model.clock.sleeping).toBe(0)
})

test('six hours of trouble now and then: the budget is kept, and the pace comes back', async () => {
  const outages = Array.from({ length: 300 }, (_, index) => ({
    from: 40 * index + 5,
    to: 40 * index + 5 + (index % 4),
    trouble: index % 2 === 0 ? throttled : unclear,
  }))
  const model = new Model({ courses: coursesOf(3, 6 * hour), outages })

  const { ending } = await model.wait({ timeoutMs: 7 * hour })

  expect(ending).toBe('finished')
  expect(busiestSecond(model.calls)).toBeLessThanOrEqual(10)
  expect(model.clock.sleeping).toBe(0)
}, 60_000)

test('six hours for 200 requests: a list each time, within the budget', async () => {
  const model = new Model({ courses: coursesOf(200, 6 * hour) })

  const { ending, results } = await model.wait({ timeoutMs: 7 * hour })

  expect(ending).toBe('finished')
  expect(results.every(({ state }) => state.status === 'SUCCEEDED')).toBe(true)
  // Two pages each time, and in the end the lists of those that have finished.
  const lists = model.calls.filter(({ operation }) => operation === 'list')
  expect(lists.length).toBeLessThanOrEqual((2 * 6 * hour) / 2_700 + 300)
  expect(model.clock.sleeping).toBe(0)
}, 60_000)

test('the last of six hours holds no more than the second', async () => {
  const model = new Model({ courses: coursesOf(20, never) })
  const heaps: number[] = []
  const cancellation = new AbortController()
  const cancel = cancellation.signal
  const watch = async () => {
    while (!cancel.aborted) {
      await model.clock.sleep(hour, cancel)
      // What the test itself keeps is no growth of the wait.
      model.calls.length = 0
      model.changes.length = 0
      heaps.push(heapUsed())
    }
  }
  watch()

  const { ending } = await model.wait({ timeoutMs: 6 * hour + 1_000, cancel })
  cancellation.abort()

  expect(ending).toBe('timed-out')
  const [, second = 0, , , , sixth = 0] = heaps
  expect(heaps.length).toBeGreaterThanOrEqual(6)
  expect(sixth - second).toBeLessThan(500_000)
}, 60_000)
