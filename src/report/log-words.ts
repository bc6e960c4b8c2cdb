import type { RequestState } from '../wait/state/request-state.ts'
import type { State } from '../wait/state/state.ts'
import { inPlainText, plain } from './phrase.ts'
import { permissionSetLabel, requestPhrase } from './subject.ts'

// What the lines of the log have in common. A line is about one state of the wait, or about what has changed from one to the next.

/** A request before an observation and after it. */
export type Change = readonly [was: RequestState, is: RequestState]

export function permissionSetText(arn: string, { names }: State): string {
  return plain(permissionSetLabel(arn, names))
}

/** One of several requests. */
export function requestText(request: RequestState, { names, requests }: State): string {
  return inPlainText(requestPhrase(request, { requests: requests.items, names }))
}

/** What happened to a request. If it is one of several, the line begins with it. */
export function aboutRequest(request: RequestState, state: State, text: string): string {
  return state.requests.size === 1 ? text : `${requestText(request, state)}  ${text}`
}

/** How a failure is said in the log. */
export function failureText(reason: string | null): string {
  return `FAILED: ${reason ?? 'AWS gave no reason'}`
}

/** Whether something that other requests need not meet prevents an answer, while the request is still asked about. */
export function isBlocked({ blocker }: RequestState): boolean {
  return blocker?.kind === 'passing' && blocker.failure.scope !== 'every-call'
}
