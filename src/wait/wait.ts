import type { Api } from '../requests/api.ts'
import type { RequestKey } from '../requests/request.ts'
import { type Asker, askWithin } from './ask.ts'
import { type Ending, endingOf, isDecided, wantsPast } from './ending.ts'
import { enrichBeside, enrichForReport } from './enrich.ts'
import { look } from './look.ts'
import { readPast } from './read-past.ts'
import type { GoalRules } from './rules.ts'
import { absenceToleratedMs, absentSince } from './state/blocker.ts'
import { expectedEndMs } from './state/permission-set-state.ts'
import { initialState, type State } from './state/state.ts'
import { type Observer, type Store, storeOf } from './store.ts'
import type { Clock } from './time/clock.ts'
import { allowanceMs, type Deadline, linkedTo, withTimeLimit } from './time/deadline.ts'
import { baseIntervalMs, initialPace, intervalMs, type LookOutcome, type Pace, paceAfter } from './time/interval.ts'
import type { RateLimit } from './time/rate-limit.ts'

export interface WaitOptions {
  /** In the order in which they are reported, without repeats. */
  readonly requests: readonly RequestKey[]
  readonly rules: GoalRules
  /** A fixed interval in place of the adaptive one; `null` for adaptive. */
  readonly pollIntervalMs: number | null
  readonly deadline: Deadline
  readonly api: Api
  readonly rateLimit: RateLimit
  readonly clock: Clock
  /** Uniform in [0, 1), as `Math.random`. */
  readonly random: () => number
  /** Gets each change of what is known, also those after the end that only add to the report. */
  readonly observe: Observer
}

/** How a wait has ended, and what is known then. */
export interface Waited {
  readonly ending: Ending
  readonly state: State
}

/** How long the last look may take, which begins at the deadline. It is enough to confirm what it sees for the first time. */
const lastLookMs = 3_000
/** How long look-ups for the report may take after a success of requests alone, after any other ending, and past the deadline. */
const shortEnrichMs = 1_000
const longEnrichMs = 10_000
const enrichGraceMs = 3_800
const minPauseMs = 500
/** The end is near if less than this share of the time waited, or less than this time, is left. */
const nearShare = 0.1
const minNearMs = 4_000

/**
 * Waits until the goal is reached, or can not be reached any more, until the deadline has passed or the job is cancelled.
 *
 * The deadline covers pauses, repeated calls and calls that hang. Calls in flight at the deadline are given up, and one last look of at
 * most 3 s follows. Rejects only if `observe` throws.
 */
export async function wait(options: WaitOptions): Promise<Waited> {
  const { clock, deadline, observe, requests, rules } = options
  const store = storeOf(initialState(requests, rules.scope), () => clock.now() - deadline.startedAtMs, observe)
  store.record({ kind: 'judged', judgement: rules.judge(store.state, null) })

  const within = (ms: number, task: (waiting: Waiting) => Promise<void>) =>
    withTimeLimit(clock, ms, deadline.cancel, (signal) => task(waitingOn(options, store, signal)))
  await within(Math.max(0, deadline.atMs - clock.now()), lookUntilOver)
  if (!isDecided(store.state, rules)) await within(lastLookMs, lookForTheLastTime)

  const isCancelled = deadline.cancel.aborted && !isDecided(store.state, rules)
  store.record({ kind: 'over' })
  const ending = endingOf(store.state, rules, isCancelled)
  const isPlainSuccess = rules.scope.lists.length === 0 && ending.verdict === 'succeeded'
  const enrichMs = allowanceMs(clock, deadline, isPlainSuccess ? shortEnrichMs : longEnrichMs, enrichGraceMs)
  await within(enrichMs, (waiting) => enrichForReport(waiting, ending))
  return { ending, state: store.state }
}

/** A wait in progress. */
type Waiting = WaitOptions & Asker

/** The wait, with calls that end with this signal. */
function waitingOn(options: WaitOptions, store: Store, signal: AbortSignal): Waiting {
  return { ...options, store, signal, ask: askWithin(options.rateLimit, options.clock, signal) }
}

