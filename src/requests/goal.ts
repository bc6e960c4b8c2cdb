/** What a wait can be for. */
export const untils = ['finished', 'rolled-out', 'idle'] as const
/**
 * `finished`: every request has ended. `rolled-out`: that, and every account holds the latest version of the permission sets. `idle`:
 * nothing is in progress.
 */
export type Until = (typeof untils)[number]

/** What to wait for, apart from the requests that are given. */
export interface Goal {
  readonly until: Until
  /** `false`: one look is enough. */
  readonly wait: boolean
  /** The permission sets that the workflow names, without repeats. With `idle`, none means the whole instance. */
  readonly permissionSetArns: readonly string[]
  /** Whether it is about every permission set of the instance, also those that appear meanwhile. Then none is named. */
  readonly isAboutAll: boolean
  /** The IDs of accounts that do not count as out of date, without repeats. */
  readonly ignoredAccounts: readonly string[]
}

/** Whether the workflow says which permission sets the wait is about, by name or all of them. */
export function saysPermissionSets(goal: Pick<Goal, 'isAboutAll' | 'permissionSetArns'>): boolean {
  return goal.isAboutAll || goal.permissionSetArns.length > 0
}

/** Whether there is nothing to ask AWS: the goal needs requests or permission sets, and the workflow gives none. */
export function isNothing(goal: Omit<Goal, 'wait'>, requests: readonly unknown[]): boolean {
  return goal.until !== 'idle' && !saysPermissionSets(goal) && requests.length === 0
}

/** To wait until every request has ended. */
export const toTheEnd: Goal = {
  until: 'finished',
  wait: true,
  permissionSetArns: [],
  isAboutAll: false,
  ignoredAccounts: [],
}
