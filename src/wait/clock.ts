import { setMaxListeners } from 'node:events'

/** Time as the wait needs it: the real one in the entry, a virtual one in tests and benchmarks. */
export interface Clock {
  /** Milliseconds on a clock that never goes back; only differences mean anything. */
  now(): number
  /** Resolves after `ms` milliseconds, or as soon as the signal is aborted. Never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

/**
 * Runs `task` with a signal that is aborted once `ms` milliseconds have gone by, or when `outer` is.
 * The timer ends with the task.
 */
export async function withTimeLimit<T>(
  clock: Clock,
  ms: number,
  outer: AbortSignal,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController()
  const done = new AbortController()
  clock.sleep(ms, done.signal).then(() => limit.abort(new TimeLimitReached(ms)))
  const signal = AbortSignal.any([outer, limit.signal])
  // Many calls listen to one signal; that is no leak.
  setMaxListeners(0, signal)
  try {
    return await task(signal)
  } finally {
    done.abort()
  }
}

/** The reason of a signal that {@link withTimeLimit} aborted. */
export class TimeLimitReached extends Error {
  override readonly name = 'TimeLimitReached'
  readonly limitMs: number

  constructor(limitMs: number) {
    super(`not done within ${limitMs / 1_000} s`)
    this.limitMs = limitMs
  }
}

/** The promise's outcome, or a rejection with the signal's reason, whichever comes first: for work that takes no signal itself. */
export async function abortable<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const settled = new AbortController()
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true, signal: settled.signal })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    settled.abort()
  }
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve()
      const finish = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', finish)
        resolve()
      }
      const timer = setTimeout(finish, ms)
      signal.addEventListener('abort', finish, { once: true })
    }),
}
