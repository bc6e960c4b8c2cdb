import type { OperationName } from '../src/requests/request.ts'
import type { Members } from './members.ts'

/** The names that each asynchronous operation has on the wire. */
export const wireNames = [
  {
    operation: 'provision-permission-set',
    start: 'ProvisionPermissionSet',
    describe: 'DescribePermissionSetProvisioningStatus',
    list: 'ListPermissionSetProvisioningStatus',
    requestId: 'ProvisionPermissionSetRequestId',
    /** The member around one status, and around a page of them. */
    status: 'PermissionSetProvisioningStatus',
    statuses: 'PermissionSetsProvisioningStatus',
  },
  {
    operation: 'create-account-assignment',
    start: 'CreateAccountAssignment',
    describe: 'DescribeAccountAssignmentCreationStatus',
    list: 'ListAccountAssignmentCreationStatus',
    requestId: 'AccountAssignmentCreationRequestId',
    status: 'AccountAssignmentCreationStatus',
    statuses: 'AccountAssignmentsCreationStatus',
  },
  {
    operation: 'delete-account-assignment',
    start: 'DeleteAccountAssignment',
    describe: 'DescribeAccountAssignmentDeletionStatus',
    list: 'ListAccountAssignmentDeletionStatus',
    requestId: 'AccountAssignmentDeletionRequestId',
    status: 'AccountAssignmentDeletionStatus',
    statuses: 'AccountAssignmentsDeletionStatus',
  },
] as const

export type WireNames = (typeof wireNames)[number]

/** The request that a call asks about, if it asks about one. */
export function requestIdOf(input: Members): string | undefined {
  return wireNames.map((names) => input[names.requestId]).find((value) => typeof value === 'string')
}

export function wireNamesOf(operation: OperationName): WireNames {
  const names = wireNames.find((row) => row.operation === operation)
  if (names === undefined) throw new Error(`There is no operation ${operation}`)
  return names
}
