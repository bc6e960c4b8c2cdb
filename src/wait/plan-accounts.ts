import { endlessList } from './ask.ts'
import type { LookKind } from './plan-requests.ts'
import { countingOutOfDate, nextCountMs, type PermissionSetState } from './state/permission-set-state.ts'
import { isUnfinished, provisioned } from './state/request-state.ts'
import { permissionSetOf, type State } from './state/state.ts'

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

/**
 * What was read of accounts before this time is too old to end the wait, in milliseconds since the wait began: before the look before, or
 * for longer than it takes to read all permission sets twice.
 */
export function freshSince({ lookedAtMs, scope }: State, nowMs: number): number {
  return scope.isOneLook ? 0 : Math.min(lookedAtMs, nowMs - freshMsEach * scope.permissionSetArns.size)
}

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
 * `old`: those that are confirmed, and were read too long ago. They need another reading before the wait can end.
 */
export function permissionSetsToRead(
  state: State,
  kind: LookKind,
  nowMs: number,
  freshSinceMs: number,
): { readonly due: readonly string[]; readonly old: readonly string[] } {
  const busy = busyPermissionSets(state)
  const due: PermissionSetState[] = []
  const old: PermissionSetState[] = []
  for (const arn of state.scope.permissionSetArns) {
    const permissionSet = permissionSetOf(state, arn)
    if (!isReadable(permissionSet, nowMs)) continue
    if (isDue(permissionSet, busy.has(arn), kind, nowMs)) due.push(permissionSet)
    else if (!busy.has(arn) && !isFresh(permissionSet, freshSinceMs)) old.push(permissionSet)
  }
  const arnsOf = (sets: PermissionSetState[]) =>
    sets.sort((a, b) => (a.askedAtMs ?? -1) - (b.askedAtMs ?? -1)).map(({ arn }) => arn)
  return { due: arnsOf(due), old: arnsOf(old) }
}

function isReadable({ askedAtMs, blocker }: PermissionSetState, nowMs: number): boolean {
  const isEndless = blocker?.failure === endlessList && nowMs - (askedAtMs ?? 0) < endlessPauseMs
  return blocker?.kind !== 'final' && !isEndless
}

function isDue(permissionSet: PermissionSetState, isBusy: boolean, kind: LookKind, nowMs: number): boolean {
  const { changedAtMs, readAtMs, upToDateSinceMs } = permissionSet
  if (readAtMs === null) return true
  const isOutOfDate = countingOutOfDate(permissionSet).length > 0
  if (isBusy) return kind !== 'only' && isOutOfDate && nowMs >= nextCountMs(permissionSet)
  if (changedAtMs !== null && readAtMs < changedAtMs) return true
  if (kind === 'only') return false
  if (isOutOfDate || upToDateSinceMs === null) return true
  return !isConfirmed(permissionSet) && nowMs >= upToDateSinceMs + confirmAfterMs
}
