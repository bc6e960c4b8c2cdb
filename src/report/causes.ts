import { type Diagnosis, diagnose } from '../aws/diagnosis.ts'
import { operations } from '../aws/operations.ts'
import { type CallFailure, isAccessDenied } from '../requests/api.ts'
import { passes } from '../requests/verdict.ts'
import type { Ending } from '../wait/ending.ts'
import { listAccountsAction, listPermissionSetsAction } from '../wait/state/observation.ts'
import { isGiven, type RequestState, statusOf } from '../wait/state/request-state.ts'
import { formatDuration } from './duration.ts'
import type { Outcome } from './outcome.ts'
import { joined, type Phrase, say } from './phrase.ts'
import { decisiveFailuresOf, isReadFailure } from './selection.ts'
import { onlyRequest, permissionSetLabel, requestPhrase } from './subject.ts'

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
  /** In the words of the failure, which requests can share. */
  readonly text: string
  /** For this request alone. It never shows what AWS said about other requests as if it was about this one. */
  readonly error: string
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
  const alike = Map.groupBy(unexplained, ({ text }) => text)
  const causes = [...alike].map(([text, members]) => {
    const notAsked = members.filter(({ asked }) => !asked).length
    const requests = members.map(({ request }) => request)
    return { about: affected(requests, notAsked, outcome), text, ...adviceOn(members[0]?.failure ?? null) }
  })
  const others = outcome.failures.filter(({ message }) => !alike.has(message))
  return [...causes, ...others.map((failure) => ({ about: [], text: failure.message, ...adviceOn(failure) }))]
}

/** The requests whose end, or the reason of whose failure, could not be read. */
export function unreadIn({ failures, outage, requests, verdict }: Outcome): Unread[] {
  const silence =
    verdict === 'cancelled' ? 'The wait was cancelled before AWS answered' : 'There was no time left to ask AWS'
  return requests.flatMap((request): Unread[] => {
    const { askedAtMs, blocker, phase } = request
    // The goal can need more of a success, such as the permission set that it is about.
    const isNeeded = blocker !== null && failures.some(({ message }) => message === blocker.failure.message)
    if (phase === 'ended' && (request.described || (request.status === 'SUCCEEDED' && !isNeeded))) return []
    const failure = blocker?.failure ?? outage
    if (failure === null && phase === 'in-progress') return []
    const asked = blocker?.kind !== 'final' || blocker.asked
    const status = statusOf(request) === 'FAILED' ? 'FAILED; the reason was not read: ' : ''
    const text = `${status}${failure?.message ?? silence}`
    const again = askedAtMs === null ? '' : ' again'
    const notAsked = `AWS was not asked about this request${again}, because other requests had met this: ${failure?.title}`
    return [{ request, text, error: asked ? text : `${status}${notAsked}`, failure, asked }]
  })
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
    const { createdDate } = request.details
    return createdDate === null || isGiven(request) ? 0 : startedAt.getTime() - createdDate.getTime()
  })
  const ageMs = Math.min(...ages)
  return ageMs < 60_000 ? '' : `, created ${formatDuration(ageMs)} before this step`
}

/**
 * Why something else than a request could not be read. Each failure once, in a message that says what was asked, if AWS's answer does not
 * say it.
 */
export function failuresOf(unread: Ending['unread'], names: Outcome['names']): CallFailure[] {
  const failures = unread.map(({ failure, operation, permissionSetArn, what }) => {
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
  })
  // What every call meets is the same failure, whatever was asked.
  const keyOf = ({ code, message, scope }: CallFailure) => (scope === 'every-call' ? code : message)
  return [...Map.groupBy(failures, keyOf).values()].flatMap(([first]) => first ?? [])
}
