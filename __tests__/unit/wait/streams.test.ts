import { describe, expect, test } from '@jest/globals'
import { inParallel, Merged } from '../../../src/wait/streams.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'

const never = new AbortController().signal

describe('tasks in parallel', () => {
  /** Runs a task for each of these numbers. The number is the time that the task takes. */
  function run(timesMs: readonly number[], limit: () => number, dwellMs = 0) {
    const clock = new VirtualClock()
    const events: string[] = []
    const task = async (ms: number) => {
      events.push(`${ms} begins at ${clock.now()}`)
      await clock.sleep(ms, never)
      return ms
    }
    const consume = async () => {
      for await (const ms of inParallel(timesMs, limit, task)) {
        events.push(`${ms} comes at ${clock.now()}`)
        if (dwellMs > 0) await clock.sleep(dwellMs, never)
      }
    }
    return clock.run(consume()).then(() => events)
  }

  test('run up to the limit at a time, and each result comes when it is ready', async () => {
    expect(await run([30, 10, 25], () => 2)).toEqual([
      '30 begins at 0',
      '10 begins at 0',
      '10 comes at 10',
      '25 begins at 10',
      '30 comes at 30',
      '25 comes at 35',
    ])
  })

  test('do not begin while a result is being handled', async () => {
    expect(await run([10, 50, 1], () => 2, 100)).toEqual([
      '10 begins at 0',
      '50 begins at 0',
      '10 comes at 10',
      '1 begins at 110',
      '50 comes at 110',
      '1 comes at 210',
    ])
  })

  test('follow a limit that changes', async () => {
    let limit = 1
    const events = run([10, 20, 21, 22], () => limit++)
    expect((await events).filter((event) => event.includes('begins'))).toEqual([
      '10 begins at 0',
      '20 begins at 10',
      '21 begins at 10',
      '22 begins at 10',
    ])
  })

  test('take an item only when its task can begin', async () => {
    const taken: number[] = []
    const items = function* () {
      for (const item of [1, 2, 3]) {
        taken.push(item)
        yield item
      }
    }
    const results = inParallel(
      items(),
      () => 2,
      async (item) => item,
    )
    expect([(await results.next()).value, taken]).toEqual([1, [1, 2]])
    await results.return()
    expect(taken).toEqual([1, 2])
  })

  test('have no results without items, and end when one fails', async () => {
    expect(await run([], () => 2)).toEqual([])
    const fail = (ms: number) => new Promise<number>((_, reject) => setTimeout(() => reject(new Error(`${ms}`)), ms))
    await expect(inParallel([3, 1, 5], () => 3, fail).next()).rejects.toThrow('1')
    // An unhandled rejection would fail the test run.
    await new Promise((resolve) => setTimeout(resolve, 10))
  })
})

describe('merged sources', () => {
  /** Yields its name at the given times, and records when it continues. */
  async function* source(clock: VirtualClock, name: string, timesMs: readonly number[], wentOn: string[] = []) {
    for (const ms of timesMs) {
      await clock.sleep(ms - clock.now(), never)
      yield `${name}${ms}`
      wentOn.push(`${name}${ms} at ${clock.now()}`)
    }
  }

  test('yield in the order of time, and end with the main source', async () => {
    const clock = new VirtualClock()
    const other = source(clock, 'b', [5, 15, 35])
    const short = source(clock, 'c', [8])
    const merged = new Merged(source(clock, 'a', [10, 20, 30]))
    merged.add(other)
    merged.add(short)
    const seen: string[] = []
    const consume = async () => {
      for await (const value of merged) {
        seen.push(value)
        if (value === 'a10') expect([merged.has(other), merged.has(short)]).toEqual([true, false])
      }
    }
    await clock.run(consume())
    expect(seen).toEqual(['b5', 'c8', 'a10', 'b15', 'a20', 'a30'])
  })

  test('continue only after their last value was handled', async () => {
    const clock = new VirtualClock()
    const wentOn: string[] = []
    const merged = new Merged(source(clock, 'a', [10, 20], wentOn))
    merged.add(source(clock, 'b', [10], wentOn))
    const consume = async () => {
      for await (const _ of merged) await clock.sleep(100, never)
    }
    await clock.run(consume())
    expect(wentOn).toEqual(['a10 at 110', 'b10 at 210', 'a20 at 310'])
  })

  test('throw what one of them throws', async () => {
    const clock = new VirtualClock()
    async function* failing(): AsyncGenerator<string, void> {
      yield 'first'
      await clock.sleep(1, never)
      throw new Error('boom')
    }
    const merged = new Merged<string>(source(clock, 'a', [10]))
    merged.add(failing())
    const seen: string[] = []
    const consume = async () => {
      for await (const value of merged) seen.push(value)
    }
    await expect(clock.run(consume())).rejects.toThrow('boom')
    expect(seen).toEqual(['first'])
  })
})
