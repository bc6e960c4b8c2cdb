import { operations } from '../aws/operations.ts'
import type { RequestState } from '../wait/state/request-state.ts'
import type { Outcome } from './outcome.ts'
import { type Phrase, say } from './phrase.ts'

/**
 * The only request of a step; `null` if there are several, or none. What is said about a step with one request needs not say which, or how
 * many.
 */
export function onlyRequest(requests: readonly RequestState[]): RequestState | null {
  return requests.length === 1 ? (requests[0] ?? null) : null
}

/** The ARNs of the permission sets that requests are about, as far as AWS has said them. */
export function permissionSetsOf(requests: readonly RequestState[]): string[] {
  return [...new Set(requests.flatMap((request) => request.details.permissionSetArn ?? []))]
}

/** The name of a permission set, or its ID if the name is not known. */
export function permissionSetLabel(arn: string, names: Outcome['names']): string {
  return names.get(arn) ?? (arn.split('/').at(-1) || arn)
}

/** Whether a request provisions all accounts. AWS names the account of a provisioning only if it has a single target. */
export function isToEveryAccount(request: RequestState): boolean {
  const { permissionSetArn, accountId } = request.details
  return request.key.operation === 'provision-permission-set' && permissionSetArn !== null && accountId === null
}

/** What a request is about, as in `ReadOnlyAccess in 111122223333`; `null` if AWS has not said it. */
function subjectOf(request: RequestState, names: Outcome['names']): Phrase | null {
  const { permissionSetArn: arn, accountId } = request.details
  if (arn === null) return accountId === null ? null : say`account ${{ value: accountId }}`
  const permissionSet = { value: permissionSetLabel(arn, names) }
  if (isToEveryAccount(request)) return say`${permissionSet} in all accounts`
  return accountId === null ? [permissionSet] : say`${permissionSet} in ${{ value: accountId }}`
}

/** One of several requests: what it is about, and its ID; with the API that started it if the others are of other APIs. */
export function requestPhrase(request: RequestState, { requests, names }: Pick<Outcome, 'names' | 'requests'>): Phrase {
  const { operation, requestId } = request.key
  const isMixed = requests.some(({ key }) => key.operation !== operation)
  const id = { value: requestId }
  const label = isMixed ? say`${operations[operation].startedBy} ${id}` : [id]
  const subject = subjectOf(request, names)
  return subject === null ? label : say`${subject} (${label})`
}
