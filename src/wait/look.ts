import { type OperationName, operationNames, type RequestKey, type Status } from '../requests/request.ts'
import type { Asker } from './ask.ts'
import { maxCallsInFlight } from './in-parallel.ts'
import { inPasses, type Look, now } from './look-in-progress.ts'
import { freshSince, isInstanceDue } from './plan-accounts.ts'
import {
  endedListToRead,
  inOrder,
  isListDenied,
  isListUsable,
  isListWorthIt,
  isWorthADescribe,
  type LookKind,
  listedToDescribe,
  listsReturnAtMs,
  missingToDescribe,
  othersToDescribe,
  requestsToAsk,
} from './plan-requests.ts'
import { readAccounts, readPermissionSets } from './read-accounts.ts'
import { readList } from './read-list.ts'
import type { Described } from './state/observation.ts'
import { isGiven, isUnreadable, type RequestState } from './state/request-state.ts'
import type { State } from './state/state.ts'
import { Tally } from './tally.ts'

/** Before AWS has answered once, it may refuse every call. Two calls are enough to see that. */
const maxFirstCalls = 2
/** What others' requests are about is recorded for this many at a time. */
const maxIdentifiedAtOnce = 50

/**
 * Looks once at everything that is not settled, with as few calls as possible, and records what each call brings. `plan-requests.ts` and
 * `plan-accounts.ts` decide what is asked.
 *
 * Lists save calls. The list of requests in progress takes one call for each hundred requests. A request that is not on it has most likely
 * ended, and is described. If that would take many calls, the look first searches the lists of failed and succeeded requests. If a list
 * fails, every request that it should have shown is described in the same look.
 *
 * For the goals about a state, the look also reads the whole lists of requests in progress, describes those of others, and reads the
 * accounts of permission sets.
 *
 * @returns what it has read, and how it ended, for the pace of the next ones; `hasMore`: whether there is more to read than one look reads.
 * Then the next one follows at once
 */
export async function look(asker: Asker, kind: LookKind) {
  const { rules, store } = asker
  const startedAtMs = store.elapsedMs
  const look: Look = { ...asker, kind, tally: new Tally() }
  const lists: ListsRead[] = []
  let untilMs = Number.POSITIVE_INFINITY
  for (const operation of operationNames) {
    const asked = requestsToAsk(now(look), operation)
    lists.push(await readLists(look, operation, asked))
    untilMs = Math.min(untilMs, listsReturnAtMs(now(look), operation, asked.length))
  }
  await describe(look, new Set(lists.flatMap(({ toDescribe }) => toDescribe.map(({ key }) => key.requestId))), untilMs)
  if (isInstanceDue(store.state)) await readPermissionSets(look)
  await identify(look)
  const hasReadLists = lists.every((each) => each.isWhole && !isOutOfDate(each, store.state))
  const freshSinceMs = freshSince(store.state, startedAtMs, hasReadLists)
  const result = { startedAtMs, freshSinceMs, hasReadLists }
  const hasMore = store.state.scope.readsAccounts && (await readAccounts(look, result))
  const unconfirmed = lists.reduce((sum, each) => sum + each.unconfirmed, 0)
  store.record({ kind: 'looked', unconfirmed, startedAtMs })
  store.record({ kind: 'judged', judgement: rules.judge(store.state, result) })
  return { ...result, outcome: look.tally.outcome, hasMore }
}

/** What the lists of one operation have shown, and what they leave open. */
interface ListsRead {
  /** The requests that the look asks about. */
  readonly asked: readonly RequestState[]
  readonly toDescribe: readonly RequestState[]
  /** How many may wait for the next look. */
  readonly unconfirmed: number
  /** Whether the list of requests in progress was read whole, or the role may not read it. */
  readonly isWhole: boolean
  /** The IDs of the requests that it shows in progress, if the goal needs the list. */
  readonly inProgress: readonly string[]
}

