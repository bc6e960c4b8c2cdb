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

/** A signal that a time limit aborts, with {@link TimeLimitReached} as its reason. */
export interface TimeLimit {
  readonly signal: AbortSignal
  /** Stops its timer. */
  end(): void
}

/** An abort controller that another signal aborts as well, for as long as they are linked. */
export interface LinkedController {
  readonly controller: AbortController
  unlink(): void
}

/**
 * A controller that is aborted when `outer` is, with the same reason.
 *
 * It uses a plain listener. `AbortSignal.any` uses weak references, which V8's young generation treats as strong ones. Everything that a
 * call used would then stay in memory until a full garbage collection.
 */
export function linkedTo(outer: AbortSignal): LinkedController {
  const controller = new AbortController()
  const onOuter = () => controller.abort(outer.reason)
  if (outer.aborted) onOuter()
  outer.addEventListener('abort', onOuter, { once: true })
  return { controller, unlink: () => outer.removeEventListener('abort', onOuter) }
}

/** A time limit of `ms` milliseconds. Its signal is also aborted when `outer` is. */
export function timeLimit(clock: Clock, ms: number, outer: AbortSignal): TimeLimit {
  const limited = linkedTo(outer)
  const timer = linkedTo(limited.controller.signal)
  clock.sleep(ms, timer.controller.signal).then(() => {
    if (!timer.controller.signal.aborted) limited.controller.abort(new TimeLimitReached(ms))
  })
  return {
    signal: limited.controller.signal,
    end() {
      limited.unlink()
      timer.controller.abort()
    },
  }
}

/** Runs a task with a signal that is aborted after `ms` milliseconds, or when `outer` is. */
export async function withTimeLimit<T>(
  clock: Clock,
  ms: number,
  outer: AbortSignal,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { signal, end } = timeLimit(clock, ms, outer)
  try {
    return await task(signal)
  } finally {
    end()
  }
}

/** How long something after the wait may take, in milliseconds: `wishMs`, but not longer than until `graceMs` after the deadline. */
export function allowanceMs(clock: Clock, { atMs }: Deadline, wishMs: number, graceMs: number): number {
  return Math.max(0, Math.min(wishMs, atMs + graceMs - clock.now()))
}

/** The reason of a signal that a {@link TimeLimit} aborted. */
export class TimeLimitReached extends Error {
  override readonly name = 'TimeLimitReached'
  readonly limitMs: number

  constructor(limitMs: number) {
    super(`not done within ${limitMs / 1_000} s`)
    this.limitMs = limitMs
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
