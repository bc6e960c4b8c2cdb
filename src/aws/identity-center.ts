import {
  DescribeInstanceCommand,
  DescribePermissionSetCommand,
  ListAccountsForProvisionedPermissionSetCommand,
  ListPermissionSetsCommand,
  type SSOAdminClient,
} from '@aws-sdk/client-sso-admin'
import {
  type AccountsQuery,
  type Answer,
  type Api,
  type CallFailure,
  maxRowsOfPage,
  type Page,
} from '../requests/api.ts'
import {
  answerMembers,
  type Description,
  listMembers,
  type OperationName,
  type RequestKey,
  type Row,
  type Status,
} from '../requests/request.ts'
import type { Clock } from '../wait/time/clock.ts'
import { abortable, withTimeLimit } from '../wait/time/deadline.ts'
import {
  readAccountIds,
  readDescription,
  readPermissionSetArns,
  readPermissionSetName,
  readPrimaryRegion,
  readRows,
} from './answers.ts'
import { attemptLimitMs, type Connection } from './connection.ts'
import { factsOf, field } from './errors/facts.ts'
import { failureFrom } from './errors/failure.ts'
import { type Call, operations, sending } from './operations.ts'

export interface IdentityCenterOptions {
  readonly connection: Connection
  readonly instanceArn: string
  readonly region: string
  readonly clock: Clock
  readonly debug: (message: string) => void
}

/** Whether AWS says that the session of the call has expired. A new one may help. If there were no credentials, the code says that too. */
const isExpiry = ({ code }: CallFailure) => /^ExpiredToken(Exception)?$/.test(code)

/** The API of an Identity Center instance, as polling needs it. Every outcome is a value, and every call ends in time. */
export class IdentityCenter implements Api {
  readonly #options: IdentityCenterOptions
  /** Whether the ambient credentials were read anew and no call has succeeded since. */
  #renewedInVain = false

  constructor(options: IdentityCenterOptions) {
    this.#options = options
  }

  describe({ operation, requestId }: RequestKey, signal: AbortSignal): Promise<Answer<Description>> {
    const { describe, describeAction } = operations[operation]
    return this.#ask(describeAction, signal, describe(this.#options.instanceArn, requestId), (answer) =>
      readDescription(field(answer, answerMembers[operation]), requestId),
    )
  }

  list(
    operation: OperationName,
    status: Status,
    token: string | null,
    signal: AbortSignal,
  ): Promise<Answer<Page<Row>>> {
    const { list, listAction } = operations[operation]
    const call = list({ ...this.#page(token), Filter: { Status: status } })
    return this.#ask(listAction, signal, call, (answer) => readRows(answer, listMembers[operation]))
  }

  listAccounts(
    { permissionSetArn, onlyOutOfDate }: AccountsQuery,
    token: string | null,
    signal: AbortSignal,
  ): Promise<Answer<Page<string>>> {
    const call = new ListAccountsForProvisionedPermissionSetCommand({
      ...this.#page(token),
      PermissionSetArn: permissionSetArn,
      ...(onlyOutOfDate && { ProvisioningStatus: 'LATEST_PERMISSION_SET_NOT_PROVISIONED' }),
    })
    return this.#ask('sso:ListAccountsForProvisionedPermissionSet', signal, sending(call), readAccountIds)
  }

  listPermissionSets(token: string | null, signal: AbortSignal): Promise<Answer<Page<string>>> {
    const call = sending(new ListPermissionSetsCommand(this.#page(token)))
    return this.#ask('sso:ListPermissionSets', signal, call, readPermissionSetArns)
  }

  permissionSetName(permissionSetArn: string, signal: AbortSignal): Promise<Answer<string>> {
    const query = { InstanceArn: this.#options.instanceArn, PermissionSetArn: permissionSetArn }
    const call = sending(new DescribePermissionSetCommand(query))
    return this.#ask('sso:DescribePermissionSet', signal, call, readPermissionSetName)
  }

  /** The Region in which permission sets can be read. An instance can have replicas in other Regions, where such calls are refused. */
  primaryRegion(signal: AbortSignal): Promise<Answer<string>> {
    const call = sending(new DescribeInstanceCommand({ InstanceArn: this.#options.instanceArn }))
    return this.#ask('sso:DescribeInstance', signal, call, readPrimaryRegion)
  }

  #page(token: string | null) {
    return {
      InstanceArn: this.#options.instanceArn,
      MaxResults: maxRowsOfPage,
      ...(token !== null && { NextToken: token }),
    }
  }

  /** Makes one call, with a time limit, until the signal is aborted. Writes it to the debug log. */
  async #ask<T>(action: string, signal: AbortSignal, call: Call, read: (answer: object) => T): Promise<Answer<T>> {
    const { clock, connection, debug, instanceArn, region } = this.#options
    const { client, secrets } = connection
    const startedAtMs = clock.now()
    const took = () => `${Math.round(clock.now() - startedAtMs)} ms`
    try {
      // The SDK does not pass its signal on to credential providers, so `abortable` is needed too.
      const answer = await withTimeLimit(clock, attemptLimitMs, signal, (limited) =>
        abortable(limited, call(client, { abortSignal: limited })).catch((error) => {
          throw limited.aborted ? limited.reason : error
        }),
      )
      const value = read(answer)
      debug(`${action}: answered in ${took()}`)
      this.#renewedInVain = false
      return { ok: true, value }
    } catch (error) {
      const { name, message } = factsOf(error, secrets)
      debug(`${action}: ${name}: ${message} after ${took()}`)
      const failure = failureFrom(error, { ...connection, action, instanceArn, region })
      return { ok: false, failure: isExpiry(failure) ? this.#renew(client, failure) : failure }
    }
  }

  /**
   * Renews expired credentials, and says that the call is worth another attempt. Ambient credentials are renewed only once in a row,
   * because the chain may give the same ones again. Calls in flight at the same time expire together and count once: only the first of them
   * still finds its client in use.
   */
  #renew(client: SSOAdminClient, failure: CallFailure): CallFailure {
    const { connection } = this.#options
    if (client === connection.client) {
      if (connection.credentials === 'ambient' && this.#renewedInVain) return failure
      this.#renewedInVain = true
      connection.renewCredentials()
    }
    return { ...failure, effect: 'unclear' }
  }
}
