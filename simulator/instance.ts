import { randomUUID } from 'node:crypto'
import type { FinalStatus, Operation, Plan, Settings } from './settings.ts'

/** An asynchronous request as the instance keeps it; times are milliseconds since 1970. */
export interface AsyncRequest {
  operation: Operation
  requestId: string
  createdMs: number
  /** Before, the API says that there is no such request. */
  knownMs: number
  endsMs: number
  finalStatus: FinalStatus
  failureReason: string | undefined
  permissionSetArn: string
  /** The one target account; undefined when all provisioned accounts are the target. */
  accountId: string | undefined
  principalType: string | undefined
  principalId: string | undefined
  /** How many of its accounts it brings up to date before it ends, in their order. */
  accountsReached: number
  /** Equal steps that its time is divided into: an account each, and one for the account that it fails at. */
  steps: number
}

export interface PermissionSet {
  arn: string
  name: string
  createdMs: number
  /** The last provisioning of all accounts, and those of single accounts that came after it. */
  ofAllAccounts: AsyncRequest | undefined
  ofOneAccount: Map<string, AsyncRequest>
}

const instanceId = 'ssoins-7223a1b2c3d4e5f6'
const principalId = '90e1a2b3c4-11112222-3333-4444-5555-666677778888'

/** An Identity Center instance: its accounts and permission sets, and the requests that change them as time goes by. */
export class Instance {
  readonly arn = `arn:aws:sso:::instance/${instanceId}`
  readonly createdMs: number
  readonly accountIds: readonly string[]
  readonly permissionSets = new Map<string, PermissionSet>()
  readonly permissionSet: PermissionSet
  readonly #settings: Settings
  readonly #byId = new Map<string, AsyncRequest>()
  readonly #byOperation = new Map<Operation, AsyncRequest[]>()

  constructor(settings: Settings) {
    this.#settings = settings
    this.createdMs = settings.now()
    this.accountIds = Array.from({ length: settings.accounts }, (_, index) => String(111122223333 + index))
    this.permissionSet = this.#addPermissionSet(
      `arn:aws:sso:::permissionSet/${instanceId}/ps-7a1b2c3d4e5f6071`,
      'ReadOnlyAccess',
    )
  }

  /** All requests of an operation, oldest first, those included that are not known yet. */
  requests(operation: Operation): readonly AsyncRequest[] {
    return this.#byOperation.get(operation) ?? []
  }

  /** Undefined also for the request of another operation, as at AWS. */
  find(operation: Operation, requestId: string, atMs: number): AsyncRequest | undefined {
    const request = this.#byId.get(requestId)
    return request?.operation === operation && request.knownMs <= atMs ? request : undefined
  }

  /** Starts requests: so many alike, so many as the function says, or one for each plan. Returns their IDs, in order. */
  startAll(plan: Plan | readonly Plan[] | ((index: number) => Plan) = {}, count = 1): string[] {
    const plans: readonly Plan[] = Array.isArray(plan)
      ? plan
      : Array.from({ length: count }, (_, index) => (typeof plan === 'function' ? plan(index) : plan))
    return plans.map((own) => this.start(own).requestId)
  }

  /** Starts a request; the last one started for an account decides what that account holds. */
  start(plan: Plan): AsyncRequest {
    const { now, status, failureReason, seconds, accountsBehind } = { ...this.#settings, ...plan }
    const operation = plan.operation ?? 'provision-permission-set'
    const isAssignment = operation !== 'provision-permission-set'
    const accountId = plan.accountId ?? (isAssignment ? (this.accountIds[0] ?? '111122223333') : undefined)
    const targets = accountId === undefined ? this.accountIds : [accountId]
    const behind = status === 'FAILED' ? Math.min(accountsBehind ?? Math.ceil(targets.length / 2), targets.length) : 0
    const accountsReached = targets.length - behind
    const failingAccount = targets[accountsReached] ?? targets.at(-1) ?? ''
    const createdMs = now() - (plan.ageSeconds ?? 0) * 1000
    const request: AsyncRequest = {
      operation,
      requestId: plan.requestId ?? randomUUID(),
      createdMs,
      knownMs:
        plan.unknownForSeconds === undefined ? Number.NEGATIVE_INFINITY : createdMs + plan.unknownForSeconds * 1000,
      endsMs: createdMs + seconds * 1000,
      finalStatus: status,
      failureReason: status === 'FAILED' ? (failureReason ?? usualReason(operation, failingAccount)) : undefined,
      permissionSetArn: plan.permissionSetArn ?? this.permissionSet.arn,
      accountId,
      principalType: isAssignment ? (plan.principalType ?? 'GROUP') : undefined,
      principalId: isAssignment ? (plan.principalId ?? principalId) : undefined,
      accountsReached,
      steps: behind > 0 ? accountsReached + 1 : targets.length,
    }
    this.#keep(request)
    return request
  }

  #keep(request: AsyncRequest): void {
    this.#byId.set(request.requestId, request)
    const siblings = this.#byOperation.get(request.operation)
    if (siblings) siblings.push(request)
    else this.#byOperation.set(request.operation, [request])

    const { permissionSetArn: arn, accountId } = request
    const permissionSet = this.permissionSets.get(arn) ?? this.#addPermissionSet(arn, arn.slice(-19).replace('/', '-'))
    if (request.operation !== 'provision-permission-set') return
    if (accountId !== undefined) permissionSet.ofOneAccount.set(accountId, request)
    else {
      permissionSet.ofAllAccounts = request
      permissionSet.ofOneAccount.clear()
    }
  }

  #addPermissionSet(arn: string, name: string): PermissionSet {
    const createdMs = this.#settings.now()
    const permissionSet = { arn, name, createdMs, ofAllAccounts: undefined, ofOneAccount: new Map() }
    this.permissionSets.set(arn, permissionSet)
    return permissionSet
  }
}

export function statusOf({ endsMs, finalStatus }: AsyncRequest, atMs: number): FinalStatus | 'IN_PROGRESS' {
  return atMs < endsMs ? 'IN_PROGRESS' : finalStatus
}

/** Whether an account holds the latest version of a permission set at some moment. `position` is the account's in the instance. */
export function isProvisioned(
  { ofOneAccount, ofAllAccounts }: PermissionSet,
  accountId: string,
  position: number,
  atMs: number,
): boolean {
  const ofOne = ofOneAccount.get(accountId)
  if (ofOne) return hasReached(ofOne, 0, atMs)
  return ofAllAccounts === undefined || hasReached(ofAllAccounts, position, atMs)
}

function hasReached(
  { createdMs, endsMs, accountsReached, steps }: AsyncRequest,
  position: number,
  atMs: number,
): boolean {
  const reachedMs = createdMs + ((endsMs - createdMs) * (position + 1)) / steps
  return position < accountsReached && reachedMs <= atMs
}

/** Reasons that AWS was seen to give, in public issue trackers. */
function usualReason(operation: Operation, accountId: string): string {
  switch (operation) {
    case 'provision-permission-set':
      return `Received a 404 status error: Permission set provision not found in AWS account ${accountId}.`
    case 'create-account-assignment':
      return `AWS SSO is unable to complete your request at this time. Obtaining permissions to manage your AWS account '${accountId}' is taking longer than usual. This is usually temporary. Please try again in a few minutes.`
    case 'delete-account-assignment':
      return 'Received a 404 status error: Assignment not found.'
  }
}
