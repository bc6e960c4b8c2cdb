import { isAccessDenied } from '../../requests/api.ts'
import { watches } from '../../requests/goal.ts'
import type { OperationName, Status } from '../../requests/request.ts'
import type { Observation } from '../snapshot/observation.ts'
import { byLastAsked, isUnfinished, type RequestState } from '../snapshot/request-state.ts'
import { wantsEveryDetail } from '../snapshot/snapshot.ts'
import type { Look } from './context.ts'
import { readList } from './read-list.ts'

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

/** Whether lists take fewer calls than a Describe of every request, or show what the goal needs to know. */
export function listingPays(look: Look, operation: OperationName, unfinished: number): boolean {
  const { kind } = look
  const snapshot = look.current()
  if (watches(snapshot.goal, operation)) return isUsable(look, operation)
  if (kind === 'only' && wantsEveryDetail(snapshot)) return false
  if (kind === 'last' && unfinished <= fewInLastLook) return false
  if (snapshot.looks === 0 && unfinished <= few) return false
  return unfinished > snapshot.lists[operation].pages.IN_PROGRESS && isUsable(look, operation)
}

/** When a look that describes requests, because their list failed, has to stop for the next list; infinity if it need not stop. */
export function listsReturnAtMs(look: Look, operation: OperationName, unfinished: number): number {
  const { pages, retryAtMs } = look.current().lists[operation]
  const isWorthIt = look.kind === 'regular' && unfinished > pages.IN_PROGRESS && !isUsable(look, operation)
  return isWorthIt ? retryAtMs : Number.POSITIVE_INFINITY
}

/** What the lists leave open: the requests to describe now, and the number of those that may wait for the next look. */
interface LeftByLists {
  readonly toDescribe: readonly RequestState[]
  readonly unconfirmed: number
  /** Whether the list of requests in progress was read to its end. */
  readonly isWhole: boolean
  /** The IDs of the requests that the list shows in progress. */
  readonly listed: ReadonlySet<string>
}

/** Reads the lists that are needed to know which requests have to be described. */
export async function* settleByLists(
  look: Look,
  operation: OperationName,
  unfinished: readonly RequestState[],
): AsyncGenerator<Observation, LeftByLists> {
  const { current, kind } = look
  const missing = new Map(unfinished.map((request) => [request.key.requestId, request]))
  const read = async function* (status: Status) {
    const list = yield* readList(look, operation, status, new Set(missing.keys()))
    for (const requestId of list.shown) missing.delete(requestId)
    return list
  }
  const { isWhole, shown } = yield* read('IN_PROGRESS')
  const left = { unconfirmed: 0, isWhole, listed: shown }
  if (!isUsable(look, operation)) return { ...left, toDescribe: unfinished, isWhole: isDenied(look, operation) }
  const checks = listedToCheck(look, operation, missing)
  const toDescribe = () => [...missing.values(), ...checks]
  const fewAreMissing = missing.size <= few || wantsEveryDetail(current())
  if (!isWhole || fewAreMissing) return { ...left, toDescribe: toDescribe() }

  const inProgress = unfinished.length - missing.size
  const mayBeOn = (status: Status) =>
    isUsable(look, operation) && missing.size > current().lists[operation].pages[status]
  if (mayBeOn('FAILED')) yield* read('FAILED')
  if (kind === 'regular' && inProgress > few && isUsable(look, operation)) {
    const now = [...missing.values()].sort(byLastAsked).slice(0, maxSpareCalls)
    return { ...left, toDescribe: [...now, ...checks], unconfirmed: missing.size - now.length }
  }
  // With few requests in progress, the end may be near. The others are settled now, so that they do not delay it.
  if (mayBeOn('SUCCEEDED')) yield* read('SUCCEEDED')
  return { ...left, toDescribe: toDescribe() }
}

/** Whether a list may be read now. A list that the goal needs is read in each look, unless the role may not read it. */
function isUsable(look: Look, operation: OperationName): boolean {
  const { goal, lists } = look.current()
  return watches(goal, operation) ? !isDenied(look, operation) : look.elapsedMs() >= lists[operation].retryAtMs
}

function isDenied({ current }: Look, operation: OperationName): boolean {
  const { failure } = current().lists[operation]
  return failure !== null && isAccessDenied(failure)
}

/**
 * The requests to describe although a list shows them in progress: some of them, or all in the last look. Those not described for the
 * longest time come first. If permission sets are to be rolled out, requests whose permission set is not known yet are described too.
 */
function listedToCheck(
  { current, elapsedMs, kind }: Look,
  operation: OperationName,
  missing: ReadonlyMap<string, RequestState>,
): RequestState[] {
  const listed = current().requests.filter(
    (request) => request.key.operation === operation && isUnfinished(request) && !missing.has(request.key.requestId),
  )
  if (kind === 'only') return []
  const first = current().goal.until === 'rolled-out' ? listed.filter(lacksPermissionSet).slice(0, maxFirstDetails) : []
  const checks = kind === 'last' ? listed.length : Math.min(maxChecks, Math.ceil(listed.length / listedPerCheck))
  const isDue = ({ askedAtMs }: RequestState) => elapsedMs() - (askedAtMs ?? 0) >= trustInListsMs
  const due = listed.filter((request) => kind === 'last' || isDue(request)).sort(byLastAsked)
  return [...new Set([...first, ...due.slice(0, checks)])]
}

/** Whether no Describe has said which permission set it is about. */
function lacksPermissionSet(request: RequestState): boolean {
  return request.phase === 'unanswered' || !request.described
}
