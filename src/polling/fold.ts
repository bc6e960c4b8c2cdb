import type { Description, OperationName, RequestKey } from '../request.ts'
import { type Answer, isAccessDenied, type Trouble } from './api.ts'
import { afterList, staleList } from './list-access.ts'
import { isNews } from './news.ts'
import {
  absenceToleratedMs,
  afterDescription,
  afterRow,
  afterTrouble,
  givenUp,
  isUnfinished,
  lacksDetails,
  type RequestState,
} from './request-state.ts'
import {
  type Listed,
  listAccountsAction,
  nameAction,
  type Observation,
  type Progress,
  type Snapshot,
} from './snapshot.ts'

/** How a wait treats AWS's answers. */
export interface Rules {
  /** Whether to believe AWS's first answer that there is no such request. */
  readonly believeAbsence: boolean
}

/** A list is out of date if it shows a request in progress this long after the end of the request was seen. */
const staleAfterMs = 10_000
/** This many calls in a row without an answer are an outage. With fewer requests to ask about, their number is enough. */
const callsThatShowOutage = 5
/** If this many requests of one operation are denied, and none has an answer, AWS denies the API action itself. */
const denialsThatShowAll = 2

/** What is known after one more observation, made `nowMs` milliseconds after the wait began. Pure. */
export function fold(before: Snapshot, observation: Observation, nowMs: number, rules: Rules): Snapshot {
  const elapsedMs = before.ending === null ? nowMs : before.elapsedMs
  const after = { ...before, ...changedBy(before, observation, elapsedMs, rules), elapsedMs }
  return isNews(before, after) ? { ...after, quietSinceMs: elapsedMs } : after
}

function changedBy(before: Snapshot, observation: Observation, nowMs: number, rules: Rules): Partial<Snapshot> {
  switch (observation.kind) {
    case 'described':
      return observation.answer.ok
        ? { ...answered, ...withDescription(before, observation.key, observation.answer.value, nowMs) }
        : withTrouble(before, observation.key, observation.answer.trouble, nowMs, rules)
    case 'listed':
      return withList(before, observation, nowMs)
    case 'named': {
      const { permissionSetArn, answer } = observation
      const names = answer.ok ? new Map(before.names).set(permissionSetArn, answer.value) : before.names
      const namesAskedFor = new Set(before.namesAskedFor).add(permissionSetArn)
      return { names, namesAskedFor, ...withDropped(before, nameAction, answer) }
    }
    case 'counted': {
      const { permissionSetArn, answer } = observation
      const accounts = answer.ok ? new Map(before.accounts).set(permissionSetArn, answer.value) : before.accounts
      const dropped = withDropped(before, listAccountsAction, answer)
      return { accounts, countedAtMs: nowMs, ...dropped }
    }
    case 'behind': {
      const { permissionSetArn, answer } = observation
      const dropped = withDropped(before, listAccountsAction, answer)
      if (!answer.ok || answer.value.length === 0) return dropped
      return { accountsBehind: new Map(before.accountsBehind).set(permissionSetArn, [...new Set(answer.value)].sort()) }
    }
    case 'primary-region':
      return observation.answer.ok ? { primaryRegion: observation.answer.value } : {}
    case 'looked':
      return { looks: before.looks + 1, progress: progressOf(before, observation.unconfirmed) }
    case 'heartbeat':
      return { heartbeats: before.heartbeats + 1, quietSinceMs: nowMs }
    case 'over':
      return { ending: observation.ending }
  }
}

function withDescription(before: Snapshot, key: RequestKey, description: Description, nowMs: number) {
  return withRequest(before, key, (request) => afterDescription(request, description, nowMs))
}

/** What is known after a Describe without an answer: about its request, about the others, and about AWS. */
function withTrouble(
  before: Snapshot,
  key: RequestKey,
  trouble: Trouble,
  nowMs: number,
  { believeAbsence }: Rules,
): Partial<Snapshot> {
  const { requests } = withRequest(before, key, (request) => afterTrouble(request, trouble, nowMs, believeAbsence))
  switch (trouble.scope) {
    case 'request':
      return { ...answered, requests }
    case 'action':
      return { ...answered, requests: afterDenial(requests, trouble, key.operation) }
    case 'every-call':
      return afterCallInVain({ ...before, requests }, trouble, nowMs)
  }
}

