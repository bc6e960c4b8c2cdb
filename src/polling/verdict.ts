import { isUnreadable, statusOf } from './request-state.ts'
import type { Snapshot } from './snapshot.ts'

export const verdicts = ['succeeded', 'in-progress', 'failed', 'timed-out', 'cancelled', 'error'] as const
export type Verdict = (typeof verdicts)[number]

/** The verdicts on which the step passes. */
export function passes(verdict: Verdict): boolean {
  return verdict === 'succeeded' || verdict === 'in-progress'
}

/**
 * The verdict on all requests: the first that applies of cancelled, failed, error, timed-out, in-progress, succeeded.
 *
 * `succeeded` needs SUCCEEDED on every request. It is also the verdict if there is no request: a deploy that changed nothing leaves nothing
 * to wait for.
 */
export function verdictOf({ requests, ending }: Pick<Snapshot, 'requests' | 'ending'>): Verdict {
  if (ending === 'cancelled') return 'cancelled'
  if (requests.some((request) => statusOf(request) === 'FAILED')) return 'failed'
  if (requests.some(isUnreadable)) return 'error'
  if (requests.every((request) => statusOf(request) === 'SUCCEEDED')) return 'succeeded'
  if (ending === 'looked-once' && requests.every((request) => statusOf(request) !== null)) return 'in-progress'
  return 'timed-out'
}