/** Reads the lists that are needed to know which requests have to be described. */
async function readLists(look: Look, operation: OperationName, asked: readonly RequestState[]): Promise<ListsRead> {
  const { store } = look
  const isNeeded = store.state.scope.lists.includes(operation)
  const unlisted = { asked, toDescribe: asked, unconfirmed: 0, inProgress: [] }
  if (!isListWorthIt(now(look), operation, asked.length))
    return { ...unlisted, isWhole: !isNeeded || isListDenied(store.state, operation) }

  const missing = new Map(asked.map((request) => [request.key.requestId, request]))
  const read = async (status: Status) => {
    const list = await readList(look, operation, status, new Set(missing.keys()))
    for (const requestId of list.shown.keys()) missing.delete(requestId)
    return list
  }
  const { isWhole, shown } = await read('IN_PROGRESS')
  const isShown = (requestId: string) => shown.get(requestId) === 'IN_PROGRESS'
  // Only a list that the goal needs can be out of date for it.
  const inProgress = isNeeded ? [...shown.keys()].filter(isShown) : []
  if (!isListUsable(now(look), operation))
    return { ...unlisted, inProgress, isWhole: isListDenied(store.state, operation) }

  const listed = asked.filter(({ key }) => isShown(key.requestId))
  const alreadyRead: Status[] = []
  while (isWhole) {
    const counts = { missing: missing.size, inProgress: listed.length, alreadyRead }
    const status = endedListToRead(now(look), operation, counts)
    if (status === null) break
    await read(status)
    alreadyRead.push(status)
  }
  const left = [...missing.values()]
  const toDescribe = isWhole ? missingToDescribe(now(look), left, listed.length) : left
  const latest = listed.map((request) => store.state.requests.get(request.key.requestId) ?? request)
  const checks = listedToDescribe(now(look), latest)
  const unconfirmed = left.length - toDescribe.length
  return { asked, toDescribe: [...toDescribe, ...checks], unconfirmed, isWhole, inProgress }
}

/**
 * Whether a list shows a request in progress that has ended. If it shows one of others that was asked about and could not be read, something
 * is in progress that is not known any more.
 */
function isOutOfDate({ asked, inProgress }: ListsRead, { requests }: State): boolean {
  const isGivenUp = (request: RequestState) =>
    !isGiven(request) && isUnreadable(request) && asked.some(({ key }) => key.requestId === request.key.requestId)
  return inProgress.some((requestId) => {
    const request = requests.get(requestId)
    return request !== undefined && (request.phase === 'ended' || isGivenUp(request))
  })
}

/** Describes requests until `untilMs`, or until too many calls in a row have no answer. */
async function describe(look: Look, requestIds: ReadonlySet<string>, untilMs: number): Promise<void> {
  const { store } = look
  const keys = inOrder(store.state, requestIds).map(({ key }) => key)
  let wasAnswered = store.state.requests.items.some(({ phase }) => phase !== 'unanswered')
  const record = (described: Described) => {
    store.record({ kind: 'described', ...described })
    wasAnswered ||= described.answer.ok
  }
  const isWanted = ({ requestId }: RequestKey) =>
    isWorthADescribe(store.state.requests.get(requestId)) && store.elapsedMs < untilMs
  await describeEach(look, keys, record, isWanted, () => (wasAnswered ? maxCallsInFlight : maxFirstCalls))
}

/** Describes the requests of others that are in progress, to know which permission sets they are about. */
async function identify(look: Look): Promise<void> {
  const { store } = look
  let answers: Described[] = []
  const record = () => {
    if (answers.length > 0) store.record({ kind: 'identified', answers })
    answers = []
  }
  await describeEach(look, othersToDescribe(now(look)), (described) => {
    answers.push(described)
    if (answers.length >= maxIdentifiedAtOnce) record()
  })
  record()
}

/** Describes requests, several at a time. Throttled calls are repeated after all others, as long as AWS answers some calls. */
async function describeEach(
  look: Look,
  keys: readonly RequestKey[],
  onAnswer: (described: Described) => void,
  isWanted: (key: RequestKey) => boolean = () => true,
  limit?: () => number,
): Promise<void> {
  const { api, ask, tally } = look
  const describeOne = async (key: RequestKey) => {
    const isStillWanted = () => isWanted(key) && !tally.isInVain
    const answer = await ask((signal) => api.describe(key, signal), { isWanted: isStillWanted })
    if (answer === null) return null
    tally.note('describe', answer)
    onAnswer({ key, answer })
    return answer
  }
  await inPasses(look, 'describe', keys, describeOne, limit)
}
