import type { Ending, RequestResult } from '../verdict.ts'
import { Board, type Change } from './board.ts'
import type { Budget } from './budget.ts'
import { Cadence, type LookOutcome } from './cadence.ts'
import { type Clock, withTimeLimit } from './clock.ts'
import type { Observer, Trouble } from './observer.ts'

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
  /** Told after each look at the set. */
  readonly onLooked: () => void
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
const maxCallsInFlight = 10
const minPauseMs = 500

/**
 * Asks until every request has ended, the deadline has passed or the job is cancelled. Never rejects.
 *
 * The deadline covers sleeps, retries and calls that hang: what is under way then is given up for one last look, of at most 2.5 s.
 */
export async function wait(options: WaitOptions): Promise<WaitResult> {
  const { budget, cancel, clock, observer, timeoutMs } = options
  const startedAt = clock.now()
  const elapsedMs = () => clock.now() - startedAt
  const board = new Board(options.requestIds, options.onChange)
  const cadence = new Cadence({ fixedIntervalMs: options.pollIntervalMs, random: options.random })
  const isOver = () => board.everyRequestIsSettled || (!options.untilFinished && board.everyStatusIsKnown)

  await withTimeLimit(clock, timeoutMs, cancel, async (untilDeadline) => {
    while (!untilDeadline.aborted) {
      const outcome = await look(board, observer, budget, clock, untilDeadline)
      options.onLooked()
      if (isOver()) return
      cadence.note(outcome, elapsedMs())
      const untilBeliefMs = Math.max(minPauseMs, board.nextBeliefAt - clock.now())
      await clock.sleep(Math.min(cadence.nextMs(elapsedMs()), untilBeliefMs), untilDeadline)
    }
  })
  if (!isOver() && !cancel.aborted) {
    await withTimeLimit(clock, lastLookMs, cancel, (signal) => look(board, observer, budget, clock, signal))
    options.onLooked()
  }

  const ending = board.everyRequestIsSettled
    ? 'finished'
    : cancel.aborted
      ? 'cancelled'
      : isOver()
        ? 'looked-once'
        : 'timed-out'
  return { ending, results: board.results(startedAt), elapsedMs: elapsedMs(), trouble: board.trouble }
}

/** Asks once about every request that is still open, a few at a time; stops early at trouble that would meet every call. */
async function look(
  board: Board,
  observer: Observer,
  budget: Budget,
  clock: Clock,
  signal: AbortSignal,
): Promise<LookOutcome> {
  const inFlight = new Set<Promise<void>>()
  let outcome: LookOutcome = 'answered'
  let stop = false

  for (const requestId of board.open()) {
    if (inFlight.size >= maxCallsInFlight) await Promise.race(inFlight)
    if (stop || !(await budget.take('wait', signal))) break
    board.asked(requestId, clock.now())
    const call = observer.describe(requestId, signal).then((answer) => {
      inFlight.delete(call)
      // What was given up at the deadline or on cancellation says nothing about AWS.
      if (!answer.ok && signal.aborted) return
      board.note(requestId, answer, clock.now())
      if (answer.ok) return budget.answered()
      if (answer.trouble.effect === 'throttled') {
        outcome = 'throttled'
        budget.throttled()
      } else if (answer.trouble.scope === 'set' && outcome === 'answered') outcome = 'unclear'
      stop ||= answer.trouble.scope === 'set'
    })
    inFlight.add(call)
  }
  await Promise.all(inFlight)
  return outcome
}
