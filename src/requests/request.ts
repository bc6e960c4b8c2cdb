/** The statuses that the API defines (`StatusValues` in the service model of sso-admin 2020-07-20). */
export const statuses = ['SUCCEEDED', 'FAILED', 'IN_PROGRESS'] as const
export type Status = (typeof statuses)[number]
/** A status that ends a request. AWS never changes it again. */
export type FinalStatus = Exclude<Status, 'IN_PROGRESS'>

/** The three asynchronous operations of the SSO Admin API. */
export const operationNames = [
  'provision-permission-set',
  'create-account-assignment',
  'delete-account-assignment',
] as const
export type OperationName = (typeof operationNames)[number]

/** The member of AWS's answer that holds a request, for the call that starts it and for Describe (service model of sso-admin 2020-07-20). */
export const answerMembers: Readonly<Record<OperationName, string>> = {
  'provision-permission-set': 'PermissionSetProvisioningStatus',
  'create-account-assignment': 'AccountAssignmentCreationStatus',
  'delete-account-assignment': 'AccountAssignmentDeletionStatus',
}

/** The same for List: the member that holds the requests. */
export const listMembers: typeof answerMembers = {
  'provision-permission-set': 'PermissionSetsProvisioningStatus',
  'create-account-assignment': 'AccountAssignmentsCreationStatus',
  'delete-account-assignment': 'AccountAssignmentsDeletionStatus',
}

/** A request as a deploy passes it on. */
export interface RequestKey {
  readonly requestId: string
  readonly operation: OperationName
}

/** What AWS says about a request, apart from its status; `null` if AWS does not say it, or has not said it yet. */
export interface RequestDetails {
  readonly createdDate: Date | null
  readonly permissionSetArn: string | null
  /** AWS gives it for an account assignment, and for a provisioning of one account. */
  readonly accountId: string | null
  readonly principalId: string | null
  readonly principalType: string | null
}

/** The answer of a Describe call. */
export interface Description extends RequestDetails {
  readonly status: Status
  /** AWS's own words, verbatim. Untrusted wherever it is shown. */
  readonly failureReason: string | null
}

/** A request in the answer of a List call, which has only these members. */
export interface Row {
  readonly requestId: string
  readonly status: Status
  readonly createdDate: Date | null
}
