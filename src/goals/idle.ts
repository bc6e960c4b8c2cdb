import type { Goal } from '../requests/goal.ts'
import { operationNames } from '../requests/request.ts'
import { confirmAfterMs } from '../wait/plan-accounts.ts'
import type { Finding, GoalRules, LookResult, Unread } from '../wait/rules.ts'
import { isUnfinished } from '../wait/state/request-state.ts'
import { type State, subjectKindOf } from '../wait/state/state.ts'
import { deniedSubjects, judgedSince, unknownSubjects, unreadLists } from './evidence.ts'

/**
 * `until: idle`: nothing is in progress on the instance, of any operation; with permission sets, nothing that is about those. Two looks, at
 * least 2 s apart, have to agree. How the requests of others end does not matter.
 */
export function idle({ permissionSetArns, wait }: Goal): GoalRules {
  return {
    scope: {
      lists: operationNames,
      followsGiven: false,
      followsInstance: false,
      permissionSetArns: new Set(permissionSetArns),
      ignoredAccounts: new Set(),
      isOneLook: !wait,
    },
    readsAccounts: false,
    judge(state, look) {
      const finding = look === null ? 'partial' : findingOf(state, look)
      const sinceMs = judgedSince(state, finding, look)
      const isDone = finding === 'done' && look !== null
      return {
        finding,
        sinceMs,
        freeSinceMs: null,
        isSettled: wait ? isDone && look.startedAtMs - sinceMs >= confirmAfterMs : finding !== 'partial',
        settlesAtMs: isDone ? sinceMs + confirmAfterMs : null,
        permissionSets: new Map(),
      }
    },
    isOutOfReach: (state) => finalFailures(state).length > 0,
    finalFailures,
    passingFailures: (state) => [...unreadLists(state), ...unknownSubjects(state)],
  }
}

function finalFailures(state: State): Unread[] {
  return [...unreadLists(state).filter(({ failure }) => failure.effect === 'refused'), ...deniedSubjects(state)]
}

/** What may be about the permission sets, or about others. If one look has to be enough, that is neither in progress nor done. */
const unknownKinds = ['unknown', 'not-said', 'denied'] as const

function findingOf(state: State, { hasReadLists }: LookResult): Finding {
  const { others, requests, scope } = state
  if (requests.items.some(isUnfinished)) return 'busy'
  const kinds = new Set([...others.values()].map((other) => subjectKindOf(other, scope)))
  const isInstance = scope.permissionSetArns.size === 0
  if (isInstance ? others.size > 0 : kinds.has('not-said') && !scope.isOneLook) return 'busy'
  // A list that the role may not read counts as read, but shows nothing.
  const isKnown =
    hasReadLists && unreadLists(state).length === 0 && (isInstance || !unknownKinds.some((kind) => kinds.has(kind)))
  return isKnown ? 'done' : 'partial'
}
