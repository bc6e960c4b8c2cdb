import { formatDuration, formatRoughly } from '../report/duration.ts'
import { setsInScope } from '../report/log-words.ts'
import { countingOutOfDate, countOf, type PermissionSetState, timeLeftMs } from '../wait/state/permission-set-state.ts'
import { isGiven, isUnfinished, type RequestState } from '../wait/state/request-state.ts'
import type { State } from '../wait/state/state.ts'

/** How far a wait is. */
interface Progress {
  readonly done: number
  readonly total: number
  readonly unit: string
  /** About how long the rest takes, in milliseconds; `null` if there is no pace yet. */
  readonly leftMs: number | null
}

const barLength = 20

/** One line about a wait that goes on: a bar, how many of how many, the time waited, and about how long the rest takes. */
export function progressText(state: State, elapsedMs: number): string {
  const progress = progressOf(state, elapsedMs)
  const waited = formatDuration(Math.floor(elapsedMs / 1_000) * 1_000).replace('.0 s', ' s')
  if (progress === null) return `${barOf(0)} ${waited}`
  const { done, total, unit, leftMs } = progress
  const left = leftMs === null ? '' : `, about ${formatRoughly(leftMs)} left`
  return `${barOf(total === 0 ? 0 : done / total)} ${done} of ${total} ${unit}, ${waited}${left}`
}

function barOf(share: number): string {
  const length = Math.floor(share * barLength)
  return `[${'#'.repeat(length)}${'-'.repeat(barLength - length)}]`
}

/** `null` if nothing can be counted, as in a wait until nothing is in progress. */
function progressOf(state: State, nowMs: number): Progress | null {
  const { requests } = state
  const given = requests.items.filter(isGiven)
  const inScope = setsInScope(state)
  if (given.length > 1 && (inScope.length === 0 || given.some(isUnfinished))) return ofRequests(given)
  const [only, second] = inScope.length > 0 ? inScope : state.permissionSets.items
  if (second !== undefined) return ofPermissionSets(inScope)
  if (only !== undefined) {
    const counted = ofAccounts(only, nowMs)
    if (counted !== null) return counted
  }
  return given.length > 0 ? ofRequests(given) : null
}

function ofRequests(given: readonly RequestState[]): Progress {
  const done = given.filter(({ phase }) => phase === 'ended').length
  return { done, total: given.length, unit: given.length === 1 ? 'request' : 'requests', leftMs: null }
}

function ofPermissionSets(all: readonly PermissionSetState[]): Progress {
  const isDone = (each: PermissionSetState) => each.outOfDate !== null && countingOutOfDate(each).length === 0
  return { done: all.filter(isDone).length, total: all.length, unit: 'permission sets', leftMs: null }
}

function ofAccounts(permissionSet: PermissionSetState, nowMs: number): Progress | null {
  const count = countOf(permissionSet)
  if (count === null || permissionSet.targets !== null) return null
  const unit = count.total === 1 ? 'account' : 'accounts'
  return { done: count.latest, total: count.total, unit, leftMs: timeLeftMs(permissionSet, nowMs) }
}
