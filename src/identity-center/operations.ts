import {
  DescribeAccountAssignmentCreationStatusCommand,
  DescribeAccountAssignmentDeletionStatusCommand,
  DescribePermissionSetProvisioningStatusCommand,
  type SSOAdminClient,
} from '@aws-sdk/client-sso-admin'
import { type OperationName, type RequestState, statuses } from '../request-state.ts'
import { UnreadableAnswer } from './errors.ts'

/** How one kind of asynchronous request is asked about. */
export interface Operation {
  /** What a person calls it, as in "Provisioning". */
  readonly noun: string
  /** The API that starts it. */
  readonly startedBy: string
  readonly describeAction: string
  /** What AWS says of one request, unchecked. Rejects with the SDK's errors. */
  describe(client: SSOAdminClient, request: RequestKey, signal: AbortSignal): Promise<unknown>
}

export interface RequestKey {
  readonly instanceArn: string
  readonly requestId: string
}

/** The three asynchronous operations of the SSO Admin API (2020-07-20), which differ in names alone. */
export const operations: Readonly<Record<OperationName, Operation>> = {
  'provision-permission-set': {
    noun: 'Provisioning',
    startedBy: 'ProvisionPermissionSet',
    describeAction: 'sso:DescribePermissionSetProvisioningStatus',
    describe: async (client, { instanceArn, requestId }, abortSignal) =>
      (
        await client.send(
          new DescribePermissionSetProvisioningStatusCommand({
            InstanceArn: instanceArn,
            ProvisionPermissionSetRequestId: requestId,
          }),
          { abortSignal },
        )
      ).PermissionSetProvisioningStatus,
  },
  'create-account-assignment': {
    noun: 'Account assignment',
    startedBy: 'CreateAccountAssignment',
    describeAction: 'sso:DescribeAccountAssignmentCreationStatus',
    describe: async (client, { instanceArn, requestId }, abortSignal) =>
      (
        await client.send(
          new DescribeAccountAssignmentCreationStatusCommand({
            InstanceArn: instanceArn,
            AccountAssignmentCreationRequestId: requestId,
          }),
          { abortSignal },
        )
      ).AccountAssignmentCreationStatus,
  },
  'delete-account-assignment': {
    noun: 'Deletion of an account assignment',
    startedBy: 'DeleteAccountAssignment',
    describeAction: 'sso:DescribeAccountAssignmentDeletionStatus',
    describe: async (client, { instanceArn, requestId }, abortSignal) =>
      (
        await client.send(
          new DescribeAccountAssignmentDeletionStatusCommand({
            InstanceArn: instanceArn,
            AccountAssignmentDeletionRequestId: requestId,
          }),
          { abortSignal },
        )
      ).AccountAssignmentDeletionStatus,
  },
}

/**
 * Makes a state of what AWS said, trusting none of it: every member is optional in the API's model, and whatever sits between the
 * runner and AWS can answer too.
 *
 * @throws UnreadableAnswer when it has no status, has one that the API does not define, or is about another request.
 */
export function readState(answer: unknown, requestId: string): RequestState {
  const member = (name: string): unknown =>
    typeof answer === 'object' && answer !== null ? Reflect.get(answer, name) : undefined
  const text = (name: string): string | null => {
    const value = member(name)
    return typeof value === 'string' && value !== '' ? value : null
  }

  const answeredId = member('RequestId')
  if (answeredId !== undefined && answeredId !== requestId)
    throw new UnreadableAnswer('The answer is about another request')
  const given = member('Status')
  const status = statuses.find((known) => known === given)
  if (status === undefined) {
    throw new UnreadableAnswer(
      given === undefined
        ? 'The answer has no status'
        : `The answer has a status that the API does not define (${String(given)})`,
    )
  }
  const createdDate = member('CreatedDate')
  return {
    requestId,
    status,
    failureReason: text('FailureReason'),
    createdDate: createdDate instanceof Date && !Number.isNaN(createdDate.getTime()) ? createdDate : null,
    permissionSetArn: text('PermissionSetArn'),
    accountId: text('AccountId') ?? text('TargetId'),
    principalId: text('PrincipalId'),
    principalType: text('PrincipalType'),
  }
}
