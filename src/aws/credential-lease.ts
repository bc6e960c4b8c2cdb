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

/** Credentials in use; times are on the clock that counts. */
interface Current {
  readonly credentials: Credentials
  readonly renewAt: number
  readonly endsAt: number
}

/** Credentials are renewed well before their end: 5 minutes, as the SDK does, or a tenth of their life where that is shorter. */
const renewBeforeEndMs = 300_000
const renewBeforeEndShare = 0.1
const retryAfterShare = 0.1

/**
 * Credentials that are kept for as long as they last, and renewed.
 *
 * What counts is the time that has gone by on a clock that never jumps, not what the machine's clock shows: that one may be hours off.
 */
export class RenewedCredentials {
  readonly #clock: Clock
  readonly #obtain: () => Promise<Lease>
  #current: Current | null = null
  #renewal: Promise<Credentials> | null = null

  /** @param obtain makes new credentials; it may reject, and is then asked again with the next call */
  constructor(clock: Clock, obtain: () => Promise<Lease>) {
    this.#clock = clock
    this.#obtain = obtain
  }

  /**
   * The credentials for a call. While the present ones are still good, a failure to renew them is none: they are used on, and renewal is
   * tried again after a tenth of the time that they have left, so that a renewal which hangs does not hold up every call.
   *
   * @throws whatever `obtain` rejects with, when there are no credentials
   */
  readonly provide = async (): Promise<Credentials> => {
    const current = this.#current
    if (current !== null && this.#clock.now() < current.renewAt) return current.credentials
    try {
      return await this.#renew()
    } catch (error) {
      const leftMs = (current?.endsAt ?? 0) - this.#clock.now()
      // They may have been discarded meanwhile.
      if (current === null || current !== this.#current || leftMs <= 0) throw error
      this.#current = { ...current, renewAt: this.#clock.now() + leftMs * retryAfterShare }
      return current.credentials
    }
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
