import type { Verdict } from '../requests/verdict.ts'
import type { GoalRules, PermissionSetFinding, Unread } from './rules.ts'
import {
  type Ended,
  isGiven,
  isUnfinished,
  isUnreadable,
  provisioned,
  type RequestState,
  statusOf,
} from './state/request-state.ts'
import { hasStatus, lackingDetails, type State } from './state/state.ts'

/** How a wait has ended. It is decided once: what is looked up for the report changes the state, but not this. */
export interface Ending {
  readonly verdict: Verdict
  /** The failed requests of others that explain why accounts are out of date. */
  readonly explainedBy: readonly Ended[]
  /** What could not be read that the goal needs, apart from requests that were given. */
  readonly unread: readonly Unread[]
}

/** Whether the wait can end. */
export function isOver(state: State, rules: GoalRules): boolean {
  const { access, judgement, requests, scope } = state
  if (access.everyCall?.kind === 'final') return true
  const given = requests.items.filter(isGiven)
  const isKnown = (request: RequestState) => !isUnfinished(request) || (scope.isOneLook && hasStatus(request, state))
  if (!given.every(isKnown) || lackingDetails(state).some(isGiven)) return false
  const hasFailed = given.some(
    (request) => !isUnfinished(request) && statusOf(request) !== 'SUCCEEDED' && !isForgiven(request, state),
  )
  return hasFailed || judgement.isSettled || isOutOfReach(state, rules)
}

/** Whether the goal cannot be judged any more, whatever is asked again. */
function isOutOfReach(state: State, rules: GoalRules): boolean {
  const final = rules.unread(state).filter(({ isFinal }) => isFinal)
  const ofSets = final.filter(({ what }) => what === 'accounts').length
  return ofSets < final.length || (ofSets > 0 && ofSets === state.scope.permissionSetArns.size)
}

/** Whether the wait can end, and nothing that would change the verdict is still to be read. */
export function isDecided(state: State, rules: GoalRules): boolean {
  return isOver(state, rules) && !mayBeExplained(state)
}

/**
 * Whether a look has to read requests that had ended before it could see them, because they decide between `failed` and `incomplete`. They
 * are read only when nothing else keeps the wait from its end, or in the last look.
 */
export function wantsPast(state: State, rules: GoalRules, isLastLook: boolean): boolean {
  const { finding, permissionSets } = state.judgement
  const isAllThatIsMissing =
    finding === 'out-of-date' && [...permissionSets.values()].every((each) => each.isSettled || each.wantsPast)
  return mayBeExplained(state) && (isLastLook || isAllThatIsMissing || isOver(state, rules))
}

function mayBeExplained(state: State): boolean {
  const { access, judgement, requests } = state
  if (access.everyCall?.kind === 'final') return false
  const hasFailed = requests.items.some(
    (request) => isGiven(request) && statusOf(request) === 'FAILED' && !isForgiven(request, state),
  )
  return !hasFailed && [...judgement.permissionSets.values()].some((each) => each.wantsPast)
}

/** Whether a failure counts only through the accounts that it leaves out of date: a provisioning has failed, and accounts are ignored. */
function isForgiven(request: RequestState, { scope }: State): boolean {
  return scope.ignoredAccounts.size > 0 && statusOf(request) === 'FAILED' && provisioned(request) !== null
}

/** How the wait has ended that is over, has reached its deadline or was cancelled. */
export function endingOf(state: State, rules: GoalRules, isCancelled: boolean): Ending {
  const verdict = isCancelled ? 'cancelled' : verdictOf(state, rules)
  const isUnknown = verdict === 'timed-out' || verdict === 'error'
  return {
    verdict,
    explainedBy: verdict === 'failed' ? settledOutOfDate(state).flatMap(({ explainedBy }) => explainedBy) : [],
    unread: isUnknown ? unreadIn(state, rules) : [],
  }
}

/**
 * The first that applies of failed, error, incomplete, timed-out, in-progress, succeeded.
 *
 * `succeeded` needs SUCCEEDED on every request that was given, and what the goal asks for beyond that. How requests of others end matters
 * only if they explain accounts that are out of date.
 */
function verdictOf(state: State, rules: GoalRules): Verdict {
  const { judgement, requests } = state
  const given = requests.items.filter(isGiven)
  if (given.some((request) => statusOf(request) === 'FAILED' && !isForgiven(request, state))) return 'failed'
  const settled = settledOutOfDate(state)
  if (settled.some(({ explainedBy }) => explainedBy.length > 0)) return 'failed'
  if (given.some(isUnreadable) || unreadIn(state, rules).some(({ isFinal }) => isFinal)) return 'error'
  if (settled.length > 0) return 'incomplete'
  const isDone = judgement.finding === 'done' && judgement.isSettled
  const hasEndedWell = (request: RequestState) => statusOf(request) === 'SUCCEEDED' || isForgiven(request, state)
  if (isDone && given.every(hasEndedWell)) return 'succeeded'
  // One look was enough, and it has seen something in progress.
  const isInProgress = judgement.finding === 'busy' || requests.items.some(isUnfinished)
  return isInProgress && isOver(state, rules) ? 'in-progress' : 'timed-out'
}

/** The permission sets whose accounts are out of date for good. */
function settledOutOfDate({ judgement }: State): PermissionSetFinding[] {
  return [...judgement.permissionSets.values()].filter(
    ({ finding, isSettled }) => finding === 'out-of-date' && isSettled,
  )
}

/** What the goal needs and could not be read. What every call meets comes first, then what is final. */
function unreadIn(state: State, rules: GoalRules): Unread[] {
  const { everyCall } = state.access
  const ofGoal = rules.unread(state).toSorted((a, b) => Number(b.isFinal) - Number(a.isFinal))
  // Requests that were given say it themselves.
  const [operation] = state.scope.lists
  if (everyCall === null || operation === undefined) return ofGoal
  const { failure, kind } = everyCall
  return [{ what: 'anything', operation, permissionSetArn: null, failure, isFinal: kind === 'final' }, ...ofGoal]
}
