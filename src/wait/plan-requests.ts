import { isAccessDenied } from '../requests/api.ts'
import type { OperationName, RequestKey, Status } from '../requests/request.ts'
import { endlessList } from './state/list-access.ts'
import { byLastAsked, isUnfinished, lacksDetails, type RequestState } from './state/request-state.ts'
import { hasStatus, lackingDetails, type Other, type State, subjectKindOf, wantsEveryDetail } from './state/state.ts'

/**
 * What a look asks AWS, as pure functions of what is known. `regular`: more looks follow. `only`: one status of each request is enough.
 * `last`: the look at the deadline, which also describes what lists show in progress.
 */
export type LookKind = 'regular' | 'only' | 'last'

/** What is known when a look plans what to ask next. */
export interface Moment {
  readonly state: State
  readonly kind: LookKind
  readonly nowMs: number
}

/** This many requests are few. To describe them takes a second, and gives their details. */
const few = 10
/** This many requests can all be described in the last look, and they are. */
const fewInLastLook = 25
/** A request that was not described for this long is described even if a list shows it in progress, because lists can be out of date. */
const trustInListsMs = 10_000
/** A look describes one of this many requests that a list shows in progress, and at most `maxChecks` requests. */
const listedPerCheck = 25
const maxChecks = 4
/** A look asks for the permission sets of this many requests that are in progress. */
const maxFirstDetails = 20
/** While others are in progress, a regular look describes at most this many of the requests that have left the list. */
const maxSpareCalls = 15
/** A look that others follow asks about this many requests of others at most, so that it ends in time. */
const maxIdentified = 300
/** Without an answer that says more, something is asked about again after this time. */
const askAgainMs = 10_000

/** The requests of an operation that a look asks about. If one status of each is enough, one that has it is not asked about again. */
export function requestsToAsk({ state, kind }: Moment, operation: OperationName): RequestState[] {
  const isAsked = (request: RequestState) => isUnfinished(request) && (kind !== 'only' || !hasStatus(request, state))
  return state.requests.items.filter((request) => request.key.operation === operation && isAsked(request))
}

/** Whether to read the list of requests in progress: it takes fewer calls than a Describe of each, or shows what the goal needs to know. */
export function isListWorthIt(moment: Moment, operation: OperationName, unfinished: number): boolean {
  const { state, kind } = moment
  if (!isListUsable(moment, operation)) return false
  if (state.scope.lists.includes(operation)) return true
  if (kind === 'only' && wantsEveryDetail(state)) return false
  if (kind === 'last' && unfinished <= fewInLastLook) return false
  if (state.looks === 0 && unfinished <= few) return false
  return unfinished > state.access.lists[operation].pages.IN_PROGRESS
}

/**
 * Whether a list may be read now. A list that the goal needs is read in each look, unless the role may not read it, or the list had no end the
 * last time.
 */
export function isListUsable({ state, nowMs }: Moment, operation: OperationName): boolean {
  const { failure, retryAtMs } = state.access.lists[operation]
  const isLeftAlone = nowMs < retryAtMs
  if (!state.scope.lists.includes(operation)) return !isLeftAlone
  return !isListDenied(state, operation) && !(failure === endlessList && isLeftAlone)
}

export function isListDenied({ access }: State, operation: OperationName): boolean {
  const { failure } = access.lists[operation]
  return failure !== null && isAccessDenied(failure)
}

/** When a look that describes requests, because their list failed, has to stop for the next list; infinity if it need not stop. */
export function listsReturnAtMs(moment: Moment, operation: OperationName, unfinished: number): number {
  const { pages, retryAtMs } = moment.state.access.lists[operation]
  const isWaiting = moment.kind === 'regular' && unfinished > pages.IN_PROGRESS && !isListUsable(moment, operation)
  return isWaiting ? retryAtMs : Number.POSITIVE_INFINITY
}

