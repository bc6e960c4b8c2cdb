import { consoleUrlOf } from '../aws/permission-sets.ts'
import { type CallFailure, isAccessDenied } from '../requests/api.ts'
import { watches } from '../requests/goal.ts'
import { operationNames } from '../requests/request.ts'
import { accountsBehind, rolloutArns } from '../wait/snapshot/agreement.ts'
import { detailsOf, isUnfinished, isUnreadable, type RequestState, statusOf } from '../wait/snapshot/request-state.ts'
import { countOf, isSameCount, type Rollout, timeLeftMs, unknownRollout } from '../wait/snapshot/rollout.ts'
import type { Progress, Snapshot } from '../wait/snapshot/snapshot.ts'
import { isReadFailure } from './causes.ts'
import { formatRoughly } from './duration.ts'
import { isBlocked } from './log-failures.ts'
import { behindText } from './rollout-text.ts'
import { permissionSetLabel, plain } from './subject.ts'

/**
 * The name of the permission set, with a link to the console. Of several permission sets, the names of those that earlier lines show by ID:
 * those that failed, that were found or that have accounts behind.
 */
export function nameLines(before: Snapshot, after: Snapshot, region: string): string[] {
  if (before.names === after.names) return []
  const arnsOf = (requests: readonly RequestState[]) =>
    requests.flatMap((request) => detailsOf(request).permissionSetArn ?? [])
  const known = new Set([...arnsOf(after.requests), ...rolloutArns(after)])
  const inLog = new Set([
    ...arnsOf(after.requests.filter((request) => request.origin === 'found' || isReadFailure(request))),
    ...rolloutArns(after).filter((arn) => accountsBehind(after, arn).length > 0),
  ])
  return [...after.names].flatMap(([arn, name]) => {
    if (before.names.has(arn)) return []
    if (known.size < 2) return [`Permission set ${[plain(name), consoleUrlOf(arn, region)].filter(Boolean).join(': ')}`]
    const id = permissionSetLabel(arn, new Map())
    return inLog.has(arn) && before.ending === null ? [`Permission set ${plain(id)} is ${plain(name)}`] : []
  })
}

/** How many accounts hold the latest version, if that has changed. */
export function accountLines(before: Snapshot, after: Snapshot): string[] {
  if (before.ending !== null) return []
  const changed = newCounts(before, after)
  if (after.requests.length === 1 && changed.some(([, rollout]) => countText(rollout) !== null))
    return [positionText(after)]
  return changed.flatMap(([arn, rollout]) => {
    const text = countText(rollout)
    return text === null ? [] : [`${plain(permissionSetLabel(arn, after.names))}: ${text}`]
  })
}

/** With more permission sets than this, a line for each new count would fill the log. */
const maxCounted = 3

/** The permission sets whose accounts have a new count, by ARN. Of many, only those that are done now, or not any more. */
function newCounts(before: Snapshot, after: Snapshot): (readonly [arn: string, rollout: Rollout])[] {
  if (before.rollouts === after.rollouts) return []
  const known = (arn: string) => before.rollouts.get(arn) ?? unknownRollout
  const isDone = ({ behind }: Rollout) => behind?.length === 0
  const isMany = after.rollouts.size > maxCounted
  return [...after.rollouts].filter(([arn, rollout]) =>
    isMany ? isDone(known(arn)) !== isDone(rollout) : !isSameCount(known(arn), rollout),
  )
}

function countText(rollout: Rollout): string | null {
  const count = countOf(rollout)
  return count === null ? null : `${count.latest} of ${count.total} accounts hold the latest version`
}

/** How far several requests are, if a look has changed that. */
export function progressLines(before: Snapshot, after: Snapshot): string[] {
  if (after.looks === before.looks || after.requests.length < 2) return []
  const isFirstAnswer = before.looks === 0 && after.requests.some(({ phase }) => phase !== 'unanswered')
  return isFirstAnswer || differ(before.progress, after.progress) ? [positionText(after)] : []
}

