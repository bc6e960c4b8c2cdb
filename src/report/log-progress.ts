import { consoleUrlOf } from '../aws/permission-sets.ts'
import type { CallFailure } from '../requests/api.ts'
import { isAccessDenied } from '../requests/api.ts'
import {
  countingOutOfDate,
  countOf,
  type PermissionSetState,
  timeLeftMs,
  unreadPermissionSet,
} from '../wait/state/permission-set-state.ts'
import {
  detailsOf,
  isGiven,
  isUnfinished,
  isUnreadable,
  type RequestState,
  statusOf,
} from '../wait/state/request-state.ts'
import { type Progress, permissionSetOf, type State } from '../wait/state/state.ts'
import { isReadFailure } from './causes.ts'
import { formatRoughly } from './duration.ts'
import { isBlocked } from './log-failures.ts'
import type { LogContext } from './log-lines.ts'
import { outOfDateText } from './rollout-text.ts'
import { listed, permissionSetLabel, plain, requestText } from './subject.ts'

/**
 * The name of the permission set, with a link to the console. Of several permission sets, the names of those that earlier lines show by ID:
 * those that failed, that were found or that have accounts out of date.
 */
export function nameLines(before: State, after: State, { region }: LogContext): string[] {
  if (before.extras === after.extras) return []
  const arnsOf = (requests: readonly RequestState[]) =>
    requests.flatMap((request) => detailsOf(request).permissionSetArn ?? [])
  const requests = after.requests.items
  const known = new Set([...arnsOf(requests), ...after.scope.permissionSetArns])
  const inLog = new Set([
    ...arnsOf(requests.filter((request) => !isGiven(request) || isReadFailure(request))),
    ...outOfDate(after).map(({ arn }) => arn),
  ])
  return [...after.extras.names].flatMap(([arn, name]) => {
    if (before.extras.names.has(arn)) return []
    if (known.size < 2) return [`Permission set ${[plain(name), consoleUrlOf(arn, region)].filter(Boolean).join(': ')}`]
    const id = permissionSetLabel(arn, new Map())
    return inLog.has(arn) && !before.isOver ? [`Permission set ${plain(id)} is ${plain(name)}`] : []
  })
}

/** The permission sets in the scope with accounts that are out of date. */
function outOfDate(state: State): PermissionSetState[] {
  return [...state.scope.permissionSetArns]
    .map((arn) => permissionSetOf(state, arn))
    .filter((permissionSet) => countingOutOfDate(permissionSet).length > 0)
}

/** How many accounts hold the latest version, if that has changed. */
export function accountLines(before: State, after: State): string[] {
  if (before.isOver || before.permissionSets === after.permissionSets) return []
  const changed = newCounts(before, after)
  if (after.permissionSets.items.length === 1 && changed.length > 0)
    return [joined([requestsText(after), accountsText(after, after.elapsedMs)])]
  return changed.map((permissionSet) => {
    const { arn } = permissionSet
    return `${plain(permissionSetLabel(arn, after.extras.names))}: ${countText(permissionSet)}`
  })
}

/** With more permission sets than this, a line for each new count would fill the log. */
const maxCounted = 3

/** The permission sets whose accounts have a new count. Of many, only those that are done now, or not any more. */
function newCounts(before: State, after: State): PermissionSetState[] {
  const isDone = ({ outOfDate: accounts }: PermissionSetState) => accounts?.size === 0
  const isMany = after.permissionSets.items.length > maxCounted
  return after.permissionSets.items.filter((is, position) => {
    const was = before.permissionSets.items[position] ?? unreadPermissionSet(is.arn)
    if (was === is || countText(is) === null) return false
    return isMany ? isDone(was) !== isDone(is) : countText(was) !== countText(is)
  })
}

function countText(permissionSet: PermissionSetState): string | null {
  const count = countOf(permissionSet)
  return count === null ? null : `${count.latest} of ${count.total} accounts hold the latest version`
}

/** How far several requests are, if a look has changed that. */
export function progressLines(before: State, after: State): string[] {
  if (after.looks === before.looks || after.requests.items.length < 2) return []
  const isFirstAnswer = before.looks === 0 && after.requests.items.some(({ phase }) => phase !== 'unanswered')
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
function failureOf({ access, permissionSets, requests, scope }: State): CallFailure | null {
  const blockers = [
    ...requests.items.filter((request) => isUnfinished(request) && isBlocked(request)).map(({ blocker }) => blocker),
    ...[...scope.permissionSetArns].map((arn) => permissionSets.get(arn)?.blocker),
  ]
  const lists = scope.lists.map((operation) => access.lists[operation].failure)
  return (
    access.everyCall?.failure ??
    blockers.find((blocker) => blocker?.kind === 'passing')?.failure ??
    lists.find((failure) => failure !== null && !isAccessDenied(failure)) ??
    null
  )
}

/** How far things are, and what the wait goes on for. */
function positionText(state: State, nowMs: number): string {
  return `${joined([requestsText(state), stateText(state, nowMs)]) || 'Nothing is known yet'}${toleratedText(state)}`
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

/** How far the accounts are: of one permission set how many hold the latest version, of several how many are not done. */
function accountsText(state: State, nowMs: number): string | null {
  const { requests, scope } = state
  const inScope = [...scope.permissionSetArns].map((arn) => permissionSetOf(state, arn))
  const own = requests.items.length === 1 ? state.permissionSets.items.slice(0, 1) : []
  const [only = null, second] = inScope.length > 0 ? inScope : own
  if (only === null) return null
  if (second !== undefined) {
    const open = outOfDate(state)
    if (inScope.some(({ outOfDate }) => outOfDate === null))
      return open.length === 0 ? null : countOpen(open.length, inScope.length)
    return open.length === 0 ? 'no account is out of date' : countOpen(open.length, inScope.length)
  }
  const left = timeLeftMs(only, nowMs)
  const isLate = state.judgement.finding === 'out-of-date'
  const count = only.targets === null && !isLate ? countText(only) : null
  const accountIds = only.outOfDate === null ? null : countingOutOfDate(only)
  const known =
    accountIds === null ? null : outOfDateText({ outOfDate: accountIds, total: countOf(only)?.total ?? null })
  const isKnown = accountIds?.length === 0 && count === null
  const text = isKnown ? 'no account is out of date' : (count ?? known)
  return text === null || left === null ? text : `${text}, about ${formatRoughly(left)} left`
}

function countOpen(open: number, all: number): string {
  return `${open} of ${all} permission sets ${open === 1 ? 'has' : 'have'} accounts that are out of date`
}

/** What else is in progress; `null` if nothing is, or if that does not matter. */
export function othersText({ others, scope }: Pick<State, 'others' | 'scope'>): string | null {
  const isInstance = scope.permissionSetArns.size === 0 && !scope.followsGiven
  const count = [...others.values()].filter(({ subject }) => isInstance || subject.kind === 'not-said').length
  if (count === 0) return null
  const some = count === 1 ? '1 other request is in progress' : `${count} other requests are in progress`
  return isInstance
    ? some
    : `${some}, and AWS does not say which permission set ${count === 1 ? 'it is' : 'they are'} about`
}

/** How long accounts that are out of date may still catch up. */
export function toleratedText({ elapsedMs, judgement, scope }: State): string {
  const { finding, isSettled, settlesAtMs } = judgement
  if (finding !== 'out-of-date' || isSettled || scope.isOneLook || settlesAtMs === null) return ''
  const seconds = Math.max(1, Math.ceil((settlesAtMs - elapsedMs) / 1_000))
  return `; waiting up to ${seconds} s for them`
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
