import { maxRowsOfPage } from '../../requests/api.ts'
import type { Blocker } from './blocker.ts'

/** How far a permission set is in the accounts that hold it. Immutable. Times are milliseconds since the wait began. */
export interface Rollout {
  /** The accounts that do not hold the latest version, sorted; `null` before the first answer. */
  readonly behind: readonly string[] | null
  /** How many accounts hold the permission set, in any version; `null` if they were not counted. */
  readonly total: number | null
  /** When AWS was last asked, whether it answered or not; `null` before the first time. */
  readonly askedAtMs: number | null
  /** When the list that `behind` is from began; `null` before the first answer. */
  readonly listedAtMs: number | null
  /** The counts that showed fewer accounts behind than the one before, since more were behind the last time. Oldest first. */
  readonly falls: readonly Count[]
  /** Why the last list could not be read; `null` if it could. */
  readonly blocker: Blocker | null
}

interface Count {
  readonly behind: number
  readonly atMs: number
}

/** What AWS says about the accounts of a permission set. */
export interface AccountList {
  readonly behind: readonly string[]
  /** How many accounts hold the latest version; `null` if they were not counted this time. */
  readonly latest: number | null
}

export const unknownRollout: Rollout = {
  behind: null,
  total: null,
  askedAtMs: null,
  listedAtMs: null,
  falls: [],
  blocker: null,
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

/** What is known after a list that began at `atMs`. If a later one came first, only the total is new. */
export function afterAccountList(before: Rollout, { behind, latest }: AccountList, atMs: number): Rollout {
  const accounts = [...new Set(behind)].sort()
  const total = latest === null ? before.total : latest + accounts.length
  if ((before.listedAtMs ?? 0) > atMs) return { ...before, total }
  return {
    behind: accounts,
    // An account can be added after the first count.
    total: total === null ? null : Math.max(total, accounts.length),
    askedAtMs: atMs,
    listedAtMs: atMs,
    falls: fallsAfter(before.falls, { behind: accounts.length, atMs }),
    blocker: null,
  }
}

function fallsAfter(before: readonly Count[], count: Count): readonly Count[] {
  const last = before.at(-1)
  if (last === undefined || count.behind > last.behind) return [count]
  return count.behind === last.behind ? before : [...before, count]
}

/** Whether two counts of the accounts say the same. */
export function isSameCount(a: Rollout, b: Rollout): boolean {
  return a.behind?.length === b.behind?.length && a.total === b.total
}

/** How many accounts hold the latest version, of how many; `null` if they were not counted. */
export function countOf({ behind, total }: Rollout): { readonly latest: number; readonly total: number } | null {
  return behind === null || total === null ? null : { latest: total - behind.length, total }
}

/**
 * When no account will be behind any more; `null` if there is no pace yet. AWS updates one account after the other. The pace is that since
 * twice as many accounts were behind, and two more, so that it follows a change.
 *
 * The time can be over: then the pace has changed.
 */
export function expectedEndMs({ falls }: Rollout): number | null {
  const last = falls.at(-1)
  if (last === undefined) return null
  const start = falls.findLast(({ behind }) => behind >= 2 * last.behind + 2) ?? falls[0] ?? last
  const done = start.behind - last.behind
  const tookMs = last.atMs - start.atMs
  return done < minPaceAccounts || tookMs < minPaceMs ? null : last.atMs + (tookMs / done) * last.behind
}

/** About how long the rest takes, in milliseconds, to be shown; `null` until enough accounts have caught up, and after the expected end. */
export function timeLeftMs(rollout: Rollout, nowMs: number): number | null {
  const { falls } = rollout
  const endMs = expectedEndMs(rollout)
  const caughtUp = (falls[0]?.behind ?? 0) - (falls.at(-1)?.behind ?? 0)
  return endMs === null || endMs <= nowMs || caughtUp < minShownAccounts ? null : endMs - nowMs
}

/**
 * When the accounts are to be counted again: after half of the time until the expected end. Without an expected end, it is half of the time
 * waited so far. In any case it is at most 30 s, and at least 5 s for each page of accounts behind.
 */
export function nextCountMs(rollout: Rollout): number {
  const { askedAtMs, behind } = rollout
  if (askedAtMs === null) return firstCountMs
  const endMs = expectedEndMs(rollout) ?? 2 * askedAtMs
  const everyMs = endMs > askedAtMs ? Math.min((endMs - askedAtMs) / 2, maxCountEveryMs) : maxCountEveryMs
  const pages = Math.max(1, Math.ceil((behind?.length ?? 0) / maxRowsOfPage))
  return askedAtMs + Math.max(everyMs, minCountEveryMs * pages)
}
