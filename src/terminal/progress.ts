import { formatDuration, formatRoughly } from '../report/duration.ts'
import { count } from '../report/phrase.ts'
import { countingOutOfDate, countOf, timeLeftMs } from '../wait/state/permission-set-state.ts'
import { isGiven, isUnfinished } from '../wait/state/request-state.ts'
import { type State, setsInScope } from '../wait/state/state.ts'

const barLength = 20

/** One line about a wait that goes on: a bar, how many of how many, the time waited, and about how long the rest takes. */
export function progressText(state: State, elapsedMs: number): string {
  const progress = progressOf(state)
  const waited = formatDuration(Math.floor(elapsedMs / 1_000) * 1_000).replace('.0 s', ' s')
  if (progress === null) return `${barOf(0)} ${waited}`
  const { done, total, noun, paced } = progress
  const leftMs = paced ? timeLeftMs(paced, elapsedMs) : null
  const left = leftMs === null ? '' : `, about ${formatRoughly(leftMs)} left`
  return `${barOf(total === 0 ? 0 : done / total)} ${done} of ${count(total, noun)}, ${waited}${left}`
}

function barOf(share: number): string {
  const length = Math.floor(share * barLength)
  return `[${'#'.repeat(length)}${'-'.repeat(barLength - length)}]`
}

/** How much of what is done, and what has a pace; `null` if nothing can be counted, as in a wait until nothing is in progress. */
function progressOf(state: State) {
  const given = state.requests.items.filter(isGiven)
  const ended = given.filter(({ phase }) => phase === 'ended')
  const ofRequests = { done: ended.length, total: given.length, noun: 'request', paced: null }
  const inScope = setsInScope(state)
  if (given.length > 1 && (inScope.length === 0 || given.some(isUnfinished))) return ofRequests
  const [only, second] = inScope.length > 0 ? inScope : state.permissionSets.items
  if (second !== undefined) {
    const done = inScope.filter((each) => each.outOfDate !== null && countingOutOfDate(each).length === 0)
    return { done: done.length, total: inScope.length, noun: 'permission set', paced: null }
  }
  const counted = only === undefined || only.targets !== null ? null : countOf(only)
  if (counted !== null) return { done: counted.latest, total: counted.total, noun: 'account', paced: only }
  return given.length > 0 ? ofRequests : null
}
