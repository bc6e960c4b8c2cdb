import { DescribeInstanceCommand, type SSOAdminClient } from '@aws-sdk/client-sso-admin'
import { regionFormat } from '../inputs.ts'
import type { Answer, Observer, Page, Trouble } from '../polling/api.ts'
import type { Budget } from '../polling/budget.ts'
import { abortable, type Clock, withTimeLimit } from '../polling/clock.ts'
import type { OperationName, RequestState, Status } from '../request.ts'
import { attemptLimitMs, type Connection } from './connection.ts'
import { troubleFrom, wrongRegion } from './errors/advice.ts'
import { factsOf, isDenial, isExpiry } from './errors/facts.ts'
import { operations, readPage, readState } from './operations.ts'

export interface IdentityCenterOptions {
  readonly connection: Connection
  readonly instanceArn: string
  readonly region: string
  readonly operation: OperationName
  readonly budget: Budget
  readonly clock: Clock
  readonly debug: (message: string) => void
  /** Told once for each optional action that the role may not call. */
  readonly onDropped: (action: string) => void
}

/** One call, with the client to make it with. */
type Call<T> = (client: SSOAdminClient, signal: AbortSignal) => Promise<T>

/** The instance, asked as the wait asks: every outcome is a value, and every call has an end. */
export class IdentityCenter implements Observer {
  readonly #options: IdentityCenterOptions
  readonly #dropped = new Set<string>()
  #renewedInVain = false
  #primaryRegion: Promise<string | null> | null = null

  constructor(options: IdentityCenterOptions) {
    this.#options = options
  }

  get instanceArn(): string {
    return this.#options.instanceArn
  }

  describe(requestId: string, signal: AbortSignal): Promise<Answer<RequestState>> {
    const { instanceArn, operation } = this.#options
    const { describe, describeAction } = operations[operation]
    return this.#ask(describeAction, signal, async (client, callSignal) =>
      readState(await describe(client, { instanceArn, requestId }, callSignal), requestId),
    )
  }

  list(status: Status, token: string | null, signal: AbortSignal): Promise<Answer<Page>> {
    const { instanceArn, operation } = this.#options
    const { list, listAction } = operations[operation]
    return this.#ask(listAction, signal, async (client, callSignal) => {
      const { rows, nextToken } = await list(client, { instanceArn, status, token }, callSignal)
      return readPage(rows, nextToken)
    })
  }

  async #ask<T>(action: string, signal: AbortSignal, call: Call<T>): Promise<Answer<T>> {
    const { client } = this.#options.connection
    try {
      const value = await this.#call(action, client, signal, call)
      this.#renewedInVain = false
      return { ok: true, value }
    } catch (error) {
      const trouble = this.#troubleOf(error, action)
      return { ok: false, trouble: isExpiry(error) ? this.#renew(client, trouble) : trouble }
    }
  }

  /**
   * Makes a call that is only nice to have, when there is budget to spare: `null` when it cannot be had. Once denied, it is not asked
   * again.
   */
  async optional<T>(action: string, signal: AbortSignal, call: Call<T>): Promise<T | null> {
    const { budget, connection, onDropped } = this.#options
    const release = this.#dropped.has(action) ? null : await budget.take('optional', signal)
    if (release === null) return null
    try {
      return await this.#call(action, connection.client, signal, call)
    } catch (error) {
      if (this.#troubleOf(error, action).effect === 'throttled') budget.throttled()
      if (isDenial(error) && !this.#dropped.has(action)) {
        this.#dropped.add(action)
        onDropped(action)
      }
      return null
    } finally {
      release()
    }
  }

  /**
   * Makes one call to AWS: bounded in time, given up when the signal is aborted, and noted in the debug log.
   *
   * @throws whatever the call throws, `TimeLimitReached`, or the signal's reason.
   */
  async #call<T>(action: string, client: SSOAdminClient, signal: AbortSignal, call: Call<T>): Promise<T> {
    const { clock, debug } = this.#options
    const startedAt = clock.now()
    const took = () => `${Math.round(clock.now() - startedAt)} ms`
    try {
      // The SDK's own signal does not reach into its credential providers, hence `abortable`.
      const answer = await withTimeLimit(clock, attemptLimitMs, signal, (limited) =>
        abortable(limited, call(client, limited)).catch((error) => {
          throw limited.aborted ? limited.reason : error
        }),
      )
      debug(`${action}: answered in ${took()}`)
      return answer
    } catch (error) {
      const { name, message } = factsOf(error)
      debug(`${action}: ${name}: ${message} after ${took()}`)
      throw error
    }
  }

  #troubleOf(error: unknown, action: string): Trouble {
    const { connection, instanceArn, region } = this.#options
    const { credentials, proxy } = connection
    return troubleFrom(error, { action, instanceArn, region, credentials, proxy })
  }

  /**
   * Expired credentials are renewed and the wait goes on; the ambient ones only once in a row, since the same chain may give the same
   * again. Calls that were under way together expire together, and count once: only the first finds its client still in use.
   */
  #renew(client: SSOAdminClient, trouble: Trouble): Trouble {
    const { connection } = this.#options
    if (client === connection.client) {
      if (connection.credentials === 'ambient' && this.#renewedInVain) return trouble
      this.#renewedInVain = true
      connection.renewCredentials()
    }
    return { ...trouble, effect: 'unclear' }
  }

  /** An instance is read in its other Regions too, but its permission sets only in the primary one: on denial, say which that is. */
  async explain(trouble: Trouble, signal: AbortSignal): Promise<Trouble> {
    const { region } = this.#options
    if (!/^AccessDenied(Exception)?$/.test(trouble.code)) return trouble
    this.#primaryRegion ??= this.#askPrimaryRegion(signal)
    const primaryRegion = await this.#primaryRegion
    return primaryRegion === null || primaryRegion === region ? trouble : wrongRegion(trouble, primaryRegion, region)
  }

  async #askPrimaryRegion(signal: AbortSignal): Promise<string | null> {
    const instance = await this.optional('sso:DescribeInstance', signal, (client, abortSignal) =>
      client.send(new DescribeInstanceCommand({ InstanceArn: this.#options.instanceArn }), { abortSignal }),
    )
    const region = instance?.PrimaryRegion
    return typeof region === 'string' && regionFormat.test(region) ? region : null
  }
}
