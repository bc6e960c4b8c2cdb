import type { Status } from '../request.ts'
import type { Answer, Observer, Page, Trouble } from './api.ts'
import type { Board } from './board.ts'
import type { Budget } from './budget.ts'
import type { LookOutcome } from './cadence.ts'
import { type Clock, TimeLimitReached } from './clock.ts'

export interface SurveyOptions {
  readonly board: Board
  readonly observer: Observer
  readonly budget: Budget
  readonly clock: Clock
  /** Told once when the role may not list requests, so that each is described. */
  readonly onListRefused: (trouble: Trouble) => void
}

/** So many requests are described at once rather than listed: a second's budget, and it brings their details. */
const few = 10
/** A list that runs past so many pages is other people's, mostly. */
const maxPages = 50
/** How many finished requests a look describes beyond what it needs, while others are still in progress. */
const sparePerLook = 15
const maxCallsInFlight = 10
const fairTimeMs = 1_000

/** One look's own state. */
interface Look {
  readonly signal: AbortSignal
  outcome: LookOutcome
  /** Every further call would meet the same trouble. */
  stopped: boolean
}

/**
 * Looks at a whole set with as few calls as are certain.
 *
 * A list of the requests in progress costs a call for every hundred; what is no longer on it has most likely finished, and is settled by
 * a Describe each, or, where that would be many, by the lists of failed and succeeded requests. Being off a list settles nothing.
 */
export class Survey {
  readonly #options: SurveyOptions
  #listsAreUsable = true
  #pagesInProgress = 1
  #looks = 0
  #unconfirmed = 0

  constructor(options: SurveyOptions) {
    this.#options = options
  }

  /** How many requests have left the list of those in progress, but are not settled yet. */
  get unconfirmed(): number {
    return this.#unconfirmed
  }

  /**
   * Looks once. With `settleAll`, every status is asked for that can be had; otherwise finished requests that are many may wait for
   * later looks while others are still in progress. Returns early when the signal is aborted; never rejects.
   */
  async look(signal: AbortSignal, settleAll: boolean): Promise<LookOutcome> {
    const { board } = this.#options
    const look: Look = { signal, outcome: 'answered', stopped: false }
    const unfinished = board.unfinished()
    this.#unconfirmed = 0
    const missing = this.#listingPays(unfinished.length)
      ? await this.#settleByLists(look, unfinished, settleAll)
      : unfinished
    const unnamed = settleAll && board.wantsEveryDetail ? board.neverDescribed() : []
    await this.#describe(look, [...new Set([...board.wantingDetails(), ...missing, ...unnamed])])
    this.#looks += 1
    return look.outcome
  }

  #listingPays(unfinished: number): boolean {
    const detailsComeFirst = this.#looks === 0 && unfinished <= few
    return this.#listsAreUsable && !detailsComeFirst && unfinished > this.#pagesInProgress
  }

  /** Settles what lists can settle. Returns the requests to describe. */
  async #settleByLists(look: Look, unfinished: readonly string[], settleAll: boolean): Promise<string[]> {
    const { board } = this.#options
    const missing = new Set(unfinished)
    const complete = await this.#readList(look, 'IN_PROGRESS', missing)
    const inProgress = unfinished.length - missing.size
    if (!complete || missing.size <= few) return [...missing]
    // All details are wanted in the end, so that lists of finished requests would save nothing.
    if (board.wantsEveryDetail) return [...missing]
    // With few left to wait for, the rest is settled now, so that the end is not held up by it.
    if (inProgress > few && !settleAll) {
      await this.#readList(look, 'FAILED', missing)
      this.#unconfirmed = Math.max(0, missing.size - sparePerLook)
      return [...missing].slice(0, sparePerLook)
    }
    await Promise.all([this.#readList(look, 'FAILED', missing), this.#readList(look, 'SUCCEEDED', missing)])
    return [...missing]
  }

  /**
   * Reads the list of one status, until it ends or shows all that is missing, and takes what it shows off `missing`. Returns `false`
   * when the list was cut short, since describing what is missing is cheaper or the list cannot be had.
   */
  async #readList(look: Look, status: Status, missing: Set<string>): Promise<boolean> {
    const { board, clock, observer } = this.#options
    const worthwhilePages = Math.min(maxPages, missing.size)
    let token: string | null = null
    let pages = 0
    do {
      if (pages === worthwhilePages) {
        if (pages === maxPages && status === 'IN_PROGRESS') this.#listsAreUsable = false
        break
      }
      const page: string | null = token
      const answer: Answer<Page> | null = await this.#ask(look, (signal) => observer.list(status, page, signal))
      if (answer === null) return false
      if (!answer.ok) {
        this.#noteListTrouble(answer.trouble)
        return false
      }
      pages += 1
      for (const row of answer.value.rows) if (missing.delete(row.requestId)) board.noteRow(row, clock.now())
      // Another list, read at the same time, may have been refused.
      if (!this.#listsAreUsable) return false
      token = answer.value.nextToken
    } while (token !== null && missing.size > 0)
    if (status === 'IN_PROGRESS') this.#pagesInProgress = Math.max(1, pages)
    return token === null || missing.size === 0
  }

  #noteListTrouble(trouble: Trouble): void {
    const { board, clock, onListRefused } = this.#options
    if (trouble.scope === 'every-call') {
      board.noteTroubleOfAll(trouble, clock.now())
    } else if (this.#listsAreUsable) {
      this.#listsAreUsable = false
      onListRefused(trouble)
    }
  }

  /** Describes requests, a few at a time, in the order given. */
  async #describe(look: Look, requestIds: readonly string[]): Promise<void> {
    const { board, clock, observer } = this.#options
    const queue = requestIds.values()
    const worker = async () => {
      for (const requestId of queue) {
        if (!board.isOpen(requestId)) continue
        const answer = await this.#ask(look, (signal) => {
          board.asked(requestId, clock.now())
          return observer.describe(requestId, signal)
        })
        if (answer === null) return
        board.note(requestId, await this.#explained(look, answer), clock.now())
      }
    }
    await Promise.all(Array.from({ length: Math.min(maxCallsInFlight, requestIds.length) }, worker))
  }

  async #explained<T>(look: Look, answer: Answer<T>): Promise<Answer<T>> {
    const { observer } = this.#options
    if (answer.ok || answer.trouble.effect !== 'refused' || !observer.explain) return answer
    return { ok: false, trouble: await observer.explain(answer.trouble, look.signal) }
  }

  /** Makes one call within the budget. `null` when there is no point in it, or when its answer was not waited for. */
  async #ask<T>(look: Look, call: (signal: AbortSignal) => Promise<Answer<T>>): Promise<Answer<T> | null> {
    const { budget, clock } = this.#options
    const release = look.stopped ? null : await budget.take('wait', look.signal)
    if (release === null) return null
    if (look.stopped) {
      release()
      return null
    }
    const startedAt = clock.now()
    const answer = await call(look.signal).finally(release)
    if (answer.ok) budget.answered()
    else if (look.signal.aborted && !hadFairTime(look.signal, clock.now() - startedAt)) return null
    else if (answer.trouble.effect === 'throttled') {
      budget.throttled()
      look.outcome = 'throttled'
      look.stopped = true
    } else if (answer.trouble.scope === 'every-call') {
      if (look.outcome === 'answered') look.outcome = 'unclear'
      look.stopped = true
    }
    return answer
  }
}

/** What was given up on cancellation, or right after it began, says nothing about AWS; what hung until the deadline does. */
function hadFairTime(signal: AbortSignal, tookMs: number): boolean {
  return signal.reason instanceof TimeLimitReached && tookMs >= fairTimeMs
}
