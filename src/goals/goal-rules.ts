import type { Goal, Until } from '../requests/goal.ts'
import type { GoalRules } from '../wait/rules.ts'
import { finished } from './finished.ts'
import { idle } from './idle.ts'
import { rolledOut } from './rolled-out.ts'

const goals: Readonly<Record<Until, (goal: Goal) => GoalRules>> = { finished, 'rolled-out': rolledOut, idle }

/** The rules of a goal. */
export function rulesOf(goal: Goal): GoalRules {
  return goals[goal.until](goal)
}
