import type { Api } from '../requests/api.ts'
import type { Goal } from '../requests/goal.ts'
import type { RequestKey } from '../requests/request.ts'
import { passes, verdictOf } from '../requests/verdict.ts'
import { type Ask, askWithin } from './look/ask.ts'
import { findFailures } from './look/discovery.ts'
import { look } from './look/look.ts'
import { lookUp, lookUpForReport } from './look/look-up.ts'
import { confirmAfterMs, isInProgress, isSettled } from './snapshot/agreement.ts'
import { absenceToleratedMs, type Blocker } from './snapshot/blocker.ts'
import { fold } from './snapshot/fold.ts'
import type { Observation } from './snapshot/observation.ts'
import { expectedEndMs } from './snapshot/rollout.ts'
import { type Ending, initialSnapshot, type Snapshot } from './snapshot/snapshot.ts'
import { Merged } from './streams.ts'
import type { Clock } from './time/clock.ts'
import { allowanceMs, type Deadline, linkedTo, timeLimit } from './time/deadline.ts'
import { baseIntervalMs, initialPace, intervalMs, paceAfter } from './time/interval.ts'
import type { RateLimit } from './time/rate-limit.ts'

export interface PollOptions {
  /** In the order in which they are reported, without repeats. */
  readonly requests: readonly RequestKey[]
  readonly goal: Goal
  /** A fixed interval in place of the adaptive one; `null` for adaptive. */
  readonly pollIntervalMs: number | null
  readonly deadline: Deadline
  readonly api: Api
  readonly rateLimit: RateLimit
  readonly clock: Clock
  /** Uniform in [0, 1), as `Math.random`. */
  readonly random: () => number
  /** Wall-clock time, to compare with AWS's dates. */
  readonly date: () => Date
  /** Whether the log has a line about what changed. After 30 s without a line, there is a heartbeat. */
  readonly isLogged: (before: Snapshot, after: Snapshot) => boolean
}

/** How long the last look may take, which begins at the deadline. */
const lastLookMs = 3_000
/** How long look-ups for the report may take after a success of requests alone, after any other ending, and past the deadline. */
const shortLookUpMs = 1_000
const longLookUpMs = 10_000
const lookUpGraceMs = 3_800
/** The log has a line at least this often, because a quiet wait looks like a hung one. */
const heartbeatMs = 30_000
const minPauseMs = 500
/** The end is near if less than this share of the time waited, or less than this time, is left. */
const nearShare = 0.1
const minNearMs = 4_000

/**
 * Asks AWS about the requests until every one has ended, the deadline has passed or the job is cancelled, and yields what is known after
 * each answer. The snapshots after the end have an `ending`, and add what the report needs.
 *
 * The deadline covers pauses, repeated calls and calls that hang. Calls in flight at the deadline are given up, and one last look of at
 * most 3 s follows.
 */
export async function* poll(options: PollOptions): AsyncGenerator<Snapshot, void> {
  const { clock, deadline, goal, isLogged, rateLimit } = options
  let snapshot = initialSnapshot(options.requests, goal)
  let loggedAtMs = 0
  // If the caller stops reading, the wait ends as after a cancellation, so that no call and no timer goes on.
  const over = linkedTo(deadline.cancel)
  const { signal } = over.controller
  const wait: Wait = {
    ...options,
    deadline: { ...deadline, cancel: signal },
    ask: askWithin(rateLimit, clock),
    current: () => snapshot,
    elapsedMs: () => clock.now() - deadline.startedAtMs,
    loggedAtMs: () => loggedAtMs,
  }
  const observations = new Merged(looks(wait))
  observations.add(heartbeats(wait, signal))
  let lookingUp: AsyncGenerator<Observation, void> | null = null
  try {
    for await (const observation of observations) {
      const before = snapshot
      snapshot = fold(before, observation, wait.elapsedMs())
      if (isLogged(before, snapshot)) loggedAtMs = snapshot.elapsedMs
      yield snapshot
      const pauseFollows = observation.kind === 'looked' && !isSettled(snapshot)
      if (pauseFollows && (lookingUp === null || !observations.has(lookingUp))) {
        lookingUp = lookUp({ ...wait, signal })
        observations.add(lookingUp)
      }
    }
  } finally {
    over.unlink()
    over.controller.abort()
  }
}

/** A wait in progress. */
interface Wait extends PollOptions {
  readonly ask: Ask
  /** The latest snapshot: each observation is folded into it before its source goes on. */
  readonly current: () => Snapshot
  readonly elapsedMs: () => number
  /** When the log had its last line, in milliseconds since the wait began. */
  readonly loggedAtMs: () => number
}

