import { rulesOf } from '../../../src/goals/goal-rules.ts'
import type { Answer, CallFailure } from '../../../src/requests/api.ts'
import { type Goal, toTheEnd } from '../../../src/requests/goal.ts'
import type { Description, OperationName, RequestKey, Status } from '../../../src/requests/request.ts'
import { fold } from '../../../src/wait/state/fold.ts'
import type { Observation } from '../../../src/wait/state/observation.ts'
import { initialState, type State } from '../../../src/wait/state/state.ts'
import { callFailureOf, requestIdOf } from '../examples.ts'

/** States that observations have made, for tables of what follows from them. */

export const operation: OperationName = 'provision-permission-set'
export const keyOf = (number: number): RequestKey => ({ requestId: requestIdOf(number), operation })
export const arnOf = (number: number) => `arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-${number}`
export const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)
export const forSets = (count: number): Partial<Goal> => ({
  until: 'rolled-out',
  permissionSetArns: upTo(count).map(arnOf),
})
export const denied = callFailureOf({ effect: 'refused', scope: 'action', code: 'AccessDeniedException' })
export const absent = callFailureOf({ effect: 'absent', scope: 'request', code: 'ResourceNotFoundException' })

/** What was seen, and when, in milliseconds since the wait began. */
export type Event = readonly [atMs: number, Observation]

/** What is known after these events in a wait for some requests. */
export function stateAfter(count: number, goal: Partial<Goal>, events: readonly Event[] = []): State {
  const { scope } = rulesOf({ ...toTheEnd, ...goal })
  return events.reduce((state, [ms, seen]) => fold(state, seen, ms), initialState(upTo(count).map(keyOf), scope))
}

type Listed = Extract<Observation, { kind: 'listed' }>
export function listed(known: Partial<Listed>): Observation {
  const whole = { rows: [], others: [], isWhole: true, pages: 1, failure: null }
  return { kind: 'listed', operation, status: 'IN_PROGRESS', ...whole, ...known }
}

/** What a Describe answers. */
export function descriptionOf(status: Status, known: Partial<Description> = {}): Answer<Description> {
  const [createdDate, permissionSetArn, accountId, failureReason] = [null, null, null, null]
  const principal = { principalId: null, principalType: null }
  return {
    ok: true,
    value: { status, createdDate, permissionSetArn, accountId, ...principal, failureReason, ...known },
  }
}

export function described(number: number, ...description: Parameters<typeof descriptionOf>): Observation {
  return { kind: 'described', key: keyOf(number), answer: descriptionOf(...description) }
}

/** The accounts of a permission set that are out of date, or why they were not read. */
export function read(number: number, startedAtMs: number, found: readonly string[] | CallFailure = []): Observation {
  const answer = 'effect' in found ? ({ ok: false, failure: found } as const) : ({ ok: true, value: found } as const)
  return { kind: 'accounts', permissionSetArn: arnOf(number), answer, startedAtMs, isOptional: false }
}

export function instanceRead(startedAtMs: number, count: number): Observation {
  return { kind: 'permission-sets', answer: { ok: true, value: upTo(count).map(arnOf) }, startedAtMs }
}
