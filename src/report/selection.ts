import type { Status } from '../requests/request.ts'
import type { Verdict } from '../requests/verdict.ts'
import { type Ended, isGiven, isUnreadable, type RequestState, statusOf } from '../wait/state/request-state.ts'
import type { Outcome } from './outcome.ts'

// Which requests of an outcome a part of the report is about.

/** The requests whose status is FAILED. */
export function failedOf({ requests }: Outcome): RequestState[] {
  return requests.filter((request) => statusOf(request) === 'FAILED')
}

/** Whether a request failed and a Describe has answered with the reason, or without one. */
export function isReadFailure(request: RequestState): request is Ended {
  return request.phase === 'ended' && request.status === 'FAILED' && request.described
}

/** The requests that were in progress when AWS last gave a status, and that were not given up. */
export function unfinishedOf({ requests }: Outcome): RequestState[] {
  return requests.filter(isInProgress)
}

/** The requests without a status, and those that were given up before their end. */
export function unreadOf({ requests }: Outcome): RequestState[] {
  return requests.filter((request) => request.phase !== 'ended' && !isInProgress(request))
}

function isInProgress(request: RequestState): boolean {
  return request.phase === 'in-progress' && !isUnreadable(request)
}

/** The status of requests of others that explain a verdict. Of a failure, only those that explain accounts that are out of date do. */
const explainingStatus: Readonly<Partial<Record<Verdict, Status>>> = {
  succeeded: 'SUCCEEDED',
  'in-progress': 'IN_PROGRESS',
  'timed-out': 'IN_PROGRESS',
  cancelled: 'IN_PROGRESS',
}

/** The requests that count in outputs about all of them: those that were given, and those of others that explain the verdict. */
export function countedOf({ explainedBy, requests, verdict }: Outcome): readonly RequestState[] {
  return requests.filter(
    (request) => isGiven(request) || explainedBy.includes(request) || statusOf(request) === explainingStatus[verdict],
  )
}

/** The failed requests that the verdict is about. */
export function decisiveFailuresOf(outcome: Outcome): RequestState[] {
  return countedOf(outcome).filter((request) => statusOf(request) === 'FAILED')
}

/** The most urgent requests first: failed, then unreadable, then unfinished, then succeeded. Each group is in the order given. */
export function byUrgency(requests: readonly RequestState[]): RequestState[] {
  return requests.toSorted((a, b) => urgencyOf(a) - urgencyOf(b))
}

function urgencyOf(request: RequestState): number {
  if (request.phase === 'ended') return request.status === 'FAILED' ? 0 : 3
  return isUnreadable(request) ? 1 : 2
}
