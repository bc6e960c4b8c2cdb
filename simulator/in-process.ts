import { errorOf, ServiceError } from './answers.ts'
import { type Fault, patched } from './faults.ts'
import { Instance } from './instance.ts'
import { isMembers, type Members } from './members.ts'
import { createRuleFinder, type RuleFinder } from './rules.ts'
import { type Operation, type Settings, type SimulatorOptions, withDefaults } from './settings.ts'
import { createSsoAdmin, type SsoAdmin, subjectOf } from './sso-admin.ts'
import { type WireNames, wireNamesOf } from './wire-names.ts'

/** What a caller in the same process gets: an answer, or the code of what kept it away and what was said about it. */
export type Reply<T> =
  | { readonly ok: true; readonly value: T }
  /** AWS's code; for faults below HTTP `ECONNRESET`, for an answer that is not AWS's `HTTP 502`, for a call that was given up `aborted`. */
  | { readonly ok: false; readonly code: string; readonly message: string }

/** What an answer says of one request; `null` for what it leaves out, or says in another type than the API's. */
export interface ReportedRequest {
  readonly requestId: string | null
  readonly status: string | null
  readonly createdDate: Date | null
  readonly failureReason: string | null
  readonly permissionSetArn: string | null
  readonly accountId: string | null
  readonly principalId: string | null
  readonly principalType: string | null
}

export interface Page<Row> {
  readonly rows: readonly Row[]
  readonly nextToken: string | null
}

/** One call that the instance got. */
export interface InProcessCall {
  /** Milliseconds since the start. */
  readonly at: number
  readonly operation: string
  readonly requestId: string | undefined
  readonly input: Members
  /** `ok`, the code of the error that was answered, or the kind of the fault. */
  readonly outcome: string
}

const caller = 'arn:aws:sts::123456789012:assumed-role/WaitForProvisioning/in-process'

/**
 * Identity Center without HTTP and signatures, for unit tests and benchmarks: the same requests, lists, quota and faults as the simulator
 * serves. Give it a virtual clock's `now` and `sleep`, and hours take no time. An answer is as of the call's arrival, and comes
 * `latencyMs` later.
 */
export class InProcessIdentityCenter {
  readonly instance: Instance
  /** Oldest first. May be emptied. */
  readonly calls: InProcessCall[] = []
  readonly #settings: Settings
  readonly #answer: SsoAdmin
  readonly #findFaults: RuleFinder
  readonly #startedMs: number

