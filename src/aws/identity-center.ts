import {
  DescribeInstanceCommand,
  DescribePermissionSetCommand,
  ListAccountsForProvisionedPermissionSetCommand,
  ListPermissionSetsCommand,
  type SSOAdminClient,
} from '@aws-sdk/client-sso-admin'
import { regionFormat } from '../inputs.ts'
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
  type OperationName,
  type RequestKey,
  type Row,
  type Status,
} from '../requests/request.ts'
import type { Clock } from '../wait/time/clock.ts'
import { abortable, withTimeLimit } from '../wait/time/deadline.ts'
import { memberOf, readAccountIds, readDescription, readPermissionSetArns, readRows } from './answers.ts'
import { attemptLimitMs, type Connection } from './connection.ts'
import { factsOf, isExpiry, UnreadableAnswer } from './errors/facts.ts'
import { failureFrom } from './errors/failure.ts'
import { operations } from './operations.ts'
import { nameFormat } from './permission-sets.ts'

export interface IdentityCenterOptions {
  readonly connection: Connection
  readonly instanceArn: string
  readonly region: string
  readonly clock: Clock
  readonly debug: (message: string) => void
}

/** Makes one call with a client. Rejects with the SDK's errors, or with `UnreadableAnswer`. */
type Call<T> = (client: SSOAdminClient, options: { readonly abortSignal: AbortSignal }) => Promise<T>

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
    return this.#ask(describeAction, signal, async (client, options) => {
      const answer = await describe(client, this.#options.instanceArn, requestId, options)
      return readDescription(memberOf(answer, answerMembers[operation]), requestId)
    })
  }

  list(
    operation: OperationName,
    status: Status,
    token: string | null,
    signal: AbortSignal,
  ): Promise<Answer<Page<Row>>> {
    const { list, listAction, rowsMember } = operations[operation]
    return this.#ask(listAction, signal, async (client, options) => {
      const query = { ...this.#page(token), Filter: { Status: status } }
      return readRows(await list(client, query, options), rowsMember)
    })
  }

  listAccounts(
    { permissionSetArn, onlyOutOfDate }: AccountsQuery,
    token: string | null,
    signal: AbortSignal,
  ): Promise<Answer<Page<string>>> {
    return this.#ask('sso:ListAccountsForProvisionedPermissionSet', signal, async (client, options) => {
      const filter = onlyOutOfDate ? ({ ProvisioningStatus: 'LATEST_PERMISSION_SET_NOT_PROVISIONED' } as const) : {}
      const query = { ...this.#page(token), PermissionSetArn: permissionSetArn, ...filter }
      return readAccountIds(await client.send(new ListAccountsForProvisionedPermissionSetCommand(query), options))
    })
  }

  listPermissionSets(token: string | null, signal: AbortSignal): Promise<Answer<Page<string>>> {
    return this.#ask('sso:ListPermissionSets', signal, async (client, options) =>
      readPermissionSetArns(await client.send(new ListPermissionSetsCommand(this.#page(token)), options)),
    )
  }

  permissionSetName(permissionSetArn: string, signal: AbortSignal): Promise<Answer<string>> {
    return this.#ask('sso:DescribePermissionSet', signal, async (client, options) => {
      const query = { InstanceArn: this.#options.instanceArn, PermissionSetArn: permissionSetArn }
      const name = (await client.send(new DescribePermissionSetCommand(query), options)).PermissionSet?.Name
      if (typeof name === 'string' && nameFormat.test(name)) return name
      throw new UnreadableAnswer('The answer has no name of a permission set')
    })
  }

  /** The Region in which permission sets can be read. An instance can have replicas in other Regions, where such calls are refused. */
  primaryRegion(signal: AbortSignal): Promise<Answer<string>> {
    return this.#ask('sso:DescribeInstance', signal, async (client, options) => {
      const query = { InstanceArn: this.#options.instanceArn }
      const region = (await client.send(new DescribeInstanceCommand(query), options)).PrimaryRegion
      if (typeof region === 'string' && regionFormat.test(region)) return region
      throw new UnreadableAnswer('The answer has no primary Region')
    })
  }

  #page(token: string | null) {
    return {
      InstanceArn: this.#options.instanceArn,
      MaxResults: maxRowsOfPage,
      ...(token !== null && { NextToken: token }),
    }
  }

  async #ask<T>(action: string, signal: AbortSignal, call: Call<T>): Promise<Answer<T>> {
    const { client } = this.#options.connection
    try {
      const value = await this.#call(action, client, signal, call)
      this.#renewedInVain = false
      return { ok: true, value }
    } catch (error) {
      const failure = this.#failureOf(error, action)
      return { ok: false, failure: isExpiry(error) ? this.#renew(client, failure) : failure }
    }
  }

  /**
   * Makes one call, with a time limit, until the signal is aborted. Writes it to the debug log.
   *
   * @throws whatever the call throws, `TimeLimitReached`, or the signal's reason
   */
  async #call<T>(action: string, client: SSOAdminClient, signal: AbortSignal, call: Call<T>): Promise<T> {
    const { clock, connection, debug } = this.#options
    const startedAtMs = clock.now()
    const took = () => `${Math.round(clock.now() - startedAtMs)} ms`
    try {
      // The SDK does not pass its signal on to credential providers, so `abortable` is needed too.
      const answer = await withTimeLimit(clock, attemptLimitMs, signal, (limited) =>
        abortable(limited, call(client, { abortSignal: limited })).catch((error) => {
          throw limited.aborted ? limited.reason : error
        }),
      )
      debug(`${action}: answered in ${took()}`)
      return answer
    } catch (error) {
      const { name, message } = factsOf(error, connection.secrets)
      debug(`${action}: ${name}: ${message} after ${took()}`)
      throw error
    }
  }

  #failureOf(error: unknown, action: string): CallFailure {
    const { connection, instanceArn, region } = this.#options
    const { credentials, proxy, secrets, wording } = connection
    return failureFrom(error, { action, instanceArn, region, credentials, proxy, secrets, wording })
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
