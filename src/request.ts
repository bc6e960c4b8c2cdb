/** The statuses that the API defines (`StatusValues` in the service model of sso-admin 2020-07-20). */
export const statuses = ['SUCCEEDED', 'FAILED', 'IN_PROGRESS'] as const
export type Status = (typeof statuses)[number]

/** The three asynchronous requests of the SSO Admin API, by the name of the operation that starts them. */
export const operationNames = [
  'provision-permission-set',
  'create-account-assignment',
  'delete-account-assignment',
] as const
export type OperationName = (typeof operationNames)[number]

/** A request as a deploy hands it on. */
export interface RequestKey {
  readonly requestId: string
  readonly operation: OperationName
}

/** What is known of one request. Made from AWS's answer at the edge, and nothing else; `null` is "not known". */
export interface RequestState {
  readonly requestId: string
  readonly status: Status | null
  /** AWS's own words, verbatim. Untrusted wherever it is shown. */
  readonly failureReason: string | null
  readonly createdDate: Date | null
  readonly permissionSetArn: string | null
  /** Given for account assignments, and for a provisioning whose target was one account. */
  readonly accountId: string | null
  readonly principalId: string | null
  readonly principalType: string | null
}

/** A request of which nothing is known yet. */
export function unknownState(requestId: string): RequestState {
  return {
    requestId,
    status: null,
    failureReason: null,
    createdDate: null,
    permissionSetArn: null,
    accountId: null,
    principalId: null,
    principalType: null,
  }
}

/** SUCCEEDED and FAILED are the end of a request; AWS takes neither back. */
export function isFinished(status: Status | null): boolean {
  return status === 'SUCCEEDED' || status === 'FAILED'
}
