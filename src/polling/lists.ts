import type { OperationName, Row, Status } from '../request.ts'
import type { Answer, Page, Trouble } from './api.ts'
import { longList } from './list-access.ts'
import type { LookOptions } from './look.ts'
import { byLastAsked, isUnfinished, type RequestState } from './request-state.ts'
import { type Observation, wantsEveryDetail } from './snapshot.ts'

/** This many requests are few. To describe them takes a second, and gives their details. */
const few = 10
/** This many requests can all be described in the last look, and they are. */
const fewInLastLook = 25
/** How many times a throttled page is asked for before the list is given up. */
const maxTriesOfPage = 5
/** A list that has this many pages more than our requests would fill is mostly about other people's requests, and is not worth reading. */
const maxForeignPages = 50
const maxRowsOfPage = 100
/** A request that was not described for this long is described even if a list shows it in progress, because lists can be out of date. */
const trustInListsMs = 10_000
/** A look describes one of this many requests that a list shows in progress, and at most `maxChecks` requests. */
const listedPerCheck = 25
const maxChecks = 4
/** While others are in progress, a regular look describes at most this many of the requests that have left the list. */
const maxSpareCalls = 15

/** Whether lists take fewer calls than a Describe of every request. */
export function listingPays(look: LookOptions, operation: OperationName, unfinished: number): boolean {
  const { kind } = look
  const snapshot = look.current()
  if (kind === 'only' && wantsEveryDetail(snapshot)) return false
  if (kind === 'last' && unfinished <= fewInLastLook) return false
  if (snapshot.looks === 0 && unfinished <= few) return false
  return unfinished > snapshot.lists[operation].pages.IN_PROGRESS && isUsable(look, operation)
}

/** When a look that describes requests, because their list failed, has to stop for the next list; infinity if it need not stop. */
export function listsReturnAtMs(look: LookOptions, operation: OperationName, unfinished: number): number {
  const { pages, retryAtMs } = look.current().lists[operation]
  const isWorthIt = look.kind === 'regular' && unfinished > pages.IN_PROGRESS && !isUsable(look, operation)
  return isWorthIt ? retryAtMs : Number.POSITIVE_INFINITY
}

/** What the lists leave open: the requests to describe now, and the number of those that may wait for the next look. */
interface LeftByLists {
  readonly toDescribe: readonly RequestState[]
  readonly unconfirmed: number
}

/** Reads the lists that are needed to know which requests have to be described. */
export async function* settleByLists(
  look: LookOptions,
  operation: OperationName,
  unfinished: readonly RequestState[],
): AsyncGenerator<Observation, LeftByLists> {
  const { current, kind } = look
  const missing = new Map(unfinished.map((request) => [request.key.requestId, request]))
  const isWhole = yield* readList(look, operation, 'IN_PROGRESS', missing)
  if (!isUsable(look, operation)) return { toDescribe: unfinished, unconfirmed: 0 }
  const checks = listedToCheck(look, operation, missing)
  const toDescribe = () => [...missing.values(), ...checks]
  const fewAreMissing = missing.size <= few || wantsEveryDetail(current())
  if (!isWhole || fewAreMissing) return { toDescribe: toDescribe(), unconfirmed: 0 }

  const inProgress = unfinished.length - missing.size
  const mayBeOn = (status: Status) =>
    isUsable(look, operation) && missing.size > current().lists[operation].pages[status]
  if (mayBeOn('FAILED')) yield* readList(look, operation, 'FAILED', missing)
  if (kind === 'regular' && inProgress > few && isUsable(look, operation)) {
    const now = [...missing.values()].sort(byLastAsked).slice(0, maxSpareCalls)
    return { toDescribe: [...now, ...checks], unconfirmed: missing.size - now.length }
  }
  // With few requests in progress, the end may be near. The others are settled now, so that they do not delay it.
  if (mayBeOn('SUCCEEDED')) yield* readList(look, operation, 'SUCCEEDED', missing)
  return { toDescribe: toDescribe(), unconfirmed: 0 }
}

function isUsable({ current, elapsedMs }: LookOptions, operation: OperationName): boolean {
  return elapsedMs() >= current().lists[operation].retryAtMs
}

/**
 * The requests to describe although a list shows them in progress: some of them, or all in the last look. Those not described for the
 * longest time come first.
 */
function listedToCheck(
  { current, elapsedMs, kind }: LookOptions,
  operation: OperationName,
  missing: ReadonlyMap<string, RequestState>,
): RequestState[] {
  const listed = current().requests.filter(
    (request) => request.key.operation === operation && isUnfinished(request) && !missing.has(request.key.requestId),
  )
  if (kind === 'only') return []
  const checks = kind === 'last' ? listed.length : Math.min(maxChecks, Math.ceil(listed.length / listedPerCheck))
  const isDue = ({ askedAtMs }: RequestState) => elapsedMs() - (askedAtMs ?? 0) >= trustInListsMs
  return listed
    .filter((request) => kind === 'last' || isDue(request))
    .sort(byLastAsked)
    .slice(0, checks)
}

/**
 * Reads the list of one status until it ends, or until it has shown everything in `missing`. Removes from `missing` what it shows, and
 * yields the list as one observation. Returns `false` if the list was cut short, because a Describe of the rest takes fewer calls, or
 * because a page could not be read.
 */
async function* readList(
  look: LookOptions,
  operation: OperationName,
  status: Status,
  missing: Map<string, RequestState>,
): AsyncGenerator<Observation, boolean> {
  const { positions } = look.current()
  const longestList = maxForeignPages + Math.ceil(positions.size / maxRowsOfPage)
  const maxPages = Math.min(missing.size, longestList)
  const rows: Row[] = []
  let pages = 0
  let token: string | null = null
  let trouble: Trouble | null = null
  let isWhole = false
  let isCut = false
  while (!isWhole && pages < maxPages) {
    const page: Answer<Page<Row>> | null = await askForPage(look, operation, status, token)
    if (page === null || !page.ok) {
      trouble = page?.trouble ?? null
      isCut = page === null
      break
    }
    pages += 1
    rows.push(...page.value.rows.filter(({ requestId }) => positions.has(requestId)))
    for (const { requestId } of page.value.rows) missing.delete(requestId)
    token = page.value.nextToken
    isWhole = token === null || missing.size === 0
  }
  const isTooLong = !isWhole && pages === longestList
  // The list of requests in progress gets shorter. The lists of ended requests do not.
  if (isTooLong && status === 'IN_PROGRESS') trouble = longList
  const pagesKnown = isTooLong ? Number.POSITIVE_INFINITY : pages
  yield { kind: 'listed', operation, status, rows, pages: isCut ? null : pagesKnown, trouble }
  return isWhole
}

async function askForPage(
  look: LookOptions,
  operation: OperationName,
  status: Status,
  token: string | null,
): Promise<Answer<Page<Row>> | null> {
  for (let tries = 1; ; tries += 1) {
    const page = await look.ask({ priority: 'required', signal: look.signal }, (signal) =>
      look.api.list(operation, status, token, signal),
    )
    if (page === null || page.ok || page.trouble.effect !== 'throttled' || tries === maxTriesOfPage) return page
  }
}
