import type { CallFailure } from '../../requests/api.ts'

/** What prevents an answer about one thing. Times are milliseconds since the wait began. */
export type Blocker =
  /** It will be asked about again. `absentSinceMs`: since when AWS says that there is no such request; `null` if AWS does not say that. */
  | { readonly kind: 'passing'; readonly failure: CallFailure; readonly absentSinceMs: number | null }
  /** It will not be asked about again. `asked`: `true` if this request met the failure, `false` if others met it and every call would. */
  | { readonly kind: 'final'; readonly failure: CallFailure; readonly asked: boolean }

/** How long AWS must say that something does not exist, and nothing else, to be believed. New requests can be unknown at first. */
export const absenceToleratedMs = 30_000

/**
 * The blocker after a call without an answer. `believeAbsence`: believe at once that what the call asked for does not exist.
 *
 * Only an answer ends an absence. A throttle or a broken connection in between says nothing about it.
 */
export function blockerAfter(
  before: Blocker | null,
  failure: CallFailure,
  nowMs: number,
  believeAbsence: boolean,
): Blocker {
  const known = before?.kind === 'passing' ? before.absentSinceMs : null
  const isAbsent = failure.effect === 'absent' && failure.scope === 'request'
  const absentSinceMs = isAbsent ? (known ?? nowMs) : known
  const believed = isAbsent && (believeAbsence || nowMs - (absentSinceMs ?? nowMs) >= absenceToleratedMs)
  const isFinal = believed || failure.effect === 'refused'
  return isFinal ? { kind: 'final', failure, asked: true } : { kind: 'passing', failure, absentSinceMs }
}
