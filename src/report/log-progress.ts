import { type CallFailure, isAccessDenied } from '../requests/api.ts'
import { isGiven, isUnfinished, isUnreadable, type RequestState, statusOf } from '../wait/state/request-state.ts'
import type { Progress, State } from '../wait/state/state.ts'
import { accountsText, countText, newCounts } from './log-accounts.ts'
import { isBlocked } from './log-failures.ts'
import { listed, plain } from './phrase.ts'
import { unidentified } from './state-words.ts'
import { permissionSetLabel, requestText } from './subject.ts'

/** How many accounts hold the latest version, if that has changed. */
export function accountLines(before: State, after: State): string[] {
  if (before.isOver || before.permissionSets === after.permissionSets) return []
  const changed = newCounts(before, after)
  if (after.permissionSets.size === 1 && changed.length > 0)
    return [joined([requestsText(after), accountsText(after, after.elapsedMs)])]
  return changed.map((permissionSet) => {
    const { arn } = permissionSet
    return `${plain(permissionSetLabel(arn, after.extras.names))}: ${countText(permissionSet)}`
  })
}

/** How far several requests are, if a look has changed that. */
export function progressLines(before: State, after: State): string[] {
  if (after.looks === before.looks || after.requests.size < 2) return []
  const isAnswered = (request: RequestState) => isGiven(request) && request.phase !== 'unanswered'
  const isFirstAnswer = before.looks === 0 && after.requests.items.some(isAnswered)
  return isFirstAnswer || differ(before.progress, after.progress) ? [positionText(after, after.elapsedMs)] : []
}

function differ(a: Progress, b: Progress): boolean {
  return a.ended !== b.ended || a.failed !== b.failed || a.unconfirmed !== b.unconfirmed
}

/** How far things are, after 30 s without news. Without such a line, a quiet wait looks like a hung one. */
export function heartbeatText(state: State, nowMs: number): string {
  const failure = failureOf(state)
  return failure === null
    ? positionText(state, nowMs)
    : `${positionText(state, nowMs)}; still trying: ${failure.message}`
}

/** Why the wait does not know everything at the moment, if asking again may help. */
function failureOf({ access, others, permissionSets, requests, scope }: State): CallFailure | null {
  const blockers = [
    ...requests.items.filter(isBlocked).map(({ blocker }) => blocker),
    ...[...scope.permissionSetArns].map((arn) => permissionSets.get(arn)?.blocker),
  ]
  const lists = scope.lists.map((operation) => access.lists[operation].failure)
  return (
    access.everyCall?.failure ??
    blockers.find((blocker) => blocker?.kind === 'passing')?.failure ??
    lists.find((failure) => failure !== null && !isAccessDenied(failure)) ??
    unknownSubject({ others, scope })?.failure ??
    null
  )
}

/** A request of others of which it is not known yet what it is about, if that matters. */
function unknownSubject({ others, scope }: Pick<State, 'others' | 'scope'>) {
  if (scope.permissionSetArns.size === 0) return undefined
  for (const { subject } of others.values()) if (subject.kind === 'unknown') return subject
  return undefined
}

/** How far things are, and what the wait goes on for. */
function positionText(state: State, nowMs: number): string {
  return `${joined([requestsText(state), stateText(state, nowMs)]) || unknownText(state)}${toleratedText(state)}`
}

function unknownText({ requests }: State): string {
  const { length } = requests.items.filter(isGiven)
  if (length === 0) return 'Nothing is known yet'
  return `${length === 1 ? 'The request has' : `All ${length} requests have`} ended, and the accounts are not known yet`
}

/** The parts that there are, as one sentence. */
function joined(parts: readonly (string | null)[]): string {
  const text = parts.filter((part) => part !== null).join(', ')
  return text.replace(/^no /, 'No ')
}

/** How far the requests are that were given; `null` if there are none, or if all have ended and the wait is for more than that. */
function requestsText({ progress, requests: { items }, scope }: State): string | null {
  const given = items.filter(isGiven)
  const isForMore = scope.lists.length > 0
  if (given.length === 0 || (isForMore && !given.some(isUnfinished))) return null
  const [only] = given
  if (given.length === 1 && only !== undefined) return statusOf(only) ?? 'No status yet'
  const ended = given.filter(({ phase }) => phase === 'ended').length
  const failed = given.filter((request) => statusOf(request) === 'FAILED').length
  const unreadable = given.filter(isUnreadable).length
  // The count is from the end of the last look. If more requests have ended since, it may count some of them.
  const unconfirmed = ended === progress.ended ? progress.unconfirmed : 0
  return [
    `${ended} of ${given.length} done`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(unreadable > 0 ? [`${unreadable} cannot be read`] : []),
    ...(unconfirmed > 0 ? [unconfirmedText(unconfirmed)] : []),
  ].join(', ')
}

/** How far the permission sets and the requests of others are; `null` if that is not known, or not asked. */
function stateText(state: State, nowMs: number): string | null {
  const { judgement, requests, scope } = state
  const found = requests.items.filter((request) => !isGiven(request) && isUnfinished(request))
  const context = { requests: requests.items, names: state.extras.names }
  const inProgress = listed(found, (request) => requestText(request, context))
  const parts = [
    ...(inProgress === '' ? [] : [`${inProgress} ${found.length === 1 ? 'is' : 'are'} in progress`]),
    othersText(state),
    accountsText(state, nowMs),
  ].filter((part) => part !== null)
  if (parts.length > 0) return parts.join(', ')
  if (scope.lists.length === 0 || requests.items.some(isUnfinished)) return null
  return judgement.finding === 'done' ? 'Nothing is in progress' : null
}

/** What else is in progress; `null` if nothing is, or if that does not matter. */
export function othersText({ others, scope }: Pick<State, 'others' | 'scope'>): string | null {
  const isInstance = scope.permissionSetArns.size === 0 && !scope.followsGiven
  const count = [...others.values()].filter(({ subject }) => isInstance || subject.kind === 'not-said').length
  if (!isInstance || count === 0) return unidentified(count)
  return count === 1 ? '1 other request is in progress' : `${count} other requests are in progress`
}

/** How long accounts that are out of date may still catch up; empty if the wait does not go on for them. */
export function toleratedText({ elapsedMs, judgement, others, requests, scope }: State): string {
  if (unknownSubject({ others, scope }) !== undefined) return ''
  const hasFailed = requests.items.some((request) => isGiven(request) && statusOf(request) === 'FAILED')
  if (judgement.finding === 'busy' || judgement.isSettled || scope.isOneLook || hasFailed) return ''
  const late = [...judgement.permissionSets.values()].filter(({ finding }) => finding === 'out-of-date')
  const settlesAtMs = Math.max(...late.map((each) => each.settlesAtMs ?? 0))
  return settlesAtMs <= 0
    ? ''
    : `; waiting up to ${Math.max(1, Math.ceil((settlesAtMs - elapsedMs) / 1_000))} s for them`
}

/** How a failure is said in the log. */
export function failureText(reason: string | null): string {
  return `FAILED: ${reason ?? 'AWS gave no reason'}`
}

function unconfirmedText(count: number): string {
  return count === 1
    ? "1 more is no longer on AWS's list of requests in progress, and its end is being confirmed"
    : `${count} more are no longer on AWS's list of requests in progress, and their end is being confirmed`
}
