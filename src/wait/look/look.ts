import { operationNames } from '../../requests/request.ts'
import type { Observation } from '../snapshot/observation.ts'
import { byLastAsked, isUnfinished, lacksDetails, type RequestState } from '../snapshot/request-state.ts'
import { lackingDetails, requestOf, type Snapshot } from '../snapshot/snapshot.ts'
import { inParallel } from '../streams.ts'
import type { LookOutcome } from '../time/interval.ts'
import { lookAtAccounts } from './accounts.ts'
import { type Look, type LookOptions, maxCallsInFlight, Tally } from './context.ts'
import { identify } from './discovery.ts'
import { listingPays, listsReturnAtMs, settleByLists } from './lists.ts'

/** Before AWS has answered once, it may refuse every call. Two calls are enough to see that. */
const maxFirstCalls = 2
/** How many times a look goes through its requests, to repeat throttled calls while AWS answers others. */
const maxPasses = 4

/**
 * Looks once at every request that is not settled, with as few calls as possible, and yields what each call brings.
 *
 * Lists save calls. The list of requests in progress takes one call for each hundred requests. A request that is not on it has most likely
 * ended, and is described. If that would take many calls, the look first searches the lists of failed and succeeded requests. If a list
 * fails, every request that it should have shown is described in the same look. Some requests that a list shows in progress are described
 * as well, those with the oldest description first.
 *
 * For the goals `rolled-out` and `idle`, the look also reads the whole lists of requests in progress, and says of each request on them
 * which permission set it is about. For `rolled-out`, it then lists the accounts that are behind.
 *
 * @returns how the look ended, for the pace of the next ones
 */
export async function* look(options: LookOptions): AsyncGenerator<Observation, LookOutcome> {
  const look: Look = { ...options, startedAtMs: options.elapsedMs(), tally: new Tally() }
  const { current, startedAtMs, tally } = look
  const requestIds = new Set<string>()
  let unconfirmed = 0
  const listed = new Set<string>()
  let areListsWhole = true
  let untilMs = Number.POSITIVE_INFINITY
  for (const operation of operationNames) {
    const unfinished = current().requests.filter(
      (request) => isToAsk(request, look.kind) && request.key.operation === operation,
    )
    const left = listingPays(look, operation, unfinished.length)
      ? yield* settleByLists(look, operation, unfinished)
      : { toDescribe: unfinished, unconfirmed: 0, isWhole: true, listed: [] }
    for (const { key } of left.toDescribe) requestIds.add(key.requestId)
    unconfirmed += left.unconfirmed
    for (const requestId of left.listed) listed.add(requestId)
    areListsWhole &&= left.isWhole
    untilMs = Math.min(untilMs, listsReturnAtMs(look, operation, unfinished.length))
  }
  yield* describe(look, inOrder(current(), requestIds), untilMs)
  yield* identify(look)
  yield* lookAtAccounts(look)
  const isOutOfDate = current().requests.some(({ key, phase }) => phase === 'ended' && listed.has(key.requestId))
  yield { kind: 'looked', unconfirmed, startedAtMs, hasReadLists: areListsWhole && !isOutOfDate }
  return tally.outcome
}

/** Whether a look asks about a request. If one status of each is enough, a request that has one is not asked about again. */
function isToAsk(request: RequestState, kind: LookOptions['kind']): boolean {
  return isUnfinished(request) && (kind !== 'only' || request.phase === 'unanswered')
}

/**
 * The requests to describe: those that have ended but lack details, and those with these IDs that have not ended. The ones that lack
 * details come first, because nothing else about them is missing. The rest take turns. If a Describe gave no details, that request takes
 * turns too, so that it does not delay the others.
 */
function inOrder(snapshot: Snapshot, requestIds: ReadonlySet<string>): RequestState[] {
  const lacking = new Set(lackingDetails(snapshot))
  const isFirst = (request: RequestState) => lacking.has(request) && request.blocker === null
  return snapshot.requests
    .filter((request) => lacking.has(request) || (requestIds.has(request.key.requestId) && isUnfinished(request)))
    .sort((a, b) => Number(isFirst(b)) - Number(isFirst(a)) || byLastAsked(a, b))
}

/**
 * Describes requests in the order given, until `untilMs`, or until too many calls in a row have no answer. Throttled calls are repeated
 * after all others, as long as AWS answers some calls.
 */
async function* describe(
  look: Look,
  requests: readonly RequestState[],
  untilMs: number,
): AsyncGenerator<Observation, void> {
  let queue = requests
  for (let pass = 1; pass <= maxPasses && queue.length > 0; pass += 1) {
    queue = yield* describeOnce(look, queue, untilMs)
    if (look.tally.outcome !== 'answered') return
  }
}

/** Describes each request once, several at a time. Returns the requests whose calls AWS throttled. */
async function* describeOnce(
  look: Look,
  requests: readonly RequestState[],
  untilMs: number,
): AsyncGenerator<Observation, readonly RequestState[]> {
  const { api, ask, current, elapsedMs, signal, tally } = look
  const isWanted = ({ key }: RequestState) => {
    const request = requestOf(current(), key.requestId)
    const isOpen = request !== undefined && (isUnfinished(request) || lacksDetails(request))
    return isOpen && !tally.isInVain && elapsedMs() < untilMs
  }
  const limit = () => (current().requests.some(wasAnswered) ? maxCallsInFlight : maxFirstCalls)
  const answers = inParallel(requests, limit, async (request) => {
    const answer = await ask({ priority: 'required', signal, isWanted: () => isWanted(request) }, (callSignal) =>
      api.describe(request.key, callSignal),
    )
    return { request, answer }
  })
  const throttled: RequestState[] = []
  for await (const { request, answer } of answers) {
    if (answer === null) continue
    tally.note(answer)
    if (!answer.ok && answer.failure.effect === 'throttled') throttled.push(request)
    yield { kind: 'described', key: request.key, answer }
  }
  return throttled
}

function wasAnswered(request: RequestState): boolean {
  return request.phase !== 'unanswered'
}
