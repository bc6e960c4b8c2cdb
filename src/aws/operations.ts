import {
  DescribeAccountAssignmentCreationStatusCommand,
  DescribeAccountAssignmentDeletionStatusCommand,
  DescribePermissionSetProvisioningStatusCommand,
  ListAccountAssignmentCreationStatusCommand,
  ListAccountAssignmentDeletionStatusCommand,
  ListPermissionSetProvisioningStatusCommand,
  type SSOAdminClient,
} from '@aws-sdk/client-sso-admin'
import type { Page, Row } from '../polling/api.ts'
import { type OperationName, type RequestState, type Status, statuses } from '../request.ts'
import { UnreadableAnswer } from './errors/facts.ts'

/** The API's largest page. */
const pageSize = 100

/** How one kind of asynchronous request is asked about. What AWS says is returned unchecked; the SDK's errors are thrown. */
export interface Operation {
  /** What a person calls it, as in "Provisioning". */
  readonly noun: string
  /** The API that starts it. */
  readonly startedBy: string
  readonly describeAction: string
  readonly listAction: string
  describe(client: SSOAdminClient, request: RequestKey, abortSignal: AbortSignal): Promise<unknown>
  list(
    client: SSOAdminClient,
    query: ListQuery,
    abortSignal: AbortSignal,
  ): Promise<{ rows: unknown; nextToken: unknown }>
}

export interface RequestKey {
  readonly instanceArn: string
  readonly requestId: string
}

export interface ListQuery {
  readonly instanceArn: string
  readonly status: Status
  readonly token: string | null
}

/** The three asynchronous operations of the SSO Admin API (2020-07-20), which differ in names alone. */
export const operations: Readonly<Record<OperationName, Operation>> = {
  'provision-permission-set': {
    noun: 'Provisioning',
    startedBy: 'ProvisionPermissionSet',
    describeAction: 'sso:DescribePermissionSetProvisioningStatus',
    listAction: 'sso:ListPermissionSetProvisioningStatus',
    async describe(client, { instanceArn, requestId }, abortSignal) {
      const input = { InstanceArn: instanceArn, ProvisionPermissionSetRequestId: requestId }
      return (await client.send(new DescribePermissionSetProvisioningStatusCommand(input), { abortSignal }))
        .PermissionSetProvisioningStatus
    },
    async list(client, query, abortSignal) {
      const page = await client.send(new ListPermissionSetProvisioningStatusCommand(listInput(query)), { abortSignal })
      return { rows: page.PermissionSetsProvisioningStatus, nextToken: page.NextToken }
    },
  },
  'create-account-assignment': {
    noun: 'Account assignment',
    startedBy: 'CreateAccountAssignment',
    describeAction: 'sso:DescribeAccountAssignmentCreationStatus',
    listAction: 'sso:ListAccountAssignmentCreationStatus',
    async describe(client, { instanceArn, requestId }, abortSignal) {
      const input = { InstanceArn: instanceArn, AccountAssignmentCreationRequestId: requestId }
      return (await client.send(new DescribeAccountAssignmentCreationStatusCommand(input), { abortSignal }))
        .AccountAssignmentCreationStatus
    },
    async list(client, query, abortSignal) {
      const page = await client.send(new ListAccountAssignmentCreationStatusCommand(listInput(query)), { abortSignal })
      return { rows: page.AccountAssignmentsCreationStatus, nextToken: page.NextToken }
    },
  },
  'delete-account-assignment': {
    noun: 'Deletion of an account assignment',
    startedBy: 'DeleteAccountAssignment',
    describeAction: 'sso:DescribeAccountAssignmentDeletionStatus',
    listAction: 'sso:ListAccountAssignmentDeletionStatus',
    async describe(client, { instanceArn, requestId }, abortSignal) {
      const input = { InstanceArn: instanceArn, AccountAssignmentDeletionRequestId: requestId }
      return (await client.send(new DescribeAccountAssignmentDeletionStatusCommand(input), { abortSignal }))
        .AccountAssignmentDeletionStatus
    },
    async list(client, query, abortSignal) {
      const page = await client.send(new ListAccountAssignmentDeletionStatusCommand(listInput(query)), { abortSignal })
      return { rows: page.AccountAssignmentsDeletionStatus, nextToken: page.NextToken }
    },
  },
}

function listInput({ instanceArn, status, token }: ListQuery) {
  return {
    InstanceArn: instanceArn,
    Filter: { Status: status },
    MaxResults: pageSize,
    ...(token !== null && { NextToken: token }),
  }
}

/**
 * Makes a state of what AWS said, trusting none of it: every member is optional in the API's model, and whatever sits between the
 * runner and AWS can answer too.
 *
 * @throws UnreadableAnswer when it has no status, has one that the API does not define, or is about another request.
 */
export function readState(answer: unknown, requestId: string): RequestState {
  const answeredId = memberOf(answer, 'RequestId')
  if (answeredId !== undefined && answeredId !== requestId)
    throw new UnreadableAnswer('The answer is about another request')
  const status = statusIn(answer)
  if (status === undefined) {
    const given = memberOf(answer, 'Status')
    throw new UnreadableAnswer(
      given === undefined
        ? 'The answer has no status'
        : `The answer has a status that the API does not define (${typeof given === 'string' ? given : JSON.stringify(given)})`,
    )
  }
  return {
    requestId,
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
 * Makes a page of what AWS listed. Rows that do not say which request they are about, or how it is, say nothing.
 *
 * @throws UnreadableAnswer when there is no list.
 */
export function readPage(rows: unknown, nextToken: unknown): Page {
  if (!Array.isArray(rows)) throw new UnreadableAnswer('The answer has no list')
  return {
    rows: rows.flatMap((row: unknown): Row[] => {
      const requestId = textIn(row, 'RequestId')
      const status = statusIn(row)
      return requestId === null || status === undefined ? [] : [{ requestId, status, createdDate: dateIn(row) }]
    }),
    nextToken: typeof nextToken === 'string' && nextToken !== '' ? nextToken : null,
  }
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

function statusIn(value: unknown): Status | undefined {
  return statuses.find((known) => known === memberOf(value, 'Status'))
}

function textIn(value: unknown, name: string): string | null {
  const text = memberOf(value, name)
  return typeof text === 'string' && text !== '' ? text : null
}

function dateIn(value: unknown): Date | null {
  const date = memberOf(value, 'CreatedDate')
  return date instanceof Date && !Number.isNaN(date.getTime()) ? date : null
}
