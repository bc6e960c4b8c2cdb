import type { Clock } from './clock.ts'

/** The deadline of a wait, for everything that is done in it and after it. */
export interface Deadline {
  /** When the wait began, by its clock. */
  readonly startedAtMs: number
  readonly atMs: number
  /** Aborted when the job is cancelled. */
  readonly cancel: AbortSignal
}

/** The deadline of a wait that begins now. */
export function deadlineAfter(clock: Clock, timeoutMs: number, cancel: AbortSignal): Deadline {
  const startedAtMs = clock.now()
  return { startedAtMs, atMs: startedAtMs + timeoutMs, cancel }
}

/** For work that nothing outside of it ends. */
export const neverAborted = new AbortController().signal

/**
 * Runs a task with a controller that is aborted when `outer` is, with the same reason.
 *
 * It uses a plain listener. `AbortSignal.any` uses weak references, which V8's young generation treats as strong ones. Everything that a
 * call used would then stay in memory until a full garbage collection.
 */
export async function linkedTo<T>(outer: AbortSignal, task: (controller: AbortController) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const onOuter = () => controller.abort(outer.reason)
  if (outer.aborted) onOuter()
  outer.addEventListener('abort', onOuter, { once: true })
  try {
    return await task(controller)
  } finally {
    outer.removeEventListener('abort', onOuter)
  }
}

/** Runs a task with a signal that is aborted after `ms` milliseconds, with {@link TimeLimitReached} as its reason, or when `outer` is. */
export function withTimeLimit<T>(
  clock: Clock,
  ms: number,
  outer: AbortSignal,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return linkedTo(outer, (limited) =>
    linkedTo(limited.signal, async (timer) => {
      clock.sleep(ms, timer.signal).then(() => {
        if (!timer.signal.aborted) limited.abort(new TimeLimitReached(ms))
      })
      try {
        return await task(limited.signal)
      } finally {
        timer.abort()
      }
    }),
  )
}

/** How long something after the wait may take, in milliseconds: `wishMs`, but not longer than until `graceMs` after the deadline. */
export function allowanceMs(clock: Clock, { atMs }: Deadline, wishMs: number, graceMs: number): number {
  return Math.max(0, Math.min(wishMs, atMs + graceMs - clock.now()))
}

/** The reason of a signal that a time limit aborted. */
export class TimeLimitReached extends Error {
  override readonly name = 'TimeLimitReached'

  constructor(limitMs: number) {
    super(`not done within ${limitMs / 1_000} s`)
  }
}

/** The outcome of a promise, or a rejection with the signal's reason, whichever comes first. For work that takes no signal itself. */
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
