import type { SSOAdminClientConfig } from '@aws-sdk/client-sso-admin'
import type { Clock } from '../polling/clock.ts'

/** What the SDK signs calls with. */
export type Credentials = Awaited<ReturnType<CredentialProvider>>
type CredentialProvider = ReturnType<NonNullable<SSOAdminClientConfig['credentialDefaultProvider']>>

/** Credentials, with how long they last. */
export interface Lease {
  readonly credentials: Credentials
  /** Milliseconds for which AWS takes them, counted from when they were asked for; infinity where that is not known. */
  readonly lifetimeMs: number
}

/** Credentials are renewed well before their end: 5 minutes, as the SDK does, or a tenth of their life where that is shorter. */
const renewBeforeEndMs = 300_000
const renewBeforeEndShare = 0.1

/**
 * Credentials that are kept for as long as they last, and renewed.
 *
 * What counts is the time that has gone by on a clock that never jumps, not what the machine's clock shows: that one may be hours off.
 */
export class RenewedCredentials {
  readonly #clock: Clock
  readonly #obtain: () => Promise<Lease>
  #current: { readonly credentials: Credentials; readonly renewAt: number; readonly endsAt: number } | null = null
  #renewal: Promise<Credentials> | null = null

  /** @param obtain makes new credentials; it may reject, and is then asked again with the next call */
  constructor(clock: Clock, obtain: () => Promise<Lease>) {
    this.#clock = clock
    this.#obtain = obtain
  }

  /**
   * The credentials for a call. Those that come to their end are renewed beside the calls that still use them, so that nothing waits for
   * a renewal, or fails with it, before it must.
   *
   * @throws whatever `obtain` rejects with, when there are no credentials
   */
  readonly provide = async (): Promise<Credentials> => {
    const now = this.#clock.now()
    if (this.#current === null || now >= this.#current.endsAt) return this.#renew()
    if (now >= this.#current.renewAt) this.#renew().catch(() => {})
    return this.#current.credentials
  }

  /** Forgets the credentials, as AWS says that they are over. */
  discard(): void {
    this.#current = null
  }

  /** Calls that need new credentials at the same time share one renewal. */
  #renew(): Promise<Credentials> {
    this.#renewal ??= this.#replace().finally(() => {
      this.#renewal = null
    })
    return this.#renewal
  }

  async #replace(): Promise<Credentials> {
    const askedAt = this.#clock.now()
    const { credentials, lifetimeMs } = await this.#obtain()
    const endsAt = askedAt + lifetimeMs
    this.#current = {
      credentials,
      renewAt: endsAt - Math.min(renewBeforeEndMs, lifetimeMs * renewBeforeEndShare),
      endsAt,
    }
    return credentials
  }
}
