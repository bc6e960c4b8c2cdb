import type { CallFailure } from '../../requests/api.ts'

/** What keeps something from being read: a request, the accounts of a permission set, or anything at all. */
export type Blocker =
  /** It will be asked about again. `absentSinceMs`: since when AWS says that there is no such thing; `null` if AWS does not say that. */
  | { readonly kind: 'passing'; readonly failure: CallFailure; readonly absentSinceMs: number | null }
  /** It will not be asked about again. `asked`: `true` if this call met the failure, `false` if others met it and every call would. */
  | { readonly kind: 'final'; readonly failure: CallFailure; readonly asked: boolean }

/** How long AWS must say that something does not exist, and nothing else, to be believed. New requests can be unknown at first. */
export const absenceToleratedMs = 30_000

/** Whether AWS says that there is no such thing. A host name that does not resolve says nothing about it. */
export function isNoSuchThing({ effect, scope }: CallFailure): boolean {
  return effect === 'absent' && scope === 'request'
}

/**
 * What keeps something from being read, after a call about it failed. `believesAbsence`: believe at once that it does not exist.
 *
 * Only an answer ends an absence. A throttle or a broken connection in between says nothing about it.
 */
export function blockerAfter(
  before: Blocker | null,
  failure: CallFailure,
  nowMs: number,
  believesAbsence: boolean,
): Blocker {
  const known = absentSince(before)
  const isAbsent = isNoSuchThing(failure)
  const absentSinceMs = isAbsent ? (known ?? nowMs) : known
  return blockerOf(failure, absentSinceMs, isAbsent && (believesAbsence || isLongAgo(absentSinceMs, nowMs)))
}

/** The same after a call with a failure that every call meets. Any other failure ends an absence. */
export function outageAfter(before: Blocker | null, failure: CallFailure, nowMs: number): Blocker {
  const absentSinceMs = failure.effect === 'absent' ? (absentSince(before) ?? nowMs) : null
  return blockerOf(failure, absentSinceMs, isLongAgo(absentSinceMs, nowMs))
}

/** Since when AWS says that there is no such thing, in milliseconds since the wait began; `null` if it does not say that. */
export function absentSince(blocker: Blocker | null): number | null {
  return blocker?.kind === 'passing' ? blocker.absentSinceMs : null
}

function isLongAgo(absentSinceMs: number | null, nowMs: number): boolean {
  return absentSinceMs !== null && nowMs - absentSinceMs >= absenceToleratedMs
}

function blockerOf(failure: CallFailure, absentSinceMs: number | null, isAbsenceBelieved: boolean): Blocker {
  const isFinal = isAbsenceBelieved || failure.effect === 'refused'
  return isFinal ? { kind: 'final', failure, asked: true } : { kind: 'passing', failure, absentSinceMs }
}
