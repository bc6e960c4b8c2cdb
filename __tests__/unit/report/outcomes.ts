import type { Outcome } from '../../../src/report/outcome.ts'
import type { CallFailure } from '../../../src/requests/api.ts'
import { toTheEnd } from '../../../src/requests/goal.ts'
import type { OperationName, RequestDetails, RequestKey } from '../../../src/requests/request.ts'
import type { Blocker } from '../../../src/wait/snapshot/blocker.ts'
import type { Ended, InProgress, RequestState, Unanswered } from '../../../src/wait/snapshot/request-state.ts'

/** Outcomes and requests for tests of the report. They have ordinary values, except for what a test sets. */

export const permissionSetArn = permissionSetArnOf(1)
export const startedAt = new Date('2026-11-20T10:00:00Z')

/** The time this many seconds after the wait began. */
export function at(seconds: number): Date {
  return new Date(startedAt.getTime() + seconds * 1_000)
}

/** A permission set that differs from others by its number. */
export function permissionSetArnOf(number: number): string {
  return `arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-${String(number).padStart(16, '0')}`
}

/** A request ID that differs from others by its number. */
export function requestIdOf(number: number): string {
  return `5a1b2c3d-0123-4567-89ab-${String(number).padStart(12, '0')}`
}

export function keyOf(number: number, operation: OperationName = 'provision-permission-set'): RequestKey {
  return { requestId: requestIdOf(number), operation }
}

/** The values that a test sets for a request. Its number distinguishes it from others. */
export interface Known extends Partial<RequestDetails> {
  readonly number?: number
  readonly operation?: OperationName
  readonly askedAtMs?: number | null
  readonly blocker?: Blocker
  readonly described?: boolean
  readonly failureReason?: string
  readonly endedAtMs?: number
  readonly endedBefore?: boolean
}

export function unanswered({ number = 1, operation, askedAtMs = null, blocker }: Known = {}): Unanswered {
  return { phase: 'unanswered', key: keyOf(number, operation), origin: 'given', askedAtMs, blocker: blocker ?? null }
}

export function inProgress(known: Known = {}): InProgress {
  const details = detailsIn(known)
  return {
    ...unanswered({ askedAtMs: 0, ...known }),
    phase: 'in-progress',
    details,
    described: known.described ?? true,
  }
}

export function succeeded(known: Known = {}): Ended {
  const { endedAtMs = 0, endedBefore = false } = known
  return {
    ...inProgress(known),
    phase: 'ended',
    status: 'SUCCEEDED',
    failureReason: null,
    endedAtMs,
    endedBefore,
  }
}

export function failed(known: Known = {}): Ended {
  return { ...succeeded(known), status: 'FAILED', failureReason: known.failureReason ?? null }
}

function detailsIn(known: Known): RequestDetails {
  const {
    createdDate = null,
    permissionSetArn = null,
    accountId = null,
    principalId = null,
    principalType = null,
  } = known
  return { createdDate, permissionSetArn, accountId, principalId, principalType }
}

/** This many similar requests, numbered from 1. */
export function several(count: number, make: (known: Known) => RequestState, known: Known = {}): RequestState[] {
  return Array.from({ length: count }, (_, index) => make({ ...known, number: index + 1 }))
}

export function callFailureOf(known: Partial<CallFailure> = {}): CallFailure {
  return {
    effect: 'unclear',
    scope: 'every-call',
    code: 'ECONNRESET',
    title: 'The connection broke',
    message: 'The connection to AWS broke',
    remedy: 'Check the network.',
    ...known,
  }
}

export const denied = callFailureOf({
  effect: 'refused',
  scope: 'action',
  code: 'AccessDeniedException',
  title: 'Access denied: sso:Describe',
  message: 'Access denied: the role may not call sso:Describe',
  remedy: 'Allow sso:Describe.',
  snippet: '{\n  "Effect": "Allow"\n}',
})

export const unknown = callFailureOf({
  effect: 'absent',
  scope: 'request',
  code: 'ResourceNotFoundException',
  title: 'AWS knows no such request',
  message: 'AWS knows no such request (ResourceNotFoundException)',
  remedy: "Check 'request-id'.",
})

/** CallFailure of a request that will be asked about again. */
export function passing(failure: CallFailure, absentSinceMs: number | null = null): Blocker {
  return { kind: 'passing', failure, absentSinceMs }
}

/** CallFailure of a request that will not be asked about again. The request itself met it, or others did. */
export function final(failure: CallFailure, asked = true): Blocker {
  return { kind: 'final', failure, asked }
}

export function outcomeOf(known: Partial<Outcome>): Outcome {
  return {
    verdict: 'succeeded',
    region: 'eu-central-1',
    requests: [],
    ending: 'finished',
    outage: null,
    goal: toTheEnd,
    permissionSets: [],
    othersInProgress: 0,
    knowsProgress: true,
    failures: [],
    accountsBehind: new Map(),
    names: new Map(),
    startedAt,
    elapsedMs: 0,
    problems: [],
    ...known,
  }
}
