import type { Clock } from './clock.ts'

/** Who asks: the wait itself goes before what is only nice to know. */
export type Priority = 'wait' | 'optional'

/** A little over a second, since calls that leave a second apart can arrive closer together. */
const windowMs = 1_050
const maxCallsPerWindow = 10
const minCallsPerWindow = 1
/** The allowance is kept in tenths of a call, of which each answer gives one back. */
const tenths = 10

interface Waiting {
  readonly priority: Priority
  readonly admit: () => void
}

/**
 * One allowance of calls for the whole process: never more than 10 in any sliding second, halved each time AWS throttles, and back by
 * one for every ten answers. Half of the quota of 20 a second that all users of an instance share is left to them.
 */
export class Budget {
  readonly #clock: Clock
  readonly #spentAt: number[] = []
  readonly #queue: Waiting[] = []
  #limitInTenths = maxCallsPerWindow * tenths
  #halvedAt = Number.NEGATIVE_INFINITY
  #dispatching = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Calls allowed in any second, as things stand. */
  get callsPerSecond(): number {
    return Math.floor(this.#limitInTenths / tenths)
  }

  /**
   * Resolves to `true` when the caller may make one call now, or to `false` when the signal is aborted first, in which case
   * nothing is spent.
   */
  take(priority: Priority, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false)
    return new Promise((resolve) => {
      const onAbort = () => {
        this.#queue.splice(this.#queue.indexOf(waiting), 1)
        resolve(false)
      }
      const waiting: Waiting = {
        priority,
        admit: () => {
          signal.removeEventListener('abort', onAbort)
          resolve(true)
        },
      }
      signal.addEventListener('abort', onAbort, { once: true })
      this.#queue.push(waiting)
      this.#dispatch()
    })
  }

  /** AWS throttled a call. Calls that were under way together are throttled together, and count once. */
  throttled(): void {
    if (this.#clock.now() - this.#halvedAt < windowMs) return
    this.#halvedAt = this.#clock.now()
    this.#limitInTenths = Math.max(minCallsPerWindow * tenths, Math.floor(this.#limitInTenths / 2))
  }

  /** AWS answered a call. */
  answered(): void {
    this.#limitInTenths = Math.min(maxCallsPerWindow * tenths, this.#limitInTenths + 1)
  }

  async #dispatch(): Promise<void> {
    if (this.#dispatching) return
    this.#dispatching = true
    while (this.#queue.length > 0) {
      const waitMs = this.#msUntilFree()
      if (waitMs > 0) {
        await this.#clock.sleep(waitMs, neverAborted)
        continue
      }
      const index = Math.max(
        0,
        this.#queue.findIndex(({ priority }) => priority === 'wait'),
      )
      const [next] = this.#queue.splice(index, 1)
      this.#spentAt.push(this.#clock.now())
      next?.admit()
    }
    this.#dispatching = false
  }

  /** Zero when one more call keeps every sliding second within the limit. */
  #msUntilFree(): number {
    const now = this.#clock.now()
    const cutoff = now - windowMs
    while ((this.#spentAt[0] ?? now) <= cutoff) this.#spentAt.shift()
    const blocking = this.#spentAt[this.#spentAt.length - this.callsPerSecond]
    return blocking === undefined ? 0 : blocking + windowMs - now
  }
}

const neverAborted = new AbortController().signal
