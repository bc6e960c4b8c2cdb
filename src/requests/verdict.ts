import { explainsAccounts, finalFailures, needsState } from '../wait/snapshot/agreement.ts'
import { isUnreadable, statusOf } from '../wait/snapshot/request-state.ts'
import type { Snapshot } from '../wait/snapshot/snapshot.ts'

export const verdicts = ['succeeded', 'in-progress', 'failed', 'incomplete', 'timed-out', 'cancelled', 'error'] as const
export type Verdict = (typeof verdicts)[number]

/** The verdicts on which the step passes. */
export function passes(verdict: Verdict): boolean {
  return verdict === 'succeeded' || verdict === 'in-progress'
}

/**
 * The verdict on a wait: the first that applies of cancelled, failed, error, incomplete, timed-out, in-progress, succeeded.
 *
 * `succeeded` needs SUCCEEDED on every request that was given, and what the goal asks for beyond that. Without requests, only the goal
 * counts: a deploy that changed nothing leaves nothing to wait for. How requests that a look has found end matters only if they explain
 * accounts that are behind.
 */
export function verdictOf(snapshot: Snapshot): Verdict {
  const { agreement, ending, requests } = snapshot
  const given = requests.filter(({ origin }) => origin === 'given')
  if (ending === 'cancelled') return 'cancelled'
  if (given.some((request) => statusOf(request) === 'FAILED')) return 'failed'
  if (requests.some((request) => explainsAccounts(request, snapshot))) return 'failed'
  if (given.some(isUnreadable) || finalFailures(snapshot).length > 0) return 'error'

  const isForRequests = !needsState(snapshot)
  const seen = agreement.isSettled ? agreement.seen : null
  if (seen === 'behind') return 'incomplete'
  if ((isForRequests || seen === 'done') && given.every((request) => statusOf(request) === 'SUCCEEDED'))
    return 'succeeded'
  const isKnown = (isForRequests || seen !== null) && given.every((request) => statusOf(request) !== null)
  return ending === 'looked-once' && isKnown ? 'in-progress' : 'timed-out'
}
