import { type OperationName, operationNames } from '../src/requests/request.ts'
import { type AsyncRequest, statusOf } from './async-request.ts'
import type { Instance } from './instance.ts'

// What is really so in an instance, whatever its API says at the time. All times are milliseconds since 1970.

interface About {
  /** All three unless given. */
  readonly operation?: OperationName
  /** All unless given. */
  readonly permissionSetArns?: readonly string[]
}

/** The requests in progress at a time, whoever started them. */
export function requestsInProgress(
  instance: Instance,
  atMs: number,
  { operation, permissionSetArns }: About = {},
): AsyncRequest[] {
  return operationNames
    .filter((name) => operation === undefined || name === operation)
    .flatMap((name) => instance.requests(name))
    .filter(
      (request) =>
        request.createdMs <= atMs &&
        statusOf(request, atMs) === 'IN_PROGRESS' &&
        (permissionSetArns === undefined || permissionSetArns.includes(request.permissionSetArn)),
    )
}

/** The accounts that hold an older version of a permission set at a time. */
export function accountsBehind(instance: Instance, permissionSetArn: string, atMs: number): string[] {
  const permissionSet = instance.permissionSets.get(permissionSetArn)
  if (permissionSet === undefined) return []
  return permissionSet.accountsAt(atMs).filter((accountId) => !permissionSet.holdsLatest(accountId, atMs))
}

/** The ARNs of the permission sets that the instance has at a time. */
export function permissionSetsAt(instance: Instance, atMs: number): string[] {
  return [...instance.permissionSets.values()].filter((own) => own.isKnown(atMs)).map(({ arn }) => arn)
}
