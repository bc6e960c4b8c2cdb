import type { Obstacle } from './obstacle.ts'

/** How far a permission set is in the accounts that hold it. Immutable. Times are milliseconds since the wait began. */
export interface Rollout {
  /** The accounts that do not hold the latest version, sorted; `null` before the first answer. */
  readonly behind: readonly string[] | null
  /** How many accounts hold the permission set, in any version; `null` if they were not counted. */
  readonly total: number | null
  /** When AWS was last asked, with an answer or without; `null` before the first time. */
  readonly askedAtMs: number | null
  /** When `behind` was listed; `null` before the first answer. */
  readonly listedAtMs: number | null
  /** The count from which the accounts have only caught up since; `null` before the first answer. */
  readonly start: Count | null
  /** Why the last list could not be read; `null` if it could. */
  readonly obstacle: Obstacle | null
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
  start: null,
  obstacle: null,
}

/** A pace that was seen for less time, or for fewer accounts, says little about the rest. */
const minPaceMs = 5_000
const minPaceAccounts = 2

export function afterAccountList(before: Rollout, { behind, latest }: AccountList, nowMs: number): Rollout {
  const accounts = [...new Set(behind)].sort()
  const isFurther = before.behind !== null && accounts.length <= before.behind.length
  const total = latest === null ? before.total : latest + accounts.length
  return {
    behind: accounts,
    // An account can be added after the first count.
    total: total === null ? null : Math.max(total, accounts.length),
    askedAtMs: nowMs,
    listedAtMs: nowMs,
    start: isFurther ? before.start : { behind: accounts.length, atMs: nowMs },
    obstacle: null,
  }
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
 * When no account will be behind any more, at the pace seen so far; `null` if there is no pace yet. AWS updates one account after the other.
 * The time can be over: then the pace has changed.
 */
export function expectedEndMs({ behind, listedAtMs, start }: Rollout): number | null {
  if (behind === null || listedAtMs === null || start === null) return null
  const done = start.behind - behind.length
  const tookMs = listedAtMs - start.atMs
  return done < minPaceAccounts || tookMs < minPaceMs ? null : listedAtMs + (tookMs / done) * behind.length
}
