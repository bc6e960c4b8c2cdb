import { type Answer, type CallFailure, maxRowsOfPage, type Page } from '../../requests/api.ts'
import { watches } from '../../requests/goal.ts'
import type { OperationName, Row, Status } from '../../requests/request.ts'
import { longList } from '../snapshot/list-access.ts'
import type { Observation } from '../snapshot/observation.ts'
import { isUnreadable, type RequestState } from '../snapshot/request-state.ts'
import { requestOf } from '../snapshot/snapshot.ts'
import { askForPage } from './ask.ts'
import type { Look } from './context.ts'

/** A list that has this many pages more than our requests would fill is mostly about other people's requests, and is not worth reading. */
const maxForeignPages = 50

/** What a list has shown. */
interface ListRead {
  readonly shown: ReadonlySet<string>
  /** `false` if the list was cut short, because a Describe of the rest takes fewer calls, or because a page could not be read. */
  readonly isWhole: boolean
}

/**
 * Reads the list of one status until it ends, or until it has shown every request in `wanted`, and yields it as one observation. If the goal
 * needs to know all requests in progress, their list is read to its end.
 */
export async function* readList(
  look: Look,
  operation: OperationName,
  status: Status,
  wanted: ReadonlySet<string>,
): AsyncGenerator<Observation, ListRead> {
  const { current } = look
  const { goal, positions } = current()
  const readsAll = status === 'IN_PROGRESS' && watches(goal, operation)
  const longestList = maxForeignPages + Math.ceil(positions.size / maxRowsOfPage)
  const maxPages = readsAll ? longestList : Math.min(wanted.size, longestList)
  const left = new Set(wanted)
  const shown = new Set<string>()
  const rows: Row[] = []
  const others: string[] = []
  let pages = 0
  let token: string | null = null
  let failure: CallFailure | null = null
  let isWhole = false
  let isCut = false
  while (!isWhole && pages < maxPages) {
    const next: string | null = token
    const call = (signal: AbortSignal): Promise<Answer<Page<Row>>> => look.api.list(operation, status, next, signal)
    const page: Answer<Page<Row>> | null = await askForPage(
      look.ask,
      { priority: 'required', signal: look.signal },
      call,
    )
    if (readsAll && page !== null) look.tally.note(page)
    if (page === null || !page.ok) {
      failure = page?.failure ?? null
      isCut = page === null
      break
    }
    pages += 1
    for (const row of page.value.rows) {
      const request = requestOf(current(), row.requestId)
      // The text of the own key, so that those of ten thousand rows need not stay in memory.
      shown.add(request?.key.requestId ?? row.requestId)
      left.delete(row.requestId)
      if (request !== undefined && isNews(request, row)) rows.push(row)
      if (readsAll && isOther(request)) others.push(row.requestId)
    }
    token = page.value.nextToken
    isWhole = token === null || (!readsAll && left.size === 0)
  }
  const isTooLong = !isWhole && pages === longestList
  // The list of requests in progress gets shorter. The lists of ended requests do not.
  if (isTooLong && status === 'IN_PROGRESS') failure = longList
  const pagesKnown = isTooLong ? Number.POSITIVE_INFINITY : pages
  yield {
    kind: 'listed',
    operation,
    status,
    rows,
    others,
    isWhole,
    pages: isCut ? null : pagesKnown,
    failure,
  }
  return { shown, isWhole }
}

/** Whether a row says more than that a request is still in progress. */
function isNews({ blocker, phase }: RequestState, { status }: Row): boolean {
  return phase !== 'in-progress' || status !== 'IN_PROGRESS' || blocker !== null
}

/** Whether a request is not one of ours. One that a look has found, and that could not be read since, is asked about like a new one. */
function isOther(request: RequestState | undefined): boolean {
  return request === undefined || (request.origin === 'found' && isUnreadable(request))
}
