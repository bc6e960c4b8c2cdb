import { setImmediate as turn } from 'node:timers/promises'
import type { Clock } from '../src/polling/clock.ts'

/** The longest that Node's timers can wait; anything above, they turn into 1 ms. */
const longestMs = 2 ** 31 - 1

interface Sleeper {
  readonly dueAt: number
  readonly wake: () => void
}

/**
 * A clock that stands still until it is put forward. Sleepers wake in the order in which they are due, those due together in the order
 * in which they went to sleep, and all that one of them sets off has happened before the next one wakes.
 */
export class VirtualClock implements Clock {
  #now: number
  /** The next to wake is the last. */
  readonly #sleepers: Sleeper[] = []

  constructor(startMs = 0) {
    this.#now = startMs
  }

  now(): number {
    return this.#now
  }

  /** How many sleep at the moment: none, once everything that was started has been cleaned up. */
  get sleeping(): number {
    return this.#sleepers.length
  }

  /** As Node's timers have it, a sleep takes 1 ms at least. Rejects, unlike them, where the time is no number or too long for them. */
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

  /** Puts the clock forward by so many milliseconds. */
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
   * Puts the clock forward for as long as the promise takes, and passes on its outcome.
   *
   * @throws Error when the promise waits for something else than this clock
   */
  async run<T>(promise: Promise<T>): Promise<T> {
    let settled = false
    const onSettled = () => {
      settled = true
    }
    promise.then(onSettled, onSettled)
    // A turn of the event loop: every microtask there is, however long the chain, runs before it is over.
    for (await turn(); !settled; await turn()) {
      if (!this.#wakeNext())
        throw new Error(`At ${this.#now} ms nobody sleeps, and what is waited for has not happened`)
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

  /** Before all that are due at the same time or sooner. */
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
