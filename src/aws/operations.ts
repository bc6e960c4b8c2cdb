import {
  type $Command,
  DescribeAccountAssignmentCreationStatusCommand,
  DescribeAccountAssignmentDeletionStatusCommand,
  DescribePermissionSetProvisioningStatusCommand,
  ListAccountAssignmentCreationStatusCommand,
  ListAccountAssignmentDeletionStatusCommand,
  ListPermissionSetProvisioningStatusCommand,
  type ListPermissionSetProvisioningStatusCommandInput,
  type ServiceInputTypes,
  type ServiceOutputTypes,
  type SSOAdminClient,
  type SSOAdminClientResolvedConfig,
} from '@aws-sdk/client-sso-admin'
import type { OperationName } from '../requests/request.ts'

/** Makes one call with a client. Rejects with the SDK's errors. The answer is not checked yet. */
export type Call = (client: SSOAdminClient, options: { readonly abortSignal: AbortSignal }) => Promise<object>

/** The call that sends a command. */
export function sending<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
  command: $Command<Input, Output, SSOAdminClientResolvedConfig, ServiceInputTypes, ServiceOutputTypes>,
): Call {
  return (client, options) => client.send(command, options)
}

/** The names and calls of one asynchronous operation. */
export interface Operation {
  /** What people call it, as in "Provisioning". */
  readonly noun: string
  /** The API action that starts it. */
  readonly startedBy: string
  readonly describeAction: string
  readonly listAction: string
  describe(instanceArn: string, requestId: string): Call
  /** @param query has the same members for each operation */
  list(query: ListPermissionSetProvisioningStatusCommandInput): Call
}

/** The three asynchronous operations of the SSO Admin API (2020-07-20). They differ only in names. */
export const operations: Readonly<Record<OperationName, Operation>> = {
  'provision-permission-set': {
    noun: 'Provisioning',
    startedBy: 'ProvisionPermissionSet',
    describeAction: 'sso:DescribePermissionSetProvisioningStatus',
    listAction: 'sso:ListPermissionSetProvisioningStatus',
    describe: (InstanceArn, ProvisionPermissionSetRequestId) =>
      sending(new DescribePermissionSetProvisioningStatusCommand({ InstanceArn, ProvisionPermissionSetRequestId })),
    list: (query) => sending(new ListPermissionSetProvisioningStatusCommand(query)),
  },
  'create-account-assignment': {
    noun: 'Account assignment',
    startedBy: 'CreateAccountAssignment',
    describeAction: 'sso:DescribeAccountAssignmentCreationStatus',
    listAction: 'sso:ListAccountAssignmentCreationStatus',
    describe: (InstanceArn, AccountAssignmentCreationRequestId) =>
      sending(new DescribeAccountAssignmentCreationStatusCommand({ InstanceArn, AccountAssignmentCreationRequestId })),
    list: (query) => sending(new ListAccountAssignmentCreationStatusCommand(query)),
  },
  'delete-account-assignment': {
    noun: 'Deletion of an account assignment',
    startedBy: 'DeleteAccountAssignment',
    describeAction: 'sso:DescribeAccountAssignmentDeletionStatus',
    listAction: 'sso:ListAccountAssignmentDeletionStatus',
    describe: (InstanceArn, AccountAssignmentDeletionRequestId) =>
      sending(new DescribeAccountAssignmentDeletionStatusCommand({ InstanceArn, AccountAssignmentDeletionRequestId })),
    list: (query) => sending(new ListAccountAssignmentDeletionStatusCommand(query)),
  },
}
