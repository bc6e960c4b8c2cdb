import { isDeepStrictEqual } from 'node:util'
import { unreadLists, unreadSubjects } from '../goals/evidence.ts'
import { type CallFailure, isAccessDenied } from '../requests/api.ts'
import { countingOutOfDate, countOf, type PermissionSetState, timeLeftMs } from '../wait/state/permission-set-state.ts'
import { isGiven, isUnfinished, isUnreadable, type RequestState, statusOf } from '../wait/state/request-state.ts'
import { type State, setsInScope } from '../wait/state/state.ts'
import { formatDuration, formatRoughly } from './duration.ts'
import { isBlocked, permissionSetText, requestText } from './log-words.ts'
import { are, count, listed } from './phrase.ts'
import { outOfDateText, unidentified } from './state-words.ts'
import { onlyRequest } from './subject.ts'

/** With more permission sets than this, a line for each new count would fill the log. */
const maxCounted = 3

/** How many accounts hold the latest version, if that has changed. Of many permission sets, only whether all do. */
export function accountLines(before: State, after: State): string[] {
  if (before.isOver || before.permissionSets === after.permissionSets) return []
  const isMany = after.permissionSets.size > maxCounted
  const isNew = (was: PermissionSetState | null, is: PermissionSetState) =>
    isMany ? (was?.outOfDate?.size === 0) !== (is.outOfDate?.size === 0) : countText(was) !== countText(is)
  const lines = after.permissionSets.changesSince(before.permissionSets).flatMap(([was, is]) => {
    const text = countText(is)
    return text === null || !isNew(was, is) ? [] : [`${permissionSetText(is.arn, after)}: ${text}`]
  })
  const isOnly = after.permissionSets.size === 1 && lines.length > 0
  return isOnly ? [joined([requestsText(after), accountsText(after, after.elapsedMs)])] : lines
}

function countText(permissionSet: PermissionSetState | null): string | null {
  const known = permissionSet && countOf(permissionSet)
  return known && `${known.latest} of ${known.total} accounts hold the latest version`
}

/** How far several requests are, if a look has changed that. */
export function progressLines(before: State, after: State): string[] {
  if (after.looks === before.looks || after.requests.size < 2) return []
  const isAnswered = (request: RequestState) => isGiven(request) && request.phase !== 'unanswered'
  const isFirstAnswer = before.looks === 0 && after.requests.items.some(isAnswered)
  const isNew = !isDeepStrictEqual(before.progress, after.progress)
  return isFirstAnswer || isNew ? [positionText(after, after.elapsedMs)] : []
}

/** How far things are, after 30 s without news. Without such a line, a quiet wait looks like a hung one. */
export function heartbeatText(state: State, nowMs: number): string {
  const failure = failureOf(state)
  return `${positionText(state, nowMs)}${failure === undefined ? '' : `; still trying: ${failure.message}`}`
}

/** Why the wait does not know everything at the moment, if asking again may help. */
function failureOf(state: State): CallFailure | undefined {
  const { access, requests } = state
  const blockers = [...requests.items.filter(isBlocked), ...setsInScope(state)].map(({ blocker }) => blocker)
  const lists = unreadLists(state).filter(({ failure }) => !isAccessDenied(failure))
  return (
    access.everyCall?.failure ??
    blockers.find((blocker) => blocker?.kind === 'passing')?.failure ??
    [...lists, ...unreadSubjects(state, 'unknown')][0]?.failure
  )
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
  const only = onlyRequest(given)
  if (only !== null) return statusOf(only) ?? 'No status yet'
  const ended = given.filter(({ phase }) => phase === 'ended').length
  const failed = given.filter((request) => statusOf(request) === 'FAILED').length
  const unreadable = given.filter(isUnreadable).length
  // The count is from the end of the last look. If more requests have ended since, it may count some of them.
  const unconfirmed = ended === progress.ended ? progress.unconfirmed : 0
  const whose = unconfirmed === 1 ? 'its' : 'their'
  const leaving = `${unconfirmed} more ${are(unconfirmed)} no longer on AWS's list of requests in progress, and ${whose} end is being confirmed`
  return joined([
    `${ended} of ${given.length} done`,
    failed === 0 ? null : `${failed} failed`,
    unreadable === 0 ? null : `${unreadable} cannot be read`,
    unconfirmed === 0 ? null : leaving,
  ])
}

