import { type CommentInputs, parseComment } from './inputs/comment.ts'
import { type GoalInputs, parseGoal } from './inputs/goal.ts'
import type { Environment } from './inputs/input.ts'
import { parseInstanceArn, parseRegion } from './inputs/instance.ts'
import { all, map, type Parsed } from './inputs/parsed.ts'
import { parsePermissionSets } from './inputs/permission-sets.ts'
import { instancesNamedBy, parseRequests, type RequestInputs, requestTextOf } from './inputs/requests.ts'
import { parseRole, type RoleToAssume } from './inputs/role.ts'
import { parseTiming, type TimingInputs } from './inputs/timing.ts'
import { checkVariables } from './inputs/variables.ts'
import { isNothing } from './requests/goal.ts'

/** Everything that a workflow author can set, checked and typed. */
export interface Inputs extends RequestInputs, GoalInputs, TimingInputs, CommentInputs {
  /** Blank if nothing else says it, and there is nothing to wait for. */
  readonly instanceArn: string
  /** The instance's primary Region, which its ARN does not hold. */
  readonly region: string
  /** `null`: use the ambient credential chain. */
  readonly role: RoleToAssume | null
}

/**
 * Reads and checks every input before the first call to AWS. A blank input counts as not given.
 *
 * @param file the text of the file that `request-file` names, or why it could not be read; blank if that input is
 * @returns the inputs, or all problems together, in the order of action.yml. Never throws.
 */
export function readInputs(environment: Environment, file: Parsed<string>): Parsed<Inputs> {
  const permissionSets = parsePermissionSets(environment)
  const goal = parseGoal(environment, permissionSets)
  const text = requestTextOf(environment, file)
  const requests = parseRequests(environment, text, goal)
  const sources = [instancesNamedBy(requests, text), permissionSets]
  const instanceArn = parseInstanceArn(
    environment,
    sources,
    !(goal.ok && requests.ok && isNothing(goal.value, requests.value.inputs.requests)),
  )
  const concerns = all({
    instanceArn,
    requests: map(requests, ({ inputs }) => inputs),
    goal,
    region: parseRegion(environment, instanceArn),
    role: parseRole(environment),
    timing: parseTiming(environment),
    comment: parseComment(environment),
    variables: checkVariables(environment),
  })
  return map(concerns, ({ requests, goal, timing, comment, variables: _, ...rest }) => ({
    ...requests,
    ...goal,
    ...timing,
    ...comment,
    ...rest,
  }))
}
