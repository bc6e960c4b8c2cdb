import {
  DescribeAccountAssignmentCreationStatusCommand,
  DescribeAccountAssignmentDeletionStatusCommand,
  DescribePermissionSetProvisioningStatusCommand,
  ListAccountAssignmentCreationStatusCommand,
  ListAccountAssignmentDeletionStatusCommand,
  ListPermissionSetProvisioningStatusCommand,
  type SSOAdminClient,
} from '@aws-sdk/client-sso-admin'
import type { OperationName, Status } from '../requests/request.ts'

/** The names and calls of one asynchronous operation. The calls reject with the SDK's errors. Their answers are not checked yet. */
export interface Operation {
  /** What people call it, as in "Provisioning". */
  readonly noun: string
  /** The API action that starts it. */
  readonly startedBy: string
  readonly describeAction: string
  readonly listAction: string
  /** The member of a List's answer that holds the requests. */
  readonly rowsMember: string
  describe(client: SSOAdminClient, InstanceArn: string, requestId: string, options: CallOptions): Promise<object>
  list(client: SSOAdminClient, query: ListQuery, options: CallOptions): Promise<object>
}

export interface CallOptions {
  readonly abortSignal: AbortSignal
}

/** A query in the API's own member names. */
export interface ListQuery {
  readonly InstanceArn: string
  readonly Filter: { readonly Status: Status }
  readonly MaxResults: number
  readonly NextToken?: string
}

/** The three asynchronous operations of the SSO Admin API (2020-07-20). They differ only in names. */
export const operations: Readonly<Record<OperationName, Operation>> = {
  'provision-permission-set': {
    noun: 'Provisioning',
    startedBy: 'ProvisionPermissionSet',
    describeAction: 'sso:DescribePermissionSetProvisioningStatus',
    listAction: 'sso:ListPermissionSetProvisioningStatus',
    rowsMember: 'PermissionSetsProvisioningStatus',
    describe: (client, InstanceArn, ProvisionPermissionSetRequestId, options) =>
      client.send(
        new DescribePermissionSetProvisioningStatusCommand({ InstanceArn, ProvisionPermissionSetRequestId }),
        options,
      ),
    list: (client, query, options) => client.send(new ListPermissionSetProvisioningStatusCommand(query), options),
  },
  'create-account-assignment': {
    noun: 'Account assignment',
    startedBy: 'CreateAccountAssignment',
    describeAction: 'sso:DescribeAccountAssignmentCreationStatus',
    listAction: 'sso:ListAccountAssignmentCreationStatus',
    rowsMember: 'AccountAssignmentsCreationStatus',
    describe: (client, InstanceArn, AccountAssignmentCreationRequestId, options) =>
      client.send(
        new DescribeAccountAssignmentCreationStatusCommand({ InstanceArn, AccountAssignmentCreationRequestId }),
        options,
      ),
    list: (client, query, options) => client.send(new ListAccountAssignmentCreationStatusCommand(query), options),
  },
  'delete-account-assignment': {
    noun: 'Deletion of an account assignment',
    startedBy: 'DeleteAccountAssignment',
    describeAction: 'sso:DescribeAccountAssignmentDeletionStatus',
    listAction: 'sso:ListAccountAssignmentDeletionStatus',
    rowsMember: 'AccountAssignmentsDeletionStatus',
    describe: (client, InstanceArn, AccountAssignmentDeletionRequestId, options) =>
      client.send(
        new DescribeAccountAssignmentDeletionStatusCommand({ InstanceArn, AccountAssignmentDeletionRequestId }),
        options,
      ),
    list: (client, query, options) => client.send(new ListAccountAssignmentDeletionStatusCommand(query), options),
  },
}
