import { type Goal, untils } from '../requests/goal.ts'
import { type Environment, inputOf, mismatch, parseChoice } from './input.ts'
import { all, type Parsed, type Problem, right, wrong } from './parsed.ts'
import { everyPermissionSet, type PermissionSets } from './permission-sets.ts'

/** What to wait for, apart from the requests. */
export type GoalInputs = Omit<Goal, 'wait'>

/** The permission sets and what to wait for. Every input must have an effect. */
export function parseGoal(environment: Environment, permissionSets: Parsed<PermissionSets>): Parsed<GoalInputs> {
  const hasPermissionSets = inputOf(environment, 'permission-set-arn') !== ''
  const parts = all({
    permissionSets,
    ignoredAccounts: right<readonly string[]>([]),
    until: parseChoice(environment, 'until', untils, hasPermissionSets ? 'rolled-out' : 'finished'),
  })
  if (!parts.ok) return parts
  const { permissionSets: named, ...others } = parts.value
  const goal = { ...others, isAboutAll: named.isAll, permissionSetArns: named.arns }
  const problem = conflictIn(environment, goal)
  return problem === null ? right(goal) : wrong(problem)
}

function conflictIn(environment: Environment, { isAboutAll, permissionSetArns, until }: GoalInputs): Problem | null {
  const requests = ['request-id', 'request-file'].find((name) => inputOf(environment, name) !== '')
  if (until === 'idle' && isAboutAll) {
    return mismatch(
      'permission-set-arn',
      everyPermissionSet,
      "'until: idle' is about the whole instance without it. Leave it out.",
    )
  }
  if (until === 'finished' && (isAboutAll || permissionSetArns.length > 0)) {
    return mismatch('until', until, "'permission-set-arn' has no effect with it. Leave out one of the two.")
  }
  if (until === 'idle' && requests !== undefined) {
    return mismatch('until', until, `'${requests}' has no effect with it. Leave out one of the two.`)
  }
  if (until === 'rolled-out' && !isAboutAll && permissionSetArns.length === 0 && requests === undefined) {
    return mismatch(
      'until',
      until,
      "nothing says which permission set. Give its ARN in 'permission-set-arn', or give 'request-id'.",
    )
  }
  return null
}
