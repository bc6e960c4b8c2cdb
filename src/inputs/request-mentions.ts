import { answerMembers, listMembers, type OperationName, operationNames, statuses } from '../requests/request.ts'
import { instanceArnFormat, instanceOf } from './instance.ts'
import { map, type Parsed, right, wrong } from './parsed.ts'
import { type Item, itemsOf, type Piece } from './request-forms.ts'
import { hintAboutJson, hintAboutWord, hints } from './request-hints.ts'

/** A request that a text names. */
export interface Mention {
  readonly requestId: string
  /** `null` for a bare ID, which does not say its operation. */
  readonly operation: OperationName | null
  /** The instance that is named with it; `null` if none is. */
  readonly instanceArn: string | null
}

type Members = Readonly<Record<string, unknown>>

/** A name as AWS's SDKs spell it: as the API does, in camelCase, and in snake_case. */
function spellingsOf(name: string): string[] {
  const camelCase = name.charAt(0).toLowerCase() + name.slice(1)
  return [name, camelCase, camelCase.replace(/[A-Z]/g, '_$&').toLowerCase()]
}

/** What to read a value with. */
interface Reading {
  /** The value as it was given, for hints. */
  readonly text: string
  /** What the input `operation` says; `null` if it is wrong. */
  readonly operation: OperationName | null
}

/** A form of a JSON value that is no string. */
interface Form {
  fits(members: Members): boolean
  /** Each request, or why there is none. */
  read(members: Members, reading: Reading): Parsed<Mention>[]
}

// From the service model of sso-admin 2020-07-20.
export const requestIdFormat = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const listMember = Object.values(listMembers).flatMap(spellingsOf)
const principalMembers = ['PrincipalId', 'PrincipalType'].flatMap(spellingsOf)
const requestIdMember = spellingsOf('RequestId')
const statusMember = spellingsOf('Status')
const instanceMember = spellingsOf('InstanceArn')
const permissionSetMember = spellingsOf('PermissionSetArn')

/**
 * The forms of a value, of which the first that fits counts. AWS's own member comes first, because there may be anything beside it, such as
 * the ID of the HTTP request. The refused forms are what people give by mistake.
 */
const forms: readonly Form[] = [
  ...[0, 1, 2].map(answerIn),
  refused((members) => has(members, listMember), hints.list),
  { fits: (members) => 'requestId' in members && 'operation' in members, read: (members) => [resultRow(members)] },
  // An event of EventBridge, which has CloudTrail's in it.
  {
    fits: (members) => typeof members['detail'] === 'object' && members['detail'] !== null,
    read: (members, reading) => mentionsIn(members['detail'], reading),
  },
  refused((members) => members['responseElements'] === null, hints.noRequest),
  { fits: (members) => 'responseElements' in members, read: eventOf },
  refused((members) => 'Events' in members || 'Records' in members, hints.events),
  {
    fits: (members) => has(members, requestIdMember) && isStatus(memberOf(members, statusMember)),
    read: (members, { operation }) => [innerOf(members, operation)],
  },
  refused((members) => has(members, requestIdMember), hints.narrowed),
]

/** What an item mentions, or why it mentions nothing. */
export type Found = readonly [Item, Parsed<Mention>]

/** Everything that some pieces mention, or why an item mentions nothing. */
export function* foundIn(pieces: Iterable<Piece>, operation: OperationName | null): Generator<Found, void> {
  for (const item of Iterator.from(pieces).flatMap(itemsOf)) {
    const { excess, text, value } = item
    const mentions = excess === null ? mentionsIn(value, { text, operation }) : [wrong(excess)]
    for (const found of mentions) yield [item, found]
  }
}

/**
 * The requests that one value names: a bare ID, or what is in one of the forms. It reads only IDs, operations and instances, because the rest
 * of an answer may be out of date.
 *
 * @param value a JSON value; `undefined` for text that is not valid JSON
 * @returns each request, or why the value names none, as the second half of a sentence that begins with the value
 */
