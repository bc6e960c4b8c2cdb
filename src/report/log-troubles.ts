import { isAccessDenied, type Trouble } from '../requests/api.ts'
import { watches } from '../requests/goal.ts'
import { type OperationName, operationNames } from '../requests/request.ts'
import { rolloutArns } from '../wait/snapshot/agreement.ts'
import type { Obstacle } from '../wait/snapshot/obstacle.ts'
import { isUnfinished, type RequestState } from '../wait/snapshot/request-state.ts'
import type { Snapshot } from '../wait/snapshot/snapshot.ts'
import { permissionSetLabel, plain, requestText } from './subject.ts'

/** A request before an observation and after it. */
export type Change = readonly [was: RequestState, is: RequestState]

/** An absence is reported at once, and believed later (`absenceToleratedMs`). */
const askingAgain = '; asking again for up to 30 s'
const byAccounts = '; going by the accounts alone'

/** New trouble: of every call, or of single requests. Of several requests with the same cause, only the first has a line. */
export function troubleLines(before: Snapshot, after: Snapshot, changes: readonly Change[]): string[] {
  return [...outageLines(before, after), ...obstacleLines(before, changes), ...accountTroubleLines(before, after)]
}

function outageLines({ outage: was }: Snapshot, { outage, requests }: Snapshot): string[] {
  if (outage === null || outage.trouble.code === was?.trouble.code) return []
  const { message } = outage.trouble
  return [outage.absentSinceMs !== null && requests.some(isUnfinished) ? `${message}${askingAgain}` : message]
}

function obstacleLines(before: Snapshot, changes: readonly Change[]): string[] {
  const { requests } = before
  const begun = changes.filter(([was, is]) => begins(was.obstacle, is.obstacle))
  if (begun.length === 0) return []
  const known = new Set(requests.map(({ obstacle }) => obstacle?.trouble.code))
  return begun.flatMap(([, is]) => {
    if (is.obstacle === null || known.has(is.obstacle.trouble.code)) return []
    known.add(is.obstacle.trouble.code)
    const { message } = is.obstacle.trouble
    const text = isAbsence(is.obstacle) ? `${message}${askingAgain}` : message
    return [requests.length === 1 ? text : `${requestText(is, before)}  ${text}`]
  })
}

/** New trouble with the accounts of permission sets that are to be rolled out. */
function accountTroubleLines(before: Snapshot, after: Snapshot): string[] {
  if (before.rollouts === after.rollouts) return []
  return rolloutArns(after).flatMap((arn) => {
    const obstacle = after.rollouts.get(arn)?.obstacle ?? null
    if (obstacle === null || !begins(before.rollouts.get(arn)?.obstacle ?? null, obstacle)) return []
    const text = `${plain(permissionSetLabel(arn, after.names))}  ${obstacle.trouble.message}`
    return [isAbsence(obstacle) ? `${text}${askingAgain}` : text]
  })
}

/** Whether new trouble of this request, or of its operation, begins. Trouble of every call is an outage. */
function begins(was: Obstacle | null, is: Obstacle | null): boolean {
  if (is === null || is.trouble.scope === 'every-call' || (is.kind === 'final' && !is.asked)) return false
  // Two answers that there is no such request are one absence, even if other trouble came in between.
  return !(isAbsence(was) && isAbsence(is))
}

function isAbsence(obstacle: Obstacle | null): boolean {
  return obstacle?.kind === 'passing' && obstacle.absentSinceMs !== null
}

/** Says that AWS answers again, when there is no trouble any more. */
export function recoveryLines(before: Snapshot, after: Snapshot, changes: readonly Change[]): string[] {
  const ended = before.outage !== null && after.outage === null
  const freed = changes.some(([was, is]) => isBlocked(was) && is.obstacle === null)
  return (ended || freed) && after.outage === null && !after.requests.some(isBlocked) ? ['AWS answers again'] : []
}

/** Whether trouble that other requests need not meet prevents an answer, while the request is still asked about. */
export function isBlocked({ obstacle }: RequestState): boolean {
  return obstacle?.kind === 'passing' && obstacle.trouble.scope !== 'every-call'
}

/** Lists of requests that cannot be used from now on, and what the wait does without them. */
export function listLines(before: Snapshot, after: Snapshot): string[] {
  const lines = operationNames.flatMap((operation) => {
    const { trouble } = after.lists[operation]
    const isNew = trouble !== null && trouble.code !== before.lists[operation].trouble?.code
    if (!isNew || trouble.code === after.outage?.trouble.code) return []
    return [`${trouble.message}${withoutList(after, operation, trouble)}`]
  })
  return [...new Set([...lines, ...unidentifiedLines(before, after)])]
}

/** The role may not read what other people's requests are about. */
function unidentifiedLines(before: Snapshot, { goal, others }: Snapshot): string[] {
  if (others.trouble === null || before.others.trouble !== null) return []
  return [`${others.trouble.message}${goal.until === 'rolled-out' ? byAccounts : ''}`]
}

function withoutList({ goal }: Snapshot, operation: OperationName, trouble: Trouble): string {
  if (!watches(goal, operation)) return '; each request is described instead'
  if (!isAccessDenied(trouble)) return '; asking again'
  return goal.until === 'rolled-out' ? byAccounts : ''
}

/** Optional reads that the role may not make. */
export function droppedLines(before: Snapshot, after: Snapshot): string[] {
  if (before.dropped === after.dropped) return []
  const actions = [...after.dropped].filter((action) => !before.dropped.has(action))
  return actions.map((action) => `The role may not call ${action}; going on without it`)
}
