import type { FinalStatus, RequestDetails, RequestKey, Status } from '../../requests/request.ts'
import type { Blocker } from './blocker.ts'

/** What is known about one request, and what prevents more. Times are milliseconds since the wait began. */
export type RequestState = Open | Ended

interface Common {
  readonly key: RequestKey
  /** Whether the deploy gave it, or a look found it in progress. */
  readonly origin: 'given' | 'found'
  readonly details: RequestDetails
  /** Whether the status comes from a Describe, which also gives the details, and the reason of a failure. */
  readonly described: boolean
  /** When its last Describe ended, with an answer or without; `null` before the first. */
  readonly askedAtMs: number | null
  /** Why the last Describe gave no answer; `null` if it gave one. */
  readonly blocker: Blocker | null
}

export interface Open extends Common {
  /** `unanswered`: AWS has not given a status yet. */
  readonly phase: 'unanswered' | 'in-progress'
}

export interface Ended extends Common {
  readonly phase: 'ended'
  readonly status: FinalStatus
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
  return {
    phase: 'unanswered',
    key,
    origin: 'given',
    details: noDetails,
    described: false,
    askedAtMs: null,
    blocker: null,
  }
}

/** The status that AWS gave last; `null` before the first. */
export function statusOf(request: RequestState): Status | null {
  if (request.phase === 'unanswered') return null
  return request.phase === 'ended' ? request.status : 'IN_PROGRESS'
}

/** Whether it was given up before its end was known. */
export function isUnreadable(request: RequestState): boolean {
  return request.phase !== 'ended' && request.blocker?.kind === 'final'
}

/** Whether its end is not known, and AWS is still asked. */
export function isUnfinished(request: RequestState): boolean {
  return request.phase !== 'ended' && request.blocker?.kind !== 'final'
}

/** The ARN of the permission set that it provisions; `null` if it is an assignment, or if AWS has not said it. */
export function provisioned(request: RequestState): string | null {
  return request.key.operation === 'provision-permission-set' ? request.details.permissionSetArn : null
}

/** Whether the deploy gave it. */
export function isGiven({ origin }: RequestState): boolean {
  return origin === 'given'
}

/** Whether it has ended, and a Describe would add the reason of a failure, or its permission set and account. */
export function lacksDetails(request: RequestState): boolean {
  return request.phase === 'ended' && !request.described && request.blocker?.kind !== 'final'
}

/** Whether it is a provisioning of which AWS has not said the permission set. */
export function lacksPermissionSet({ details, key }: RequestState): boolean {
  return key.operation === 'provision-permission-set' && details.permissionSetArn === null
}

type Asked = Pick<RequestState, 'askedAtMs'>

/** Sorts what is asked about: what was asked about longest ago comes first. */
export function byLastAsked(a: Asked, b: Asked): number {
  return (a.askedAtMs ?? -1) - (b.askedAtMs ?? -1)
}