function mentionsIn(value: unknown, reading: Reading): Parsed<Mention>[] {
  if (value === undefined) return [wrong(`that is not valid JSON.${hintAboutJson(reading.text)}`)]
  if (typeof value === 'string') return [bareId(value.trim())]
  if (value === null) return [neither(hints.nothing)]
  // Not a copy: a file of another kind can have a million members.
  const members: Members = Object(value)
  const form = forms.find(({ fits }) => fits(members))
  if (form !== undefined) return form.read(members, reading)
  // Only its beginning: a file can have thousands of wrong values.
  return [neither(reading.text.slice(0, 10_000).includes(':permissionSet/') ? hints.permissionSets : hints.other)]
}

/** Whether there is a member of one of these names. */
function has(members: Members, names: readonly string[]): boolean {
  return names.some((name) => name in members)
}

/** The value of the first member that there is of these names, unless it is `null`. */
function memberOf(members: Members, names: readonly string[]): unknown {
  return names.map((name) => members[name]).find((value) => value !== undefined && value !== null)
}

/** Of PowerShell, it is an object. */
function isStatus(value: unknown): boolean {
  const { Value }: Members = Object(value)
  return statuses.some((status) => status === (Value ?? value))
}

/** An answer of AWS in one spelling. */
function answerIn(spelling: number): Form {
  const names = operationNames.map(
    (operation) => [spellingsOf(answerMembers[operation])[spelling] ?? '', operation] as const,
  )
  const given = (members: Members) => names.filter(([name]) => name in members)
  return {
    fits: (members) => given(members).length > 0,
    read: (members) =>
      given(members).map(([name, operation]) => requestIn(Object(members[name]), operation, `its ${name}`)),
  }
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

export function bareId(text: string): Parsed<Mention> {
  if (requestIdFormat.test(text)) return right({ requestId: text, operation: null, instanceArn: null })
  const hint = requestIdFormat.test(text.toLowerCase()) ? hints.upperCase : hintAboutWord(text).hint
  return wrong(`a request ID is a UUID in lower case, as in 5a1b2c3d-0123-4567-89ab-0123456789ab.${hint}`)
}

function resultRow(members: Members): Parsed<Mention> {
  const operation = operationNames.find((name) => name === members['operation'])
  if (operation === undefined) return wrong(`its operation must be one of ${operationNames.join(', ')}.`)
  return requestIn(members, operation)
}

/** The object within an answer, as PowerShell and `--query` print it. Of the two operations on assignments, it has the same members. */
function innerOf(members: Members, given: OperationName | null): Parsed<Mention> {
  const isAssignment = memberOf(members, principalMembers) !== undefined
  if (isAssignment && given === 'provision-permission-set')
    return wrong(
      "it has a principal, so it is of an account assignment, and 'operation' must be create-account-assignment or delete-account-assignment.",
    )
  return requestIn(members, isAssignment ? given : 'provision-permission-set')
}

/** An event of CloudTrail, which has the answer in camelCase. What was called names the instance, too. */
function eventOf(members: Members, reading: Reading): Parsed<Mention>[] {
  const instanceArn = instanceIn(Object(members['requestParameters']))
  return mentionsIn(members['responseElements'], reading).map((found) =>
    map(found, (mention) => ({ ...mention, instanceArn: mention.instanceArn ?? instanceArn })),
  )
}

function requestIn(members: Members, operation: OperationName | null, owner = 'it'): Parsed<Mention> {
  const requestId = memberOf(members, requestIdMember)
  if (typeof requestId === 'string' && requestIdFormat.test(requestId))
    return right({ requestId, operation, instanceArn: instanceIn(members) })
  return wrong(`${owner} has no RequestId that is a UUID in lower case.`)
}

function instanceIn(members: Members): string | null {
  const instanceArn = String(memberOf(members, instanceMember))
  return instanceArnFormat.test(instanceArn) ? instanceArn : instanceOf(String(memberOf(members, permissionSetMember)))
}