function differ(a: Progress, b: Progress): boolean {
  return a.ended !== b.ended || a.failed !== b.failed || a.unconfirmed !== b.unconfirmed
}

/** How far things are, after 30 s without news. Without such a line, a quiet wait looks like a hung one. */
export function heartbeatLines(before: Snapshot, after: Snapshot): string[] {
  if (after.heartbeats === before.heartbeats) return []
  const failure = callFailureOf(after)
  return [failure === null ? positionText(after) : `${positionText(after)}; still trying: ${failure.message}`]
}

/** Why the wait does not know everything at the moment, if asking again may help. */
function callFailureOf(snapshot: Snapshot): CallFailure | null {
  const { goal, lists, outage, requests, rollouts } = snapshot
  const blockers = [
    ...requests.filter((request) => isUnfinished(request) && isBlocked(request)).map(({ blocker }) => blocker),
    ...rolloutArns(snapshot).map((arn) => rollouts.get(arn)?.blocker),
  ]
  const listed = operationNames.filter((operation) => watches(goal, operation)).map((name) => lists[name].failure)
  return (
    outage?.failure ??
    blockers.find((blocker) => blocker?.kind === 'passing')?.failure ??
    listed.find((failure) => failure !== null && !isAccessDenied(failure)) ??
    null
  )
}

/** How far things are. */
function positionText(snapshot: Snapshot): string {
  const { requests, rollouts } = snapshot
  const [only] = requests
  if (only === undefined) return statePosition(snapshot)
  if (requests.length > 1) return requestsText(snapshot)
  const rollout = rollouts.get(detailsOf(only).permissionSetArn ?? '') ?? unknownRollout
  return [
    statusOf(only) ?? 'No status yet',
    countText(rollout),
    isUnfinished(only) ? timeLeft(rollout, snapshot.elapsedMs) : null,
  ]
    .filter(Boolean)
    .join(', ')
}

function requestsText({ requests, progress }: Snapshot): string {
  const ended = requests.filter(({ phase }) => phase === 'ended').length
  const failed = requests.filter((request) => statusOf(request) === 'FAILED').length
  const unreadable = requests.filter(isUnreadable).length
  // The count is from the end of the last look. If more requests have ended since, it may count some of them.
  const unconfirmed = ended === progress.ended ? progress.unconfirmed : 0
  return [
    `${ended} of ${requests.length} done`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(unreadable > 0 ? [`${unreadable} cannot be read`] : []),
    ...(unconfirmed > 0 ? [unconfirmedText(unconfirmed)] : []),
  ].join(', ')
}

/** How far the instance is, if there is no request to speak of. */
function statePosition(snapshot: Snapshot): string {
  const { elapsedMs, others, rollouts } = snapshot
  if (others.unidentified.size > 0) return othersText(others.unidentified.size)
  const arns = rolloutArns(snapshot)
  const behind = arns.filter((arn) => accountsBehind(snapshot, arn).length > 0)
  const [only] = behind
  if (only === undefined) {
    const isKnown = arns.length > 0 && arns.every((arn) => (rollouts.get(arn)?.behind ?? null) !== null)
    return isKnown ? 'No account is behind' : 'Nothing is known yet'
  }
  const rollout = rollouts.get(only) ?? unknownRollout
  if (arns.length > 1)
    return `${behind.length} of ${arns.length} permission sets ${behind.length === 1 ? 'has' : 'have'} accounts behind`
  const behindOnly = { behind: accountsBehind(snapshot, only), total: null }
  return [countText(rollout) ?? behindText(behindOnly), timeLeft(rollout, elapsedMs)].filter(Boolean).join(', ')
}

/** About how long the rest takes, if the pace of the accounts tells it. */
function timeLeft(rollout: Rollout, nowMs: number): string | null {
  const leftMs = timeLeftMs(rollout, nowMs)
  return leftMs === null ? null : `about ${formatRoughly(leftMs)} left`
}

export function othersText(count: number): string {
  return count === 1 ? '1 other request is in progress' : `${count} other requests are in progress`
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
