import type { SSOAdminClientConfig } from '@aws-sdk/client-sso-admin'
import type { Clock } from '../wait/time/clock.ts'
import { abortable, neverAborted, withTimeLimit } from '../wait/time/deadline.ts'

/** How to reach AWS for credentials. */
export type ClientConfig = Pick<SSOAdminClientConfig, 'region' | 'requestHandler' | 'customUserAgent'>

/** What the SDK signs calls with. */
export type Credentials = Awaited<ReturnType<CredentialProvider>>
type CredentialProvider = ReturnType<NonNullable<SSOAdminClientConfig['credentialDefaultProvider']>>

/** Credentials, and how long they last. */
export interface Lease {
  readonly credentials: Credentials
  /** How long AWS accepts them, in milliseconds from the moment when they were asked for; infinity if that is not known. */
  readonly lifetimeMs: number
}

/** Less than a call may take, so that the error names the step that hangs. */
const stepLimitMs = 8_000

/**
 * A step on the way to credentials. The SDK's providers take no signal: a step that hangs is left alone, and the next attempt starts anew.
 */
export function timedStep<T>(clock: Clock, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return withTimeLimit(clock, stepLimitMs, neverAborted, (signal) => abortable(signal, work(signal)))
}

/** How long before their end credentials are renewed: 5 minutes, as in the SDK, or a tenth of their lifetime if that is shorter. */
const renewBeforeEndMs = 300_000
const renewBeforeEndShare = 0.1
const retryAfterShare = 0.1

/**
 * Keeps credentials for as long as they last, and renews them.
 *
 * It counts the time that has passed on a clock that never jumps. The machine's own clock may be hours off.
 *
 * @param obtain makes new credentials; it may reject, and is then asked again with the next call
 */
export function renewedCredentials(clock: Clock, obtain: () => Promise<Lease>) {
  /** Times are those of the clock. */
  let inUse: { readonly credentials: Credentials; readonly renewAt: number; readonly endsAt: number } | null = null
  let renewal: Promise<Credentials> | null = null

  /**
   * If a renewal fails while the current credentials still last, they stay in use. The next attempt comes after a tenth of the time that they
   * have left, so that a renewal that hangs does not delay every call.
   */
  async function renew(): Promise<Credentials> {
    const current = inUse
    const askedAt = clock.now()
    try {
      const { credentials, lifetimeMs } = await obtain()
      const endsAt = askedAt + lifetimeMs
      const renewAt = endsAt - Math.min(renewBeforeEndMs, lifetimeMs * renewBeforeEndShare)
      inUse = { credentials, renewAt, endsAt }
      return credentials
    } catch (error) {
      const leftMs = (current?.endsAt ?? 0) - clock.now()
      // They may have been discarded meanwhile.
      if (current === null || current !== inUse || leftMs <= 0) throw error
      inUse = { ...current, renewAt: clock.now() + leftMs * retryAfterShare }
      return current.credentials
    }
  }

  return {
    /**
     * The credentials for a call. Calls that need new ones at the same time share one renewal.
     *
     * @throws whatever `obtain` rejects with, when there are no credentials
     */
    async provide(): Promise<Credentials> {
      if (inUse !== null && clock.now() < inUse.renewAt) return inUse.credentials
      renewal ??= renew().finally(() => {
        renewal = null
      })
      return renewal
    },
    /** Forgets the credentials, because AWS says that they have expired. */
    discard() {
      inUse = null
    },
  }
}
