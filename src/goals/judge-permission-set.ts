import { busyPermissionSets, confirmAfterMs, isConfirmed, isFresh } from '../wait/plan-accounts.ts'
import type { LookResult, PermissionSetFinding } from '../wait/rules.ts'
import { countingOutOfDate, type PermissionSetState } from '../wait/state/permission-set-state.ts'
import {
  type Ended,
  isUnfinished,
  lacksPermissionSet,
  provisioned,
  type RequestState,
} from '../wait/state/request-state.ts'
import { type State, setsInScope } from '../wait/state/state.ts'
import { subjectKinds } from './evidence.ts'

/** Lists of accounts can lag, and a deploy can try again. Accounts that have been out of date for less time may still catch up. */
const outOfDateToleratedMs = 30_000

/**
 * What is known of each permission set in the scope, by ARN.
 *
 * Up to date needs two readings, at least 2 s apart, since the last change. Accounts that are out of date, while nothing is in progress for
 * their permission set, are believed after 30 s in which none caught up. If a failed request explains them, two readings are enough. If one
 * look has to be enough, one reading is.
 */
export function judgePermissionSets(
  state: State,
  look: LookResult,
  isBlind: boolean,
): ReadonlyMap<string, PermissionSetFinding> {
  const busy = busyPermissionSets(state)
  const isProgressKnown = look.hasReadLists && (isBlind || !hasUnknownSubject(state))
  const seen: Seen = { state, look, isBlind, isProgressKnown, newest: newestRequests(state) }
  return new Map(setsInScope(state).map((each) => [each.arn, findingOf(each, busy.has(each.arn), seen)]))
}

/** What permission sets are judged by, beside their accounts. */
interface Seen {
  readonly state: State
  readonly look: LookResult
  /** Whether the role may not see what is in progress. */
  readonly isBlind: boolean
  /** Whether everything is known that is in progress, as far as the role may see. */
  readonly isProgressKnown: boolean
  readonly newest: NewestRequests
}

/** What is known of one of them. `isBusy`: whether a provisioning of it is in progress. */
function findingOf(permissionSet: PermissionSetState, isBusy: boolean, seen: Seen): PermissionSetFinding {
  const open = { isSettled: false, settlesAtMs: null, explainedBy: [], wantsPast: false }
  // It will not be known, whatever is asked again.
  if (permissionSet.blocker?.kind === 'final') return { ...open, finding: 'unknown', isSettled: true }
  if (isBusy) return { ...open, finding: 'busy' }
  if (!isFresh(permissionSet, seen.look.freshSinceMs)) return { ...open, finding: 'unknown' }
  if (countingOutOfDate(permissionSet).length > 0) return outOfDate(permissionSet, seen)
  const { upToDateSinceMs } = permissionSet
  const isSettled = seen.state.scope.isOneLook || isConfirmed(permissionSet)
  const settlesAtMs = isSettled || upToDateSinceMs === null ? null : upToDateSinceMs + confirmAfterMs
  return { ...open, finding: 'up-to-date', isSettled, settlesAtMs }
}

