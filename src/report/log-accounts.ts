import { consoleUrlOf } from '../aws/permission-sets.ts'
import {
  countingOutOfDate,
  countOf,
  type PermissionSetState,
  timeLeftMs,
  unreadPermissionSet,
} from '../wait/state/permission-set-state.ts'
import { detailsOf, isGiven, isUnfinished, type RequestState } from '../wait/state/request-state.ts'
import { permissionSetOf, type State } from '../wait/state/state.ts'
import { formatDuration, formatRoughly } from './duration.ts'
import type { LogContext } from './log-lines.ts'
import { plain } from './phrase.ts'
import { isReadFailure } from './selection.ts'
import { outOfDateText } from './state-words.ts'
import { permissionSetLabel } from './subject.ts'

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

/** With more permission sets than this, a line for each new count would fill the log. */
const maxCounted = 3

/** The permission sets whose accounts have a new count. Of many, only those that are done now, or not any more. */
export function newCounts(before: State, after: State): PermissionSetState[] {
  const isDone = ({ outOfDate: accounts }: PermissionSetState) => accounts?.size === 0
  const isMany = after.permissionSets.size > maxCounted
  return after.permissionSets.changesSince(before.permissionSets).flatMap(([known, is]) => {
    if (countText(is) === null) return []
    const was = known ?? unreadPermissionSet(is.arn)
    const isNew = isMany ? isDone(was) !== isDone(is) : countText(was) !== countText(is)
    return isNew ? [is] : []
  })
}

export function countText(permissionSet: PermissionSetState): string | null {
  const count = countOf(permissionSet)
  return count === null ? null : `${count.latest} of ${count.total} accounts hold the latest version`
}

/** How far the accounts are: of one permission set how many hold the latest version, of several how many are not done. */
export function accountsText(state: State, nowMs: number): string | null {
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
  const isInProgress = requests.items.some(isUnfinished) || state.others.size > 0
  const left = isInProgress ? timeLeftMs(only, nowMs) : null
  const isLate = state.judgement.finding === 'out-of-date'
  const count = only.targets === null && !isLate ? countText(only) : null
  const accountIds = only.outOfDate === null ? null : countingOutOfDate(only)
  const known =
    accountIds === null ? null : outOfDateText({ outOfDate: accountIds, total: countOf(only)?.total ?? null })
  const isKnown = accountIds?.length === 0 && count === null
  const text = isKnown ? 'no account is out of date' : (count ?? known)
  if (text !== null && only.blocker !== null && only.readAtMs !== null)
    return `${text}, as read ${formatDuration(nowMs - only.readAtMs)} ago`
  return text === null || left === null ? text : `${text}, about ${formatRoughly(left)} left`
}

function countOpen(open: number, all: number): string {
  return `${open} of ${all} permission sets ${open === 1 ? 'has' : 'have'} accounts that are out of date`
}
