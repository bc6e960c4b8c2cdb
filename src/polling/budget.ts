import type { Clock } from './clock.ts'

/** Who asks: the wait itself goes before what is only nice to know. */
export type Priority = 'wait' | 'optional'

/** Tells the budget that the call which it allowed is over. */
export type Release = () => void

const windowMs = 1_000
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
 *
 * A call counts from when it leaves until a second after it is over, as nobody here knows when in between it reached AWS: so the limit
 * holds there too, however late a first connection delivers what a warm one then overtakes.
 */
export class Budget {
  readonly #clock: Clock
  readonly #endedAt: number[] = []
  readonly #queue: Waiting[] = []
  #inFlight = 0
  #limitInTenths = maxCallsPerWindow * tenths
  #halvedAt = Number.NEGATIVE_INFINITY
  #timer: AbortController | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Calls allowed in any second, as things stand. */
  get callsPerSecond(): number {
    return Math.floor(this.#limitInTenths / tenths)
  }

  /**
   * Resolves when the caller may make one call, to what it has to call when that is over; or to `null` when the signal is aborted
   * first, in which case nothing is spent.
   */
  take(priority: Priority, signal: AbortSignal): Promise<Release | null> {
    if (signal.aborted) return Promise.resolve(null)
    return new Promise((resolve) => {
      const onAbort = () => {
        this.#queue.splice(this.#queue.indexOf(waiting), 1)
        resolve(null)
      }
      const waiting: Waiting = {
        priority,
        admit: () => {
          signal.removeEventListener('abort', onAbort)
          resolve(() => this.#release())
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

  #release(): void {
    this.#inFlight -= 1
    this.#endedAt.push(this.#clock.now())
    this.#dispatch()
  }

  /** Admits as many as are allowed, and comes back when the next one will be. */
  #dispatch(): void {
    const now = this.#clock.now()
    while ((this.#endedAt[0] ?? now) <= now - windowMs) this.#endedAt.shift()
    while (this.#queue.length > 0 && this.#inFlight + this.#endedAt.length < this.callsPerSecond) {
      const first = this.#queue.findIndex(({ priority }) => priority === 'wait')
      const [next] = this.#queue.splice(Math.max(0, first), 1)
      this.#inFlight += 1
      next?.admit()
    }
    this.#timer?.abort()
    this.#timer = null
    const [oldest] = this.#endedAt
    if (this.#queue.length > 0 && oldest !== undefined) this.#comeBackIn(oldest + windowMs - now)
  }

  async #comeBackIn(ms: number): Promise<void> {
    const timer = new AbortController()
    this.#timer = timer
    await this.#clock.sleep(ms, timer.signal)
    if (!timer.signal.aborted) this.#dispatch()
  }
}
