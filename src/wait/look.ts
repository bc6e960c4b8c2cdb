import { type OperationName, operationNames, type RequestKey, type Status } from '../requests/request.ts'
import { inPasses, type Look, type LookEnd, type LookOptions, maxCallsInFlight } from './look-in-progress.ts'
import { freshSince, isInstanceDue } from './plan-accounts.ts'
import {
  endedListToRead,
  inOrder,
  isListDenied,
  isListUsable,
  isListWorthIt,
  isWorthADescribe,
  listedToDescribe,
  listsReturnAtMs,
  missingToDescribe,
  othersToDescribe,
  requestsToAsk,
} from './plan-requests.ts'
import { readAccounts, readPermissionSets } from './read-accounts.ts'
import { readList } from './read-list.ts'
import type { LookResult } from './rules.ts'
import type { Identified } from './state/observation.ts'
import { isGiven, isUnreadable, type RequestState } from './state/request-state.ts'
import { Tally } from './tally.ts'

/** Before AWS has answered once, it may refuse every call. Two calls are enough to see that. */
const maxFirstCalls = 2
/** What others' requests are about is recorded for this many at a time. */
const maxIdentifiedAtOnce = 50

/**
 * Looks once at everything that is not settled, with as few calls as possible, and records what each call brings. `plan.ts` decides what is
 * asked.
 *
 * Lists save calls. The list of requests in progress takes one call for each hundred requests. A request that is not on it has most likely
 * ended, and is described. If that would take many calls, the look first searches the lists of failed and succeeded requests. If a list
 * fails, every request that it should have shown is described in the same look.
 *
 * For the goals about a state, the look also reads the whole lists of requests in progress, describes those of others, and reads the
 * accounts of permission sets.
 *
 * @returns what it has read, and how it ended, for the pace of the next ones
 */
export async function look(options: LookOptions): Promise<LookResult & LookEnd> {
  const { kind, rules, store } = options
  const startedAtMs = store.elapsedMs
  const look: Look = { ...options, tally: new Tally() }
  const requestIds = new Set<string>()
  const inProgress = new Set<string>()
  const unfinishedIds = new Set<string>()
  let unconfirmed = 0
  let areListsWhole = true
  let untilMs = Number.POSITIVE_INFINITY
  for (const operation of operationNames) {
    const unfinished = requestsToAsk(store.state, operation, kind)
    for (const { key } of unfinished) unfinishedIds.add(key.requestId)
    const left = isListWorthIt(store.state, operation, unfinished.length, kind, store.elapsedMs)
      ? await readLists(look, operation, unfinished)
      : {
          toDescribe: unfinished,
          unconfirmed: 0,
          isWhole: !store.state.scope.lists.includes(operation) || isListDenied(store.state.access, operation),
          inProgress: [],
        }
    for (const { key } of left.toDescribe) requestIds.add(key.requestId)
    for (const requestId of left.inProgress) inProgress.add(requestId)
    unconfirmed += left.unconfirmed
    areListsWhole &&= left.isWhole
    untilMs = Math.min(untilMs, listsReturnAtMs(store.state, operation, unfinished.length, kind, store.elapsedMs))
  }
  await describe(look, requestIds, untilMs)
  if (isInstanceDue(store.state)) await readPermissionSets(look)
  await identify(look)
  // A list that shows a request in progress that has ended is out of date. One that shows a request of others that could not be read since
  // then shows that something is in progress.
  const isGivenUp = (request: RequestState) =>
    unfinishedIds.has(request.key.requestId) && !isGiven(request) && isUnreadable(request)
  const hasReadLists =
    areListsWhole &&
    !store.state.requests.items.some(
      (request) => inProgress.has(request.key.requestId) && (request.phase === 'ended' || isGivenUp(request)),
    )
  const freshSinceMs = freshSince(store.state, startedAtMs, hasReadLists)
  const result = { startedAtMs, freshSinceMs, hasReadLists }
  const hasMore = rules.readsAccounts && (await readAccounts(look, result))
  store.record({ kind: 'looked', unconfirmed, startedAtMs })
  store.record({ kind: 'judged', judgement: rules.judge(store.state, result) })
  return { ...result, outcome: look.tally.outcome, hasMore }
}

/** What the lists leave open. */
interface LeftByLists {
  readonly toDescribe: readonly RequestState[]
  /** How many may wait for the next look. */
  readonly unconfirmed: number
  /** Whether the list of requests in progress was read whole, or the role may not read it. */
  readonly isWhole: boolean
  /** The IDs of the requests that it shows in progress, if the goal needs the list. */
  readonly inProgress: readonly string[]
}

