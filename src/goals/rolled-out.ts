import { isAccessDenied } from '../requests/api.ts'
import type { Goal } from '../requests/goal.ts'
import { confirmAfterMs, isInstanceConfirmed, isInstanceKnown } from '../wait/plan-accounts.ts'
import type { Finding, GoalRules, LookResult, PermissionSetFinding, Unread } from '../wait/rules.ts'
import type { Blocker } from '../wait/state/blocker.ts'
import { isGiven, isUnfinished, lacksPermissionSet, type RequestState } from '../wait/state/request-state.ts'
import { type State, setsInScope } from '../wait/state/state.ts'
import { subjectKinds, unreadLists, unreadSubjects, unseenProgress } from './evidence.ts'
import { finished } from './finished.ts'
import { judgePermissionSets } from './judge-permission-set.ts'

/**
 * `until: rolled-out`: every request has succeeded, nothing is in progress for the permission sets, and no account that counts is out of
 * date. The permission sets are those that the workflow names, and those of the provisionings that it gives.
 */
export function rolledOut(goal: Goal): GoalRules {
  const { isAboutAll, wait } = goal
  return {
    ...finished(goal, {
      lists: ['provision-permission-set'],
      followsInstance: isAboutAll,
      readsAccounts: true,
    }),
    judge(state, look) {
      const isNothing = !isAboutAll && state.scope.permissionSetArns.size === 0 && state.requests.size === 0
      const isBlind = unseenProgress(state) !== null
      const permissionSets = judgePermissionSets(state, look ?? notLooked, isBlind)
      if (isNothing || look === null) {
        const finding = isNothing ? 'done' : 'partial'
        return { ...state.judgement, finding, isSettled: isNothing, permissionSets }
      }
      const { freeSinceMs: free } = state.judgement
      const findings = [...permissionSets.values()]
      const finding = weakest(state, look, findings, isBlind)
      const isDone = finding === 'done' || finding === 'out-of-date'
      const open = findings.filter(({ isSettled }) => !isSettled)
      const freeSinceMs = finding === 'busy' ? null : (free ?? (look.hasReadLists ? look.startedAtMs : null))
      const isFreeTwice = freeSinceMs !== null && look.startedAtMs - freeSinceMs >= confirmAfterMs
      const isConfirmed = !wait || (isFreeTwice && isInstanceConfirmed(state))
      const confirmsAtMs = Math.max(freeSinceMs ?? 0, state.instance.sinceMs ?? 0) + confirmAfterMs
      const openAtMs = open.flatMap(({ settlesAtMs }) => settlesAtMs ?? [])
      const times = isDone && open.length === 0 && !isConfirmed ? [confirmsAtMs] : openAtMs
      return {
        finding,
        freeSinceMs,
        isSettled: (isDone && isConfirmed && open.length === 0) || (!wait && finding === 'busy'),
        settlesAtMs: finding !== 'busy' && times.length > 0 ? Math.min(...times) : null,
        permissionSets,
      }
    },
    unread(state) {
      const lists = unreadLists(state).filter(({ failure }) => !isAccessDenied(failure))
      return [
        // A list that AWS refuses comes first in the report. One that it may still give comes after what matters more.
        ...lists.filter(({ isFinal }) => isFinal),
        ...state.requests.items.filter(isUnknownProvisioning).flatMap(({ blocker }) => unreadFor(blocker, 'subject')),
        ...unreadFor(state.instance.blocker, 'permission-sets'),
        ...setsInScope(state).flatMap(({ arn, blocker }) => unreadFor(blocker, 'accounts', arn)),
        ...lists.filter(({ isFinal }) => !isFinal),
        ...unreadSubjects(state, 'unknown'),
      ]
    },
  }
}

/** Before the first look, nothing was read. */
const notLooked: LookResult = { startedAtMs: 0, freshSinceMs: 0, hasReadLists: false }

/** What the look has found: the weakest finding of all. */
function weakest(
  state: State,
  { freshSinceMs, hasReadLists }: LookResult,
  findings: readonly PermissionSetFinding[],
  isBlind: boolean,
): Finding {
  const { requests, scope } = state
  // Without permission sets, it does not matter what requests of others are about.
  const kinds = scope.permissionSetArns.size > 0 ? subjectKinds(state) : new Set()
  const has = (finding: PermissionSetFinding['finding']) => findings.some((each) => each.finding === finding)
  const isUnknown =
    !hasReadLists ||
    !isInstanceKnown(state, freshSinceMs) ||
    findings.some(({ finding, isSettled }) => finding === 'unknown' && !isSettled) ||
    (findings.length > 0 && findings.every(({ finding }) => finding === 'unknown')) ||
    (kinds.has('unknown') && !isBlind) ||
    (kinds.has('not-said') && scope.isOneLook) ||
    requests.items.some(isUnknownProvisioning)
  const isBusy = has('busy') || kinds.has('not-said') || requests.items.some(isUnfinished)
  if (isUnknown) return isBusy && !scope.isOneLook ? 'busy' : 'partial'
  return isBusy ? 'busy' : has('out-of-date') ? 'out-of-date' : 'done'
}

/** Whether a provisioning was given and has succeeded, and AWS has not said which permission set it is about. */
function isUnknownProvisioning(request: RequestState): boolean {
  return isGiven(request) && request.phase === 'ended' && lacksPermissionSet(request)
}

/** What a blocker keeps from being read. */
function unreadFor(blocker: Blocker | null, what: Unread['what'], permissionSetArn: string | null = null): Unread[] {
  if (blocker === null) return []
  const { failure, kind } = blocker
  return [{ what, operation: 'provision-permission-set', permissionSetArn, failure, isFinal: kind === 'final' }]
}