/** How far the permission sets and the requests of others are; `null` if that is not known, or not asked. */
function stateText(state: State, nowMs: number): string | null {
  const { judgement, requests, scope } = state
  const found = requests.items.filter((request) => !isGiven(request) && isUnfinished(request))
  const inProgress = listed(found, (request) => requestText(request, state))
  const text = joined([
    inProgress === '' ? null : `${inProgress} ${are(found.length)} in progress`,
    othersText(state),
    accountsText(state, nowMs),
  ])
  if (text !== '') return text
  if (scope.lists.length === 0 || requests.items.some(isUnfinished)) return null
  return judgement.finding === 'done' ? 'Nothing is in progress' : null
}

/** What else is in progress; `null` if nothing is, or if that does not matter. */
export function othersText({ others, scope }: State): string | null {
  const isInstance = scope.permissionSetArns.size === 0 && !scope.readsAccounts
  const number = [...others.values()].filter(({ subject }) => isInstance || subject.kind === 'not-said').length
  if (!isInstance || number === 0) return unidentified(number)
  return `${count(number, 'other request')} ${are(number)} in progress`
}

/** How far the accounts are: of one permission set how many hold the latest version, of several how many are not done. */
function accountsText(state: State, nowMs: number): string | null {
  const { judgement, others, permissionSets, requests } = state
  const inScope = setsInScope(state)
  const own = requests.size === 1 ? permissionSets.items.slice(0, 1) : []
  const [only, second] = inScope.length > 0 ? inScope : own
  if (only === undefined) return null
  const none = 'no account is out of date'
  if (second !== undefined) {
    const open = inScope.filter((each) => countingOutOfDate(each).length > 0).length
    if (open === 0) return inScope.some(({ outOfDate }) => outOfDate === null) ? null : none
    return `${open} of ${inScope.length} permission sets ${open === 1 ? 'has' : 'have'} accounts that are out of date`
  }
  if (only.outOfDate === null) return null
  const outOfDate = countingOutOfDate(only)
  const isCounted = only.targets === null && judgement.finding !== 'out-of-date'
  const total = countOf(only)?.total ?? null
  const text =
    (isCounted ? countText(only) : null) ?? (outOfDate.length === 0 ? none : outOfDateText({ outOfDate, total }))
  if (only.blocker !== null && only.readAtMs !== null)
    return `${text}, as read ${formatDuration(nowMs - only.readAtMs)} ago`
  const isInProgress = requests.items.some(isUnfinished) || others.size > 0
  const leftMs = isInProgress ? timeLeftMs(only, nowMs) : null
  return leftMs === null ? text : `${text}, about ${formatRoughly(leftMs)} left`
}

/** How long accounts that are out of date may still catch up; empty if the wait does not go on for them. */
export function toleratedText(state: State): string {
  const { elapsedMs, judgement, requests, scope } = state
  if (unreadSubjects(state, 'unknown').length > 0) return ''
  const hasFailed = requests.items.some((request) => isGiven(request) && statusOf(request) === 'FAILED')
  if (judgement.finding === 'busy' || judgement.isSettled || scope.isOneLook || hasFailed) return ''
  const late = [...judgement.permissionSets.values()].filter(({ finding }) => finding === 'out-of-date')
  const settlesAtMs = Math.max(...late.map((each) => each.settlesAtMs ?? 0))
  if (settlesAtMs <= 0) return ''
  return `; waiting up to ${Math.max(1, Math.ceil((settlesAtMs - elapsedMs) / 1_000))} s for them`
}
