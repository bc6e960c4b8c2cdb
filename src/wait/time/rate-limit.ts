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
export function rateLimitOn(clock: Clock) {
  const endedAt: number[] = []
  const queue: Waiting[] = []
  let inFlight = 0
  let callsPerSecond = maxCallsPerWindow
  let loweredAt = Number.NEGATIVE_INFINITY
  let timer = new AbortController()

  function release(wasMade: boolean): void {
    inFlight -= 1
    if (wasMade) endedAt.push(clock.now())
    dispatch()
  }

  /** Admits as many calls as the rate allows, and sets a timer for the next one. */
  function dispatch(): void {
    const now = clock.now()
    while ((endedAt[0] ?? now) <= now - windowMs) endedAt.shift()
    while (queue.length > 0 && inFlight + endedAt.length < Math.floor(callsPerSecond)) {
      const required = queue.findIndex(({ priority }) => priority === 'required')
      const [next] = queue.splice(Math.max(0, required), 1)
      inFlight += 1
      next?.admit()
    }
    timer.abort()
    const [oldest] = endedAt
    if (queue.length === 0 || oldest === undefined) return
    timer = new AbortController()
    const { signal } = timer
    clock.sleep(oldest + windowMs - now, signal).then(() => {
      if (!signal.aborted) dispatch()
    })
  }

  return {
    /** Resolves when the caller may make one call; to `null` when the signal is aborted first. */
    take(priority: Priority, signal: AbortSignal): Promise<Permit | null> {
      if (signal.aborted) return Promise.resolve(null)
      return new Promise((resolve) => {
        const onAbort = () => {
          queue.splice(queue.indexOf(waiting), 1)
          dispatch()
          resolve(null)
        }
        const waiting: Waiting = {
          priority,
          admit: () => {
            signal.removeEventListener('abort', onAbort)
            resolve({ done: () => release(true), unused: () => release(false) })
          },
        }
        signal.addEventListener('abort', onAbort, { once: true })
        queue.push(waiting)
        dispatch()
      })
    },
    /** AWS throttled a call. Calls in flight at the same time are throttled together, and count once. */
    throttled(): void {
      if (clock.now() - loweredAt < windowMs) return
      loweredAt = clock.now()
      callsPerSecond = Math.max(minCallsPerWindow, callsPerSecond * decrease)
    },
    /** AWS answered a call. */
    answered(): void {
      callsPerSecond = Math.min(maxCallsPerWindow, callsPerSecond + increase)
    },
  }
}

export type RateLimit = ReturnType<typeof rateLimitOn>
