import { type OperationName, operationNames, type RequestKey } from '../request.ts'
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

/** @param file the text of the file that `request-file` names. It does not count if that input is blank. */
export function parseRequests(environment: Environment, file: Parsed<string>): Parsed<RequestInputs> {
  const source = sourceOf(environment, file)
  const parts = all({
    mentions: source.ok ? parseMentions(source.value) : source,
    operation: parseChoice(environment, 'operation', operationNames, 'provision-permission-set'),
  })
  return map(parts, ({ mentions, operation }) => ({
    requests: mentions.map((mention) => ({ ...mention, operation: mention.operation ?? operation })),
    operation,
  }))
}

/** The text of `request-id`, or of the file. */
function sourceOf(environment: Environment, file: Parsed<string>): Parsed<RequestText> {
  const text = inputOf(environment, 'request-id')
  const path = inputOf(environment, 'request-file')
  if (path !== '' && text !== '')
    return wrong(mismatch('request-file', path, "'request-id' has a value too. Give only one of the two."))
  if (path !== '') return map(file, (content) => ({ subject: "The file of input 'request-file'", text: content }))
  if (text !== '') return right({ subject: "Input 'request-id'", text })
  return wrong(
    "Input 'request-id' is blank, and so is 'request-file'. Usually the step or job output that it comes from is misspelt or was never " +
      'set. Give the request ID that ProvisionPermissionSet returned, several of them, whole answers of AWS, or [] when the deploy ' +
      'changed nothing.',
  )
}

function parseMentions(source: RequestText): Parsed<Mention[]> {
  const mentions = parseRequestText(source)
  if (!mentions.ok || mentions.value.length <= maxRequests) return mentions
  return wrong(
    `${source.subject} holds ${mentions.value.length} request IDs, but one step waits for at most ${maxRequests}. Split them over several steps.`,
  )
}
