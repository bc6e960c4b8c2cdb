import { setImmediate as turn } from 'node:timers/promises'
import type { Clock } from '../../src/wait/time/clock.ts'

/** The longest time that Node's timers can wait. They turn a longer time into 1 ms. */
const longestMs = 2 ** 31 - 1

interface Sleeper {
  readonly dueAt: number
  readonly wake: () => void
}

/**
 * A clock that stands still until a test puts it forward. Sleepers wake in the order in which they are due. If several are due at the
 * same time, the one that went to sleep first wakes first. The next one wakes only after everything that this one started is done.
 */
export class VirtualClock implements Clock {
  #now: number
  /** The last one wakes next. */
  readonly #sleepers: Sleeper[] = []

  constructor(startMs = 0) {
    this.#now = startMs
  }

  now(): number {
    return this.#now
  }

  /** How many sleep now. Nobody sleeps after everything that was started has been cleaned up. */
  get sleeping(): number {
    return this.#sleepers.length
  }

  /**
   * A sleep takes at least 1 ms, as with Node's timers. Unlike them, it rejects if the time is not a number or is too long for them.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (!(ms <= longestMs)) return Promise.reject(new RangeError(`No timer waits for ${ms} ms`))
    if (signal?.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const onAbort = () => {
        this.#sleepers.splice(this.#sleepers.lastIndexOf(sleeper), 1)
        resolve()
      }
      const wake = () => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      }
      const sleeper = { dueAt: this.#now + Math.max(1, ms), wake }
      this.#sleepers.splice(this.#placeOf(sleeper.dueAt), 0, sleeper)
      signal?.addEventListener('abort', onAbort, { once: true })
    })
  }

  /** Puts the clock forward by this many milliseconds. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms
    await turn()
    while ((this.#sleepers.at(-1)?.dueAt ?? Number.POSITIVE_INFINITY) <= until) {
      this.#wakeNext()
      await turn()
    }
    this.#now = until
  }

  /**
   * Puts the clock forward until the promise settles, and returns its result.
   *
   * @throws Error if the promise waits for something other than this clock
   */
  async run<T>(promise: Promise<T>): Promise<T> {
    let settled = false
    const onSettled = () => {
      settled = true
    }
    promise.then(onSettled, onSettled)
    // All microtasks, also a long chain of them, run within one turn of the event loop.
    for (await turn(); !settled; await turn()) {
      if (!this.#wakeNext()) throw new Error(`At ${this.#now} ms nobody sleeps, and the promise has not settled`)
    }
    return promise
  }

  #wakeNext(): boolean {
    const next = this.#sleepers.pop()
    if (next === undefined) return false
    this.#now = next.dueAt
    next.wake()
    return true
  }

  /** The position before all sleepers that are due at the same time or sooner. */
  #placeOf(dueAt: number): number {
    let [low, high] = [0, this.#sleepers.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#sleepers[middle]?.dueAt ?? 0) > dueAt) low = middle + 1
      else high = middle
    }
    return low
  }
}