/** Looks until the wait ends, says why it ended, and looks up what the report needs. */
async function* looks(wait: Wait): AsyncGenerator<Observation, void> {
  const { api, ask, clock, current, date, deadline, elapsedMs, goal, pollIntervalMs, random } = wait
  const isOver = () => isSettled(current())
  const beforeDeadline = timeLimit(clock, Math.max(0, deadline.atMs - clock.now()), deadline.cancel)
  const { signal } = beforeDeadline
  let pace = initialPace
  while (!isOver() && !signal.aborted) {
    const outcome = yield* look({ api, ask, current, elapsedMs, kind: goal.wait ? 'regular' : 'only', signal })
    if (isOver()) break
    const baseMs = baseIntervalMs(elapsedMs(), pollIntervalMs, isEndNear(current(), elapsedMs()))
    pace = paceAfter(pace, outcome, baseMs)
    const pauseMs = intervalMs(pace, baseMs, pollIntervalMs !== null, random)
    const confirmMs = outcome === 'answered' ? untilConfirmationMs(current(), elapsedMs()) : null
    await clock.sleep(confirmMs ?? Math.min(pauseMs, untilBeliefMs(current(), elapsedMs())), signal)
  }
  beforeDeadline.end()

  if (!isOver() && !deadline.cancel.aborted) {
    const lastLook = timeLimit(clock, lastLookMs, deadline.cancel)
    yield* look({ api, ask, current, elapsedMs, kind: goal.wait ? 'last' : 'only', signal: lastLook.signal })
    lastLook.end()
  }
  if (verdictOf(current()) === 'incomplete') {
    const search = timeLimit(clock, allowanceMs(clock, deadline, longLookUpMs, lookUpGraceMs), deadline.cancel)
    yield* findFailures({ api, ask, current, elapsedMs, signal: search.signal }, date())
    search.end()
  }
  yield { kind: 'over', ending: endingOf(current(), isOver(), deadline.cancel.aborted) }

  const isPlainSuccess = goal.until === 'finished' && passes(verdictOf(current()))
  const wishMs = isPlainSuccess ? shortLookUpMs : longLookUpMs
  const lookUpLimit = timeLimit(clock, allowanceMs(clock, deadline, wishMs, lookUpGraceMs), deadline.cancel)
  yield* lookUpForReport({ api, ask, current, elapsedMs, signal: lookUpLimit.signal })
  lookUpLimit.end()
}

function endingOf(snapshot: Snapshot, isOver: boolean, isCancelled: boolean): Ending {
  if (isCancelled && !isOver) return 'cancelled'
  if (!isOver && (snapshot.goal.until !== 'finished' || isInProgress(snapshot))) return 'timed-out'
  return isInProgress(snapshot) ? 'looked-once' : 'finished'
}

/**
 * Whether the last permission set is about to be done, at the pace seen so far: less than a tenth of the time waited is left, or less than
 * 4 s. After the expected end, it is near for half as long, because then the pace has changed. `npm run bench -- --only pace` measures these
 * numbers.
 */
function isEndNear({ rollouts }: Snapshot, nowMs: number): boolean {
  const endsMs = [...rollouts.values()].map(expectedEndMs).filter((endMs) => endMs !== null)
  if (endsMs.length === 0) return false
  const leftMs = Math.max(...endsMs) - nowMs
  const nearMs = Math.max(nowMs * nearShare, minNearMs)
  return leftMs < nearMs && leftMs > -nearMs / 2
}

/** Milliseconds until a look can confirm what the last one has seen; `null` if there is nothing to confirm. */
function untilConfirmationMs({ agreement }: Snapshot, nowMs: number): number | null {
  return agreement.seen === 'done' ? Math.max(minPauseMs, agreement.sinceMs + confirmAfterMs - nowMs) : null
}

/** Milliseconds until an absence has lasted long enough to be believed; infinity if there is no such absence. */
function untilBeliefMs({ outage, requests, rollouts }: Snapshot, nowMs: number): number {
  const blockers = [...requests, ...rollouts.values()].map(({ blocker }) => blocker)
  const absences = [outage?.absentSinceMs ?? null, ...blockers.map(absentSince)].filter((ms) => ms !== null)
  // An absence that is already old enough waits for the next look.
  const leftMs = absences.map((ms) => ms + absenceToleratedMs - nowMs).filter((ms) => ms > 0)
  return Math.max(
    minPauseMs,
    leftMs.reduce((least, ms) => Math.min(least, ms), Number.POSITIVE_INFINITY),
  )
}

function absentSince(blocker: Blocker | null): number | null {
  return blocker?.kind === 'passing' ? blocker.absentSinceMs : null
}

/** Yields a heartbeat whenever the log had no line for 30 s. */
async function* heartbeats(
  { clock, current, elapsedMs, loggedAtMs }: Wait,
  signal: AbortSignal,
): AsyncGenerator<Observation, void> {
  while (!signal.aborted && current().ending === null) {
    const dueAtMs = loggedAtMs() + heartbeatMs
    if (dueAtMs <= elapsedMs()) yield { kind: 'heartbeat' }
    else await clock.sleep(dueAtMs - elapsedMs(), signal)
  }
}