/** The requests after AWS has denied an API action. If that shows to be true of all requests, they are given up. */
function afterDenial(
  requests: readonly RequestState[],
  trouble: Trouble,
  operation: OperationName,
): readonly RequestState[] {
  const ofOperation = requests.filter((request) => request.key.operation === operation)
  return meetsAll(ofOperation) ? giveUp(requests, trouble, operation) : requests
}

/** What is known after a call that met trouble of every call. A single one, among calls that AWS answers, is not an outage. */
function afterCallInVain(before: Snapshot, trouble: Trouble, nowMs: number): Partial<Snapshot> {
  const { requests, outage } = before
  const callsInVain = before.callsInVain + 1
  const isRefused = trouble.effect === 'refused'
  const isOutage = isRefused || callsInVain >= callsThatShowOutage || callsInVain >= countUnsettled(requests)
  if (!isOutage) return { requests, callsInVain }
  const absentSinceMs = trouble.effect === 'absent' ? (outage?.absentSinceMs ?? nowMs) : null
  const isBelieved = absentSinceMs !== null && nowMs - absentSinceMs >= absenceToleratedMs
  return {
    requests: isRefused || isBelieved ? giveUp(requests, trouble) : requests,
    callsInVain,
    outage: { trouble, absentSinceMs },
  }
}

/** What every answer shows: AWS answers. */
const answered = { outage: null, callsInVain: 0 }

function countUnsettled(requests: readonly RequestState[]): number {
  return requests.filter((request) => isUnfinished(request) || lacksDetails(request)).length
}

/** Whether AWS denies the API action itself, and not single requests: several requests are denied, and no request was answered. */
function meetsAll(requests: readonly RequestState[]): boolean {
  const denied = requests.filter(({ obstacle }) => obstacle?.trouble.scope === 'action').length
  const wasAnswered = requests.some(
    (request) => (request.phase !== 'unanswered' && request.described) || request.obstacle?.trouble.effect === 'absent',
  )
  return denied >= denialsThatShowAll && !wasAnswered
}

function giveUp(requests: readonly RequestState[], trouble: Trouble, operation?: OperationName): RequestState[] {
  return requests.map((request) =>
    operation === undefined || request.key.operation === operation ? givenUp(request, trouble) : request,
  )
}

function withList(before: Snapshot, listed: Listed, nowMs: number): Partial<Snapshot> {
  const { operation } = listed
  const changed = new Map<number, RequestState>()
  let isStale = false
  for (const row of listed.rows) {
    const position = before.positions.get(row.requestId) ?? -1
    const request = changed.get(position) ?? before.requests[position]
    if (request?.key.operation !== operation) continue
    const after = afterRow(request, row, nowMs)
    if (after !== request) changed.set(position, after)
    const hasEnded = request.phase === 'ended' && nowMs - request.endedAtMs > staleAfterMs
    isStale ||= hasEnded && row.status === 'IN_PROGRESS'
  }
  const requests =
    changed.size === 0 ? before.requests : before.requests.map((request, position) => changed.get(position) ?? request)
  const access = before.lists[operation]
  const after = afterList(access, isStale ? { ...listed, trouble: listed.trouble ?? staleList } : listed, nowMs)
  return { requests, lists: after === access ? before.lists : { ...before.lists, [operation]: after } }
}

function withDropped(before: Snapshot, action: string, answer: Answer<unknown>): Partial<Snapshot> {
  const isNew = !answer.ok && isAccessDenied(answer.trouble) && !before.dropped.has(action)
  return isNew ? { dropped: new Set(before.dropped).add(action) } : {}
}

function withRequest(
  { requests, positions }: Snapshot,
  { requestId }: RequestKey,
  change: (request: RequestState) => RequestState,
): { readonly requests: readonly RequestState[] } {
  const position = positions.get(requestId) ?? -1
  const request = requests[position]
  return { requests: request === undefined ? requests : requests.with(position, change(request)) }
}

function progressOf({ requests }: Snapshot, unconfirmed: number): Progress {
  const ended = requests.filter((request) => request.phase === 'ended')
  return { ended: ended.length, failed: ended.filter(({ status }) => status === 'FAILED').length, unconfirmed }
}
