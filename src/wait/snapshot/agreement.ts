import { type CallFailure, isAccessDenied } from '../../requests/api.ts'
import { watches } from '../../requests/goal.ts'
import { operationNames } from '../../requests/request.ts'
import type { Looked } from './observation.ts'
import { detailsOf, isUnfinished, type RequestState, statusOf } from './request-state.ts'
import { type Agreement, lackingDetails, type Snapshot } from './snapshot.ts'

/** Two looks that agree on the end are at least this far apart. */
export const confirmAfterMs = 2_000
/** Lists of accounts can be out of date, and a deploy can try again. Accounts that are behind for less time may still catch up. */
const behindToleratedMs = 30_000

/**
 * What the looks add up to after one more. A look that could not read everything changes it only if it has seen something in progress.
 *
 * The end of a rollout needs two looks that agree. Accounts that are behind are believed after 30 s, or after two looks if a failed request
 * explains them. With `wait: false`, one look is enough.
 */
export function agreementAfter(snapshot: Snapshot, look: Looked, nowMs: number): Agreement {
  const { agreement: before, goal } = snapshot
  const seen = seenIn(snapshot, look)
  if (seen === null) return before
  const sinceMs = seen === before.seen ? before.sinceMs : nowMs
  return { seen, sinceMs, isSettled: !goal.wait || isBelieved(snapshot, seen, look.startedAtMs - sinceMs) }
}

function seenIn(snapshot: Snapshot, look: Looked): Agreement['seen'] {
  const { rollouts } = snapshot
  if (isInProgress(snapshot)) return 'in-progress'
  if (seesNothing(snapshot) || snapshot.requests.some(isWithoutPermissionSet)) return null
  const readable = rolloutArns(snapshot).filter((arn) => rollouts.get(arn)?.blocker?.kind !== 'final')
  const isListedSince = (arn: string, ms: number) => (rollouts.get(arn)?.listedAtMs ?? -1) >= ms
  const isListed = (arn: string) => isListedSince(arn, look.startedAtMs)
  if (!look.hasReadLists || !readable.every((arn) => isListedSince(arn, 0))) return null
  if (readable.some((arn) => isListed(arn) && accountsBehind(snapshot, arn).length > 0)) return 'behind'
  return readable.every(isListed) ? 'done' : null
}

/** Whether something is in progress that the goal is about. */
export function isInProgress(snapshot: Snapshot): boolean {
  const { others, requests } = snapshot
  return requests.some(isUnfinished) || (others.unidentified.size > 0 && knowsProgress(snapshot))
}

/** `apartMs`: how long before the last look the same was seen first. */
function isBelieved(snapshot: Snapshot, seen: Agreement['seen'], apartMs: number): boolean {
  if (seen === 'done') return apartMs >= confirmAfterMs
  if (seen !== 'behind' || !knowsProgress(snapshot)) return false
  const isExplained = snapshot.requests.some((request) => explainsAccounts(request, snapshot))
  return apartMs >= (isExplained ? confirmAfterMs : behindToleratedMs)
}

/** Whether a request has failed, and accounts are behind with its permission set. */
export function explainsAccounts(request: RequestState, snapshot: Snapshot): boolean {
  const { permissionSetArn } = detailsOf(request)
  const isFailed = statusOf(request) === 'FAILED' && permissionSetArn !== null
  return isFailed && accountsBehind(snapshot, permissionSetArn).length > 0
}

/** Whether the role may see which requests are in progress. Without that, a rollout is judged by its accounts alone. */
export function knowsProgress(snapshot: Snapshot): boolean {
  return progressDenial(snapshot) === null
}

function progressDenial({ goal, lists, others }: Snapshot): CallFailure | null {
  const denied = operationNames
    .filter((operation) => watches(goal, operation))
    .map((operation) => lists[operation].failure)
    .find((failure) => failure !== null && isAccessDenied(failure))
  return denied ?? others.failure
}

