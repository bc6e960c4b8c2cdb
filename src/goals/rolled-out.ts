import { isAccessDenied } from '../requests/api.ts'
import type { Goal } from '../requests/goal.ts'
import { confirmAfterMs, isInstanceConfirmed, isInstanceKnown } from '../wait/plan-accounts.ts'
import type { Finding, GoalRules, LookResult, PermissionSetFinding, Unread } from '../wait/rules.ts'
import type { Blocker } from '../wait/state/blocker.ts'
import { isGiven, isUnfinished, provisioned, type RequestState } from '../wait/state/request-state.ts'
import { type State, subjectKindOf } from '../wait/state/state.ts'
import { judgedSince, mayNotSeeProgress, unknownSubjects, unreadLists } from './evidence.ts'
import { judgePermissionSets } from './judge-permission-set.ts'

/**
 * `until: rolled-out`: every request has succeeded, nothing is in progress for the permission sets, and no account that counts is out of
 * date. The permission sets are those that the workflow names, and those of the provisionings that it gives.
 */
export function rolledOut({ ignoredAccounts, isAboutAll, permissionSetArns, wait }: Goal): GoalRules {
  return {
    scope: {
      lists: ['provision-permission-set'],
      followsGiven: true,
      followsInstance: isAboutAll,
      permissionSetArns: new Set(permissionSetArns),
      ignoredAccounts: new Set(ignoredAccounts),
      isOneLook: !wait,
    },
    readsAccounts: true,
    judge(state, look) {
      const isNothing = !isAboutAll && state.scope.permissionSetArns.size === 0 && state.requests.size === 0
      if (isNothing || look === null)
        return {
          ...state.judgement,
          finding: isNothing ? 'done' : 'partial',
          isSettled: isNothing,
          permissionSets: judgePermissionSets(state, { startedAtMs: 0, freshSinceMs: 0, hasReadLists: false }, false),
        }
      const isBlind = mayNotSeeProgress(state)
      const permissionSets = judgePermissionSets(state, look, isBlind)
      const findings = [...permissionSets.values()]
      const finding = weakest(state, look, findings, isBlind)
      const isDone = finding === 'done' || finding === 'out-of-date'
      const open = findings.filter(({ isSettled }) => !isSettled)
      const freeSinceMs = freeSince(state, look, finding)
      const isFreeTwice = freeSinceMs !== null && look.startedAtMs - freeSinceMs >= confirmAfterMs
      const isConfirmed = !wait || (isFreeTwice && isInstanceConfirmed(state))
      const confirmsAtMs = Math.max(freeSinceMs ?? 0, state.instance.sinceMs ?? 0) + confirmAfterMs
      const openAtMs = open.flatMap(({ settlesAtMs }) => settlesAtMs ?? [])
      const times = isDone && open.length === 0 && !isConfirmed ? [confirmsAtMs] : openAtMs
      return {
        finding,
        sinceMs: judgedSince(state, finding, look),
        freeSinceMs,
        isSettled: (isDone && isConfirmed && open.length === 0) || (!wait && finding === 'busy'),
        settlesAtMs: finding !== 'busy' && times.length > 0 ? Math.min(...times) : null,
        permissionSets,
      }
    },
    isOutOfReach: (state) =>
      listRefusals(state).length + unknownProvisionings(state, 'final').length > 0 ||
      state.instance.blocker?.kind === 'final' ||
      seesNothing(state),
    finalFailures: (state) => [
      ...listRefusals(state),
      ...unknownProvisionings(state, 'final'),
      ...unreadInstance(state, 'final'),
      ...unreadAccounts(state, 'final'),
    ],
    passingFailures: (state) => [
      ...unknownProvisionings(state, 'passing'),
      ...unreadInstance(state, 'passing'),
      ...unreadAccounts(state, 'passing'),
      ...unreadLists(state).filter(({ failure }) => !isAccessDenied(failure)),
      ...unknownSubjects(state),
    ],
  }
}

/** When the first look began, since one that saw something in progress, that read every list of requests in progress. */
function freeSince({ judgement }: State, { hasReadLists, startedAtMs }: LookResult, finding: Finding): number | null {
  if (finding === 'busy') return null
  return judgement.freeSinceMs ?? (hasReadLists ? startedAtMs : null)
}

/** What the look has found: the weakest finding of all. */
function weakest(
  state: State,
  { freshSinceMs, hasReadLists }: LookResult,
  findings: readonly PermissionSetFinding[],
  isBlind: boolean,
): Finding {
  const { others, requests, scope } = state
  // Without permission sets, it does not matter what requests of others are about.
  const isAboutSets = scope.permissionSetArns.size > 0
  const kinds = new Set(isAboutSets ? [...others.values()].map((other) => subjectKindOf(other, scope)) : [])
  const has = (finding: PermissionSetFinding['finding']) => findings.some((each) => each.finding === finding)
  const isUnknown =
    !hasReadLists ||
    !isInstanceKnown(state, freshSinceMs) ||
    findings.some(({ finding, isSettled }) => finding === 'unknown' && !isSettled) ||
    seesNothing(state) ||
    (kinds.has('unknown') && !isBlind) ||
    (kinds.has('not-said') && scope.isOneLook) ||
    requests.items.some(isUnknownProvisioning)
  const isBusy = has('busy') || kinds.has('not-said') || requests.items.some(isUnfinished)
  if (isUnknown) return isBusy && !scope.isOneLook ? 'busy' : 'partial'
  return isBusy ? 'busy' : has('out-of-date') ? 'out-of-date' : 'done'
}

/** Why AWS has not said which permission set a provisioning is about that was given and has succeeded. */
function unknownProvisionings({ requests }: State, kind: Blocker['kind']): Unread[] {
  return requests.items.flatMap((request) => {
    const { blocker } = request
    if (!isUnknownProvisioning(request) || blocker?.kind !== kind) return []
    return [
      { what: 'subject', operation: request.key.operation, permissionSetArn: null, failure: blocker.failure } as const,
    ]
  })
}

function isUnknownProvisioning(request: RequestState): boolean {
  const { key, phase } = request
  return (
    isGiven(request) &&
    phase === 'ended' &&
    key.operation === 'provision-permission-set' &&
    provisioned(request) === null
  )
}

/** Why AWS refuses the list that the goal needs, for another reason than the role's rights. */
function listRefusals(state: State): Unread[] {
  return unreadLists(state).filter(({ failure }) => failure.effect === 'refused' && !isAccessDenied(failure))
}

/** Whether the accounts of no permission set can be read. */
function seesNothing(state: State): boolean {
  const arns = [...state.scope.permissionSetArns]
  return arns.length > 0 && arns.every((arn) => state.permissionSets.get(arn)?.blocker?.kind === 'final')
}

/** Why the list of all permission sets could not be read. */
function unreadInstance({ instance: { blocker } }: State, kind: Blocker['kind']): Unread[] {
  if (blocker?.kind !== kind) return []
  const { failure } = blocker
  return [{ what: 'permission-sets', operation: 'provision-permission-set', permissionSetArn: null, failure }]
}

function unreadAccounts({ permissionSets, scope }: State, kind: Blocker['kind']): Unread[] {
  return [...scope.permissionSetArns].flatMap((arn) => {
    const blocker = permissionSets.get(arn)?.blocker
    if (blocker?.kind !== kind) return []
    const { failure } = blocker
    return [{ what: 'accounts', operation: 'provision-permission-set', permissionSetArn: arn, failure } as const]
  })
}
