import { type OperationName, operationNames, type RequestKey } from '../request.ts'
import { type Environment, inputOf, mismatch, parseChoice } from './input.ts'
import { all, map, type Parsed, type Problem, right, wrong } from './parsed.ts'

/** What to wait for. */
export interface RequestInputs {
  /** In the order given, without repeats. Empty when the deploy changed nothing. */
  readonly requests: readonly RequestKey[]
  /** The operation that started the requests. It is set even if there are no requests. */
  readonly operation: OperationName
}

const maxRequests = 1_000
/** Further wrong IDs are counted, not quoted. */
const maxQuoted = 5

// From the service model of sso-admin 2020-07-20.
const requestIdFormat = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export function parseRequests(environment: Environment): Parsed<RequestInputs> {
  const parts = all({
    requestIds: parseRequestIds(inputOf(environment, 'request-id')),
    operation: parseChoice(environment, 'operation', operationNames, 'provision-permission-set'),
  })
  return map(parts, ({ requestIds, operation }) => ({
    requests: requestIds.map((requestId) => ({ requestId, operation })),
    operation,
  }))
}

function parseRequestIds(text: string): Parsed<string[]> {
  if (text === '') {
    return wrong(
      "Input 'request-id' is required, but is blank. Usually the step or job output that it comes from is misspelt or was never set. " +
        'Give the request ID that ProvisionPermissionSet returned, several of them, or [] when the deploy changed nothing.',
    )
  }
  const isJson = text.startsWith('[')
  const given = isJson ? stringsIn(text) : text.split(/[\s,]+/).filter((id) => id !== '')
  if (given === null) {
    return wrong(mismatch('request-id', text, 'what starts with [ must be a JSON array of strings, as in ["…", "…"].'))
  }
  if (given.length === 0 && !isJson) {
    return wrong(mismatch('request-id', text, 'it holds no request ID. For "nothing to wait for", give [].'))
  }
  const requestIds = [...new Set(given)]
  const problems = [...problemsOfFormat(given), ...problemsOfNumber(requestIds)]
  return problems.length === 0 ? right(requestIds) : wrong(...problems)
}

/** The strings of a JSON array; `null` if the text is anything else. */
function stringsIn(text: string): string[] | null {
  try {
    const parsed: unknown = JSON.parse(text)
    return Array.isArray(parsed) && parsed.every((item) => typeof item === 'string')
      ? parsed.map((item) => item.trim())
      : null
  } catch {
    return null
  }
}

function problemsOfFormat(requestIds: readonly string[]): Problem[] {
  const malformed = requestIds.filter((id) => !requestIdFormat.test(id))
  const more = malformed.length - maxQuoted
  return [
    ...malformed
      .slice(0, maxQuoted)
      .map((id) =>
        mismatch(
          'request-id',
          id,
          `a request ID is a UUID in lower case, as in 5a1b2c3d-0123-4567-89ab-0123456789ab.${hintAbout(id)}`,
        ),
      ),
    ...(more > 0 ? [`Input 'request-id' holds ${more} more request IDs that are not UUIDs in lower case.`] : []),
  ]
}

/** A hint about a text that is not a request ID. */
function hintAbout(text: string): string {
  if (requestIdFormat.test(text.toLowerCase())) return ' This one only needs to be in lower case.'
  if (text.startsWith('arn:'))
    return ' This is an ARN; the request ID is what ProvisionPermissionSet returned as RequestId.'
  if (/^["'{]/.test(text))
    return ' Several IDs in JSON must be an array of strings; a whole answer of the AWS CLI must be narrowed to its RequestId (--query).'
  return ''
}

function problemsOfNumber({ length }: readonly string[]): Problem[] {
  return length > maxRequests
    ? [
        `Input 'request-id' holds ${length} request IDs, but one step waits for at most ${maxRequests}. Split them over several steps.`,
      ]
    : []
}
