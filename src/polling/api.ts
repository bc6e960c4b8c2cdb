import type { RequestState, Status } from '../request.ts'

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

/** How far the cause of a trouble reaches: this request alone, every call of this API action, or every call whatever it is. */
export type Scope = 'request' | 'action' | 'every-call'

/** Why a status could not be read, in words for people, and what the wait is to make of it. */
export interface Trouble {
  readonly effect: Effect
  readonly scope: Scope
  /** The cause's short name, such as an exception's: the same cause in a row counts as lasting. */
  readonly code: string
  /** The cause in a few words, for the title of an annotation. May quote AWS, so untrusted where it is shown. */
  readonly title: string
  /** What happened, in one sentence. May quote AWS, so untrusted where it is shown. */
  readonly message: string
  /** What to do about it, in our own words; empty where there is nothing but to wait. */
  readonly remedy: string
  /** What of it can be pasted, such as a policy statement in JSON. */
  readonly snippet?: string
}

/** An answer, or why there is none. */
export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly trouble: Trouble }

/** What a list tells of one request. */
export type Row = Pick<RequestState, 'requestId' | 'createdDate'> & { readonly status: Status }

/** One page of the instance's requests, other people's included. */
export interface Page {
  readonly rows: readonly Row[]
  /** Asks for the page after this; `null` on the last. */
  readonly nextToken: string | null
}

/** Where the wait gets its answers from. Implementations never reject, and return soon after the signal is aborted. */
export interface Observer {
  describe(requestId: string, signal: AbortSignal): Promise<Answer<RequestState>>
  /** Says more of a refusal, where a further call can tell. Made only once the refused call is over. */
  explain?(trouble: Trouble, signal: AbortSignal): Promise<Trouble>
  /** The requests of the instance in one status, at most 100 a page. */
  list(status: Status, token: string | null, signal: AbortSignal): Promise<Answer<Page>>
}
