import { maxRowsOfPage } from '../../requests/api.ts'
import type { Blocker } from './blocker.ts'

/**
 * What was read of a permission set's accounts, and when. Immutable. Times are milliseconds since the wait began; `null` is never.
 *
 * Only a reading of the whole list changes what is known of the accounts. A reading is as old as its first call.
 */
export interface PermissionSetState {
  readonly arn: string
  /** The only accounts that count, if nothing but provisionings of single accounts was given for it; `null` if all count. */
  readonly targets: ReadonlySet<string> | null
  /** Accounts that never count, because the workflow ignores them. */
  readonly ignored: ReadonlySet<string>
  /** The accounts that are out of date, and since when they were seen so without a break; `null` before the first reading. Sorted. */
  readonly outOfDate: ReadonlyMap<string, number> | null
  readonly readAtMs: number | null
  /** The first of the readings on end in which no account that counts was out of date, since the last change. */
  readonly upToDateSinceMs: number | null
  /** When a request about it was last seen to begin, to be in progress or to end. What was read before says nothing about it any more. */
  readonly changedAtMs: number | null
  /** When a reading last showed an account up to date that had been out of date. */
  readonly caughtUpAtMs: number | null
  /** When its accounts were last asked for, with an answer or without. */
  readonly askedAtMs: number | null
  /** Why the last reading failed; `null` if it did not. */
  readonly blocker: Blocker | null
  /** How many accounts hold it in any version, as last counted, and which of them are ignored. Counting is optional. */
  readonly holders: { readonly count: number; readonly ignored: readonly string[]; readonly atMs: number } | null
  /** The readings that showed fewer accounts out of date than the one before, since more were out of date the last time. Oldest first. */
  readonly falls: readonly Fall[]
}

interface Fall {
  readonly outOfDate: number
  readonly atMs: number
}

/** A permission set that AWS was not asked about yet. */
export function unreadPermissionSet(arn: string, ignored: ReadonlySet<string>): PermissionSetState {
  return {
    arn,
    targets: null,
    ignored,
    outOfDate: null,
    readAtMs: null,
    upToDateSinceMs: null,
    changedAtMs: null,
    caughtUpAtMs: null,
    askedAtMs: null,
    blocker: null,
    holders: null,
    falls: [],
  }
}

/** A pace that was seen for less time, or for fewer accounts, says little about the rest. */
const minPaceMs = 5_000
const minPaceAccounts = 2
/** With fewer accounts than this, the pace is too uncertain to be shown. */
const minShownAccounts = 5
/** When the accounts are first counted. Many requests end before. */
const firstCountMs = 10_000
/** The bounds of the time between two counts; the lower one is for each page of accounts. */
const minCountEveryMs = 5_000
const maxCountEveryMs = 30_000

/**
 * What is known after a reading of the accounts that are out of date. If a later one came first, nothing is new. AWS has answered at some
 * moment between its first call, `atMs`, and its end, `endedAtMs`. So what it shows is as old as its start, and is seen since its end.
 */
export function afterReading(
  before: PermissionSetState,
  accountIds: readonly string[],
  { atMs, endedAtMs }: { readonly atMs: number; readonly endedAtMs: number },
): PermissionSetState {
  if (before.readAtMs !== null && before.readAtMs > atMs) return before
  const known = before.outOfDate
  const outOfDate = new Map(accountIds.toSorted().map((id) => [id, known?.get(id) ?? endedAtMs]))
  const after = { ...before, outOfDate, readAtMs: atMs, askedAtMs: atMs, blocker: null }
  const isOld = before.changedAtMs !== null && atMs < before.changedAtMs
  const isUpToDate = !isOld && countingOutOfDate(after).length === 0
  return {
    ...after,
    upToDateSinceMs: isUpToDate ? (before.upToDateSinceMs ?? endedAtMs) : null,
    caughtUpAtMs: known?.keys().some((id) => !outOfDate.has(id)) ? endedAtMs : before.caughtUpAtMs,
    falls: fallsAfter(before.falls, { outOfDate: outOfDate.size, atMs }),
  }
}

/** What is known after a request about the permission set was seen to begin, to go on or to end. */
export function afterChange(before: PermissionSetState, atMs: number): PermissionSetState {
  return { ...before, changedAtMs: atMs, upToDateSinceMs: null }
}

/** The IDs of the accounts that count and that are out of date, sorted. */
export function countingOutOfDate({ ignored, outOfDate, targets }: PermissionSetState): readonly string[] {
  return [...(outOfDate?.keys() ?? [])].filter((id) => !ignored.has(id) && (targets === null || targets.has(id)))
}

function fallsAfter(before: readonly Fall[], fall: Fall): readonly Fall[] {
  const last = before.at(-1)
  if (last === undefined || fall.outOfDate > last.outOfDate) return [fall]
  return fall.outOfDate === last.outOfDate ? before : [...before, fall]
}

/** How many accounts hold the latest version, of how many; `null` if they were not counted. */
export function countOf({ holders, outOfDate }: PermissionSetState): { latest: number; total: number } | null {
  if (outOfDate === null || holders === null) return null
  // An account can be added after the count.
  const total = Math.max(holders.count, outOfDate.size)
  return { latest: total - outOfDate.size, total }
}

/**
 * When no account will be out of date any more; `null` if there is no pace yet. AWS updates one account after the other. The pace is that
 * since twice as many accounts were out of date, and two more, so that it follows a change.
 *
 * The time can be over: then the pace has changed.
 */
export function expectedEndMs({ falls }: PermissionSetState): number | null {
  const last = falls.at(-1)
  if (last === undefined) return null
  const start = falls.findLast(({ outOfDate }) => outOfDate >= 2 * last.outOfDate + 2) ?? falls[0] ?? last
  const done = start.outOfDate - last.outOfDate
  const tookMs = last.atMs - start.atMs
  return done < minPaceAccounts || tookMs < minPaceMs ? null : last.atMs + (tookMs / done) * last.outOfDate
}

/** About how long the rest takes, in milliseconds, to be shown; `null` until enough accounts have caught up, and after the expected end. */
export function timeLeftMs(permissionSet: PermissionSetState, nowMs: number): number | null {
  const { falls } = permissionSet
  const endMs = expectedEndMs(permissionSet)
  const caughtUp = (falls[0]?.outOfDate ?? 0) - (falls.at(-1)?.outOfDate ?? 0)
  return endMs === null || endMs <= nowMs || caughtUp < minShownAccounts ? null : endMs - nowMs
}

/**
 * When the accounts are to be counted again while a request is in progress: after half of the time until the expected end. Without an
 * expected end, it is half of the time waited so far. In any case it is at most 30 s, and at least 5 s for each page of accounts.
 */
export function nextCountMs(permissionSet: PermissionSetState): number {
  const { askedAtMs, outOfDate } = permissionSet
  if (askedAtMs === null) return firstCountMs
  const endMs = expectedEndMs(permissionSet) ?? 2 * askedAtMs
  const everyMs = endMs > askedAtMs ? Math.min((endMs - askedAtMs) / 2, maxCountEveryMs) : maxCountEveryMs
  const pages = Math.max(1, Math.ceil((outOfDate?.size ?? 0) / maxRowsOfPage))
  return askedAtMs + Math.max(everyMs, minCountEveryMs * pages)
}
