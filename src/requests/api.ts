import type { Description, OperationName, RequestKey, Row, Status } from './request.ts'

/**
 * What polling needs from AWS. `src/aws` implements it, and so do tests. No call rejects. Each call returns soon after its signal is
 * aborted.
 */
export interface Api {
  describe(request: RequestKey, signal: AbortSignal): Promise<Answer<Description>>
  /**
   * The requests of the instance with one status, including those of other people. `token`: the `nextToken` of the page before, or `null`
   * for the first page.
   */
  list(operation: OperationName, status: Status, token: string | null, signal: AbortSignal): Promise<Answer<Page<Row>>>
  /** The accounts that hold a permission set in any version, or those that are out of date: they hold an older one than the latest. */
  listAccounts(query: AccountsQuery, token: string | null, signal: AbortSignal): Promise<Answer<Page<string>>>
  /** The ARNs of all permission sets of the instance. */
  listPermissionSets(token: string | null, signal: AbortSignal): Promise<Answer<Page<string>>>
  permissionSetName(permissionSetArn: string, signal: AbortSignal): Promise<Answer<string>>
  /** The one Region in which the instance's permission sets can be read. */
  primaryRegion(signal: AbortSignal): Promise<Answer<string>>
}

export interface AccountsQuery {
  readonly permissionSetArn: string
  /** Only the accounts that do not hold the latest version. Otherwise, all that hold any version. */
  readonly onlyOutOfDate: boolean
}

/** The largest page of a list (`MaxResults` in the service model of sso-admin 2020-07-20). */
export const maxRowsOfPage = 100

export interface Page<T> {
  /** At most {@link maxRowsOfPage}. */
  readonly rows: readonly T[]
  /** `null` on the last page. */
  readonly nextToken: string | null
  /** Whether something on it could not be used: a row, or the token of the next page. Then the list is not known whole. */
  readonly isPartial: boolean
}

/** An answer, or why there is none. */
export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: CallFailure }

/** The failure that every call meets; `null` if AWS answered the call, also with a refusal of this request or action. */
export function failureOfAll(answer: Answer<unknown>): CallFailure | null {
  return answer.ok || answer.failure.scope !== 'every-call' ? null : answer.failure
}

/** What a call without an answer means for the wait. */
export type Effect =
  /** Ask again, more slowly. */
  | 'throttled'
  /** Nothing is known. Ask again, after growing pauses. */
  | 'unclear'
  /** AWS says that it does not exist. That may only be too early, so it is believed after 30 s. */
  | 'absent'
  /** Another call will not help. */
  | 'refused'

/** Why there is no answer: texts for people, and what it means for the wait. */
export interface CallFailure {
  readonly effect: Effect
  /** Which calls meet the same failure: those about this request, all calls of this API action, or all calls. */
  readonly scope: 'request' | 'action' | 'every-call'
  /** A short name of the cause, such as that of an exception. Two failures with the same code count as the same. */
  readonly code: string
  /** The cause in a few words. */
  readonly title: string
  /** What happened, in one sentence. It may quote AWS, and is untrusted where it is shown. */
  readonly message: string
  /** What to do about it, in our own words; empty if waiting is the only remedy. */
  readonly remedy: string
  /** A part of the remedy to paste, such as a policy statement in JSON. */
  readonly snippet?: string
}

/** Whether the role may not make the call. No other error of AWS is about IAM. */
export function isAccessDenied({ code }: CallFailure): boolean {
  return code === 'AccessDeniedException' || code === 'AccessDenied'
}
