import { type Answer, type Api, type CallFailure, failureOfAll, isAccessDenied, type Page } from '../requests/api.ts'
import type { GoalRules } from './rules.ts'
import { endlessList, partialList } from './state/list-access.ts'
import type { Store } from './store.ts'
import type { Clock } from './time/clock.ts'
import { TimeLimitReached } from './time/deadline.ts'
import type { Priority, RateLimit } from './time/rate-limit.ts'

/** Who asks AWS, for which goal, and where the answers go. */
export interface Asker {
  readonly api: Api
  readonly ask: Ask
  /** Ends its calls. */
  readonly signal: AbortSignal
  readonly rules: GoalRules
  readonly store: Store
}

/** How one call is made. */
interface AskOptions {
  /** `required` if it is not given. */
  readonly priority?: Priority
  /** Checked before the wait for a permit, and again when the permit comes: whether the call is still needed. */
  readonly isWanted?: () => boolean
}

/** Makes one call within the rate limit. `null` if no call was made, or if its outcome says nothing about AWS. */
export type Ask = <T>(
  call: (signal: AbortSignal) => Promise<Answer<T>>,
  options?: AskOptions,
) => Promise<Answer<T> | null>

/** How long a call must have lasted before it was given up, so that its silence says something about AWS. */
const fairTimeMs = 1_000

/** `signal`: ends the wait for a permit, and the call itself. */
export function askWithin(rateLimit: RateLimit, clock: Clock, signal: AbortSignal): Ask {
  return async (call, { priority = 'required', isWanted = () => true } = {}) => {
    const permit = isWanted() ? await rateLimit.take(priority, signal) : null
    if (permit === null) return null
    if (!isWanted()) {
      permit.unused()
      return null
    }
    const startedAtMs = clock.now()
    const answer = await call(signal).finally(permit.done)
    // A call that a cancellation ended, or that began just before the deadline, says nothing about AWS. One that hung until the deadline does.
    const hadFairTime = signal.reason instanceof TimeLimitReached && clock.now() - startedAtMs >= fairTimeMs
    if (!answer.ok && signal.aborted && !hadFairTime) return null
    const failure = failureOfAll(answer)
    if (failure === null) rateLimit.answered()
    else if (failure.effect === 'throttled') rateLimit.throttled()
    return answer
  }
}

/** How the reading of a list has ended. */
interface PagesRead {
  /**
   * `whole`: at its end. `enough`: the reader needed no more. `partial`: something of it could not be used. `too-long`: after the most pages
   * that it may have. `failed`: a page could not be read. `cut`: a call was not made, and none before it failed.
   */
  readonly end: 'whole' | 'enough' | 'partial' | 'too-long' | 'failed' | 'cut'
  readonly pages: number
  /** Why the list is not known whole; `null` if it is, or if no call says why. */
  readonly failure: CallFailure | null
}

/** How a list is read. */
export interface ReadingOptions<T> extends AskOptions {
  readonly maxPages: number
  /** Gets the rows of each page. If a list begins anew, it gets the first rows again. */
  readonly onPage: (rows: readonly T[]) => void
  /** Whether the pages so far are enough. */
  readonly isEnough?: () => boolean
  /** Gets each answer, also those that are asked for again. */
  readonly onAnswer?: (answer: Answer<unknown>) => void
  /** Whether a throttled first page is asked for again at once, as it is if nothing is given. Otherwise, the look repeats the whole reading. */
  readonly repeatsFirst?: boolean
}

/** How many times a throttled page is asked for before the list is given up. */
const maxTriesOfPage = 5

/**
 * Reads a list page by page. A throttled page is asked for again, so that the pages before it were not read in vain. If AWS refuses a later
 * page, its token may have expired: the list begins anew, once.
 *
 * `null` as the token asks for the first page.
 */
export async function readPages<T>(
  ask: Ask,
  call: (token: string | null, signal: AbortSignal) => Promise<Answer<Page<T>>>,
  { isEnough, maxPages, onPage, onAnswer, repeatsFirst = true, ...options }: ReadingOptions<T>,
): Promise<PagesRead> {
  const tokens = new Set<string>()
  let token: string | null = null
  let pages = 0
  let isPartial = false
  let hasBegunAnew = false
  let unanswered: CallFailure | null = null
  for (let tries = 1; ; ) {
    const asked: string | null = token
    const answer: Answer<Page<T>> | null = await ask((signal) => call(asked, signal), options)
    if (answer === null) return { end: unanswered === null ? 'cut' : 'failed', pages, failure: unanswered }
    onAnswer?.(answer)
    if (!answer.ok) {
      const { failure } = answer
      if (failure.effect === 'throttled' && tries < maxTriesOfPage && (asked !== null || repeatsFirst)) {
        tries += 1
        unanswered = failure
        continue
      }
      const isLater = asked !== null && failure.scope === 'request' && !isAccessDenied(failure)
      if (!isLater) return { end: 'failed', pages, failure }
      if (hasBegunAnew) return { end: 'failed', pages, failure: { ...failure, effect: 'unclear' } }
      hasBegunAnew = true
      token = null
      tokens.clear()
      continue
    }
    tries = 1
    unanswered = null
    pages += 1
    isPartial ||= answer.value.isPartial
    onPage(answer.value.rows)
    if (isEnough?.()) return { end: 'enough', pages, failure: null }
    token = answer.value.nextToken
    if (token === null) return { end: isPartial ? 'partial' : 'whole', pages, failure: isPartial ? partialList : null }
    if (tokens.has(token)) return { end: 'partial', pages, failure: endlessList }
    if (pages >= maxPages) return { end: 'too-long', pages, failure: null }
    tokens.add(token)
  }
}
