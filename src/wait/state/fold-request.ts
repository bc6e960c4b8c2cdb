import type { CallFailure } from '../../requests/api.ts'
import type { Description, RequestKey, Row, Status } from '../../requests/request.ts'
import { blockerAfter } from './blocker.ts'
import { type Ended, type RequestState, unanswered } from './request-state.ts'

/** A request of somebody else, as a Describe shows it. */
export function found(key: RequestKey, description: Description, nowMs: number): RequestState {
  return afterDescription({ ...unanswered(key), origin: 'found' }, description, nowMs)
}

/** The state after AWS has answered a Describe. */
export function afterDescription(before: RequestState, description: Description, nowMs: number): RequestState {
  const { status, failureReason, ...described } = description
  const known = before.details
  // What a request is about never changes, so an answer that leaves something out takes nothing back.
  const details = {
    createdDate: described.createdDate ?? known.createdDate,
    permissionSetArn: described.permissionSetArn ?? known.permissionSetArn,
    accountId: described.accountId ?? known.accountId,
    principalId: described.principalId ?? known.principalId,
    principalType: described.principalType ?? known.principalType,
  }
  return afterStatus(
    { ...before, askedAtMs: nowMs, blocker: null },
    status,
    { details, described: true, failureReason },
    nowMs,
  )
}

/**
 * The state after a list has shown the request. If nothing changes, it is the same object, so that a list of a thousand requests leaves
 * nothing in memory.
 */
export function afterRow(before: RequestState, row: Row, nowMs: number): RequestState {
  if (before.phase === 'in-progress' && row.status === 'IN_PROGRESS' && before.blocker === null) return before
  if (before.phase === 'ended' && (row.status !== 'FAILED' || before.status === 'FAILED')) return before
  const details = { ...before.details, createdDate: row.createdDate ?? before.details.createdDate }
  const blocker = before.blocker?.kind === 'final' ? before.blocker : null
  return afterStatus({ ...before, blocker }, row.status, { details, described: false, failureReason: null }, nowMs)
}

/** The state after a Describe without an answer. `believesAbsence`: believe at once that there is no such request. */
export function afterFailure(
  before: RequestState,
  failure: CallFailure,
  nowMs: number,
  believesAbsence: boolean,
): RequestState {
  if (isKnown(before)) return before
  return { ...before, askedAtMs: nowMs, blocker: blockerAfter(before.blocker, failure, nowMs, believesAbsence) }
}

/**
 * The state of a request that will not be asked about any more, because of failure that others met. If it has final failure of its own, it
 * keeps that, which says more.
 */
export function givenUp(before: RequestState, failure: CallFailure): RequestState {
  if (isKnown(before) || before.blocker?.kind === 'final') return before
  return { ...before, blocker: { kind: 'final', failure, asked: before.blocker?.failure === failure } }
}

function afterStatus(
  before: RequestState,
  status: Status,
  { described, details, failureReason }: Pick<Ended, 'described' | 'details' | 'failureReason'>,
  nowMs: number,
): RequestState {
  if (before.phase === 'ended') {
    // AWS never takes back an end, so any other status is out of date. If two answers give different ends, the failure counts.
    const end = status === 'FAILED' ? status : before.status
    const wasDescribed = before.described && before.status === end
    return {
      ...before,
      status: end,
      details: described ? details : before.details,
      described: wasDescribed || (described && status !== 'IN_PROGRESS'),
      failureReason: failureReason ?? before.failureReason,
    }
  }
  if (status === 'IN_PROGRESS')
    return { ...before, phase: 'in-progress', details, described: described || before.described }
  const endedBefore = before.phase === 'unanswered'
  return { ...before, phase: 'ended', status, details, described, failureReason, endedAtMs: nowMs, endedBefore }
}

/** Whether everything that AWS can say about it is known. */
function isKnown(request: RequestState): boolean {
  return request.phase === 'ended' && request.described
}