  constructor(options: SimulatorOptions = {}) {
    this.#settings = withDefaults(options)
    this.#startedMs = this.#settings.now()
    this.instance = new Instance(this.#settings)
    this.#answer = createSsoAdmin(this.#settings, this.instance)
    this.#findFaults = createRuleFinder(this.#settings.random)
  }

  /** Changes how it behaves from the next call, or request, on. */
  configure(patch: Partial<Settings>): void {
    Object.assign(this.#settings, patch)
  }

  /** What the API says of one request. */
  async describe(
    requestId: string,
    signal?: AbortSignal,
    operation: Operation = 'provision-permission-set',
  ): Promise<Reply<ReportedRequest>> {
    const names = wireNamesOf(operation)
    const reply = await this.call(names.describe, { [names.requestId]: requestId }, signal)
    return mapped(reply, (answer) => reportedIn(memberOf(answer, names.status)))
  }

  /** A page of all requests of an operation in one status, whoever started them. */
  async list(
    status: 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED',
    token: string | null,
    signal?: AbortSignal,
    operation: Operation = 'provision-permission-set',
  ): Promise<Reply<Page<ReportedRequest>>> {
    const names = wireNamesOf(operation)
    const reply = await this.call(names.list, { Filter: { Status: status }, NextToken: token }, signal)
    return mapped(reply, (answer) => pageIn(answer, names.statuses, reportedIn))
  }

  /** A page of the accounts that hold the latest version of a permission set, of those that don't, or of all. */
  async listAccounts(
    permissionSetArn: string,
    status: 'LATEST_PERMISSION_SET_PROVISIONED' | 'LATEST_PERMISSION_SET_NOT_PROVISIONED' | null,
    token: string | null,
    signal?: AbortSignal,
  ): Promise<Reply<Page<string>>> {
    const input = { PermissionSetArn: permissionSetArn, ProvisioningStatus: status ?? undefined, NextToken: token }
    const reply = await this.call('ListAccountsForProvisionedPermissionSet', input, signal)
    return mapped(reply, (answer) => pageIn(answer, 'AccountIds', String))
  }

  /** A page of the ARNs of all permission sets. */
  async listPermissionSets(token: string | null, signal?: AbortSignal): Promise<Reply<Page<string>>> {
    const reply = await this.call('ListPermissionSets', { NextToken: token }, signal)
    return mapped(reply, (answer) => pageIn(answer, 'PermissionSets', String))
  }

  async permissionSetName(permissionSetArn: string, signal?: AbortSignal): Promise<Reply<string | null>> {
    const reply = await this.call('DescribePermissionSet', { PermissionSetArn: permissionSetArn }, signal)
    return mapped(reply, (answer) => textIn(memberOf(answer, 'PermissionSet'), 'Name'))
  }

  async primaryRegion(signal?: AbortSignal): Promise<Reply<string | null>> {
    return mapped(await this.call('DescribeInstance', {}, signal), (answer) => textIn(answer, 'PrimaryRegion'))
  }

  /** Any operation, in the names that it has on the wire; the instance's ARN need not be given. Never rejects. */
  async call(operation: string, input: Members, signal?: AbortSignal): Promise<Reply<unknown>> {
    const { faults, latencyMs, now, sleep } = this.#settings
    const at = now() - this.#startedMs
    const subject = subjectOf(this.instance, operation, input, at)
    const { requestId } = subject
    const [{ fault } = {}] = this.#findFaults(faults, subject)
    const reply = this.#replyTo(operation, { InstanceArn: this.instance.arn, ...input }, fault)
    this.calls.push({ at, operation, requestId, input, outcome: outcomeOf(reply, fault) })
    const neverAnswers = fault?.kind === 'hang' || fault?.kind === 'drip'
    if (neverAnswers) await aborted(signal)
    else if (latencyMs > 0) await sleep(latencyMs, signal)
    return signal?.aborted ? { ok: false, code: 'aborted', message: 'The call was given up' } : reply
  }

  #replyTo(operation: string, input: Members, fault: Fault | undefined): Reply<unknown> {
    if (fault?.kind === 'reset' || fault?.kind === 'truncate') {
      return { ok: false, code: 'ECONNRESET', message: 'The connection broke' }
    }
    if (fault?.kind === 'http') return { ok: false, code: `HTTP ${fault.status}`, message: fault.body ?? '' }
    try {
      if (fault?.kind === 'error') throw errorOf(fault)
      const value = this.#answer(operation, input, caller, { byMs: fault?.kind === 'stale' ? fault.byMs : 0 })
      return { ok: true, value: fault?.kind === 'patch' ? patched(value, fault) : value }
    } catch (error) {
      if (error instanceof ServiceError) return { ok: false, code: error.code, message: error.message }
      throw error
    }
  }
}

function outcomeOf(reply: Reply<unknown>, fault: Fault | undefined): string {
  if (fault !== undefined && fault.kind !== 'error') return fault.kind
  return reply.ok ? 'ok' : reply.code
}

function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve()
    signal?.addEventListener('abort', () => resolve(), { once: true })
  })
}

function mapped<T>(reply: Reply<unknown>, read: (answer: unknown) => T): Reply<T> {
  return reply.ok ? { ok: true, value: read(reply.value) } : reply
}

function memberOf(value: unknown, name: string): unknown {
  return isMembers(value) ? value[name] : undefined
}

function pageIn<Row>(answer: unknown, name: WireNames['statuses'], read: (row: unknown) => Row): Page<Row> {
  const rows = memberOf(answer, name)
  return { rows: Array.isArray(rows) ? rows.map(read) : [], nextToken: textIn(answer, 'NextToken') }
}

function reportedIn(status: unknown): ReportedRequest {
  const createdDate = memberOf(status, 'CreatedDate')
  return {
    requestId: textIn(status, 'RequestId'),
    status: textIn(status, 'Status'),
    createdDate: typeof createdDate === 'number' ? new Date(createdDate * 1000) : null,
    failureReason: textIn(status, 'FailureReason'),
    permissionSetArn: textIn(status, 'PermissionSetArn'),
    accountId: textIn(status, 'AccountId') ?? textIn(status, 'TargetId'),
    principalId: textIn(status, 'PrincipalId'),
    principalType: textIn(status, 'PrincipalType'),
  }
}

function textIn(value: unknown, name: string): string | null {
  const text = memberOf(value, name)
  return typeof text === 'string' ? text : null
}
