import { notAsked, type Outcome } from '../../../src/report/outcome.ts'
import { type Story, tell } from '../../../src/report/story.ts'
import type { CallFailure } from '../../../src/requests/api.ts'
import type { OperationName, RequestDetails } from '../../../src/requests/request.ts'
import type { Blocker } from '../../../src/wait/state/blocker.ts'
import type { Ended, Open, RequestState } from '../../../src/wait/state/request-state.ts'
import * as examples from '../examples.ts'

// Outcomes and requests for what no whole wait can show. They have ordinary values, except for what a test sets.

export const startedAt = new Date('2026-11-20T10:00:00Z')
export const permissionSetArn = examples.permissionSetArnOf(1)

/** The time this many seconds after the wait began. */
export function at(seconds: number): Date {
  return new Date(startedAt.getTime() + seconds * 1_000)
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

export function unanswered(known: Known = {}): Open {
  const { number = 1, operation = 'provision-permission-set', askedAtMs = null, blocker = null } = known
  const { createdDate = null, permissionSetArn = null, accountId = null } = known
  const { principalId = null, principalType = null } = known
  const key = { requestId: examples.requestIdOf(number), operation }
  const details = { createdDate, permissionSetArn, accountId, principalId, principalType }
  return { phase: 'unanswered', key, origin: 'given', details, described: false, askedAtMs, blocker }
}

export function inProgress(known: Known = {}): Open {
  const described = known.described ?? true
  return { ...unanswered({ askedAtMs: 0, ...known }), phase: 'in-progress', described }
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

/** This many similar requests, numbered from 1. */
export function several(count: number, make: (known: Known) => RequestState, known: Known = {}): RequestState[] {
  return Array.from({ length: count }, (_, index) => make({ ...known, number: index + 1 }))
}

/** Why a request will not be asked about again. The request itself met it, or others did. */
export function final(known: Partial<CallFailure>, asked = true): Blocker {
  return { kind: 'final', failure: { ...examples.callFailureOf(), scope: 'request', ...known }, asked }
}

/** The story of an ordinary success, except for what a test sets. */
export function storyWith(known: Partial<Outcome>): Story {
  return tell({
    ...notAsked(startedAt, {}),
    verdict: 'succeeded',
    region: 'eu-central-1',
    ...known,
  })
}
