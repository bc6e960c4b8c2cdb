import { type Goal, saysPermissionSets, untils } from '../requests/goal.ts'
import { alsoWrong, type Environment, inputOf, parseChoice, quote, wrongValue } from './input.ts'
import { all, type Parsed, right } from './parsed.ts'
import { everyPermissionSet, type PermissionSets } from './permission-sets.ts'
import { piecesOf } from './request-forms.ts'

/** What to wait for, apart from the requests. */
export type GoalInputs = Omit<Goal, 'wait'>

/** The permission sets and what to wait for. Every input must have an effect. */
export function parseGoal(environment: Environment, permissionSets: Parsed<PermissionSets>): Parsed<GoalInputs> {
  const hasPermissionSets = inputOf(environment, 'permission-set-arn') !== ''
  const parts = all({
    permissionSets,
    ignoredAccounts: parseIgnoredAccounts(environment),
    until: parseChoice(environment, 'until', untils, hasPermissionSets ? 'rolled-out' : 'finished'),
  })
  if (!parts.ok) return parts
  const { permissionSets: named, ...others } = parts.value
  const goal = { ...others, isAboutAll: named.isAll, permissionSetArns: named.arns }
  return conflictIn(environment, goal) ?? right(goal)
}

function conflictIn(environment: Environment, goal: GoalInputs): Parsed<never> | null {
  const { ignoredAccounts, isAboutAll, until } = goal
  const requests = (['request-id', 'request-file'] as const).find((name) => inputOf(environment, name) !== '')
  const wrongGoal = (why: string) => wrongValue('until', until, why)
  if (until === 'idle' && isAboutAll)
    return wrongValue(
      'permission-set-arn',
      everyPermissionSet,
      "'until: idle' is about the whole instance without it. Leave it out.",
    )
  if (until === 'finished' && saysPermissionSets(goal))
    return wrongGoal("'permission-set-arn' has no effect with it. Leave out one of the two.")
  if (until === 'idle' && requests !== undefined)
    return wrongGoal(`'${requests}' has no effect with it. Leave out one of the two.`)
  if (until === 'rolled-out' && !saysPermissionSets(goal) && requests === undefined)
    return wrongGoal("nothing says which permission set. Give its ARN in 'permission-set-arn', or give 'request-id'.")
  if (until === 'rolled-out' || ignoredAccounts.length === 0) return null
  const given = inputOf(environment, 'ignore-accounts')
  const why =
    "it has an effect only with 'until: rolled-out'. Leave it out, or wait until permission sets are rolled out."
  return wrongValue('ignore-accounts', given, why)
}

function parseIgnoredAccounts(environment: Environment): Parsed<string[]> {
  const text = inputOf(environment, 'ignore-accounts')
  const pieces = [...piecesOf(text)]
  const given: unknown[] = pieces.flatMap(({ value, text }) => (Array.isArray(value) ? value : [value ?? text]))
  const isAccount = (id: unknown) => typeof id === 'string' && /^\d{12}$/.test(id.trim())
  const textOf = (id: unknown) => (typeof id === 'string' ? id : JSON.stringify(id))
  const [first, ...others] = [...(text !== '' && pieces.length === 0 ? [text] : []), ...given].filter(
    (id) => !isAccount(id),
  )
  if (first === undefined) return right([...new Set(given.map((id) => textOf(id).trim()))])
  const expected = 'it must be account IDs, which have 12 digits, in quotes where it is JSON.'
  return wrongValue('ignore-accounts', textOf(first), expected + alsoWrong(others, (id) => quote(textOf(id))))
}
