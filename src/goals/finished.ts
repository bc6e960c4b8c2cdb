import type { Goal } from '../requests/goal.ts'
import type { GoalRules } from '../wait/rules.ts'
import { isUnfinished } from '../wait/state/request-state.ts'
import type { Scope } from '../wait/state/state.ts'

/**
 * `until: finished`: every request that was given has ended. The other goals begin with these rules, and change what they need beyond that.
 *
 * @param scope what the wait has to know beyond the requests
 */
export function finished({ ignoredAccounts, permissionSetArns, wait }: Goal, scope: Partial<Scope> = {}): GoalRules {
  return {
    scope: {
      lists: [],
      followsInstance: false,
      readsAccounts: false,
      permissionSetArns: new Set(permissionSetArns),
      ignoredAccounts: new Set(ignoredAccounts),
      isOneLook: !wait,
      ...scope,
    },
    judge: ({ judgement, requests }) => ({
      ...judgement,
      finding: requests.items.some(isUnfinished) ? 'busy' : 'done',
      isSettled: true,
    }),
    unread: () => [],
  }
}
