import { diagnose } from '../aws/diagnosis.ts'
import { operations } from '../aws/operations.ts'
import { type CallFailure, isAccessDenied } from '../requests/api.ts'
import { passes } from '../requests/verdict.ts'
import type { Unread } from '../wait/rules.ts'
import type { Blocker } from '../wait/state/blocker.ts'
import { listAccountsAction, listPermissionSetsAction } from '../wait/state/observation.ts'
import { detailsOf, type Ended, isGiven, type RequestState, statusOf } from '../wait/state/request-state.ts'
import { formatDuration } from './duration.ts'
import type { Outcome } from './outcome.ts'
import { decisiveFailuresOf } from './selection.ts'
import { listed, permissionSetLabel, plain, requestText, type Style } from './subject.ts'

/** Why some requests failed or could not be read, and what to do about it. Requests with the same cause share one. */
export interface Cause {
  readonly requests: readonly RequestState[]
  /** How many of them AWS was not asked about, because other requests had met the cause before. */
  readonly notAsked: number
  /** AWS's own words, or why an answer of AWS is missing. Untrusted where it is shown. */
  readonly text: string
  readonly advice: Advice | null
}

/** The advice on a cause, in our own words. */
interface Advice {
  /** The likely cause; `null` if the text itself names the cause. */
  readonly cause: string | null
  readonly remedy: string
  /** A part of the remedy to paste, in JSON. */
  readonly snippet?: string
}

/** Whether a request failed and a Describe has answered with the reason, or without one. */
export function isReadFailure(request: RequestState): request is Ended {
  return request.phase === 'ended' && request.status === 'FAILED' && request.described
}

/** The reasons that AWS gives for failures, in the order of the requests. */
export function reasonsOf(outcome: Outcome): Cause[] {
  const byReason = Map.groupBy(
    decisiveFailuresOf(outcome).filter(isReadFailure),
    ({ failureReason }) => failureReason ?? '',
  )
  return [...byReason].map(([reason, alike]) => ({
    requests: alike,
    notAsked: 0,
    text: reason || 'AWS gave no reason.',
    advice: diagnose(reason),
  }))
}

/** Why requests, or the reasons of failures, could not be read; empty if the step passes, or if AWS is not the cause. */
export function blockersOf(outcome: Outcome): Cause[] {
  if (passes(outcome.verdict) || outcome.problems.length > 0) return []
  const unread = outcome.requests.flatMap((request) => {
    const why = whyUnread(request, outcome)
    return why === null || isCutShort(request, why, outcome) ? [] : [{ request, why }]
  })
  const alike = Map.groupBy(unread, ({ request, why }) => withStatus(request, why.text))
  const causes = [...alike].map(([text, members]) => ({
    requests: members.map(({ request }) => request),
    notAsked: members.filter(({ why }) => !why.asked).length,
    text,
    advice: adviceOn(members[0]?.why.failure ?? null),
  }))
  const texts = new Set(causes.map(({ text }) => text))
  const others = outcome.failures.filter(({ message }) => !texts.has(message))
  return [...causes, ...others.map((failure) => causeOf(failure))]
}

/** The cause that something else than a request could not be read. */
function causeOf(failure: CallFailure): Cause {
  return { requests: [], notAsked: 0, text: failure.message, advice: adviceOn(failure) }
}

/**
 * Why the end of a request, or the reason of its failure, could not be read; `null` if it could. It never shows what AWS said about other
 * requests as if it was about this one.
 */
export function errorOf(request: RequestState, outcome: Outcome): string | null {
  const why = whyUnread(request, outcome)
  if (why === null) return null
  const { asked, text, failure } = why
  const again = request.askedAtMs === null ? '' : ' again'
  return withStatus(
    request,
    asked
      ? text
      : `AWS was not asked about this request${again}, because other requests had met this: ${failure?.title}`,
  )
}

/** The requests that a cause is about, in front of a colon; empty if the step has only one request, and that is not old. */
export function affected(cause: Cause, outcome: Outcome, style: Style = plain): string {
  const age = ageText(cause.requests, outcome)
  const some = affectedRequests(cause, outcome, style) || (age && 'The request')
  return some && `${some}${age}`
}

