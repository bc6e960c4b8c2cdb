import { unreadLists, unreadSubjects } from '../goals/evidence.ts'
import { isAccessDenied } from '../requests/api.ts'
import { operationNames } from '../requests/request.ts'
import { absentSince, type Blocker } from '../wait/state/blocker.ts'
import type { State } from '../wait/state/state.ts'
import { goalWords } from './goal-words.ts'
import type { LogContext } from './log-lines.ts'
import { aboutRequest, type Change, isBlocked, permissionSetText } from './log-words.ts'

/** New failures of calls: of every call, or of those about single requests and permission sets. */
export function failureLines(before: State, after: State, changes: readonly Change[]): string[] {
  const sets = after.permissionSets.changesSince(before.permissionSets)
  return [
    ...everyCallLines(before, after),
    ...blockerLines(before.requests, changes, (request, text) => aboutRequest(request, before, text)),
    ...blockerLines(before.permissionSets, sets, ({ arn }, text) => `${permissionSetText(arn, after)}  ${text}`),
  ]
}

function everyCallLines(before: State, { access, isOver }: State): string[] {
  const blocker = access.everyCall
  if (blocker === null || blocker.failure.code === before.access.everyCall?.failure.code) return []
  const { message } = blocker.failure
  // The line about a list that the goal needs has said it.
  if (absentSince(blocker) === null && unreadLists(before).some(({ failure }) => failure.message === message)) return []
  return [isOver ? message : textOf(blocker)]
}

/** What newly keeps things from being read. Of several with the same cause, only the first has a line. */
function blockerLines<T extends { readonly blocker: Blocker | null }>(
  before: Iterable<T>,
  changes: readonly (readonly [was: T | null, is: T])[],
  lineOf: (thing: T, text: string) => string,
): string[] {
  const met = new Set<string>()
  return changes.flatMap(([was, is]) => {
    const { blocker } = is
    if (blocker === null || !begins(was?.blocker ?? null, blocker) || met.has(blocker.failure.code)) return []
    met.add(blocker.failure.code)
    const isKnown = Iterator.from(before).some((each) => each.blocker?.failure.code === blocker.failure.code)
    return isKnown ? [] : [lineOf(is, textOf(blocker))]
  })
}

/** Whether a failure begins. One that every call meets has a line of its own. */
function begins(was: Blocker | null, is: Blocker): boolean {
  if (is.failure.scope === 'every-call' || (is.kind === 'final' && !is.asked)) return false
  // Two answers that there is no such request are one absence, even if another failure came in between.
  return absentSince(was) === null || absentSince(is) === null
}

/** An absence is reported at once, and believed later (`absenceToleratedMs`). */
function textOf(blocker: Blocker): string {
  return `${blocker.failure.message}${absentSince(blocker) === null ? '' : '; asking again for up to 30 s'}`
}

/** Says that AWS answers again, when nothing keeps answers away any more. */
export function recoveryLines(before: State, after: State, changes: readonly Change[]): string[] {
  const isOpen = (state: State) => unreadLists(state).some(({ failure }) => failure.effect !== 'refused')
  const isFree = changes.some(([was, is]) => isBlocked(was) && is.blocker === null)
  const wasAway = before.access.everyCall !== null || isFree || isOpen(before)
  if (!wasAway || after.access.everyCall !== null || isOpen(after)) return []
  return after.requests.items.some(isBlocked) ? [] : ['AWS answers again']
}

/** What cannot be read of other people's requests from now on, and what the wait does without it. */
export function listLines(before: State, after: State, { until }: LogContext): string[] {
  if (before.access.lists === after.access.lists && before.others === after.others) return []
  const { withoutRights } = goalWords[until]
  const lines = operationNames.flatMap((operation) => {
    const { failure } = after.access.lists[operation]
    const isNew = failure !== null && failure.code !== before.access.lists[operation].failure?.code
    if (!isNew || failure.code === after.access.everyCall?.failure.code) return []
    if (!after.scope.lists.includes(operation)) return [`${failure.message}${goalWords.finished.withoutRights}`]
    const then = failure.effect === 'refused' ? '' : '; asking again'
    return [`${failure.message}${isAccessDenied(failure) ? withoutRights : then}`]
  })
  const denied = unreadSubjects(before, 'denied').length > 0 ? [] : unreadSubjects(after, 'denied')
  return [...new Set([...lines, ...denied.map(({ failure }) => `${failure.message}${withoutRights}`)])]
}

/** Optional reads that the role may not make. */
export function droppedLines({ access: before }: State, { access: after }: State): string[] {
  const dropped = [...after.dropped].filter((action) => !before.dropped.has(action))
  return dropped.map((action) => `The role may not call ${action}; going on without it`)
}
