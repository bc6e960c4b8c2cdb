import type { Status } from '../request.ts'
import { isAccessDenied, type Trouble } from './api.ts'

/** Whether the lists of one operation's requests are worth asking for. Immutable. */
export interface ListAccess {
  /** Why one could not be used; `null` once it can. */
  readonly trouble: Trouble | null
  /** Which one that was. */
  readonly troubled: Status | null
  /** How many times it could not be used. */
  readonly failures: number
  /** None is asked for before. */
  readonly retryAtMs: number
  /** How many pages each takes, as far as it was read; infinity where that is too many. */
  readonly pages: Readonly<Record<Status, number>>
}

/** What the attempt to read one list came to. */
export interface ListOutcome {
  readonly status: Status
  /** As in {@link ListAccess}; `null` where the look was over before that was known. */
  readonly pages: number | null
  /** Why it cannot be used; `null` where it can. */
  readonly trouble: Trouble | null
}

export const initialListAccess: ListAccess = {
  trouble: null,
  troubled: null,
  failures: 0,
  retryAtMs: 0,
  pages: { SUCCEEDED: 1, FAILED: 1, IN_PROGRESS: 1 },
}

const firstPauseMs = 30_000
const maxPauseMs = 300_000

/**
 * Lists only save calls, so one that fails is left alone for a while: 30 s, then twice that, up to 5 min; for good where it is denied.
 * Until the same one can be used again, the trouble is not over. What does not change stays the same object.
 */
export function afterList(before: ListAccess, { status, pages, trouble }: ListOutcome, nowMs: number): ListAccess {
  if (trouble !== null) {
    const pauseMs = Math.min(firstPauseMs * 2 ** before.failures, maxPauseMs)
    const retryAtMs = isAccessDenied(trouble) ? Number.POSITIVE_INFINITY : nowMs + pauseMs
    return { ...before, trouble, troubled: status, failures: before.failures + 1, retryAtMs }
  }
  if (pages === null) return before
  if (before.troubled === status) return { ...initialListAccess, pages: { ...before.pages, [status]: pages } }
  return before.pages[status] === pages ? before : { ...before, pages: { ...before.pages, [status]: pages } }
}

/** A list of the requests in progress shows one that ended long ago. */
export const staleList: Trouble = {
  effect: 'unclear',
  scope: 'action',
  code: 'StaleList',
  title: 'The list of requests is out of date: it shows a request in progress that has ended',
  message: 'The list of requests is out of date: it shows a request in progress that has ended',
  remedy: '',
}

/** A list has so many pages that it saves no calls. */
export const longList: Trouble = {
  effect: 'unclear',
  scope: 'action',
  code: 'LongList',
  title: 'The list of requests is too long to read',
  message: 'The list of requests is too long to read',
  remedy: '',
}
