import type { Trouble } from '../../requests/api.ts'

/** What prevents an answer about one thing. Times are milliseconds since the wait began. */
export type Obstacle =
  /** It will be asked about again. `absentSinceMs`: since when AWS says that there is no such request; `null` if AWS does not say that. */
  | { readonly kind: 'passing'; readonly trouble: Trouble; readonly absentSinceMs: number | null }
  /** It will not be asked about again. `asked`: `true` if this request met the trouble, `false` if others met it and every call would. */
  | { readonly kind: 'final'; readonly trouble: Trouble; readonly asked: boolean }

/** How long AWS must say that something does not exist, and nothing else, to be believed. New requests can be unknown at first. */
export const absenceToleratedMs = 30_000

/**
 * The obstacle after a call without an answer. `believeAbsence`: believe at once that what the call asked for does not exist.
 *
 * Only an answer ends an absence. A throttle or a broken connection in between says nothing about it.
 */
export function obstacleAfter(
  before: Obstacle | null,
  trouble: Trouble,
  nowMs: number,
  believeAbsence: boolean,
): Obstacle {
  const known = before?.kind === 'passing' ? before.absentSinceMs : null
  const isAbsent = trouble.effect === 'absent' && trouble.scope === 'request'
  const absentSinceMs = isAbsent ? (known ?? nowMs) : known
  const believed = isAbsent && (believeAbsence || nowMs - (absentSinceMs ?? nowMs) >= absenceToleratedMs)
  const isFinal = believed || trouble.effect === 'refused'
  return isFinal ? { kind: 'final', trouble, asked: true } : { kind: 'passing', trouble, absentSinceMs }
}
