import type { OperationName } from '../src/requests/request.ts'
import { ServiceError } from './answers.ts'
import { type AsyncRequest, statusOf } from './async-request.ts'
import type { Instance } from './instance.ts'
import { invalid, isMembers, type Members, maxResults, notFound, optionalMember, requiredMember } from './members.ts'
import type { PermissionSet } from './permission-set.ts'
import type { Plan, Settings } from './settings.ts'
import { type WireNames, wireNames } from './wire-names.ts'

/** What an operation is answered from. */
export interface HandlerCall {
  readonly input: Members
  /** Milliseconds since 1970: the answer is as of then. */
  readonly atMs: number
  /** The ID of a request that the call starts. */
  readonly requestId: string
  readonly instance: Instance
  readonly settings: Settings
}

/**
 * Answers one operation to a caller who may call it.
 *
 * @throws ServiceError for a call that is malformed, or about nothing that exists
 */
type Handler = (call: HandlerCall) => object

/** The operations, in the names that they have on the wire. */
export const handlers: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['ListInstances', listInstances],
  ['DescribeInstance', (call) => ({ ...describeInstance(call), PermissionSetsEnabled: true })],
  ['DescribePermissionSet', (call) => describePermissionSet(permissionSetOf(call))],
  ['ListPermissionSets', listPermissionSets],
  ['ListAccountsForProvisionedPermissionSet', listAccounts],
  ...wireNames.flatMap((names): [string, Handler][] => [
    [names.start, (call) => startRequest(names, call)],
    [names.describe, (call) => describeRequest(names, call)],
    [names.list, (call) => listRequests(names, call)],
  ]),
])

/** The answer has no date of creation, as at AWS (https://github.com/hashicorp/terraform-provider-aws/issues/19341). */
function startRequest({ operation, status }: WireNames, call: HandlerCall): object {
  const { atMs, input, instance, requestId } = call
  const permissionSetArn = permissionSetOf(call).arn
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

function describeRequest(names: WireNames, { atMs, input, instance }: HandlerCall): object {
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

function listRequests({ operation, statuses }: WireNames, call: HandlerCall): object {
  const { atMs, input, instance } = call
  const filter = input['Filter'] ?? {}
  if (!isMembers(filter)) throw invalid('Filter', filter, 'Member must be a structure')
  const wanted = optionalMember(filter, 'Status')
  const { rows, NextToken } = pageOf(call, instance.requests(operation), (request) => {
    return request.knownMs <= atMs && (wanted === undefined || statusOf(request, atMs) === wanted)
  })
  return { [statuses]: rows.map((request) => summarizeStatus(request, atMs)), NextToken }
}

function listAccounts(call: HandlerCall): object {
  const permissionSet = permissionSetOf(call)
  const wanted = optionalMember(call.input, 'ProvisioningStatus')
  const isLatestWanted = wanted === 'LATEST_PERMISSION_SET_PROVISIONED'
  const shownMs = call.atMs - call.settings.accountsLagMs
  const { rows, NextToken } = pageOf(call, permissionSet.accountIds, (accountId) => {
    const isWanted = wanted === undefined || permissionSet.holdsLatest(accountId, shownMs) === isLatestWanted
    return isWanted && permissionSet.isHeldBy(accountId, shownMs)
  })
  return { AccountIds: rows, NextToken }
}

function permissionSetOf({ atMs, input, instance }: HandlerCall): PermissionSet {
  const arn = requiredMember(input, 'PermissionSetArn')
  const permissionSet = instance.permissionSets.get(arn)
  if (permissionSet?.isKnown(atMs)) return permissionSet
  throw notFound(`PermissionSet ${arn}`)
}

function listPermissionSets(call: HandlerCall): object {
  const all = [...call.instance.permissionSets.values()]
  const { rows, NextToken } = pageOf(call, all, (own) => own.isKnown(call.atMs))
  return { PermissionSets: rows.map(({ arn }) => arn), NextToken }
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

function listInstances(call: HandlerCall): object {
  optionalMember(call.input, 'RegionScope')
  return { Instances: pageOf(call, [describeInstance(call)], () => true).rows }
}

function describeInstance({ instance, settings: { region, primaryRegion } }: HandlerCall): object {
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

/**
 * The rows of one page. Its token is a position in the whole list, so that rows which change between two pages neither repeat nor hide
 * others, and no page looks again at what an earlier one has seen.
 */
function pageOf<Row>({ input, settings }: HandlerCall, all: readonly Row[], matches: (row: Row) => boolean) {
  const limit = Math.min(maxResults(input), settings.pageSize)
  const token = optionalMember(input, 'NextToken')
  const start = token === undefined ? 0 : Number(Buffer.from(token, 'base64').toString())
  if (!(start >= 0)) throw new ServiceError('ValidationException', 'Invalid NextToken')
  const rows: Row[] = []
  for (let position = start; position < all.length; position++) {
    const row = all[position]
    if (row === undefined || !matches(row)) continue
    if (rows.length === limit) return { rows, NextToken: Buffer.from(String(position)).toString('base64') }
    rows.push(row)
  }
  return { rows, NextToken: undefined }
}

const epochSeconds = (ms: number) => ms / 1000
