import { maxRowsOfPage } from '../requests/api.ts'
import type { OperationName, Row, Status } from '../requests/request.ts'
import { readPages } from './ask.ts'
import type { Look } from './look-in-progress.ts'
import { longList } from './state/list-access.ts'
import { isUnreadable, type RequestState } from './state/request-state.ts'

/** A list that has this many pages more than our requests would fill is mostly about other people's requests, and is not worth reading. */
const maxForeignPages = 50

/**
 * Reads the list of one status until it ends, or until it has shown every request in `wanted`, and records it as one observation. If the
 * goal needs to know all requests in progress, their list is read to its end.
 *
 * @returns `shown`: the IDs of all requests on it, with the status that their rows have; `isWhole`: `false` if it was not read to its end, or
 * if a row could not be used
 */
export async function readList(look: Look, operation: OperationName, status: Status, wanted: ReadonlySet<string>) {
  const { api, ask, store, tally } = look
  const { requests, scope } = store.state
  const readsAll = status === 'IN_PROGRESS' && scope.lists.includes(operation)
  const longestList = maxForeignPages + Math.ceil(requests.size / maxRowsOfPage)
  const left = new Set(wanted)
  const shown = new Map<string, Status>()
  const rows: Row[] = []
  const others: string[] = []
  const { end, failure, pages } = await readPages(ask, (token, signal) => api.list(operation, status, token, signal), {
    maxPages: readsAll ? longestList : Math.min(wanted.size, longestList),
    isEnough: () => !readsAll && left.size === 0,
    ...(readsAll && { onAnswer: (answer) => tally.note('list', answer) }),
    onPage(page) {
      for (const row of page) {
        const request = requests.get(row.requestId)
        // The text of the own key, so that those of ten thousand rows need not stay in memory.
        shown.set(request?.key.requestId ?? row.requestId, row.status)
        left.delete(row.requestId)
        if (request !== undefined && isNews(request, row)) rows.push(row)
        if (readsAll && row.status === 'IN_PROGRESS' && isOther(request)) others.push(row.requestId)
      }
    },
  })
  const isWhole = end === 'whole' || end === 'enough'
  const isTooLong = end === 'too-long' && pages === longestList
  store.record({
    kind: 'listed',
    operation,
    status,
    rows,
    others,
    isWhole,
    pages: end === 'cut' ? null : isTooLong ? Number.POSITIVE_INFINITY : pages,
    // The list of requests in progress gets shorter. The lists of ended requests do not.
    failure: isTooLong && status === 'IN_PROGRESS' ? longList : failure,
  })
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