/** Whether the wait can end. */
export function isSettled(snapshot: Snapshot): boolean {
  const { agreement, goal, outage, requests } = snapshot
  if (outage?.isFinal) return true
  const isKnown = (request: RequestState) => !isUnfinished(request) || (!goal.wait && request.phase !== 'unanswered')
  const given = requests.filter(({ origin }) => origin === 'given')
  if (!given.every(isKnown) || lackingDetails(snapshot).length > 0) return false
  if (!needsState(snapshot)) return true
  const isOutOfReach = given.some((request) => !isUnfinished(request) && statusOf(request) !== 'SUCCEEDED')
  return isOutOfReach || agreement.isSettled || seesNothing(snapshot)
}

/** Whether the goal asks for more than the end of the requests. A deploy that changed nothing leaves nothing to roll out. */
export function needsState({ goal, requests }: Snapshot): boolean {
  return goal.until === 'idle' || (goal.until === 'rolled-out' && requests.length + goal.permissionSetArns.length > 0)
}

/** Whether nothing of what the goal is about can be read. */
function seesNothing(snapshot: Snapshot): boolean {
  if (snapshot.goal.until === 'idle') return !knowsProgress(snapshot)
  const arns = rolloutArns(snapshot)
  return arns.length > 0 && arns.every((arn) => snapshot.rollouts.get(arn)?.blocker?.kind === 'final')
}

/** Why the goal cannot be judged, apart from requests that cannot be read. */
export function finalFailures(snapshot: Snapshot): CallFailure[] {
  const { goal, outage, rollouts } = snapshot
  const denial = goal.until === 'idle' ? progressDenial(snapshot) : null
  const blockers = rolloutArns(snapshot).map((arn) => rollouts.get(arn)?.blocker ?? null)
  return [
    ...(goal.until !== 'finished' && outage?.isFinal ? [outage.failure] : []),
    ...(denial === null ? [] : [denial]),
    ...blockers.flatMap((blocker) => (blocker?.kind === 'final' ? [blocker.failure] : [])),
  ]
}

/** The permission sets that are to be rolled out: those that the workflow names, and those of the provisionings that it gives. */
export function rolloutArns({ goal, requests }: Snapshot): string[] {
  if (goal.until !== 'rolled-out') return []
  const provisioned = requests
    .filter(isGivenProvisioning)
    .flatMap((request) => detailsOf(request).permissionSetArn ?? [])
  return [...new Set([...goal.permissionSetArns, ...provisioned])]
}

/** The accounts that count and do not hold the latest version of a permission set, sorted. */
export function accountsBehind(snapshot: Snapshot, permissionSetArn: string): readonly string[] {
  const behind = snapshot.rollouts.get(permissionSetArn)?.behind ?? []
  const targets = targetsOf(snapshot, permissionSetArn)
  return targets === null ? behind : behind.filter((accountId) => targets.includes(accountId))
}

/**
 * The only accounts that count, if a permission set is to be rolled out for which the workflow gives nothing but provisionings of single
 * accounts; `null` if all accounts count.
 */
export function targetsOf({ goal, requests }: Snapshot, permissionSetArn: string): readonly string[] | null {
  if (goal.until !== 'rolled-out' || goal.permissionSetArns.includes(permissionSetArn)) return null
  const given = requests
    .filter(isGivenProvisioning)
    .map(detailsOf)
    .filter((details) => details.permissionSetArn === permissionSetArn)
  const targets = given.flatMap(({ accountId }) => accountId ?? [])
  return targets.length === 0 || targets.length < given.length ? null : [...new Set(targets)]
}

/** Whether AWS has not said which permission set a provisioning is about. Then nobody knows whether that is rolled out. */
function isWithoutPermissionSet(request: RequestState): boolean {
  return isGivenProvisioning(request) && detailsOf(request).permissionSetArn === null
}

function isGivenProvisioning({ key, origin }: RequestState): boolean {
  return origin === 'given' && key.operation === 'provision-permission-set'
}
