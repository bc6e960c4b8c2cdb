import { type Diagnosis, diagnose } from '../aws/diagnosis.ts'
import type { CallFailure } from '../requests/api.ts'
import { passes } from '../requests/verdict.ts'
import type { Blocker } from '../wait/state/blocker.ts'
import { detailsOf, isGiven, type RequestState, statusOf } from '../wait/state/request-state.ts'
import { formatDuration } from './duration.ts'
import type { Outcome } from './outcome.ts'
import { joined, type Phrase, say } from './phrase.ts'
import { decisiveFailuresOf, isReadFailure } from './selection.ts'
import { onlyRequest, requestPhrase } from './subject.ts'

/**
 * Why some requests failed or could not be read, and what to do about it: the likely cause, empty if the text itself names it, and the
 * remedy, empty if there is none. Requests with the same cause share one.
 */
export interface Cause extends Diagnosis {
  /** The requests that it is about, in front of a colon; empty if the step has only one request, and that is not old. */
  readonly about: Phrase
  /** AWS's own words, or why an answer of AWS is missing. Untrusted where it is shown. */
  readonly text: string
}

/** Why the end of a request, or the reason of its failure, could not be read. */
export interface Unread {
  readonly request: RequestState
  readonly text: string
  /** `null` if nothing went wrong, but the wait ended first. */
  readonly failure: CallFailure | null
  /** Whether this request met it. If not, other requests met it, and every further call would have met it. */
  readonly asked: boolean
}

export const noAdvice: Diagnosis = { cause: '', remedy: '' }

/** The reasons that AWS gives for failures, in the order of the requests. */
export function reasonsOf(outcome: Outcome): Cause[] {
  const failures = decisiveFailuresOf(outcome).filter(isReadFailure)
  const byReason = Map.groupBy(failures, ({ failureReason }) => failureReason ?? '')
  return [...byReason].map(([reason, alike]) => ({
    about: affected(alike, 0, outcome),
    text: reason || 'AWS gave no reason.',
    ...(diagnose(reason) ?? noAdvice),
  }))
}

/** Why requests, reasons of failures, and all else could not be read; empty if the step passes, or if AWS is not the cause. */
export function blockersOf(outcome: Outcome, unread: readonly Unread[]): Cause[] {
  if (passes(outcome.verdict) || outcome.problems.length > 0) return []
  // The cancellation alone explains why a request has no end.
  const unexplained = unread.filter(
    ({ failure, request }) => failure !== null || outcome.verdict !== 'cancelled' || request.phase === 'ended',
  )
  const alike = Map.groupBy(unexplained, ({ request, text }) => withStatus(request, text))
  const causes = [...alike].map(([text, members]) => {
    const notAsked = members.filter(({ asked }) => !asked).length
    const requests = members.map(({ request }) => request)
    return { about: affected(requests, notAsked, outcome), text, ...adviceOn(members[0]?.failure ?? null) }
  })
  const others = outcome.failures.filter(({ message }) => !alike.has(message))
  return [...causes, ...others.map((failure) => ({ about: [], text: failure.message, ...adviceOn(failure) }))]
}

/** What could not be read, in one sentence. It never shows what AWS said about other requests as if it was about this one. */
export function errorOf({ asked, failure, request, text }: Unread): string {
  const again = request.askedAtMs === null ? '' : ' again'
  const why = `AWS was not asked about this request${again}, because other requests had met this: ${failure?.title}`
  return withStatus(request, asked ? text : why)
}

/** The requests whose end, or the reason of whose failure, could not be read. */
export function unreadIn(outcome: Outcome): Unread[] {
  return outcome.requests.flatMap((request): Unread[] => {
    const { blocker, phase } = request
    if (phase === 'ended' && (request.described || (request.status === 'SUCCEEDED' && !isNeeded(blocker, outcome))))
      return []
    const failure = blocker?.failure ?? outcome.outage
    if (failure !== null) {
      const asked = blocker?.kind !== 'final' || blocker.asked
      return [{ request, text: failure.message, failure, asked }]
    }
    if (phase === 'in-progress') return []
    const isCancelled = outcome.verdict === 'cancelled'
    const text = isCancelled ? 'The wait was cancelled before AWS answered' : 'There was no time left to ask AWS'
    return [{ request, text, failure, asked: true }]
  })
}

/** Whether the goal needs what the blocker of a request keeps from being read, such as the permission set that it is about. */
function isNeeded(blocker: Blocker | null, { failures }: Outcome): boolean {
  return blocker !== null && failures.some(({ message }) => message === blocker.failure.message)
}

function withStatus(request: RequestState, text: string): string {
  return statusOf(request) === 'FAILED' ? `FAILED; the reason was not read: ${text}` : text
}

function adviceOn(failure: CallFailure | null): Diagnosis {
  if (failure === null) return noAdvice
  const { remedy, snippet } = failure
  return { cause: '', remedy, ...(snippet !== undefined && { snippet }) }
}

/** `notAsked`: how many of the requests AWS was not asked about, because other requests had met the cause before. */
function affected(requests: readonly RequestState[], notAsked: number, outcome: Outcome): Phrase {
  const total = outcome.requests.length
  const age = ageText(requests, outcome)
  if (onlyRequest(outcome.requests) !== null) return age === '' ? [] : [`The request${age}`]
  const some: Phrase =
    requests.length === total
      ? [`All ${total} requests`]
      : joined(requests, (request) => requestPhrase(request, outcome))
  const part = notAsked === requests.length ? '' : ` ${notAsked} of them`
  return say`${some}${notAsked === 0 ? '' : `,${part} not asked about`}${age}`
}

/** How long before the wait the newest of some requests of others was created; empty if that was less than a minute. */
function ageText(requests: readonly RequestState[], { startedAt }: Outcome): string {
  const ages = requests.map((request) => {
    const { createdDate } = detailsOf(request)
    return createdDate === null || isGiven(request) ? 0 : startedAt.getTime() - createdDate.getTime()
  })
  const ageMs = Math.min(...ages)
  return ageMs < 60_000 ? '' : `, created ${formatDuration(ageMs)} before this step`
}
