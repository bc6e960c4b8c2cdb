import { saysPermissionSets } from '../requests/goal.ts'
import { type OperationName, operationNames, type RequestKey } from '../requests/request.ts'
import type { GoalInputs } from './goal.ts'
import { type Environment, inputOf, parseChoice, wrongValue } from './input.ts'
import type { NamedInstance } from './instance.ts'
import { all, map, type Parsed, right, wrong } from './parsed.ts'
import { type NamedRequests, parseRequestText, type RequestText } from './request-text.ts'

/** What to wait for. */
export interface RequestInputs {
  /** In the order given, without repeats. Empty when the deploy changed nothing. */
  readonly requests: readonly RequestKey[]
  /** The operation of bare IDs. An answer of AWS says its own. */
  readonly operation: OperationName
  /** How many lines of a log hold no request. */
  readonly skippedLines: number
}

/** The requests, and the instances that they are of, as far as they say it. */
export interface Requests {
  readonly inputs: RequestInputs
  readonly instances: readonly NamedInstance[]
}

const maxRequests = 10_000

/**
 * The requests to wait for. They may be missing if the goal needs none.
 *
 * @param text what names them; `null` if nothing does
 * @param goal what to wait for; if it is wrong, missing requests are no further problem
 */
export function parseRequests(
  environment: Environment,
  text: Parsed<RequestText> | null,
  goal: Parsed<GoalInputs>,
): Parsed<Requests> {
  const needsRequests = goal.ok && goal.value.until !== 'idle' && !saysPermissionSets(goal.value)
  const given = parseOperation(environment)
  const parts = all({ named: parseNamed(text, given, needsRequests), operation: given })
  if (!parts.ok) return parts
  const { named, operation } = parts.value
  const requests = named.mentions.map((mention) => ({
    requestId: mention.requestId,
    operation: mention.operation ?? operation,
  }))
  const ofPermissionSets = requests.some(({ operation }) => operation === 'provision-permission-set')
  if (needsRequests && goal.value.until === 'rolled-out' && requests.length > 0 && !ofPermissionSets)
    return wrongValue('until', 'rolled-out', noProvisioning)
  const input = text?.ok ? text.value.input : ''
  return right({
    inputs: { requests, operation, skippedLines: named.skippedLines },
    instances: named.instanceArns.map((arn) => ({ input, arn })),
  })
}

/** The instances that the requests are of. A wrong text may have named one, unless it holds bare words alone. */
export function instancesNamedBy(
  requests: Parsed<Requests>,
  text: Parsed<RequestText> | null,
): Parsed<Pick<Requests, 'instances'>> {
  return requests.ok || (text !== null && (!text.ok || /\{|:permissionSet\//.test(text.value.text)))
    ? requests
    : right({ instances: [] })
}

/** The operation of bare IDs. */
export function parseOperation(environment: Environment): Parsed<OperationName> {
  return parseChoice(environment, 'operation', operationNames, 'provision-permission-set')
}

/** The text of `request-id`, or of the file; `null` if both are blank. */
export function requestTextOf(environment: Environment, file: Parsed<string>): Parsed<RequestText> | null {
  const text = inputOf(environment, 'request-id')
  const path = inputOf(environment, 'request-file')
  if (path !== '' && text !== '')
    return wrongValue('request-file', path, "'request-id' has a value too. Give only one of the two.")
  if (path !== '')
    return map(file, (content) => ({
      input: 'request-file',
      // Only the command reads it.
      subject: path === '-' ? 'Standard input' : "The file of input 'request-file'",
      text: content,
      isFile: true,
    }))
  if (text !== '') return right({ input: 'request-id', subject: "Input 'request-id'", text, isFile: false })
  return null
}

const noProvisioning =
  "no request is a provisioning. Give the ARN of the permission set in 'permission-set-arn', or leave 'until' out."
const missing =
  "Input 'request-id' is blank, and so are 'request-file' and 'permission-set-arn'. Usually the step or job output that a value comes " +
  'from is misspelt or was never set. Give the request ID that ProvisionPermissionSet returned, several of them, whole answers of AWS, or [] ' +
  'when the deploy changed nothing. A deploy that has no request ID can give the ARN of the permission set.'

function parseNamed(
  text: Parsed<RequestText> | null,
  operation: Parsed<OperationName>,
  isNeeded: boolean,
): Parsed<NamedRequests> {
  if (text === null) return isNeeded ? wrong(missing) : right({ mentions: [], instanceArns: [], skippedLines: 0 })
  if (!text.ok) return text
  const named = parseRequestText(text.value, operation.ok ? operation.value : null)
  if (!named.ok || named.value.mentions.length <= maxRequests) return named
  return wrong(
    `${text.value.subject} holds ${named.value.mentions.length} request IDs, but one step waits for at most ${maxRequests}. Split them over several steps.`,
  )
}
