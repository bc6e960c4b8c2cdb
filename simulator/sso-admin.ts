import { randomUUID } from 'node:crypto'
import { ServiceError, throttlingTexts } from './answers.ts'
import { type AsyncRequest, statusOf } from './async-request.ts'
import type { Instance } from './instance.ts'
import { invalid, isMembers, type Members, optionalMember, requiredMember } from './members.ts'
import { page } from './page.ts'
import type { PermissionSet } from './permission-set.ts'
import type { Operation, Plan, Settings } from './settings.ts'
import { type WireNames, wireNames } from './wire-names.ts'

/**
 * Performs one SSO Admin operation for a caller who has proved who they are.
 *
 * @throws ServiceError with AWS's code for a call that is throttled, denied, malformed or about nothing that exists
 */
export type SsoAdmin = (operation: string, input: Members, callerArn: string, call?: CallDetails) => object

interface CallDetails {
  /** How old the answer is; 0 unless given. */
  readonly byMs?: number
  /** A request that the call starts gets the same ID, as at AWS. */
  readonly httpRequestId?: string
}

type Handler = (input: Members, atMs: number, httpRequestId: string) => object

/** The SSO Admin API of one instance. */
export function createSsoAdmin(settings: Settings, instance: Instance): SsoAdmin {
  const handlers = new Map<string, Handler>([
    ['ListInstances', (input) => listInstances(settings, instance, input)],
    ['DescribeInstance', () => ({ ...describeInstance(settings, instance), PermissionSetsEnabled: true })],
    ['DescribePermissionSet', (input, atMs) => describePermissionSet(permissionSetOf(instance, input, atMs))],
    ['ListAccountsForProvisionedPermissionSet', (input, atMs) => listAccounts(settings, instance, input, atMs)],
    ...wireNames.flatMap((names): [string, Handler][] => [
      [names.start, (input, atMs, requestId) => startRequest(instance, names, input, atMs, requestId)],
      [names.describe, (input, atMs) => describeRequest(instance, names, input, atMs)],
      [names.list, (input, atMs) => listRequests(settings, instance, names, input, atMs)],
    ]),
  ])
  const throttle = createThrottle(settings)

  return (operation, input, callerArn, { byMs = 0, httpRequestId = randomUUID() } = {}) => {
    const handler = handlers.get(operation)
    if (!handler) throw new ServiceError('UnknownOperationException', `Unknown operation ${operation}`)
    throttle()
    const isReplica = settings.primaryRegion !== settings.region
    const onReplica = ['DescribeInstance', 'ListInstances'].includes(operation)
    if (settings.deny.includes(`sso:${operation}`) || (isReplica && !onReplica)) {
      throw accessDenied(callerArn, operation, ...resourcesOf(input, instance, settings))
    }
    const instanceArn = operation === 'ListInstances' ? instance.arn : requiredMember(input, 'InstanceArn')
    if (instanceArn === instance.arn) return handler(input, settings.now() - byMs, httpRequestId)
    // The service model has no ResourceNotFoundException for this operation.
    if (operation === 'DescribeInstance') throw accessDenied(callerArn, operation, instanceArn)
    throw notFound(`Instance ${instanceArn}`)
  }
}

/** The resources that the refusal of a call names. */
function resourcesOf({ PermissionSetArn }: Members, instance: Instance, { denialText }: Settings): string[] {
  if (denialText === 'empty') return []
  const isAboutAnother = denialText === 'every-resource' && typeof PermissionSetArn === 'string'
  return isAboutAnother ? [instance.arn, PermissionSetArn] : [instance.arn]
}

/** A quota over any second, across all operations, as AWS has it for an instance; refused calls do not use it up. */
function createThrottle(settings: Settings): () => void {
  const admitted: number[] = []
  let refused = 0
  return () => {
    const now = settings.now()
    while (admitted[0] !== undefined && admitted[0] <= now - 1000) admitted.shift()
    if (admitted.length >= settings.throttlePerSecond)
      throw new ServiceError('ThrottlingException', throttlingTexts[refused++ % throttlingTexts.length] ?? '')
    admitted.push(now)
  }
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

function targetIn(operation: Operation, input: Members): Plan {
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
    (accountId) => wanted === undefined || permissionSet.holdsLatest(accountId, shownMs) === isLatestWanted,
    input,
    settings.pageSize,
  )
  return { AccountIds: rows, NextToken: nextToken }
}

function permissionSetOf(instance: Instance, input: Members, atMs: number): PermissionSet {
  const arn = requiredMember(input, 'PermissionSetArn')
  const permissionSet = instance.permissionSets.get(arn)
  if (permissionSet && permissionSet.knownMs <= atMs) return permissionSet
  throw notFound(`PermissionSet ${arn}`)
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
/** One denial for each resource, with a comma between them (https://github.com/binbashar/le-tf-infra-aws/pull/874). */
const accessDenied = (callerArn: string, operation: string, ...arns: string[]) => {
  const because = `because no identity-based policy allows the sso:${operation} action`
  const denials = arns.map(
    (arn) => `User: ${callerArn} is not authorized to perform: sso:${operation} on resource: ${arn} ${because}`,
  )
  return new ServiceError('AccessDeniedException', denials.join(', '))
}
const notFound = (what: string) => new ServiceError('ResourceNotFoundException', `${what} was not found.`)
