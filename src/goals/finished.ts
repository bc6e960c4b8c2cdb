import type { Goal } from '../requests/goal.ts'
import type { GoalRules } from '../wait/rules.ts'
import { isUnfinished } from '../wait/state/request-state.ts'

/** `until: finished`: every request that was given has ended. */
export function finished({ wait }: Goal): GoalRules {
  return {
    scope: {
      lists: [],
      followsGiven: false,
      followsInstance: false,
      permissionSetArns: new Set(),
      ignoredAccounts: new Set(),
      isOneLook: !wait,
    },
    readsAccounts: false,
    judge: ({ judgement, requests }) => ({
      ...judgement,
      finding: requests.items.some(isUnfinished) ? 'busy' : 'done',
      isSettled: true,
    }),
    isOutOfReach: () => false,
    finalFailures: () => [],
    passingFailures: () => [],
  }
}
