import type { RequestState } from '../request-state.ts'

/** What a failure to learn a status means for the wait. */
export type Effect =
  /** Ask again, more slowly. */
  | 'throttled'
  /** Nothing was learnt; ask again, backing off. */
  | 'unclear'
  /** May be too early to say; believed once it has lasted. */
  | 'absent'
  /** Asking again will not help. */
  | 'refused'

/** Why a status could not be learnt, in words for people, and what the wait is to make of it. */
export interface Trouble {
  readonly effect: Effect
  /** Whom it concerns: this request alone, or every one, as a broken connection does. */
  readonly scope: 'request' | 'set'
  /** The cause's short name, such as an exception's: the same cause in a row counts as lasting. */
  readonly code: string
  /** What happened, in one sentence. May quote AWS, so untrusted where it is shown. */
  readonly message: string
  /** What to do about it, in our own words; empty where there is nothing but to wait. */
  readonly remedy: string
}

export type Answer =
  | { readonly ok: true; readonly state: RequestState }
  | { readonly ok: false; readonly trouble: Trouble }

/** Where the wait gets its answers from. Implementations never reject, and return soon after the signal is aborted. */
export interface Observer {
  describe(requestId: string, signal: AbortSignal): Promise<Answer>
}
