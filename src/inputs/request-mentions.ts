import { answerMembers, type OperationName, operationNames } from '../request.ts'
import { type Parsed, right, wrong } from './parsed.ts'

/** A request that a text names. */
export interface Mention {
  readonly requestId: string
  /** `null` for a bare ID, which does not say its operation. */
  readonly operation: OperationName | null
}

// From the service model of sso-admin 2020-07-20.
const requestIdFormat = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * The requests that one value names: a bare ID, an answer of AWS, or an object of this action's `results`. It reads only IDs and
 * operations, because the rest of an answer may be out of date.
 *
 * @param value a JSON value; `undefined` for text that is not valid JSON
 * @param text the value as it was given, for hints
 * @returns each request, or why the value names none, as the second half of a sentence that begins with the value
 */
export function mentionsIn(value: unknown, text: string): Parsed<Mention>[] {
  if (value === undefined) return [wrong(`that is not valid JSON.${hintAboutJson(text)}`)]
  if (typeof value === 'string') return [bareId(value.trim())]
  const members: Record<string, unknown> = typeof value === 'object' ? { ...value } : {}
  // AWS's member wins over what stands beside it, such as the ID of the HTTP request.
  const answered = operationNames.filter((operation) => answerMembers[operation] in members)
  if (answered.length > 0) return answered.map((operation) => answerOf(operation, members[answerMembers[operation]]))
  if ('requestId' in members) return [resultRow(members)]
  return [
    wrong(
      'that is neither a request ID nor an answer of AWS with PermissionSetProvisioningStatus, AccountAssignmentCreationStatus or ' +
        `AccountAssignmentDeletionStatus.${'RequestId' in members ? narrowedHint : ''}`,
    ),
  ]
}

const narrowedHint = ' It has a RequestId, but not its operation: give the whole answer, without --query.'

function bareId(text: string): Parsed<Mention> {
  if (requestIdFormat.test(text)) return right({ requestId: text, operation: null })
  return wrong(`a request ID is a UUID in lower case, as in 5a1b2c3d-0123-4567-89ab-0123456789ab.${hintAboutId(text)}`)
}

function resultRow({ requestId, operation: given }: Record<string, unknown>): Parsed<Mention> {
  const operation = operationNames.find((name) => name === given)
  if (operation === undefined) return wrong(`its operation must be one of ${operationNames.join(', ')}.`)
  return isRequestId(requestId) ? right({ requestId, operation }) : wrong('its requestId is not a UUID in lower case.')
}

function answerOf(operation: OperationName, request: unknown): Parsed<Mention> {
  const { RequestId: requestId }: Record<string, unknown> = { ...Object(request) }
  if (isRequestId(requestId)) return right({ requestId, operation })
  return wrong(`its ${answerMembers[operation]} has no RequestId that is a UUID in lower case.`)
}

function isRequestId(value: unknown): value is string {
  return typeof value === 'string' && requestIdFormat.test(value)
}

/** A hint about a text that is not a request ID. */
function hintAboutId(text: string): string {
  if (requestIdFormat.test(text.toLowerCase())) return ' This one only needs to be in lower case.'
  if (text.startsWith('arn:'))
    return ' This is an ARN; the request ID is what ProvisionPermissionSet returned as RequestId.'
  if (/^(PermissionSetProvisioning|AccountAssignment\w*)Status:?$/i.test(text))
    return ' This is an answer in another format; use --output json.'
  return text.startsWith("'") ? ' JSON needs double quotes.' : ''
}

/** A hint about a text that begins like JSON. */
function hintAboutJson(text: string): string {
  if (/^[[{\s]*'/.test(text)) return ' Python prints single quotes; print json.dumps(answer, default=str).'
  if (text.includes('"')) return ''
  return text.includes("'")
    ? ' JSON needs double quotes; in JavaScript, print JSON.stringify(answer).'
    : ' A shell removes double quotes that are not quoted themselves.'
}
