import type { CallFailure } from '../../requests/api.ts'
import { watches } from '../../requests/goal.ts'
import { type OperationName, operationNames } from '../../requests/request.ts'
import { rolloutArns } from './agreement.ts'
import { absenceToleratedMs } from './blocker.ts'
import { givenUp, isUnfinished, lacksDetails, type RequestState } from './request-state.ts'
import type { Snapshot } from './snapshot.ts'

/** This many calls in a row without an answer are an outage. With fewer things to ask about, their number is enough. */
const callsThatShowOutage = 5
/** If this many requests of one operation are denied, and none has an answer, AWS denies the API action itself. */
const denialsThatShowAll = 2

/** What every answer shows: AWS answers. */
export const answered = { outage: null, callsInVain: 0 }

/** The requests after AWS has denied an API action. If that shows to be true of all requests, they are given up. */
export function afterDenial(
  requests: readonly RequestState[],
  failure: CallFailure,
  operation: OperationName,
): readonly RequestState[] {
  const ofOperation = requests.filter((request) => request.key.operation === operation)
  return meetsAll(ofOperation) ? giveUp(requests, failure, operation) : requests
}

/** What is known after a call that met failure of every call. A single one, among calls that AWS answers, is not an outage. */
export function afterCallInVain(before: Snapshot, failure: CallFailure, nowMs: number): Partial<Snapshot> {
  const { requests, outage } = before
  const callsInVain = before.callsInVain + 1
  const isRefused = failure.effect === 'refused'
  const isOutage = isRefused || callsInVain >= Math.min(callsThatShowOutage, countQuestions(before))
  if (!isOutage) return { requests, callsInVain }
  const absentSinceMs = failure.effect === 'absent' ? (outage?.absentSinceMs ?? nowMs) : null
  const isBelieved = absentSinceMs !== null && nowMs - absentSinceMs >= absenceToleratedMs
  return {
    requests: isRefused || isBelieved ? giveUp(requests, failure) : requests,
    callsInVain,
    outage: { failure, absentSinceMs, isFinal: isRefused || isBelieved },
  }
}

function countUnsettled(requests: readonly RequestState[]): number {
  return requests.filter((request) => isUnfinished(request) || lacksDetails(request)).length
}

/** How many things a look asks about: requests, lists of requests in progress, and permission sets. */
function countQuestions(snapshot: Snapshot): number {
  const lists = operationNames.filter((operation) => watches(snapshot.goal, operation))
  return countUnsettled(snapshot.requests) + lists.length + rolloutArns(snapshot).length
}

/** Whether AWS denies the API action itself, and not single requests: several requests are denied, and no request was answered. */
function meetsAll(requests: readonly RequestState[]): boolean {
  const denied = requests.filter(({ blocker }) => blocker?.failure.scope === 'action').length
  const wasAnswered = requests.some(
    (request) => (request.phase !== 'unanswered' && request.described) || request.blocker?.failure.effect === 'absent',
  )
  return denied >= denialsThatShowAll && !wasAnswered
}

function giveUp(requests: readonly RequestState[], failure: CallFailure, operation?: OperationName): RequestState[] {
  return requests.map((request) =>
    operation === undefined || request.key.operation === operation ? givenUp(request, failure) : request,
  )
}
