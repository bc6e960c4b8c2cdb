import type { Goal } from '../requests/goal.ts'
import { operationNames } from '../requests/request.ts'
import { confirmAfterMs } from '../wait/plan-accounts.ts'
import type { Finding, GoalRules, LookResult } from '../wait/rules.ts'
import { isUnfinished } from '../wait/state/request-state.ts'
import type { State } from '../wait/state/state.ts'
import { subjectKinds, unreadLists, unreadSubjects } from './evidence.ts'
import { finished } from './finished.ts'

/**
 * `until: idle`: nothing is in progress on the instance, of any operation; with permission sets, nothing that is about those. Two looks, at
 * least 2 s apart, have to agree. How the requests of others end does not matter.
 */
export function idle(goal: Goal): GoalRules {
  return {
    ...finished(goal, { lists: operationNames }),
    judge(state, look) {
      if (look === null) return state.judgement
      const finding = findingOf(state, look)
      const freeSinceMs = finding === 'done' ? (state.judgement.freeSinceMs ?? look.startedAtMs) : null
      const isFreeTwice = freeSinceMs !== null && look.startedAtMs - freeSinceMs >= confirmAfterMs
      return {
        ...state.judgement,
        finding,
        freeSinceMs,
        isSettled: goal.wait ? isFreeTwice : finding !== 'partial',
        settlesAtMs: freeSinceMs === null ? null : freeSinceMs + confirmAfterMs,
      }
    },
    unread: (state) => [...unreadLists(state), ...unreadSubjects(state, 'denied'), ...unreadSubjects(state, 'unknown')],
  }
}

/** What may be about the permission sets, or about others. If one look has to be enough, that is neither in progress nor done. */
const unknownKinds = ['unknown', 'not-said', 'denied'] as const

function findingOf(state: State, { hasReadLists }: LookResult): Finding {
  const { others, requests, scope } = state
  if (requests.items.some(isUnfinished)) return 'busy'
  const kinds = subjectKinds(state)
  const isInstance = scope.permissionSetArns.size === 0
  if (isInstance ? others.size > 0 : kinds.has('not-said') && !scope.isOneLook) return 'busy'
  // A list that the role may not read counts as read, but shows nothing.
  const isKnown =
    hasReadLists && unreadLists(state).length === 0 && (isInstance || !unknownKinds.some((kind) => kinds.has(kind)))
  return isKnown ? 'done' : 'partial'
}
