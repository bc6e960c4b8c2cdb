import { type CallFailure, isAccessDenied } from '../requests/api.ts'
import { watches } from '../requests/goal.ts'
import { type OperationName, operationNames } from '../requests/request.ts'
import { rolloutArns } from '../wait/snapshot/agreement.ts'
import type { Blocker } from '../wait/snapshot/blocker.ts'
import { isUnfinished, type RequestState } from '../wait/snapshot/request-state.ts'
import type { Snapshot } from '../wait/snapshot/snapshot.ts'
import { permissionSetLabel, plain, requestText } from './subject.ts'

/** A request before an observation and after it. */
export type Change = readonly [was: RequestState, is: RequestState]

/** An absence is reported at once, and believed later (`absenceToleratedMs`). */
const askingAgain = '; asking again for up to 30 s'
const byAccounts = '; going by the accounts alone'

/** New failure: of every call, or of single requests. Of several requests with the same cause, only the first has a line. */
export function failureLines(before: Snapshot, after: Snapshot, changes: readonly Change[]): string[] {
  return [...outageLines(before, after), ...blockerLines(before, changes), ...accountFailureLines(before, after)]
}

function outageLines({ outage: was }: Snapshot, { outage, requests }: Snapshot): string[] {
  if (outage === null || outage.failure.code === was?.failure.code) return []
  const { message } = outage.failure
  return [outage.absentSinceMs !== null && requests.some(isUnfinished) ? `${message}${askingAgain}` : message]
}

function blockerLines(before: Snapshot, changes: readonly Change[]): string[] {
  const { requests } = before
  const begun = changes.filter(([was, is]) => begins(was.blocker, is.blocker))
  if (begun.length === 0) return []
  const known = new Set(requests.map(({ blocker }) => blocker?.failure.code))
  return begun.flatMap(([, is]) => {
    if (is.blocker === null || known.has(is.blocker.failure.code)) return []
    known.add(is.blocker.failure.code)
    const { message } = is.blocker.failure
    const text = isAbsence(is.blocker) ? `${message}${askingAgain}` : message
    return [requests.length === 1 ? text : `${requestText(is, before)}  ${text}`]
  })
}

/** New failure with the accounts of permission sets that are to be rolled out. */
function accountFailureLines(before: Snapshot, after: Snapshot): string[] {
  if (before.rollouts === after.rollouts) return []
  return rolloutArns(after).flatMap((arn) => {
    const blocker = after.rollouts.get(arn)?.blocker ?? null
    if (blocker === null || !begins(before.rollouts.get(arn)?.blocker ?? null, blocker)) return []
    const text = `${plain(permissionSetLabel(arn, after.names))}  ${blocker.failure.message}`
    return [isAbsence(blocker) ? `${text}${askingAgain}` : text]
  })
}

/** Whether new failure of this request, or of its operation, begins. CallFailure of every call is an outage. */
function begins(was: Blocker | null, is: Blocker | null): boolean {
  if (is === null || is.failure.scope === 'every-call' || (is.kind === 'final' && !is.asked)) return false
  // Two answers that there is no such request are one absence, even if other failure came in between.
  return !(isAbsence(was) && isAbsence(is))
}

function isAbsence(blocker: Blocker | null): boolean {
  return blocker?.kind === 'passing' && blocker.absentSinceMs !== null
}

/** Says that AWS answers again, when there is no failure any more. */
export function recoveryLines(before: Snapshot, after: Snapshot, changes: readonly Change[]): string[] {
  const ended = before.outage !== null && after.outage === null
  const freed = changes.some(([was, is]) => isBlocked(was) && is.blocker === null)
  return (ended || freed) && after.outage === null && !after.requests.some(isBlocked) ? ['AWS answers again'] : []
}

/** Whether failure that other requests need not meet prevents an answer, while the request is still asked about. */
export function isBlocked({ blocker }: RequestState): boolean {
  return blocker?.kind === 'passing' && blocker.failure.scope !== 'every-call'
}

/** Lists of requests that cannot be used from now on, and what the wait does without them. */
export function listLines(before: Snapshot, after: Snapshot): string[] {
  const lines = operationNames.flatMap((operation) => {
    const { failure } = after.lists[operation]
    const isNew = failure !== null && failure.code !== before.lists[operation].failure?.code
    if (!isNew || failure.code === after.outage?.failure.code) return []
    return [`${failure.message}${withoutList(after, operation, failure)}`]
  })
  return [...new Set([...lines, ...unidentifiedLines(before, after)])]
}

/** The role may not read what other people's requests are about. */
function unidentifiedLines(before: Snapshot, { goal, others }: Snapshot): string[] {
  if (others.failure === null || before.others.failure !== null) return []
  return [`${others.failure.message}${goal.until === 'rolled-out' ? byAccounts : ''}`]
}

function withoutList({ goal }: Snapshot, operation: OperationName, failure: CallFailure): string {
  if (!watches(goal, operation)) return '; each request is described instead'
  if (!isAccessDenied(failure)) return '; asking again'
  return goal.until === 'rolled-out' ? byAccounts : ''
}

/** Optional reads that the role may not make. */
export function droppedLines(before: Snapshot, after: Snapshot): string[] {
  if (before.dropped === after.dropped) return []
  const actions = [...after.dropped].filter((action) => !before.dropped.has(action))
  return actions.map((action) => `The role may not call ${action}; going on without it`)
}
