import { type Answer, type CallFailure, isAccessDenied } from '../../requests/api.ts'
import type { OperationName } from '../../requests/request.ts'
import { outageAfter } from './blocker.ts'
import { givenUp } from './fold-request.ts'
import type { Indexed } from './indexed.ts'
import { isGiven, isUnfinished, lacksDetails, type RequestState } from './request-state.ts'
import type { Access, State } from './state.ts'

/** After this many calls in a row without an answer, something keeps every answer away. With fewer things to ask about, their number is enough. */
const callsThatShowAll = 5
/** If this many requests of one operation are denied, and none has an answer, AWS denies the API action itself. */
const denialsThatShowAll = 2

/** What every answer shows: AWS answers. */
export function afterAnswer(access: Access): Access {
  return access.everyCall === null && access.callsInVain === 0 ? access : { ...access, everyCall: null, callsInVain: 0 }
}

/**
 * What a failed call shows about the others. Of a failure that every call meets, a single one, among calls that AWS answers, says nothing about
 * them. Any other failure is an answer.
 */
export function afterFailedCall(before: State, failure: CallFailure, nowMs: number): Partial<State> {
  const { access, requests } = before
  if (failure.scope !== 'every-call') return { requests, access: afterAnswer(access) }
  if (access.everyCall?.kind === 'final') return { access, requests }
  const callsInVain = access.callsInVain + 1
  if (failure.effect !== 'refused' && callsInVain < callsThatShowAll && asksMoreThan(callsInVain, before))
    return { requests, access: { ...access, callsInVain } }
  const everyCall = outageAfter(access.everyCall, failure, nowMs)
  return {
    // Those that were found are not given up: if other calls are answered, they are still in progress.
    requests: everyCall.kind === 'final' ? giveUp(requests, failure, isGiven) : requests,
    access: { ...access, callsInVain, everyCall },
  }
}

/** Whether a look asks about more things than this: requests, lists of requests in progress, and permission sets. */
function asksMoreThan(count: number, { requests, scope }: State): boolean {
  let questions = scope.lists.length + scope.permissionSetArns.size + (scope.followsInstance ? 1 : 0)
  for (const request of requests) {
    if (questions > count) break
    if (isUnfinished(request) || lacksDetails(request)) questions += 1
  }
  return questions > count
}

/**
 * The requests after AWS has denied an API action. If several requests of it are denied, and none was answered, AWS denies the action itself,
 * and not single requests. Then all of them are given up.
 */
export function afterDenial(
  requests: Indexed<RequestState>,
  failure: CallFailure,
  operation: OperationName,
): Indexed<RequestState> {
  let denied = 0
  for (const request of requests) {
    if (request.key.operation !== operation) continue
    if (request.described || request.blocker?.failure.effect === 'absent') return requests
    if (request.blocker?.failure.scope === 'action') denied += 1
  }
  if (denied < denialsThatShowAll) return requests
  return giveUp(requests, failure, ({ key }) => key.operation === operation)
}

function giveUp(
  requests: Indexed<RequestState>,
  failure: CallFailure,
  isMeant: (request: RequestState) => boolean,
): Indexed<RequestState> {
  return requests.map((request) => (isMeant(request) ? givenUp(request, failure) : request))
}

/** What is known after an optional call: whether the role may make it. Nothing else, because the wait can do without it. */
export function afterOptional(before: Access, action: string, answer: Answer<unknown>): Access {
  const isNew = !answer.ok && isAccessDenied(answer.failure) && !before.dropped.has(action)
  return isNew ? { ...before, dropped: new Set(before.dropped).add(action) } : before
}
