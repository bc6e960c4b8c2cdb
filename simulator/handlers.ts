import type { OperationName } from '../src/requests/request.ts'
import { type AsyncRequest, statusOf } from './async-request.ts'
import type { Instance } from './instance.ts'
import { invalid, isMembers, type Members, notFound, optionalMember, requiredMember } from './members.ts'
import { page } from './page.ts'
import type { PermissionSet } from './permission-set.ts'
import type { Plan, Settings } from './settings.ts'
import { type WireNames, wireNames } from './wire-names.ts'

/**
 * Answers one operation to a caller who may call it, as of a time in milliseconds since 1970. A request that it starts gets the ID.
 *
 * @throws ServiceError for a call that is malformed, or about nothing that exists
 */
export type Handler = (input: Members, atMs: number, requestId: string) => object

/** The operations, in the names that they have on the wire. */
export function createHandlers(settings: Settings, instance: Instance): ReadonlyMap<string, Handler> {
  return new Map<string, Handler>([
    ['ListInstances', (input) => listInstances(settings, instance, input)],
    ['DescribeInstance', () => ({ ...describeInstance(settings, instance), PermissionSetsEnabled: true })],
    ['DescribePermissionSet', (input, atMs) => describePermissionSet(permissionSetOf(instance, input, atMs))],
    ['ListPermissionSets', (input, atMs) => listPermissionSets(settings, instance, input, atMs)],
    ['ListAccountsForProvisionedPermissionSet', (input, atMs) => listAccounts(settings, instance, input, atMs)],
    ...wireNames.flatMap((names): [string, Handler][] => [
      [names.start, (input, atMs, requestId) => startRequest(instance, names, input, atMs, requestId)],
      [names.describe, (input, atMs) => describeRequest(instance, names, input, atMs)],
      [names.list, (input, atMs) => listRequests(settings, instance, names, input, atMs)],
    ]),
  ])
}

/** The answer has no date of creation, as at AWS (https://github.com/hashicorp/terraform-provider-aws/issues/19341). */
function startRequest(
  instance: Instance,
  { operation, status }: WireNames,
  input: Members,
  atMs: number,
  requestId: string,
): object {
  const permissionSetArn = permissionSetOf(instance, input, atMs).arn
  const request = instance.start({ operation, requestId, permissionSetArn, ...targetIn(operation, input) })
  return { [status]: { ...describeStatus(request, atMs), CreatedDate: undefined } }
}

function targetIn(operation: OperationName, input: Members): Plan {
  const targetType = requiredMember(input, 'TargetType')
  const isProvisioning = operation === 'provision-permission-set'
  if (targetType === 'ALL_PROVISIONED_ACCOUNTS') {
    if (isProvisioning) return {}
    throw invalid('TargetType', targetType, 'Member must satisfy enum value set: [AWS_ACCOUNT]')
  }
  const accountId = requiredMember(input, 'TargetId')
  if (isProvisioning) return { accountId }
  const principalType = requiredMember(input, 'PrincipalType') === 'USER' ? 'USER' : 'GROUP'
  return { accountId, principalType, principalId: requiredMember(input, 'PrincipalId') }
}

function describeRequest(instance: Instance, names: WireNames, input: Members, atMs: number): object {
  const requestId = requiredMember(input, names.requestId)
  const request = instance.find(names.operation, requestId, atMs)
  if (!request) throw notFound(`${names.status} of request ${requestId}`)
  return { [names.status]: describeStatus(request, atMs) }
}

function describeStatus(request: AsyncRequest, atMs: number): object {
  const { operation, permissionSetArn, accountId, principalType, principalId, failureReason } = request
  const status = summarizeStatus(request, atMs)
  const target =
    operation === 'provision-permission-set'
      ? { AccountId: accountId }
      : { TargetId: accountId, TargetType: 'AWS_ACCOUNT', PrincipalType: principalType, PrincipalId: principalId }
  return {
    ...status,
    ...target,
    PermissionSetArn: permissionSetArn,
    FailureReason: status.Status === 'FAILED' ? failureReason : undefined,
  }
}

/** The only members that a row of a list has. */
function summarizeStatus(request: AsyncRequest, atMs: number) {
  return { Status: statusOf(request, atMs), RequestId: request.requestId, CreatedDate: epochSeconds(request.createdMs) }
}

function listRequests(
  settings: Settings,
  instance: Instance,
  { operation, statuses }: WireNames,
  input: Members,
  atMs: number,
): object {
  const filter = input['Filter'] ?? {}
  if (!isMembers(filter)) throw invalid('Filter', filter, 'Member must be a structure')
  const wanted = optionalMember(filter, 'Status')
  const { rows, nextToken } = page(
    instance.requests(operation),
    (request) => request.knownMs <= atMs && (wanted === undefined || statusOf(request, atMs) === wanted),
    input,
    settings.pageSize,
  )
  return { [statuses]: rows.map((request) => summarizeStatus(request, atMs)), NextToken: nextToken }
}

function listAccounts(settings: Settings, instance: Instance, input: Members, atMs: number): object {
  const permissionSet = permissionSetOf(instance, input, atMs)
  const wanted = optionalMember(input, 'ProvisioningStatus')
  const isLatestWanted = wanted === 'LATEST_PERMISSION_SET_PROVISIONED'
  const shownMs = atMs - settings.accountsLagMs
  const { rows, nextToken } = page(
    permissionSet.accountIds,
    (accountId) =>
      permissionSet.isHeldBy(accountId, shownMs) &&
      (wanted === undefined || permissionSet.holdsLatest(accountId, shownMs) === isLatestWanted),
    input,
    settings.pageSize,
  )
  return { AccountIds: rows, NextToken: nextToken }
}

function permissionSetOf(instance: Instance, input: Members, atMs: number): PermissionSet {
  const arn = requiredMember(input, 'PermissionSetArn')
  const permissionSet = instance.permissionSets.get(arn)
  if (permissionSet?.isKnown(atMs)) return permissionSet
  throw notFound(`PermissionSet ${arn}`)
}

function listPermissionSets(settings: Settings, instance: Instance, input: Members, atMs: number): object {
  const all = [...instance.permissionSets.values()]
  const { rows, nextToken } = page(all, (own) => own.isKnown(atMs), input, settings.pageSize)
  return { PermissionSets: rows.map(({ arn }) => arn), NextToken: nextToken }
}

function describePermissionSet({ name, arn, createdMs }: PermissionSet): object {
  return {
    PermissionSet: {
      Name: name,
      PermissionSetArn: arn,
      Description: 'A permission set of the simulator',
      CreatedDate: epochSeconds(createdMs),
      SessionDuration: 'PT1H',
    },
  }
}

function listInstances(settings: Settings, instance: Instance, input: Members): object {
  optionalMember(input, 'RegionScope')
  const { rows } = page([describeInstance(settings, instance)], () => true, input, settings.pageSize)
  return { Instances: rows }
}

function describeInstance({ region, primaryRegion }: Settings, instance: Instance): object {
  const createdDate = epochSeconds(instance.createdMs)
  return {
    InstanceArn: instance.arn,
    IdentityStoreId: 'd-9067a1b2c3',
    OwnerAccountId: '123456789012',
    Name: 'simulator',
    CreatedDate: createdDate,
    Status: 'ACTIVE',
    PrimaryRegion: primaryRegion,
    Regions: [...new Set([primaryRegion, region])].map((name) => ({
      RegionName: name,
      Status: 'ACTIVE',
      AddedDate: createdDate,
      IsPrimaryRegion: name === primaryRegion,
    })),
  }
}

const epochSeconds = (ms: number) => ms / 1000
