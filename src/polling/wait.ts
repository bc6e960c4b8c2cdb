import type { Ending, RequestResult } from '../verdict.ts'
import type { Observer, Trouble } from './api.ts'
import { Board, type Change } from './board.ts'
import type { Budget } from './budget.ts'
import { Cadence } from './cadence.ts'
import { type Clock, withTimeLimit } from './clock.ts'
import { Survey } from './survey.ts'

export interface WaitOptions {
  readonly requestIds: readonly string[]
  readonly observer: Observer
  readonly budget: Budget
  readonly clock: Clock
  /** Uniform in [0, 1), as `Math.random`. */
  readonly random: () => number
  readonly timeoutMs: number
  /** A fixed interval in place of the adaptive cadence; `null` for adaptive. */
  readonly pollIntervalMs: number | null
  /** `false`: come back as soon as every status is known, finished or not. */
  readonly untilFinished: boolean
  readonly cancel: AbortSignal
  readonly onChange: (change: Change) => void
  /** Told after each look, with how many requests have most likely ended, but are not confirmed yet. */
  readonly onLooked: (unconfirmed: number) => void
  /** Told once when the role may not list requests, so that each is described. */
  readonly onListRefused: (trouble: Trouble) => void
}

export interface WaitResult {
  readonly ending: Ending
  /** One for each request, in the order given. */
  readonly results: readonly RequestResult[]
  readonly elapsedMs: number
  /** What kept statuses from being learnt when the wait ended; `null` when nothing did. */
  readonly trouble: Trouble | null
}

/** What the last look, taken at the deadline, may take. */
const lastLookMs = 2_500
const minPauseMs = 500

/**
 * Asks until every request has ended, the deadline has passed or the job is cancelled. Never rejects.
 *
 * The deadline covers sleeps, retries and calls that hang: what is under way then is given up for one last look, of at most 2.5 s.
 */
export async function wait(options: WaitOptions): Promise<WaitResult> {
  const { budget, cancel, clock, observer, timeoutMs, untilFinished } = options
  const startedAt = clock.now()
  const elapsedMs = () => clock.now() - startedAt
  const board = new Board(options.requestIds, options.onChange)
  const survey = new Survey({ board, observer, budget, clock, onListRefused: options.onListRefused })
  const cadence = new Cadence({ fixedIntervalMs: options.pollIntervalMs, random: options.random })
  const isOver = () =>
    (board.everyRequestHasFinished || (!untilFinished && board.everyStatusIsKnown)) && board.everyDetailIsKnown

  await withTimeLimit(clock, timeoutMs, cancel, async (untilDeadline) => {
    while (!isOver() && !untilDeadline.aborted) {
      const outcome = await survey.look(untilDeadline, !untilFinished)
      options.onLooked(survey.unconfirmed)
      if (isOver()) return
      cadence.note(outcome, elapsedMs())
      const untilBeliefMs = Math.max(minPauseMs, board.nextBeliefAt - clock.now())
      await clock.sleep(Math.min(cadence.nextMs(elapsedMs()), untilBeliefMs), untilDeadline)
    }
  })
  if (!isOver() && !cancel.aborted) {
    await withTimeLimit(clock, lastLookMs, cancel, (signal) => survey.look(signal, true))
    options.onLooked(survey.unconfirmed)
  }

  const ending = board.everyRequestHasFinished
    ? 'finished'
    : cancel.aborted
      ? 'cancelled'
      : isOver()
        ? 'looked-once'
        : 'timed-out'
  return { ending, results: board.results(startedAt), elapsedMs: elapsedMs(), trouble: board.trouble }
}
