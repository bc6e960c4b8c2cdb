import type { RequestState, Status } from './request.ts'

export const verdicts = ['succeeded', 'in-progress', 'failed', 'timed-out', 'cancelled', 'error'] as const
export type Verdict = (typeof verdicts)[number]

/** Why the wait stopped asking. */
export type Ending = 'finished' | 'looked-once' | 'timed-out' | 'cancelled'

/** One request at the end of the wait: what AWS last said of it, and why no more could be learnt, where that is so. */
export interface RequestResult {
  readonly state: RequestState
  /** Why the request's status could not be read when last asked; `null` when it could. */
  readonly error: string | null
  /** Whether that error ended the wait for this request, rather than time running out on it. */
  readonly givenUp: boolean
  /** Milliseconds from the start of the wait until the request was seen to have ended; `null` when it was not. */
  readonly finishedAfterMs: number | null
  /** Whether it had ended before the first look, so that when it ended is not known. */
  readonly finishedBefore: boolean
}

/** The verdicts on which the step passes. */
export function passes(verdict: Verdict): boolean {
  return verdict === 'succeeded' || verdict === 'in-progress'
}

/**
 * What the requests add up to: the first that applies of cancelled, failed, error, timed-out, in-progress, succeeded.
 *
 * Only SUCCEEDED on every request is `succeeded`. An empty set is: a deploy that changed nothing has nothing left to do.
 */
export function verdictOf(results: readonly RequestResult[], ending: Ending): Verdict {
  if (ending === 'cancelled') return 'cancelled'
  if (results.some(({ state }) => state.status === 'FAILED')) return 'failed'
  if (results.some(({ givenUp }) => givenUp)) return 'error'
  if (results.every(({ state }) => state.status === 'SUCCEEDED')) return 'succeeded'
  if (ending === 'looked-once' && results.every(({ state }) => state.status !== null)) return 'in-progress'
  return 'timed-out'
}

/** FAILED if any is, else IN_PROGRESS if any is, else SUCCEEDED if all are; `null` while a status is missing from that sum. */
export function statusOf(results: readonly RequestResult[]): Status | null {
  const has = (status: Status | null) => results.some(({ state }) => state.status === status)
  if (has('FAILED')) return 'FAILED'
  if (has('IN_PROGRESS')) return 'IN_PROGRESS'
  return results.length > 0 && !has(null) ? 'SUCCEEDED' : null
}

/** AWS's reason, verbatim; of several requests, one line each: `<request id>: <reason>`. Empty when none failed. */
export function failureReasonOf(results: readonly RequestResult[]): string {
  const failed = results.filter(({ state }) => state.status === 'FAILED').map(({ state }) => state)
  const [only] = failed
  if (results.length === 1) return only?.failureReason ?? ''
  return failed.map(({ requestId, failureReason }) => `${requestId}: ${failureReason ?? ''}`).join('\n')
}

/** The earliest date of creation that is known. */
export function createdDateOf(results: readonly RequestResult[]): Date | null {
  const dates = results.flatMap(({ state }) => state.createdDate ?? [])
  return dates.reduce<Date | null>((earliest, date) => (earliest === null || date < earliest ? date : earliest), null)
}

/** The value that all requests agree on; `null` where they differ or one does not have it. */
export function agreedOf(results: readonly RequestResult[], field: 'permissionSetArn' | 'accountId'): string | null {
  const [first, ...others] = results.map(({ state }) => state[field])
  return first !== undefined && others.every((value) => value === first) ? first : null
}
