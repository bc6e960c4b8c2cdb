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
 *
 * Signals are tied by plain listeners: those that `AbortSignal.any` makes hang on weak references, which V8's young generation takes
 * for strong ones, so that all that a call ever touched would live on until a full collection.
 */
export async function withTimeLimit<T>(
  clock: Clock,
  ms: number,
  outer: AbortSignal,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limited = new AbortController()
  const timer = new AbortController()
  const onOuter = () => limited.abort(outer.reason)
  if (outer.aborted) onOuter()
  outer.addEventListener('abort', onOuter)
  clock.sleep(ms, timer.signal).then(() => {
    if (!timer.signal.aborted) limited.abort(new TimeLimitReached(ms))
  })
  try {
    return await task(limited.signal)
  } finally {
    outer.removeEventListener('abort', onOuter)
    timer.abort('done')
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
  let onAbort = () => {}
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason)
  })
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort)
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** The machine's clock. */
export const systemClock: Clock = {
  // Not `performance.now()`, for which Node loads all of its performance hooks.
  now: () => Number(process.hrtime.bigint()) / 1e6,
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
