import type { CallFailure } from '../../requests/api.ts'
import type { Description, FinalStatus, RequestDetails, RequestKey, Row, Status } from '../../requests/request.ts'
import { type Blocker, blockerAfter } from './blocker.ts'

/** What is known about one request, and what prevents more. Times are milliseconds since the wait began. */
export type RequestState = Unanswered | InProgress | Ended

interface Common {
  readonly key: RequestKey
  /** Whether the deploy gave it, or a look found it in progress. */
  readonly origin: 'given' | 'found'
  /** When its last Describe ended, with an answer or without; `null` before the first. */
  readonly askedAtMs: number | null
  /** Why the last Describe gave no answer; `null` if it gave one. */
  readonly blocker: Blocker | null
}

/** AWS has not given a status yet. */
export interface Unanswered extends Common {
  readonly phase: 'unanswered'
}

export interface InProgress extends Common {
  readonly phase: 'in-progress'
  readonly details: RequestDetails
  /** Whether the status comes from a Describe, which also gives the details. */
  readonly described: boolean
}

export interface Ended extends Common {
  readonly phase: 'ended'
  readonly status: FinalStatus
  readonly details: RequestDetails
  /** Whether the status comes from a Describe. If not, the reason of a failure is not known yet. */
  readonly described: boolean
  /** `null` if AWS gave no reason, or was not asked yet. */
  readonly failureReason: string | null
  /** When it was first seen to have ended. */
  readonly endedAtMs: number
  /** Whether it was never seen in progress. Then it may have ended long before. */
  readonly endedBefore: boolean
}

const noDetails: RequestDetails = {
  createdDate: null,
  permissionSetArn: null,
  accountId: null,
  principalId: null,
  principalType: null,
}

/** A request that AWS was not asked about yet. */
export function unanswered(key: RequestKey): RequestState {
  return { phase: 'unanswered', key, origin: 'given', askedAtMs: null, blocker: null }
}

/** A request of somebody else, as a Describe shows it. */
export function found(key: RequestKey, description: Description, nowMs: number): RequestState {
  return afterDescription({ ...unanswered(key), origin: 'found' }, description, nowMs)
}

/** The state after AWS has answered a Describe. */
export function afterDescription(before: RequestState, description: Description, nowMs: number): RequestState {
  const { status, failureReason, ...described } = description
  const known = detailsOf(before)
  // What a request is about never changes, so an answer that leaves something out takes nothing back.
  const details = {
    createdDate: described.createdDate ?? known.createdDate,
    permissionSetArn: described.permissionSetArn ?? known.permissionSetArn,
    accountId: described.accountId ?? known.accountId,
    principalId: described.principalId ?? known.principalId,
    principalType: described.principalType ?? known.principalType,
  }
  return afterStatus({ ...before, askedAtMs: nowMs, blocker: null }, status, { details, failureReason }, nowMs)
}

/**
 * The state after a list has shown the request. If nothing changes, it is the same object, so that a list of a thousand requests leaves
 * nothing in memory.
 */
export function afterRow(before: RequestState, row: Row, nowMs: number): RequestState {
  if (before.phase === 'in-progress' && row.status === 'IN_PROGRESS' && before.blocker === null) return before
  if (before.phase === 'ended' && (row.status !== 'FAILED' || before.status === 'FAILED')) return before
  const known = detailsOf(before)
  const details = { ...known, createdDate: row.createdDate ?? known.createdDate }
  const blocker = before.blocker?.kind === 'final' ? before.blocker : null
  return afterStatus({ ...before, blocker }, row.status, { details, failureReason: null }, nowMs, 'listed')
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

/** AWS has described a provisioning without its permission set. */
const noPermissionSet: CallFailure = {
  effect: 'absent',
  scope: 'request',
  code: 'NoPermissionSet',
  title: 'AWS does not say which permission set was provisioned',
  message: 'AWS does not say which permission set the request is about',
  remedy: "Set 'permission-set-arn', or wait with 'until: finished', which needs no permission set.",
}

/** The state of a provisioning that has succeeded, but whose permission set AWS has not said. It is asked about again, for a while. */
export function withoutPermissionSet(before: RequestState, after: Ended, believesAbsence: boolean): Ended {
  const blocker = blockerAfter(before.blocker, noPermissionSet, after.askedAtMs ?? after.endedAtMs, believesAbsence)
  return { ...after, described: false, blocker }
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
  { details, failureReason }: { details: RequestDetails; failureReason: string | null },
  nowMs: number,
  source: 'described' | 'listed' = 'described',
): RequestState {
  const { key, origin, askedAtMs, blocker } = before
  const described = source === 'described'
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
  const wasDescribed = before.phase === 'in-progress' && before.described
  if (status === 'IN_PROGRESS')
    return { phase: 'in-progress', key, origin, askedAtMs, blocker, details, described: described || wasDescribed }
  return {
    phase: 'ended',
    key,
    origin,
    askedAtMs,
    blocker,
    status,
    details,
    described,
    failureReason,
    endedAtMs: nowMs,
    endedBefore: before.phase === 'unanswered',
  }
}

/** Whether everything that AWS can say about it is known. */
function isKnown(request: RequestState): boolean {
  return request.phase === 'ended' && request.described
}

export function detailsOf(request: RequestState): RequestDetails {
  return request.phase === 'unanswered' ? noDetails : request.details
}

/** The status that AWS gave last; `null` before the first. */
export function statusOf(request: RequestState): Status | null {
  switch (request.phase) {
    case 'unanswered':
      return null
    case 'in-progress':
      return 'IN_PROGRESS'
    case 'ended':
      return request.status
  }
}

/** Whether it was given up before its end was known. */
export function isUnreadable(request: RequestState): boolean {
  return request.phase !== 'ended' && request.blocker?.kind === 'final'
}

/** Whether its end is not known, and AWS is still asked. */
export function isUnfinished(request: RequestState): boolean {
  return request.phase !== 'ended' && request.blocker?.kind !== 'final'
}

/** Whether it is about a permission set: whether it provisions one, and which one if AWS has said it. */
export function provisioned(request: RequestState): string | null {
  return request.key.operation === 'provision-permission-set' ? detailsOf(request).permissionSetArn : null
}

/** Whether the deploy gave it. */
export function isGiven({ origin }: RequestState): boolean {
  return origin === 'given'
}

/** Whether it has ended, and a Describe would add the reason of a failure, or its permission set and account. */
export function lacksDetails(request: RequestState): boolean {
  return request.phase === 'ended' && !request.described && request.blocker?.kind !== 'final'
}

/** Sorts requests: the one asked about longest ago comes first. */
export function byLastAsked(a: RequestState, b: RequestState): number {
  return (a.askedAtMs ?? -1) - (b.askedAtMs ?? -1)
}