/** The list of ended requests to search next, for requests that have left the list of those in progress; `null` if none pays. */
export function endedListToRead(
  moment: Moment,
  operation: OperationName,
  { missing, inProgress, alreadyRead }: { missing: number; inProgress: number; alreadyRead: readonly Status[] },
): Status | null {
  const { state, kind } = moment
  if (missing <= few || wantsEveryDetail(state) || !isListUsable(moment, operation)) return null
  // With few requests in progress, the end may be near. Then the others are settled now, so that they do not delay it.
  const statuses: Status[] = kind === 'regular' && inProgress > few ? ['FAILED'] : ['FAILED', 'SUCCEEDED']
  const pages = state.access.lists[operation].pages
  return statuses.find((status) => !alreadyRead.includes(status) && missing > pages[status]) ?? null
}

/** Of the requests that have left the list of those in progress, the ones to describe in this look. The rest waits for the next one. */
export function missingToDescribe(
  { state, kind }: Moment,
  missing: readonly RequestState[],
  inProgress: number,
): readonly RequestState[] {
  const isPatient = kind === 'regular' && inProgress > few && missing.length > few && !wantsEveryDetail(state)
  return isPatient ? missing.toSorted(byLastAsked).slice(0, maxSpareCalls) : missing
}

/**
 * The requests to describe although a list shows them in progress: some of them, or all in the last look. Those not described for the
 * longest time come first. If the goal needs their permission sets, requests whose permission set is not known yet are described too.
 */
export function listedToDescribe(
  { state, kind, nowMs }: Moment,
  listed: readonly RequestState[],
): readonly RequestState[] {
  if (kind === 'only') return listed
  const first = state.scope.readsAccounts ? listed.filter(({ described }) => !described).slice(0, maxFirstDetails) : []
  const checks = kind === 'last' ? listed.length : Math.min(maxChecks, Math.ceil(listed.length / listedPerCheck))
  const isDue = ({ askedAtMs }: RequestState) => kind === 'last' || nowMs - (askedAtMs ?? 0) >= trustInListsMs
  return [...new Set([...first, ...listed.filter(isDue).sort(byLastAsked).slice(0, checks)])]
}

/**
 * The requests to describe, in order: those that have ended but lack details, and those with these IDs that have not ended. The ones that
 * lack details come first, because nothing else about them is missing. The rest take turns. If a Describe gave no details, that request
 * takes turns too, so that it does not delay the others.
 */
export function inOrder(state: State, requestIds: ReadonlySet<string>): RequestState[] {
  const lacking = new Set(lackingDetails(state))
  const isFirst = (request: RequestState) => lacking.has(request) && request.blocker === null
  return state.requests.items
    .filter((request) => lacking.has(request) || (requestIds.has(request.key.requestId) && isUnfinished(request)))
    .sort((a, b) => Number(isFirst(b)) - Number(isFirst(a)) || byLastAsked(a, b))
}

/** Whether a Describe would still add something to a request. */
export function isWorthADescribe(request: RequestState | undefined): boolean {
  return request !== undefined && (isUnfinished(request) || lacksDetails(request))
}

/** The role may not read what others' requests are about, if AWS has denied this many and answered about none. */
const denialsThatShowAll = 2

/**
 * The requests of others to describe, to know which permission sets they are about. Without permission sets to look for, it does not matter.
 * One that is known is not asked about again.
 */
export function othersToDescribe({ state, kind, nowMs }: Moment): RequestKey[] {
  const { others, scope } = state
  if (scope.permissionSetArns.size === 0) return []
  const all = [...others]
  const count = (kind: string) => all.filter(([, { subject }]) => subject.kind === kind).length
  if (count('denied') >= denialsThatShowAll && count('known') === 0) return []
  const isDue = (other: Other) =>
    subjectKindOf(other, scope) === 'unknown' ||
    (other.subject.kind === 'not-said' && nowMs - (other.askedAtMs ?? 0) >= askAgainMs)
  return all
    .filter(([, other]) => isDue(other))
    .sort(([, a], [, b]) => byLastAsked(a, b))
    .slice(0, kind === 'only' ? all.length : maxIdentified)
    .map(([requestId, { operation }]) => ({ requestId, operation }))
}