/** How long before the wait the newest of some requests of others was created; empty if that was less than a minute. */
function ageText(requests: readonly RequestState[], { startedAt }: Outcome): string {
  const dates = requests.map((request) => (isGiven(request) ? null : detailsOf(request).createdDate))
  const ages = dates.flatMap((date) => (date === null ? [] : [startedAt.getTime() - date.getTime()]))
  const ageMs = Math.min(...ages)
  return ages.length < requests.length || !(ageMs >= 60_000 && Number.isFinite(ageMs))
    ? ''
    : `, created ${formatDuration(ageMs)} before this step`
}

function affectedRequests({ requests, notAsked }: Cause, outcome: Outcome, style: Style): string {
  const { requests: all } = outcome
  if (all.length < 2 || requests.length === 0) return ''
  const some =
    requests.length === all.length
      ? `All ${all.length} requests`
      : listed(requests, (request) => requestText(request, outcome, style))
  if (notAsked === 0) return some
  return notAsked === requests.length ? `${some}, not asked about` : `${some}, ${notAsked} of them not asked about`
}

interface UnreadRequest {
  readonly text: string
  /** `null` if nothing went wrong, but the wait ended first. */
  readonly failure: CallFailure | null
  /** Whether this request met it. If not, other requests met it, and every further call would have met it. */
  readonly asked: boolean
}

function whyUnread(request: RequestState, outcome: Outcome): UnreadRequest | null {
  const { blocker } = request
  if (
    request.phase === 'ended' &&
    (request.described || (request.status === 'SUCCEEDED' && !isNeeded(blocker, outcome)))
  )
    return null
  const failure = blocker?.failure ?? outcome.outage
  if (failure !== null) {
    const asked = blocker?.kind !== 'final' || blocker.asked
    return { text: failure.message, failure, asked }
  }
  if (request.phase === 'in-progress') return null
  const isCancelled = outcome.ending === 'cancelled'
  const text = isCancelled ? 'The job was cancelled before AWS answered' : 'There was no time left to ask AWS'
  return { text, failure: null, asked: true }
}

/** Whether the goal needs what the blocker of a request keeps from being read, such as the permission set that it is about. */
function isNeeded(blocker: Blocker | null, { failures }: Outcome): boolean {
  return blocker !== null && failures.some(({ message }) => message === blocker.failure.message)
}

/** Whether the cancellation alone explains why a request has no end. */
function isCutShort(request: RequestState, { failure }: UnreadRequest, { ending }: Outcome): boolean {
  return failure === null && ending === 'cancelled' && request.phase !== 'ended'
}

function withStatus(request: RequestState, text: string): string {
  return statusOf(request) === 'FAILED' ? `FAILED; the reason was not read: ${text}` : text
}

function adviceOn(failure: CallFailure | null): Advice | null {
  if (failure === null || failure.remedy === '') return null
  const { remedy, snippet } = failure
  return { cause: null, remedy, ...(snippet !== undefined && { snippet }) }
}

/** The failure, in a message that says what was asked, if AWS's answer does not say it. */
export function withSubject(
  { failure, operation, permissionSetArn, what }: Unread,
  names: Outcome['names'],
): CallFailure {
  const { describeAction, listAction } = operations[operation]
  const label = permissionSetArn === null ? '' : ` of ${permissionSetLabel(permissionSetArn, names)}`
  const asked = {
    accounts: `for the accounts${label} (${listAccountsAction})`,
    'permission-sets': `for the permission sets of the instance (${listPermissionSetsAction})`,
    list: `for the list of requests in progress (${listAction})`,
    subject: `which permission set a request is about (${describeAction})`,
    anything: null,
  }[what]
  const isSaid = asked === null || failure.scope === 'request' || isAccessDenied(failure)
  return isSaid ? failure : { ...failure, message: `${failure.message}, when asked ${asked}` }
}

/** Each failure once: of those that every call meets, one for each code, and of the others, one for each message. */
export function distinctFailures(failures: readonly CallFailure[]): CallFailure[] {
  const keyOf = ({ code, message, scope }: CallFailure) => (scope === 'every-call' ? code : message)
  return [...Map.groupBy(failures, keyOf).values()].flatMap(([first]) => first ?? [])
}
