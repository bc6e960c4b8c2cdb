import { operations } from '../aws/operations.ts'
import { detailsOf, type RequestState } from '../wait/state/request-state.ts'
import { forLog } from './escape.ts'

export { listed } from '../inputs/input.ts'

/** How to show a value, such as a name, an ARN or an ID. Some of them are AWS's text. */
export type Style = (value: string) => string

/** A value in a line of plain text. */
export const plain: Style = (value) => forLog(value, 100)

type Names = ReadonlyMap<string, string>

/** The name of a permission set, or its ID if the name is not known. */
export function permissionSetLabel(arn: string, names: Names): string {
  return names.get(arn) ?? (arn.split('/').at(-1) || arn)
}

/** What a request is about, as in `ReadOnlyAccess in 111122223333`; `null` if AWS has not said it. */
export function subjectOf(request: RequestState, names: Names, style = plain): string | null {
  const { permissionSetArn, accountId } = detailsOf(request)
  if (permissionSetArn === null) return accountId === null ? null : `account ${style(accountId)}`
  const permissionSet = style(permissionSetLabel(permissionSetArn, names))
  if (isToEveryAccount(request)) return `${permissionSet} in all accounts`
  return accountId === null ? permissionSet : `${permissionSet} in ${style(accountId)}`
}

/** Whether a request provisions all accounts. AWS names the account of a provisioning only if it has a single target. */
export function isToEveryAccount(request: RequestState): boolean {
  const { permissionSetArn, accountId } = detailsOf(request)
  return request.key.operation === 'provision-permission-set' && permissionSetArn !== null && accountId === null
}

/** All requests of a step, and what is known of the permission sets. */
export interface Context {
  readonly requests: readonly RequestState[]
  readonly names: Names
}

/** One of several requests: what it is about, and its ID; with the API that started it if the others are of other APIs. */
export function requestText(request: RequestState, { requests, names }: Context, style = plain): string {
  const { operation, requestId } = request.key
  const isMixed = requests.some(({ key }) => key.operation !== operation)
  const label = isMixed ? `${operations[operation].startedBy} ${style(requestId)}` : style(requestId)
  const subject = subjectOf(request, names, style)
  return subject === null ? label : `${subject} (${label})`
}
