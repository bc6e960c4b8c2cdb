import { answerMembers, type OperationName, operationNames } from '../requests/request.ts'
import { type Parsed, right, wrong } from './parsed.ts'
import { hintAboutJson, hintAboutWord, hints } from './request-hints.ts'

/** A request that a text names. */
export interface Mention {
  readonly requestId: string
  /** `null` for a bare ID, which does not say its operation. */
  readonly operation: OperationName | null
}

type Members = Readonly<Record<string, unknown>>

/** A form of a JSON value that is no string. */
interface Form {
  fits(members: Members): boolean
  /** Each request, or why there is none. */
  read(members: Members): Parsed<Mention>[]
}

// From the service model of sso-admin 2020-07-20.
const requestIdFormat = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const listMembers = [
  'PermissionSetsProvisioningStatus',
  'AccountAssignmentsCreationStatus',
  'AccountAssignmentsDeletionStatus',
]

/**
 * The forms of a value, of which the first that fits counts. AWS's own member comes first, because there may be anything beside it, such as
 * the ID of the HTTP request. The last forms are refused: they are what people give by mistake.
 */
const forms: readonly Form[] = [
  {
    fits: (members) => answeredIn(members).length > 0,
    read: (members) => answeredIn(members).map((operation) => answerOf(operation, members[answerMembers[operation]])),
  },
  refused((members) => spells(members, listMembers), hints.list),
  refused((members) => spells(members, Object.values(answerMembers)), hints.otherNames),
  { fits: (members) => 'requestId' in members, read: (members) => [resultRow(members)] },
  refused((members) => 'RequestId' in members, hints.narrowed),
  refused(() => true, ''),
]

/**
 * The requests that one value names: a bare ID, or what is in one of the forms. It reads only IDs and operations, because the rest of an
 * answer may be out of date.
 *
 * @param value a JSON value; `undefined` for text that is not valid JSON
 * @param text the value as it was given, for hints
 * @returns each request, or why the value names none, as the second half of a sentence that begins with the value
 */
export function mentionsIn(value: unknown, text: string): Parsed<Mention>[] {
  if (value === undefined) return [wrong(`that is not valid JSON.${hintAboutJson(text)}`)]
  if (typeof value === 'string') return [bareId(value.trim())]
  if (value === null) return [neither(hints.nothing)]
  // Not a copy: a file of another kind can have a million members.
  const members: Members = Object(value)
  return forms.find(({ fits }) => fits(members))?.read(members) ?? []
}

function answeredIn(members: Members): OperationName[] {
  return operationNames.filter((operation) => answerMembers[operation] in members)
}

/** Whether some members have one of these names, as AWS's SDKs spell it: in camelCase, in snake_case, or as the API does. */
function spells(members: Members, names: readonly string[]): boolean {
  const known = names.map((name) => name.toLowerCase())
  return Object.keys(members).some((key) => known.includes(key.replaceAll('_', '').toLowerCase()))
}

function refused(fits: Form['fits'], hint: string): Form {
  return { fits, read: () => [neither(hint)] }
}

function neither(hint: string): Parsed<never> {
  return wrong(
    'that is neither a request ID nor an answer of AWS with PermissionSetProvisioningStatus, AccountAssignmentCreationStatus or ' +
      `AccountAssignmentDeletionStatus.${hint}`,
  )
}

function bareId(text: string): Parsed<Mention> {
  if (requestIdFormat.test(text)) return right({ requestId: text, operation: null })
  const hint = requestIdFormat.test(text.toLowerCase()) ? hints.upperCase : hintAboutWord(text)
  return wrong(`a request ID is a UUID in lower case, as in 5a1b2c3d-0123-4567-89ab-0123456789ab.${hint}`)
}

function resultRow({ requestId, operation: given }: Members): Parsed<Mention> {
  const operation = operationNames.find((name) => name === given)
  if (operation === undefined) return wrong(`its operation must be one of ${operationNames.join(', ')}.`)
  return isRequestId(requestId) ? right({ requestId, operation }) : wrong('its requestId is not a UUID in lower case.')
}

function answerOf(operation: OperationName, request: unknown): Parsed<Mention> {
  const { RequestId: requestId }: Members = Object(request)
  if (isRequestId(requestId)) return right({ requestId, operation })
  return wrong(`its ${answerMembers[operation]} has no RequestId that is a UUID in lower case.`)
}

function isRequestId(value: unknown): value is string {
  return typeof value === 'string' && requestIdFormat.test(value)
}
