import type { CallFailure } from '../requests/api.ts'
import type { OperationName } from '../requests/request.ts'
import type { Ended } from './state/request-state.ts'
import type { Scope, State } from './state/state.ts'

/**
 * What a look has found. `partial`: not everything that the goal needs is known, which neither confirms nor ends anything. `busy`: something
 * is in progress. `out-of-date`: nothing is, but accounts are out of date. `done`: what the goal asks for is so, as far as one look can see.
 */
export type Finding = 'partial' | 'busy' | 'out-of-date' | 'done'

/** What is known of one permission set. `unknown`: its accounts were not read since the last change, or too long ago. */
export interface PermissionSetFinding {
  readonly finding: 'unknown' | 'busy' | 'out-of-date' | 'up-to-date'
  /** Whether it was so for long enough to be believed. */
  readonly isSettled: boolean
  /** When a reading can settle it, in milliseconds since the wait began; `null` if that is not known. */
  readonly settlesAtMs: number | null
  /** The failed requests that explain why accounts are out of date. */
  readonly explainedBy: readonly Ended[]
  /** Whether requests that had ended before a look could see them may explain it, and were not read in this look. */
  readonly wantsPast: boolean
}

/** What is known after a look, for a goal. */
export interface Judgement {
  readonly finding: Finding
  /**
   * When the first look began, since one that saw something in progress, that read every list of requests in progress, in milliseconds since
   * the wait began; `null` if there was none. With `idle`, it is also `null` after a look that could not read everything.
   */
  readonly freeSinceMs: number | null
  /** Whether the wait can end with it. */
  readonly isSettled: boolean
  /** When a look can settle it, in milliseconds since the wait began; `null` if that is not known. */
  readonly settlesAtMs: number | null
  /** By ARN, for the goals that ask about permission sets. */
  readonly permissionSets: ReadonlyMap<string, PermissionSetFinding>
}

/** Something that the goal needs and that could not be read, apart from requests that were given. */
export interface Unread {
  /** Accounts of a permission set, the list of all permission sets, a list of requests in progress, what a request in progress is about, or anything. */
  readonly what: 'accounts' | 'permission-sets' | 'list' | 'subject' | 'anything'
  readonly operation: OperationName
  readonly permissionSetArn: string | null
  readonly failure: CallFailure
  /** Whether it will not be known, whatever is asked again. */
  readonly isFinal: boolean
}

/** What a look has read, apart from what is in the state. */
export interface LookResult {
  /** When it began, in milliseconds since the wait began. */
  readonly startedAtMs: number
  /** What was read of accounts before this time is too old to end the wait, in milliseconds since the wait began. */
  readonly freshSinceMs: number
  /**
   * Whether every list of requests in progress was read whole that the goal needs and the role may read. A list that shows a request in
   * progress that has ended is out of date, and does not count: it lacks what has begun since.
   */
  readonly hasReadLists: boolean
}

/** What a goal adds to the end of the requests that were given. Each goal is a module in `src/goals/`. All functions are pure. */
export interface GoalRules {
  /** What the wait has to know, before the first look. */
  readonly scope: Scope
  /** What is known after a look; `null` before the first one. */
  judge(state: State, look: LookResult | null): Judgement
  /**
   * Why not everything that the goal needs is known; empty if everything is. If something of it is final, the wait ends. Only accounts that
   * cannot be read end it when those of no permission set can.
   */
  unread(state: State): readonly Unread[]
}
