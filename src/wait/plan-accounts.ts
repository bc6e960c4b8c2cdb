import type { Moment } from './plan-requests.ts'
import { isNoSuchThing } from './state/blocker.ts'
import { endlessList } from './state/list-access.ts'
import { countingOutOfDate, nextCountMs, type PermissionSetState } from './state/permission-set-state.ts'
import { byLastAsked, isUnfinished, provisioned } from './state/request-state.ts'
import { type State, setsInScope } from './state/state.ts'

/** Two readings of a permission set that agree are at least this far apart. */
export const confirmAfterMs = 2_000
/** How long an endless list is left alone. */
const endlessPauseMs = 30_000

/** The ARNs of the permission sets that a provisioning is known to be in progress for. */
export function busyPermissionSets({ requests }: State): ReadonlySet<string> {
  return new Set(requests.items.flatMap((request) => (isUnfinished(request) ? (provisioned(request) ?? []) : [])))
}

/** A reading of accounts counts for this long for each permission set, in milliseconds: twice as long as it takes to read them all. */
const freshMsEach = 200
/** At the end, this many permission sets are read again, those that were read longest ago. That takes 5 s. */
const maxReadAgain = 50

/**
 * What was read of accounts before this time is too old to end the wait, in milliseconds since the wait began: before the look before, and
 * for longer than it takes to read all permission sets twice. Of many, that is so of the {@link maxReadAgain} oldest readings alone. If one
 * reading is enough: before the look that first read every list of requests in progress.
 */
export function freshSince(state: State, nowMs: number, hasReadLists: boolean): number {
  const { lookedAtMs, scope } = state
  if (scope.isOneLook) return state.judgement.freeSinceMs ?? (hasReadLists ? nowMs : 0)
  const strictMs = Math.min(lookedAtMs, nowMs - freshMsEach * scope.permissionSetArns.size)
  if (scope.permissionSetArns.size <= maxReadAgain) return strictMs
  const timesMs = setsInScope(state).map(({ readAtMs }) => readAtMs ?? 0)
  return Math.min(strictMs, timesMs.sort((a, b) => a - b)[maxReadAgain] ?? strictMs)
}

/** Whether the list of all permission sets was read, not too long ago, or is not needed. */
export function isInstanceKnown({ instance, scope }: State, freshSinceMs: number): boolean {
  if (!scope.followsInstance) return true
  return instance.readAtMs !== null && (scope.isOneLook || instance.readAtMs >= freshSinceMs)
}

/** Whether two readings of the list of all permission sets agree, or are not needed. */
export function isInstanceConfirmed({ instance, scope }: State): boolean {
  if (!scope.followsInstance || scope.isOneLook) return true
  const { readAtMs, sinceMs } = instance
  return readAtMs !== null && sinceMs !== null && readAtMs - sinceMs >= confirmAfterMs
}

/** Whether another reading of the list of all permission sets is needed, and can be made, before the wait ends. */
export function isInstanceOpen(state: State, nowMs: number, freshSinceMs: number): boolean {
  if (!isInstanceKnown(state, freshSinceMs)) return true
  return !isInstanceConfirmed(state) && nowMs >= (state.instance.sinceMs ?? 0) + confirmAfterMs
}

/**
 * Whether the list of all permission sets is to be read at the beginning of a look: it was not read yet, or one of them is not known to AWS any
 * more, which may have been deleted.
 */
export function isInstanceDue(state: State): boolean {
  const { blocker, readAtMs } = state.instance
  if (!state.scope.followsInstance || blocker?.kind === 'final') return false
  if (readAtMs === null) return true
  return setsInScope(state).some(
    ({ askedAtMs, blocker }) => blocker !== null && isNoSuchThing(blocker.failure) && (askedAtMs ?? 0) >= readAtMs,
  )
}

/**
 * A look reads the accounts of this many permission sets at most, so that it sees soon what else has changed: within 5 s while something is in
 * progress, and within 20 s otherwise.
 */
const maxReadWhileBusy = 50
const maxReadWhileIdle = 200

/** Whether what was last read of a permission set's accounts still counts: it is not from before a change, and not too old. */
export function isFresh({ changedAtMs, readAtMs }: PermissionSetState, freshSinceMs: number): boolean {
  return readAtMs !== null && readAtMs >= Math.max(changedAtMs ?? 0, freshSinceMs)
}

/** Whether two readings on end have shown a permission set up to date. */
export function isConfirmed({ readAtMs, upToDateSinceMs }: PermissionSetState): boolean {
  return readAtMs !== null && upToDateSinceMs !== null && readAtMs - upToDateSinceMs >= confirmAfterMs
}

/**
 * The permission sets whose accounts are to be read: those that were not read since the last change, those that are out of date, and those
 * that a second reading can confirm. While a request for one is in progress, it is read only to show how far it is.
 *
 * `old`: those that are confirmed, and were read too long ago. They need another reading before the wait can end. `hasMore`: whether more
 * are due than one look reads.
 */
export function permissionSetsToRead(moment: Moment, freshSinceMs: number) {
  const { state, nowMs } = moment
  const busy = busyPermissionSets(state)
  const due: PermissionSetState[] = []
  const old: PermissionSetState[] = []
  for (const permissionSet of setsInScope(state)) {
    const isBusy = busy.has(permissionSet.arn)
    if (!isReadable(permissionSet, nowMs)) continue
    if (isDue(permissionSet, isBusy, moment, freshSinceMs)) due.push(permissionSet)
    else if (!isBusy && !isFresh(permissionSet, freshSinceMs)) old.push(permissionSet)
  }
  const arnsOf = (sets: PermissionSetState[]) => sets.sort(byLastAsked).map(({ arn }) => arn)
  const most = busy.size > 0 ? maxReadWhileBusy : maxReadWhileIdle
  return { due: arnsOf(due).slice(0, most), old: arnsOf(old), hasMore: due.length > most }
}

function isReadable({ askedAtMs, blocker }: PermissionSetState, nowMs: number): boolean {
  const isEndless = blocker?.failure === endlessList && nowMs - (askedAtMs ?? 0) < endlessPauseMs
  return blocker?.kind !== 'final' && !isEndless
}

function isDue(
  permissionSet: PermissionSetState,
  isBusy: boolean,
  { kind, nowMs }: Moment,
  freshSinceMs: number,
): boolean {
  const { changedAtMs, readAtMs, upToDateSinceMs } = permissionSet
  if (readAtMs === null) return true
  const isOutOfDate = countingOutOfDate(permissionSet).length > 0
  if (isBusy) return kind !== 'only' && isOutOfDate && nowMs >= nextCountMs(permissionSet)
  if (changedAtMs !== null && readAtMs < changedAtMs) return true
  if (kind === 'only') return readAtMs < freshSinceMs
  if (isOutOfDate || upToDateSinceMs === null) return true
  return !isConfirmed(permissionSet) && nowMs >= upToDateSinceMs + confirmAfterMs
}
