import { type Goal, untils } from '../requests/goal.ts'
import { alsoWrong, type Environment, inputOf, mismatch, parseChoice, quote } from './input.ts'
import { all, type Parsed, type Problem, right, wrong } from './parsed.ts'
import { piecesOf } from './request-forms.ts'

/** What to wait for, apart from the requests. */
export type GoalInputs = Omit<Goal, 'wait'>

/** The word for every permission set of the instance. */
const everyPermissionSet = 'all'
const maxPermissionSets = 50

// From the service model of sso-admin 2020-07-20.
const permissionSetArnFormat =
  /^arn:aws(-[a-z]{1,5}){0,3}:sso:::permissionSet\/((sso)?ins-[a-zA-Z0-9-.]{16})\/ps-[a-zA-Z0-9-./]{16}$/

/** The permission sets and what to wait for. Every input must have an effect. */
export function parseGoal(environment: Environment, instanceArn: Parsed<string>): Parsed<GoalInputs> {
  const given = inputOf(environment, 'permission-set-arn')
  const isAboutAll = given === everyPermissionSet
  const parts = all({
    permissionSetArns: isAboutAll ? right([]) : parsePermissionSetArns(environment, instanceArn),
    isAboutAll: right(isAboutAll),
    ignoredAccounts: right<readonly string[]>([]),
    until: parseChoice(environment, 'until', untils, given === '' ? 'finished' : 'rolled-out'),
  })
  if (!parts.ok) return parts
  const problem = conflictIn(environment, parts.value)
  return problem === null ? parts : wrong(problem)
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

function parsePermissionSetArns(environment: Environment, instanceArn: Parsed<string>): Parsed<string[]> {
  const text = inputOf(environment, 'permission-set-arn')
  const given: unknown[] = [...piecesOf(text)].flatMap(({ value }) => value)
  if (!given.every((arn) => typeof arn === 'string') || (text !== '' && given.length === 0)) {
    return wrong(mismatch('permission-set-arn', text, 'it must be ARNs of permission sets, or a JSON array of them.'))
  }
  const arns = [...new Set(given.map((arn) => arn.trim()))]
  const faults = arns.flatMap((arn) => faultOf(arn, instanceArn) ?? [])
  if (faults.length > 0) return wrong(...problemsOf(faults))
  if (arns.length <= maxPermissionSets) return right(arns)
  return wrong(
    `Input 'permission-set-arn' holds ${arns.length} permission sets, but one step waits for at most ${maxPermissionSets}. Split them over several steps.`,
  )
}

/** An ARN that is wrong, and why, as the second half of a sentence. */
interface Fault {
  readonly arn: string
  readonly why: string
}

/** Each cause once. */
function problemsOf(faults: readonly Fault[]): Problem[] {
  const causes = [...Map.groupBy(faults, ({ why }) => why).values()]
  return causes.flatMap(([first, ...others]) =>
    first === undefined
      ? []
      : mismatch('permission-set-arn', first.arn, first.why + alsoWrong(others, ({ arn }) => quote(arn))),
  )
}

function faultOf(arn: string, instanceArn: Parsed<string>): Fault | null {
  const [, , instanceId] = permissionSetArnFormat.exec(arn) ?? []
  if (instanceId === undefined) {
    const why =
      'the ARN of a permission set looks like arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef.'
    return { arn, why }
  }
  if (!instanceArn.ok || instanceArn.value.endsWith(`/${instanceId}`)) return null
  const why = `that is a permission set of another instance than 'instance-arn' (${quote(instanceArn.value)}).`
  return { arn, why }
}
