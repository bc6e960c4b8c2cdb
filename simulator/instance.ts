import type { OperationName } from '../src/requests/request.ts'
import { type AsyncRequest, createRequest } from './async-request.ts'
import { PermissionSet } from './permission-set.ts'
import type { PermissionSetPlan, Plan, Settings } from './settings.ts'

const instanceId = 'ssoins-7223a1b2c3d4e5f6'
const firstPermissionSet = 0x7a1b2c3d4e5f6071n

/** An Identity Center instance: its permission sets, and the requests that change them as time goes by. */
export class Instance {
  readonly arn = `arn:aws:sso:::instance/${instanceId}`
  readonly createdMs: number
  /** The accounts of a permission set that says nothing else. */
  readonly accountIds: readonly string[]
  /** By ARN, those included that are not known yet. */
  readonly permissionSets = new Map<string, PermissionSet>()
  readonly #settings: Settings
  readonly #byId = new Map<string, AsyncRequest>()

  constructor(settings: Settings) {
    this.#settings = settings
    this.createdMs = settings.now()
    this.accountIds = accountIdsOf(settings.accounts)
    for (const [index, plan] of settings.permissionSets.entries()) {
      this.addPermissionSet(index === 0 ? { name: 'ReadOnlyAccess', ...plan } : plan)
    }
  }

  /** The first permission set. @throws if there is none */
  get permissionSet(): PermissionSet {
    const [first] = this.permissionSets.values()
    if (first === undefined) throw new Error('The instance has no permission set')
    return first
  }

  addPermissionSet(plan: PermissionSetPlan): PermissionSet {
    const number = (firstPermissionSet + BigInt(this.permissionSets.size)).toString(16)
    const arn = plan.arn ?? `arn:aws:sso:::permissionSet/${instanceId}/ps-${number}`
    const accountIds = plan.accounts === undefined ? this.accountIds : accountIdsOf(plan.accounts)
    const permissionSet = new PermissionSet({ ...plan, arn, accountIds }, this.#settings.now())
    this.permissionSets.set(arn, permissionSet)
    if (plan.behind !== undefined) this.makeStale(arn, plan.behind, Number.NEGATIVE_INFINITY)
    for (const change of plan.accountChanges ?? []) permissionSet.changeAccount(change)
    return permissionSet
  }

  /**
   * A permission set changes and nobody provisions it: so many of its accounts, from the last, or all are behind from then on.
   *
   * @param atMs milliseconds since 1970; now unless given
   */
  makeStale(arn: string, accounts?: number, atMs = this.#settings.now()): void {
    const permissionSet = this.#permissionSetOf(arn)
    const { accountIds } = permissionSet
    const behind = accounts === undefined ? undefined : accountIds.slice(Math.max(0, accountIds.length - accounts))
    permissionSet.change(atMs, behind)
  }

  /** All requests of an operation, oldest first, those included that are not known yet. */
  requests(operation: OperationName): readonly AsyncRequest[] {
    return [...this.#byId.values()].filter((request) => request.operation === operation)
  }

  /** Undefined also for the request of another operation, as at AWS. */
  find(operation: OperationName, requestId: string, atMs: number): AsyncRequest | undefined {
    const request = this.#byId.get(requestId)
    return request?.operation === operation && request.knownMs <= atMs ? request : undefined
  }

  /** The request with this ID, of any operation, whether it is known or not. */
  requestOf(requestId: string | undefined): AsyncRequest | undefined {
    return this.#byId.get(requestId ?? '')
  }

  /** Starts requests: so many alike, so many as the function says, or one for each plan. Returns their IDs, in order. */
  startAll(plan: Plan | readonly Plan[] | ((index: number) => Plan) = {}, count = 1): string[] {
    const plans: readonly Plan[] = Array.isArray(plan)
      ? plan
      : Array.from({ length: count }, (_, index) => (typeof plan === 'function' ? plan(index) : plan))
    return plans.map((own) => this.start(own).requestId)
  }

  /** Starts a request. A provisioning is of a permission set that has just changed, unless the plan says otherwise. */
  start(plan: Plan): AsyncRequest {
    const permissionSet = this.#permissionSetOf(plan.permissionSetArn ?? this.permissionSet.arn)
    const { arn, course } = permissionSet
    const whole = { ...this.#settings, ...course, ...plan, permissionSetArn: arn }
    const request = createRequest(whole, (atMs) => permissionSet.accountsAt(atMs), this.#settings.now())
    this.#byId.set(request.requestId, request)
    if (request.operation === 'provision-permission-set') {
      const { accountId, createdMs } = request
      if (!plan.withoutChange) permissionSet.change(createdMs, accountId === undefined ? undefined : [accountId])
      permissionSet.provision(request)
    }
    return request
  }

  /** The permission set with this ARN. One that does not exist is added. */
  #permissionSetOf(arn: string): PermissionSet {
    return this.permissionSets.get(arn) ?? this.addPermissionSet({ arn })
  }
}

function accountIdsOf(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(111122223333 + index))
}
