import type { CallFailure } from '../../requests/api.ts'
import { blockerAfter } from './blocker.ts'
import { afterAnswer, afterDenial, afterFailedCall } from './every-call.ts'
import { withChange } from './fold-accounts.ts'
import { withOthers } from './fold-others.ts'
import { afterDescription, afterFailure, afterRow } from './fold-request.ts'
import { afterList, staleList } from './list-access.ts'
import type { Described, Listed } from './observation.ts'
import { isGiven, lacksPermissionSet, type RequestState, statusOf } from './request-state.ts'
import type { State } from './state.ts'

/** A list is out of date if it shows a request in progress this long after the end of the request was seen. */
const staleAfterMs = 10_000

/** What is known after a Describe: about its request, about the others, and about AWS. */
export function withDescribed(before: State, { answer, key }: Described, nowMs: number): Partial<State> {
  const { access, requests, scope } = before
  const was = requests.get(key.requestId)
  if (was === undefined) return {}
  if (answer.ok) {
    const is = completed(before, was, afterDescription(was, answer.value, nowMs), nowMs)
    return { access: afterAnswer(access), requests: requests.with(is), ...withChange(before, was, is, nowMs) }
  }
  const { failure } = answer
  const own = requests.with(afterFailure(was, failure, nowMs, scope.isOneLook))
  const after = failure.scope === 'action' ? afterDenial(own, failure, key.operation) : own
  return afterFailedCall({ ...before, requests: after }, failure, nowMs)
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

/** The request. If the goal needs its permission set and AWS has not said it, it is still to be described, for a while. */
function completed({ scope }: State, was: RequestState, is: RequestState, nowMs: number): RequestState {
  const isMissing = scope.readsAccounts && isGiven(is) && lacksPermissionSet(is)
  if (!isMissing || statusOf(is) !== 'SUCCEEDED') return is
  return { ...is, described: false, blocker: blockerAfter(was.blocker, noPermissionSet, nowMs, scope.isOneLook) }
}

/** What is known after a list: about our requests on it, about the others, and about the lists. */
export function withList(before: State, listed: Listed, nowMs: number): Partial<State> {
  const { operation } = listed
  const changed = new Map<string, RequestState>()
  let after = before
  let isStale = false
  for (const row of listed.rows) {
    const was = changed.get(row.requestId) ?? before.requests.get(row.requestId)
    if (was?.key.operation !== operation) continue
    const is = afterRow(was, row, nowMs)
    if (is !== was) {
      changed.set(row.requestId, is)
      after = { ...after, ...withChange(after, was, is, nowMs) }
    }
    const hasEnded = was.phase === 'ended' && nowMs - was.endedAtMs > staleAfterMs
    isStale ||= hasEnded && row.status === 'IN_PROGRESS'
  }
  if (changed.size > 0) after = { ...after, requests: before.requests.with(...changed.values()) }
  const { lists } = before.access
  const outcome = isStale ? { ...listed, failure: listed.failure ?? staleList } : listed
  const access = { ...after.access, lists: { ...lists, [operation]: afterList(lists[operation], outcome, nowMs) } }
  after = { ...after, access }
  if (!after.scope.lists.includes(operation)) return after
  after = { ...after, ...withOthers({ ...after, elapsedMs: nowMs }, listed) }
  const { failure, pages } = listed
  if (failure !== null) return { ...after, ...afterFailedCall(after, failure, nowMs) }
  return pages === null ? after : { ...after, access: afterAnswer(after.access) }
}
