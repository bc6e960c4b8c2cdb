import type { Clock } from './clock.ts'

/** `required`: the call may decide the verdict, and goes first. `optional`: it is only useful. */
export type Priority = 'required' | 'optional'

/** Permission to make one call. */
export interface Permit {
  /** The call is over. */
  done(): void
  /** No call was made. */
  unused(): void
}

const windowMs = 1_000
const maxCallsPerWindow = 10
const minCallsPerWindow = 1
/** A throttle multiplies the rate by `decrease`. An answer adds `increase` calls a second to it. */
const decrease = 0.7
const increase = 0.3

interface Waiting {
  readonly priority: Priority
  readonly admit: () => void
}

/**
 * One limit for the calls of the whole process: never more than 10 in any second. All users of an instance share a quota of 20, and half of
 * it is left for the others.
 *
 * A throttle lowers the rate, and answers raise it again: additive increase, multiplicative decrease (Chiu and Jain, 1989). The factor of
 * 0.7 is that of CUBIC (RFC 9438) and of the adaptive mode of the AWS SDKs. The increase is the smallest with which 200 requests are
 * settled within a minute while a tenth of all calls is throttled (`npm run bench -- --only sharing`).
 *
 * A call counts from its start until a second after its end, because the time at which it reaches AWS is not known.
 */
export class RateLimit {
  readonly #clock: Clock
  readonly #endedAt: number[] = []
  readonly #queue: Waiting[] = []
  #inFlight = 0
  #callsPerSecond = maxCallsPerWindow
  #loweredAt = Number.NEGATIVE_INFINITY
  #timer: AbortController | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Resolves when the caller may make one call; to `null` when the signal is aborted first. */
  take(priority: Priority, signal: AbortSignal): Promise<Permit | null> {
    if (signal.aborted) return Promise.resolve(null)
    return new Promise((resolve) => {
      const onAbort = () => {
        this.#queue.splice(this.#queue.indexOf(waiting), 1)
        this.#dispatch()
        resolve(null)
      }
      const waiting: Waiting = {
        priority,
        admit: () => {
          signal.removeEventListener('abort', onAbort)
          resolve({ done: () => this.#release(true), unused: () => this.#release(false) })
        },
      }
      signal.addEventListener('abort', onAbort, { once: true })
      this.#queue.push(waiting)
      this.#dispatch()
    })
  }

  /** AWS throttled a call. Calls in flight at the same time are throttled together, and count once. */
  throttled(): void {
    if (this.#clock.now() - this.#loweredAt < windowMs) return
    this.#loweredAt = this.#clock.now()
    this.#callsPerSecond = Math.max(minCallsPerWindow, this.#callsPerSecond * decrease)
  }

  /** AWS answered a call. */
  answered(): void {
    this.#callsPerSecond = Math.min(maxCallsPerWindow, this.#callsPerSecond + increase)
  }

  #release(wasMade: boolean): void {
    this.#inFlight -= 1
    if (wasMade) this.#endedAt.push(this.#clock.now())
    this.#dispatch()
  }

  /** Admits as many calls as the rate allows, and sets a timer for the next one. */
  #dispatch(): void {
    const now = this.#clock.now()
    while ((this.#endedAt[0] ?? now) <= now - windowMs) this.#endedAt.shift()
    while (this.#queue.length > 0 && this.#inFlight + this.#endedAt.length < Math.floor(this.#callsPerSecond)) {
      const required = this.#queue.findIndex(({ priority }) => priority === 'required')
      const [next] = this.#queue.splice(Math.max(0, required), 1)
      this.#inFlight += 1
      next?.admit()
    }
    this.#timer?.abort()
    this.#timer = null
    const [oldest] = this.#endedAt
    if (this.#queue.length === 0 || oldest === undefined) return
    const timer = new AbortController()
    this.#timer = timer
    this.#clock.sleep(oldest + windowMs - now, timer.signal).then(() => {
      if (!timer.signal.aborted) this.#dispatch()
    })
  }
}