/** Reads the lists that are needed to know which requests have to be described. */
async function readLists(
  look: Look,
  operation: OperationName,
  unfinished: readonly RequestState[],
): Promise<LeftByLists> {
  const { kind, store } = look
  const missing = new Map(unfinished.map((request) => [request.key.requestId, request]))
  const read = async (status: Status) => {
    const list = await readList(look, operation, status, new Set(missing.keys()))
    for (const requestId of list.shown.keys()) missing.delete(requestId)
    return list
  }
  const { isWhole, shown } = await read('IN_PROGRESS')
  // Only a list that the goal needs can be out of date for it.
  const inProgress = store.state.scope.lists.includes(operation)
    ? [...shown.keys()].filter((requestId) => shown.get(requestId) === 'IN_PROGRESS')
    : []
  if (!isListUsable(store.state, operation, store.elapsedMs) && !isListDenied(store.state.access, operation))
    return { toDescribe: unfinished, unconfirmed: 0, isWhole: false, inProgress }
  if (isListDenied(store.state.access, operation))
    return { toDescribe: unfinished, unconfirmed: 0, isWhole: true, inProgress }

  const listed = unfinished.filter(({ key }) => shown.get(key.requestId) === 'IN_PROGRESS')
  const checks = () => listedToDescribe(store.state, listed.map(latest), kind, store.elapsedMs)
  function latest(request: RequestState): RequestState {
    return store.state.requests.get(request.key.requestId) ?? request
  }
  if (!isWhole) return { toDescribe: [...missing.values(), ...checks()], unconfirmed: 0, isWhole, inProgress }

  const alreadyRead: Status[] = []
  const nextList = () => {
    const counts = { missing: missing.size, inProgress: listed.length, alreadyRead }
    return endedListToRead(store.state, operation, counts, kind, store.elapsedMs)
  }
  for (let status = nextList(); status !== null; status = nextList()) {
    await read(status)
    alreadyRead.push(status)
  }
  const now = missingToDescribe(store.state, [...missing.values()], listed.length, kind)
  return { toDescribe: [...now, ...checks()], unconfirmed: missing.size - now.length, isWhole, inProgress }
}

/**
 * Describes requests until `untilMs`, or until too many calls in a row have no answer. Throttled calls are repeated after all others, as long
 * as AWS answers some calls.
 */
async function describe(look: Look, requestIds: ReadonlySet<string>, untilMs: number): Promise<void> {
  const { api, ask, signal, store, tally } = look
  const requests = inOrder(store.state, requestIds).map(({ key }) => key)
  const isWanted = ({ requestId }: RequestKey) =>
    isWorthADescribe(store.state.requests.get(requestId)) && !tally.isInVain && store.elapsedMs < untilMs
  let wasAnswered = store.state.requests.items.some(({ phase }) => phase !== 'unanswered')
  await inPasses(
    look,
    'describe',
    requests,
    () => (wasAnswered ? maxCallsInFlight : maxFirstCalls),
    async (key) => {
      const answer = await ask({ priority: 'required', signal, isWanted: () => isWanted(key) }, (callSignal) =>
        api.describe(key, callSignal),
      )
      if (answer === null) return false
      tally.note('describe', answer)
      store.record({ kind: 'described', key, answer })
      wasAnswered ||= answer.ok
      return !answer.ok && answer.failure.effect === 'throttled'
    },
  )
}

/** Describes the requests of others that are in progress, to know which permission sets they are about. */
async function identify(look: Look): Promise<void> {
  const { api, ask, kind, signal, store, tally } = look
  const keys = othersToDescribe(store.state, kind, store.elapsedMs)
  let answers: Identified[] = []
  const record = () => {
    if (answers.length > 0) store.record({ kind: 'identified', answers })
    answers = []
  }
  await inPasses(
    look,
    'describe',
    keys,
    () => maxCallsInFlight,
    async (key) => {
      const answer = await ask({ priority: 'required', signal, isWanted: () => !tally.isInVain }, (callSignal) =>
        api.describe(key, callSignal),
      )
      if (answer === null) return false
      tally.note('describe', answer)
      answers.push({ key, answer })
      if (answers.length >= maxIdentifiedAtOnce) record()
      return !answer.ok && answer.failure.effect === 'throttled'
    },
  )
  record()
}