/** Looks, with pauses, until the wait is over or the signal is aborted. In the pauses, it looks up what is useful and not needed. */
async function lookUntilOver(waiting: Waiting): Promise<void> {
  const { clock, rules, signal, store } = waiting
  await linkedTo(signal, async (besides) => {
    let beside: Promise<void> | null = null
    let pace = initialPace
    try {
      while (!isDecided(store.state, rules) && !signal.aborted) {
        const { hasMore, outcome } = await lookAndExplain(waiting, false)
        if (isDecided(store.state, rules)) return
        beside ??= enrichBeside(waitingOn(waiting, store, besides.signal)).finally(() => {
          beside = null
        })
        const next = pauseAfter(waiting, outcome, pace)
        pace = next.pace
        if (!hasMore || outcome !== 'answered') await clock.sleep(next.pauseMs, signal)
      }
    } finally {
      besides.abort()
      await beside
    }
  })
}

/** Looks at the deadline, and once more if that look was the first to see the end. */
async function lookForTheLastTime(waiting: Waiting): Promise<void> {
  const { clock, rules, signal, store } = waiting
  while (!signal.aborted) {
    await lookAndExplain(waiting, true)
    const { settlesAtMs } = store.state.judgement
    const waitMs = (settlesAtMs ?? Number.POSITIVE_INFINITY) - store.elapsedMs
    if (isDecided(store.state, rules) || waitMs > lastLookMs) return
    await clock.sleep(Math.max(minPauseMs, waitMs), signal)
  }
}

/** Looks. If accounts stay out of date, reads what may explain it. */
async function lookAndExplain(waiting: Waiting, isAtDeadline: boolean) {
  const { rules, store } = waiting
  const kind = rules.scope.isOneLook ? 'only' : isAtDeadline ? 'last' : 'regular'
  const seen = await look(waiting, kind)
  if (wantsPast(store.state, rules, kind === 'last')) {
    await readPast(waiting)
    store.record({ kind: 'judged', judgement: rules.judge(store.state, seen) })
  }
  return seen
}

/** The pause after a look, in milliseconds, and the pace from then on. */
function pauseAfter(waiting: Waiting, outcome: LookOutcome, before: Pace): { pauseMs: number; pace: Pace } {
  const { pollIntervalMs, random, store } = waiting
  const { elapsedMs, state } = store
  const baseMs = baseIntervalMs(elapsedMs, pollIntervalMs, isEndNear(state, elapsedMs))
  const pace = paceAfter(before, outcome, baseMs)
  const regularMs = intervalMs(pace, baseMs, pollIntervalMs !== null, random)
  const { finding, settlesAtMs } = state.judgement
  const settlesMs =
    outcome === 'answered' && settlesAtMs !== null ? Math.max(minPauseMs, settlesAtMs - elapsedMs) : null
  // A look before that time would not end the wait.
  if (finding === 'done' && settlesMs !== null) return { pauseMs: settlesMs, pace }
  return { pauseMs: Math.min(regularMs, settlesMs ?? regularMs, untilBeliefMs(state, elapsedMs)), pace }
}

/**
 * Whether the last permission set is about to be done, at the pace seen so far: less than a tenth of the time waited is left, or less than
 * 4 s. After the expected end, it is near for half as long, because then the pace has changed. `npm run bench -- --only pace` measures these
 * numbers.
 */
function isEndNear({ permissionSets }: State, nowMs: number): boolean {
  const endsMs = permissionSets.items.map(expectedEndMs).filter((endMs) => endMs !== null)
  if (endsMs.length === 0) return false
  const leftMs = Math.max(...endsMs) - nowMs
  const nearMs = Math.max(nowMs * nearShare, minNearMs)
  return leftMs < nearMs && leftMs > -nearMs / 2
}

/** Milliseconds until an absence has lasted long enough to be believed; infinity if there is no such absence. */
function untilBeliefMs({ access, permissionSets, requests }: State, nowMs: number): number {
  const blockers = [access.everyCall, ...[...requests.items, ...permissionSets.items].map(({ blocker }) => blocker)]
  // An absence that is already old enough waits for the next look.
  const leftMs = blockers
    .map((blocker) => (absentSince(blocker) ?? Number.NEGATIVE_INFINITY) + absenceToleratedMs - nowMs)
    .filter((ms) => ms > 0)
  return Math.max(minPauseMs, Math.min(...leftMs))
}
