import { type Answer, failureOfAll } from '../../requests/api.ts'
import type { Clock } from '../time/clock.ts'
import { TimeLimitReached } from '../time/deadline.ts'
import type { Priority, RateLimit } from '../time/rate-limit.ts'

/** How one call is made. */
export interface AskOptions {
  readonly priority: Priority
  /** Ends the wait for a permit, and the call itself. */
  readonly signal: AbortSignal
  /** Checked before the wait for a permit, and again when the permit comes: whether the call is still needed. */
  readonly isWanted?: () => boolean
}

/** Makes one call within the rate limit. `null` if no call was made, or if its outcome says nothing about AWS. */
export type Ask = <T>(
  options: AskOptions,
  call: (signal: AbortSignal) => Promise<Answer<T>>,
) => Promise<Answer<T> | null>

/** How many times a throttled page is asked for before the list is given up. */
const maxTriesOfPage = 5

/** Asks for one page of a list, and again if AWS throttles it, so that the pages before it were not read in vain. `null` as with {@link Ask}. */
export async function askForPage<T>(
  ask: Ask,
  options: AskOptions,
  call: (signal: AbortSignal) => Promise<Answer<T>>,
): Promise<Answer<T> | null> {
  for (let tries = 1; ; tries += 1) {
    const page = await ask(options, call)
    if (page === null || page.ok || page.failure.effect !== 'throttled' || tries === maxTriesOfPage) return page
  }
}

/** How long a call must have lasted before it was given up, so that its silence says something about AWS. */
const fairTimeMs = 1_000

export function askWithin(rateLimit: RateLimit, clock: Clock): Ask {
  return async ({ priority, signal, isWanted = () => true }, call) => {
    const permit = isWanted() ? await rateLimit.take(priority, signal) : null
    if (permit === null) return null
    if (!isWanted()) {
      permit.unused()
      return null
    }
    const startedAtMs = clock.now()
    const answer = await call(signal).finally(permit.done)
    if (!answer.ok && signal.aborted && !hadFairTime(signal, clock.now() - startedAtMs)) return null
    const failure = failureOfAll(answer)
    if (failure === null) rateLimit.answered()
    else if (failure.effect === 'throttled') rateLimit.throttled()
    return answer
  }
}

/**
 * A call that a cancellation ended, or that began just before the deadline, says nothing about AWS. A call that hung until the deadline
 * does.
 */
function hadFairTime(signal: AbortSignal, tookMs: number): boolean {
  return signal.reason instanceof TimeLimitReached && tookMs >= fairTimeMs
}
