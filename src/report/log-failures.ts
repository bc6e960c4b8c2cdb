import { type CallFailure, isAccessDenied } from '../requests/api.ts'
import type { Until } from '../requests/goal.ts'
import { operationNames } from '../requests/request.ts'
import type { Blocker } from '../wait/state/blocker.ts'
import type { RequestState } from '../wait/state/request-state.ts'
import type { Access, Scope, State } from '../wait/state/state.ts'
import type { LogContext } from './log-lines.ts'
import { plain } from './phrase.ts'
import { permissionSetLabel, requestText } from './subject.ts'

/** A request before an observation and after it. */
export type Change = readonly [was: RequestState, is: RequestState]

/** An absence is reported at once, and believed later (`absenceToleratedMs`). */
const askingAgain = '; asking again for up to 30 s'
/** What each goal does without a list of requests in progress that the role may not read. */
const withoutRights: Readonly<Record<Until, string>> = {
  finished: '; each request is described instead',
  'rolled-out': '; going by the accounts alone',
  idle: '',
}

/** New failures of calls: of every call, or of single requests. Of several requests with the same cause, only the first has a line. */
export function failureLines(before: State, after: State, changes: readonly Change[]): string[] {
  return [...everyCallLines(before, after), ...blockerLines(before, changes), ...accountFailureLines(before, after)]
}

function everyCallLines({ access: was }: State, { access, isOver, scope }: State): string[] {
  const blocker = access.everyCall
  if (blocker === null || blocker.failure.code === was.everyCall?.failure.code) return []
  const { message } = blocker.failure
  // The line about a list that the goal needs has said it.
  if (!isAbsence(blocker) && neededLists(was, scope).some((failure) => failure?.message === message)) return []
  return [isAbsence(blocker) && !isOver ? `${message}${askingAgain}` : message]
}

function neededLists({ lists }: Access, scope: Scope): (CallFailure | null)[] {
  return scope.lists.map((operation) => lists[operation].failure)
}

function blockerLines(before: State, changes: readonly Change[]): string[] {
  const begun = changes.filter(([was, is]) => begins(was.blocker, is.blocker))
  const isNew = newCodes(before.requests)
  return begun.flatMap(([, is]) => {
    if (is.blocker === null || !isNew(is.blocker)) return []
    const { message } = is.blocker.failure
    const text = isAbsence(is.blocker) ? `${message}${askingAgain}` : message
    const context = { requests: before.requests.items, names: before.extras.names }
    return [before.requests.size === 1 ? text : `${requestText(is, context)}  ${text}`]
  })
}

/** New failures to read the accounts of permission sets. Of several with the same cause, only the first has a line. */
function accountFailureLines(before: State, after: State): string[] {
  const begun = after.permissionSets
    .changesSince(before.permissionSets)
    .filter(([was, { blocker }]) => blocker !== (was?.blocker ?? null) && begins(was?.blocker ?? null, blocker))
  const isNew = newCodes(before.permissionSets)
  return begun.flatMap(([, { arn, blocker }]) => {
    if (blocker === null || !isNew(blocker)) return []
    const text = `${plain(permissionSetLabel(arn, after.extras.names))}  ${blocker.failure.message}`
    return [isAbsence(blocker) ? `${text}${askingAgain}` : text]
  })
}

/** Whether a failure has a code that nothing has met before. Of several with the same code, only the first has. */
function newCodes(before: Iterable<{ readonly blocker: Blocker | null }>): (blocker: Blocker) => boolean {
  const met = new Set<string>()
  return ({ failure: { code } }) => {
    if (met.has(code)) return false
    met.add(code)
    for (const { blocker } of before) if (blocker?.failure.code === code) return false
    return true
  }
}

/** Whether a new failure of this request, or of its operation, begins. One that every call meets has a line of its own. */
function begins(was: Blocker | null, is: Blocker | null): boolean {
  if (is === null || is.failure.scope === 'every-call' || (is.kind === 'final' && !is.asked)) return false
  // Two answers that there is no such request are one absence, even if another failure came in between.
  return !(isAbsence(was) && isAbsence(is))
}

function isAbsence(blocker: Blocker | null): boolean {
  return blocker?.kind === 'passing' && blocker.absentSinceMs !== null
}

/** Says that AWS answers again, when nothing keeps answers away any more. */
export function recoveryLines(before: State, after: State, changes: readonly Change[]): string[] {
  const isOpen = ({ access, scope }: State) =>
    neededLists(access, scope).some((failure) => failure !== null && failure.effect !== 'refused')
  const ended = before.access.everyCall !== null && after.access.everyCall === null
  const freed = changes.some(([was, is]) => isBlocked(was) && is.blocker === null)
  if (!(ended || freed || isOpen(before)) || after.access.everyCall !== null) return []
  return isOpen(after) || after.requests.items.some(isBlocked) ? [] : ['AWS answers again']
}

/** Whether something that other requests need not meet prevents an answer, while the request is still asked about. */
export function isBlocked({ blocker }: RequestState): boolean {
  return blocker?.kind === 'passing' && blocker.failure.scope !== 'every-call'
}

/** Lists of requests that cannot be used from now on, and what the wait does without them. */
export function listLines(before: State, after: State, { until }: LogContext): string[] {
  if (before.access.lists === after.access.lists && before.others === after.others) return []
  const lines = operationNames.flatMap((operation) => {
    const { failure } = after.access.lists[operation]
    const isNew = failure !== null && failure.code !== before.access.lists[operation].failure?.code
    if (!isNew || failure.code === after.access.everyCall?.failure.code) return []
    if (!after.scope.lists.includes(operation)) return [`${failure.message}${withoutRights.finished}`]
    const then = failure.effect === 'refused' ? '' : '; asking again'
    return [`${failure.message}${isAccessDenied(failure) ? withoutRights[until] : then}`]
  })
  return [...new Set([...lines, ...deniedSubjectLines(before, after, until)])]
}

/** The role may not read what other people's requests are about. */
function deniedSubjectLines(before: State, after: State, until: Until): string[] {
  const denied = deniedSubject(after)
  return denied === null || deniedSubject(before) !== null ? [] : [`${denied}${withoutRights[until]}`]
}

function deniedSubject({ others }: State): string | null {
  for (const { subject } of others.values()) if (subject.kind === 'denied') return subject.failure.message
  return null
}

/** Optional reads that the role may not make. */
export function droppedLines({ access: before }: State, { access: after }: State): string[] {
  if (before.dropped === after.dropped) return []
  const actions = [...after.dropped].filter((action) => !before.dropped.has(action))
  return actions.map((action) => `The role may not call ${action}; going on without it`)
}
