import { type OperationName, operationNames, type RequestKey } from '../requests/request.ts'
import type { GoalInputs } from './goal.ts'
import { type Environment, inputOf, mismatch, parseChoice } from './input.ts'
import { all, map, type Parsed, right, wrong } from './parsed.ts'
import type { Mention } from './request-mentions.ts'
import { parseRequestText, type RequestText } from './request-text.ts'

/** What to wait for. */
export interface RequestInputs {
  /** In the order given, without repeats. Empty when the deploy changed nothing. */
  readonly requests: readonly RequestKey[]
  /** The operation of bare IDs. An answer of AWS says its own. */
  readonly operation: OperationName
}

const maxRequests = 10_000

/**
 * The requests to wait for. They may be missing if the goal needs none.
 *
 * @param file the text of the file that `request-file` names. It does not count if that input is blank.
 * @param goal what to wait for; if it is wrong, missing requests are no further problem
 */
export function parseRequests(
  environment: Environment,
  file: Parsed<string>,
  goal: Parsed<GoalInputs>,
): Parsed<RequestInputs> {
  const source = sourceOf(environment, file)
  const needsRequests = goal.ok && goal.value.until !== 'idle' && goal.value.permissionSetArns.length === 0
  const parts = all({
    mentions: source === null ? parseMissing(needsRequests) : source.ok ? parseMentions(source.value) : source,
    operation: parseOperation(environment),
  })
  if (!parts.ok) return parts
  const { mentions, operation } = parts.value
  const requests = mentions.map((mention) => ({ ...mention, operation: mention.operation ?? operation }))
  return needsRequests && goal.value.until === 'rolled-out' && !canRollOut(requests)
    ? wrong(
        mismatch(
          'until',
          'rolled-out',
          "no request is a provisioning. Give the ARN of the permission set in 'permission-set-arn', or leave 'until' out.",
        ),
      )
    : right({ requests, operation })
}

/** The operation of bare IDs. */
export function parseOperation(environment: Environment): Parsed<OperationName> {
  return parseChoice(environment, 'operation', operationNames, 'provision-permission-set')
}

/** Whether the requests say which permission sets are to be rolled out. A deploy that changed nothing has none. */
function canRollOut(requests: readonly RequestKey[]): boolean {
  return requests.length === 0 || requests.some(({ operation }) => operation === 'provision-permission-set')
}

/** The text of `request-id`, or of the file; `null` if both are blank. */
function sourceOf(environment: Environment, file: Parsed<string>): Parsed<RequestText> | null {
  const text = inputOf(environment, 'request-id')
  const path = inputOf(environment, 'request-file')
  if (path !== '' && text !== '')
    return wrong(mismatch('request-file', path, "'request-id' has a value too. Give only one of the two."))
  if (path !== '')
    return map(file, (content) => ({ subject: "The file of input 'request-file'", text: content, isQuotable: false }))
  if (text !== '') return right({ subject: "Input 'request-id'", text, isQuotable: true })
  return null
}

function parseMissing(isProblem: boolean): Parsed<Mention[]> {
  if (!isProblem) return right([])
  return wrong(
    "Input 'request-id' is blank, and so are 'request-file' and 'permission-set-arn'. Usually the step or job output that a value comes " +
      'from is misspelt or was never set. Give the request ID that ProvisionPermissionSet returned, several of them, whole answers of AWS, or [] ' +
      'when the deploy changed nothing. A deploy that has no request ID can give the ARN of the permission set.',
  )
}

function parseMentions(source: RequestText): Parsed<Mention[]> {
  const mentions = parseRequestText(source)
  if (!mentions.ok || mentions.value.length <= maxRequests) return mentions
  return wrong(
    `${source.subject} holds ${mentions.value.length} request IDs, but one step waits for at most ${maxRequests}. Split them over several steps.`,
  )
}
