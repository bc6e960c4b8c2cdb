import { type CallFailure, isAccessDenied } from '../../requests/api.ts'
import type { Status } from '../../requests/request.ts'
import type { Listed } from './observation.ts'

/** Whether to read the lists of one operation's requests. Immutable. */
export interface ListAccess {
  /** Why a list could not be used; `null` if all lists can be used. */
  readonly failure: CallFailure | null
  /** The status of the list that could not be used. */
  readonly failedStatus: Status | null
  /** How many times in a row a list could not be used. */
  readonly failures: number
  /** No list is read before this time. */
  readonly retryAtMs: number
  /** How many pages each list has, as far as it was read; infinity if it is too long to read. */
  readonly pages: Readonly<Record<Status, number>>
}

export const initialListAccess: ListAccess = {
  failure: null,
  failedStatus: null,
  failures: 0,
  retryAtMs: 0,
  pages: { SUCCEEDED: 1, FAILED: 1, IN_PROGRESS: 1 },
}

const firstPauseMs = 30_000
const maxPauseMs = 300_000

/**
 * Lists only save calls. After a failure, no list is read for 30 s, then for twice as long, up to 5 min; after a denial, never again. The
 * failure is over when the same list can be used again. If nothing changes, the result is the same object.
 */
export function afterList(before: ListAccess, { status, pages, failure }: Listed, nowMs: number): ListAccess {
  if (failure !== null) {
    const pauseMs = Math.min(firstPauseMs * 2 ** before.failures, maxPauseMs)
    const retryAtMs = isAccessDenied(failure) ? Number.POSITIVE_INFINITY : nowMs + pauseMs
    return { ...before, failure, failedStatus: status, failures: before.failures + 1, retryAtMs }
  }
  if (pages === null) return before
  if (before.failedStatus === status) return { ...initialListAccess, pages: { ...before.pages, [status]: pages } }
  return before.pages[status] === pages ? before : { ...before, pages: { ...before.pages, [status]: pages } }
}

/** The failure of a list that shows a request in progress although it ended long ago. */
export const staleList = unusableList(
  'StaleList',
  'The list of requests is out of date: it shows a request in progress that has ended',
)

/** The failure of a list that is too long to save calls. */
export const longList = unusableList('LongList', 'The list of requests is too long to read')

/** The failure of a list of which something could not be used. */
export const partialList = unusableList('PartialList', 'AWS answered with a list of which a part cannot be used')

/** The failure of a list that repeats itself, and of a list of accounts that is longer than any that AWS can have. */
export const endlessList = unusableList('EndlessList', 'AWS answered with a list that does not end')

function unusableList(code: string, text: string): CallFailure {
  return { effect: 'unclear', scope: 'action', code, title: text, message: text, remedy: '' }
}
