import { type Answer, type CallFailure, isAccessDenied } from '../../requests/api.ts'
import type { OperationName } from '../../requests/request.ts'
import { absenceToleratedMs } from './blocker.ts'
import type { Indexed } from './indexed.ts'
import { givenUp, isUnfinished, lacksDetails, type RequestState } from './request-state.ts'
import type { Access, State } from './state.ts'

/** After this many calls in a row without an answer, something keeps every answer away. With fewer things to ask about, their number is enough. */
const callsThatShowAll = 5
/** If this many requests of one operation are denied, and none has an answer, AWS denies the API action itself. */
const denialsThatShowAll = 2

/** What every answer shows: AWS answers. */
export function afterAnswer(access: Access): Access {
  return access.everyCall === null && access.callsInVain === 0 ? access : { ...access, everyCall: null, callsInVain: 0 }
}

/** What is known after a call with a failure that every call meets. A single one, among calls that AWS answers, says nothing about the others. */
export function afterCallInVain(
  before: State,
  failure: CallFailure,
  nowMs: number,
): Pick<State, 'requests' | 'access'> {
  const { access, requests } = before
  if (access.everyCall?.kind === 'final') return { access, requests }
  const callsInVain = access.callsInVain + 1
  const isRefused = failure.effect === 'refused'
  if (!isRefused && callsInVain < callsThatShowAll && callsInVain < countQuestions(before))
    return { requests, access: { ...access, callsInVain } }
  const known = access.everyCall?.kind === 'passing' ? access.everyCall.absentSinceMs : null
  const absentSinceMs = failure.effect === 'absent' ? (known ?? nowMs) : null
  const isBelieved = absentSinceMs !== null && nowMs - absentSinceMs >= absenceToleratedMs
  const isFinal = isRefused || isBelieved
  return {
    requests: isFinal ? giveUp(requests, failure) : requests,
    access: {
      ...access,
      callsInVain,
      everyCall: isFinal ? { kind: 'final', failure, asked: true } : { kind: 'passing', failure, absentSinceMs },
    },
  }
}

/** How many things a look asks about: requests, lists of requests in progress, and permission sets. */
function countQuestions({ requests, scope }: State): number {
  const unsettled = requests.items.filter((request) => isUnfinished(request) || lacksDetails(request))
  return unsettled.length + scope.lists.length + scope.permissionSetArns.size
}

/** The requests after AWS has denied an API action. If that shows to be true of all requests, they are given up. */
export function afterDenial(
  requests: Indexed<RequestState>,
  failure: CallFailure,
  operation: OperationName,
): Indexed<RequestState> {
  const ofOperation = requests.items.filter((request) => request.key.operation === operation)
  return meetsAll(ofOperation) ? giveUp(requests, failure, operation) : requests
}

/** Whether AWS denies the API action itself, and not single requests: several requests are denied, and no request was answered. */
function meetsAll(requests: readonly RequestState[]): boolean {
  const denied = requests.filter(({ blocker }) => blocker?.failure.scope === 'action').length
  const wasAnswered = requests.some(
    (request) => (request.phase !== 'unanswered' && request.described) || request.blocker?.failure.effect === 'absent',
  )
  return denied >= denialsThatShowAll && !wasAnswered
}

function giveUp(
  requests: Indexed<RequestState>,
  failure: CallFailure,
  operation?: OperationName,
): Indexed<RequestState> {
  return requests.map((request) =>
    operation === undefined || request.key.operation === operation ? givenUp(request, failure) : request,
  )
}

/** What is known after an optional call: whether the role may make it. Nothing else, because the wait can do without it. */
export function afterOptional(before: Access, action: string, answer: Answer<unknown>): Access {
  const isNew = !answer.ok && isAccessDenied(answer.failure) && !before.dropped.has(action)
  return isNew ? { ...before, dropped: new Set(before.dropped).add(action) } : before
}
