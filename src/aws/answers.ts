import { permissionSetArnFormat, regionFormat } from '../inputs/instance.ts'
import type { Page } from '../requests/api.ts'
import { type Description, type Row, type Status, statuses } from '../requests/request.ts'
import { field, UnreadableAnswer } from './errors/facts.ts'

// From the service model of sso-admin 2020-07-20.
const nameFormat = /^[\w+=,.@-]{1,32}$/

/**
 * Reads the description of a request from AWS's answer. It trusts nothing: every member is optional in the API's model, and a proxy or a
 * captive portal can answer in place of AWS.
 *
 * @throws UnreadableAnswer when the answer has no status, has one that the API does not define, or is about another request
 */
export function readDescription(answer: unknown, requestId: string): Description {
  const answeredId = field(answer, 'RequestId')
  if (answeredId !== undefined && answeredId !== requestId)
    throw new UnreadableAnswer('The answer is about another request')
  const status = statusIn(answer)
  if (status === undefined) {
    const given = field(answer, 'Status')
    throw new UnreadableAnswer(
      given === undefined
        ? 'The answer has no status'
        : `The answer has a status that the API does not define (${typeof given === 'string' ? given : JSON.stringify(given)})`,
    )
  }
  return {
    status,
    failureReason: textIn(answer, 'FailureReason'),
    createdDate: dateIn(answer),
    permissionSetArn: textIn(answer, 'PermissionSetArn'),
    accountId: textIn(answer, 'AccountId') ?? textIn(answer, 'TargetId'),
    principalId: textIn(answer, 'PrincipalId'),
    principalType: textIn(answer, 'PrincipalType'),
  }
}

/**
 * Reads a page of requests from the answer of a List call, without rows that lack an ID or a status: then the page is partial.
 *
 * @throws UnreadableAnswer when there is no list
 */
export function readRows(answer: unknown, rowsMember: string): Page<Row> {
  return readPage(answer, rowsMember, (row) => {
    const requestId = textIn(row, 'RequestId')
    const status = statusIn(row)
    return requestId === null || status === undefined ? [] : [{ requestId, status, createdDate: dateIn(row) }]
  })
}

/**
 * Reads a page of account IDs from the answer of ListAccountsForProvisionedPermissionSet. If one has another form, the page is partial.
 *
 * @throws UnreadableAnswer when there is no list
 */
export function readAccountIds(answer: unknown): Page<string> {
  return readPage(answer, 'AccountIds', (id) => (typeof id === 'string' && /^\d{12}$/.test(id) ? [id] : []))
}

/**
 * Reads a page of ARNs from the answer of ListPermissionSets. If one has another form, the page is partial.
 *
 * @throws UnreadableAnswer when there is no list
 */
export function readPermissionSetArns(answer: unknown): Page<string> {
  return readPage(answer, 'PermissionSets', (arn) =>
    typeof arn === 'string' && permissionSetArnFormat.test(arn) ? [arn] : [],
  )
}

/** @throws UnreadableAnswer when there is none of the known form */
export function readPermissionSetName(answer: unknown): string {
  return textOf(field(answer, 'PermissionSet'), 'Name', nameFormat, 'name of a permission set')
}

/** @throws UnreadableAnswer when there is none of the known form */
export function readPrimaryRegion(answer: unknown): string {
  return textOf(answer, 'PrimaryRegion', regionFormat, 'primary Region')
}

function textOf(value: unknown, member: string, form: RegExp, meaning: string): string {
  const text = textIn(value, member)
  if (text === null || !form.test(text)) throw new UnreadableAnswer(`The answer has no ${meaning}`)
  return text
}

function readPage<T>(answer: unknown, rowsMember: string, readRow: (row: unknown) => T[]): Page<T> {
  const given = field(answer, rowsMember)
  if (!Array.isArray(given)) throw new UnreadableAnswer('The answer has no list')
  const rows = given.flatMap(readRow)
  const token = field(answer, 'NextToken') ?? null
  const isTokenUsable = token === null || typeof token === 'string'
  return { rows, nextToken: textIn(answer, 'NextToken'), isPartial: rows.length < given.length || !isTokenUsable }
}

function statusIn(value: unknown): Status | undefined {
  return statuses.find((known) => known === field(value, 'Status'))
}

function textIn(value: unknown, name: string): string | null {
  const text = field(value, name)
  return typeof text === 'string' && text !== '' ? text : null
}

function dateIn(value: unknown): Date | null {
  const date = field(value, 'CreatedDate')
  return date instanceof Date && !Number.isNaN(date.getTime()) ? date : null
}
