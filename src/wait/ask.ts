import { type Answer, type CallFailure, failureOfAll, isAccessDenied, type Page } from '../requests/api.ts'
import type { Clock } from './time/clock.ts'
import { TimeLimitReached } from './time/deadline.ts'
import type { Priority, RateLimit } from './time/rate-limit.ts'

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

/** How the reading of a list has ended. */
export interface PagesRead {
  /**
   * `whole`: at its end. `enough`: the reader needed no more. `partial`: something of it could not be used. `too-long`: after the most pages
   * that it may have. `failed`: a page could not be read. `cut`: a call was not made, and none before it failed.
   */
  readonly end: 'whole' | 'enough' | 'partial' | 'too-long' | 'failed' | 'cut'
  readonly pages: number
  /** Why the list is not known whole; `null` if it is, or if no call says why. */
  readonly failure: CallFailure | null
}

export interface ReadingOptions<T> extends AskOptions {
  /** Whether a throttled first page is asked for again at once. Otherwise, the look repeats the whole reading after others. */
  readonly repeatsFirst: boolean
  readonly maxPages: number
  /** Gets the rows of each page, and returns whether they are enough. If a list begins anew, it gets the first rows again. */
  readonly onPage: (rows: readonly T[]) => boolean
  /** Gets each answer, also those that are asked for again. */
  readonly onAnswer?: (answer: Answer<unknown>) => void
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
  { maxPages, onPage, onAnswer, repeatsFirst, ...options }: ReadingOptions<T>,
  call: (token: string | null, signal: AbortSignal) => Promise<Answer<Page<T>>>,
): Promise<PagesRead> {
  const tokens = new Set<string>()
  let token: string | null = null
  let pages = 0
  let isPartial = false
  let hasBegunAnew = false
  let unanswered: CallFailure | null = null
  for (let tries = 1; ; ) {
    const asked: string | null = token
    const answer: Answer<Page<T>> | null = await ask(options, (signal) => call(asked, signal))
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
    if (onPage(answer.value.rows)) return { end: 'enough', pages, failure: null }
    token = answer.value.nextToken
    if (token === null) return { end: isPartial ? 'partial' : 'whole', pages, failure: isPartial ? partialList : null }
    if (tokens.has(token)) return { end: 'partial', pages, failure: endlessList }
    if (pages >= maxPages) return { end: 'too-long', pages, failure: null }
    tokens.add(token)
  }
}

const partialList = unusable('PartialList', 'AWS answered with a list of which a part cannot be used')
/** Also the failure of a list of accounts that is longer than any that AWS can have. */
export const endlessList = unusable('EndlessList', 'AWS answered with a list that does not end')

function unusable(code: string, text: string): CallFailure {
  return { effect: 'unclear', scope: 'action', code, title: text, message: text, remedy: '' }
}