function outOfDate(
  permissionSet: PermissionSetState,
  { isBlind, isProgressKnown, look, newest, state }: Seen,
): PermissionSetFinding {
  const { arn, caughtUpAtMs, changedAtMs, readAtMs } = permissionSet
  const { past, scope } = state
  const accountIds = countingOutOfDate(permissionSet)
  const sinceMs = (accountId: string) => permissionSet.outOfDate?.get(accountId) ?? Number.POSITIVE_INFINITY
  // Nobody knows that nothing is in progress if the role may not see it.
  const unchangedSinceMs = Math.max(changedAtMs ?? 0, caughtUpAtMs ?? 0)
  const lastingAtMs = least(accountIds.map((id) => Math.max(sinceMs(id), unchangedSinceMs) + outOfDateToleratedMs))
  const failed = accountIds.flatMap((accountId) => {
    const request = newestFor(newest, arn, accountId)
    return request?.status === 'FAILED' ? [{ request, atMs: Math.max(sinceMs(accountId), request.endedAtMs) }] : []
  })
  const explainedAtMs = least(failed.map(({ atMs }) => atMs + confirmAfterMs))
  const isRead = (atMs: number) => isProgressKnown && readAtMs !== null && readAtMs >= atMs
  const isLasting = !isBlind && isRead(lastingAtMs)
  const isExplained = isRead(explainedAtMs)
  // A request may have begun between the list of requests and that of accounts. So one look needs a list that was read after the accounts.
  const isSeenOnce = scope.isOneLook && isProgressKnown && readAtMs !== null && readAtMs <= look.startedAtMs
  // A later success that nobody has seen would mean that the accounts are about to catch up. So what has ended is read after what is in
  // progress, in the same look. If it could not be read, it is read again only when the accounts have been out of date for long enough.
  const isPastRead = past.readAtMs !== null && past.readAtMs >= look.startedAtMs
  const isPastKnown = isPastRead && past.isWhole
  const changedMs = Math.max(changedAtMs ?? 0, explainedAtMs - confirmAfterMs)
  const isInVain = past.readAtMs !== null && past.readAtMs >= changedMs && !past.isWhole
  const never = Number.POSITIVE_INFINITY
  const settlesAtMs = scope.isOneLook
    ? look.startedAtMs
    : Math.min(isExplained ? never : explainedAtMs, isBlind ? never : lastingAtMs)
  return {
    finding: 'out-of-date',
    isSettled: isSeenOnce || isLasting || (isExplained && isPastKnown),
    settlesAtMs: isProgressKnown && Number.isFinite(settlesAtMs) ? settlesAtMs : null,
    explainedBy: isPastKnown ? [...new Set(failed.map(({ request }) => request))] : [],
    wantsPast: (isSeenOnce || isLasting || (isExplained && !isInVain)) && !isPastRead,
  }
}

/** Whether a provisioning is in progress that may be about any permission set. */
function hasUnknownSubject(state: State): boolean {
  const isUnknown = (request: RequestState) => isUnfinished(request) && lacksPermissionSet(request)
  const kinds = subjectKinds(state)
  return state.requests.items.some(isUnknown) || kinds.has('unknown') || kinds.has('not-said')
}

function least(times: readonly number[]): number {
  return times.reduce((least, ms) => Math.min(least, ms), Number.POSITIVE_INFINITY)
}

/** The newest ended provisioning of each permission set to all accounts, and of those to each account. */
type NewestRequests = ReadonlyMap<string, Ended>

function newestRequests({ past, requests }: State): NewestRequests {
  const newest = new Map<string, Ended>()
  for (const request of [...past.requests, ...requests.items]) {
    if (request.phase !== 'ended') continue
    const target = targetOf(provisioned(request), request.details.accountId)
    newest.set(target, later(newest.get(target), request))
  }
  return newest
}

/** The newest ended provisioning that covers an account. */
function newestFor(newest: NewestRequests, arn: string, accountId: string): Ended | undefined {
  const [own, ofAll] = [newest.get(targetOf(arn, accountId)), newest.get(targetOf(arn, null))]
  return own === undefined ? ofAll : later(ofAll, own)
}

function targetOf(arn: string | null, accountId: string | null): string {
  return `${arn} ${accountId}`
}

/**
 * The one of two requests that was created later. Of two that were created at the same time, it is the one that has failed, as no success is
 * later. Without both dates, it is the one that was seen to end later.
 */
function later(a: Ended | undefined, b: Ended): Ended {
  if (a === undefined) return b
  const [aMs, bMs] = [a.details.createdDate?.getTime(), b.details.createdDate?.getTime()]
  if (aMs === undefined || bMs === undefined) return a.endedAtMs > b.endedAtMs ? a : b
  if (aMs === bMs) return a.status === 'FAILED' ? a : b
  return aMs > bMs ? a : b
}
