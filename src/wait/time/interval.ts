/** What the looks so far mean for the time of the next one. Immutable. */
export interface Pace {
  /** The pause after a look that met failure, in milliseconds; 0 if the last look was answered. */
  readonly repeatMs: number
  /** The interval after answered looks, in milliseconds, if throttling has stretched it; else 0. */
  readonly stretchedMs: number
}

/** How a look ended. It counts as throttled or unclear only if almost none of its calls was answered. */
export type LookOutcome = 'answered' | 'throttled' | 'unclear'

export const initialPace: Pace = { repeatMs: 0, stretchedMs: 0 }

const shareOfElapsedTime = 0.05
const jitter = 0.1
/** The bounds before jitter. With jitter, an interval stays between 0.5 s and 3 s, or, when backing off, below 20 s. */
const minIntervalMs = 500 / (1 - jitter)
const maxIntervalMs = 3_000 / (1 + jitter)
const maxBackoffMs = 20_000 / (1 + jitter)
/** A throttle shows that many callers share the instance. Then the interval grows to this at once. */
const crowdedIntervalMs = 6_000
/** Each answered look multiplies a stretched interval by this. */
const recovery = 0.97

/**
 * The interval without failure, in milliseconds and before jitter: 5 % of the time waited so far. Thus the end of a short request is
 * noticed within half a second, and a long wait makes a call only every 3 s. If the end is near, it is half a second again. `fixedMs`, if
 * given, takes its place.
 */
export function baseIntervalMs(elapsedMs: number, fixedMs: number | null, isEndNear = false): number {
  if (fixedMs === null && isEndNear) return minIntervalMs
  return fixedMs ?? Math.min(Math.max(elapsedMs * shareOfElapsedTime, minIntervalMs), maxIntervalMs)
}

/**
 * The pace after a look. `baseMs` is the interval without failure.
 *
 * A look that met failure is repeated after pauses that double, up to 20 s. After a throttle, the first pause is twice the interval. After
 * other failure, it is half a second, so that a short failure costs little time, and a long outage few calls.
 *
 * A throttle also stretches the interval after answered looks, to at least 6 s and at most 20 s. Each answered look takes 3 % of that back.
 * `npm run bench -- --only sharing` measures these numbers: with a slower recovery, fewer calls are throttled, but a job that met a single
 * throttle waits for minutes.
 */
export function paceAfter(pace: Pace, outcome: LookOutcome, baseMs: number): Pace {
  if (outcome === 'answered') {
    const stretchedMs = pace.stretchedMs * recovery
    return { repeatMs: 0, stretchedMs: stretchedMs > baseMs ? stretchedMs : 0 }
  }
  if (outcome === 'unclear') return { ...pace, repeatMs: doubled(pace.repeatMs, minIntervalMs, maxBackoffMs) }
  const longestMs = Math.max(maxBackoffMs, baseMs)
  return {
    repeatMs: doubled(pace.repeatMs, 2 * baseMs, longestMs),
    stretchedMs: doubled(Math.max(baseMs, pace.stretchedMs), crowdedIntervalMs, longestMs),
  }
}

function doubled(ms: number, leastMs: number, mostMs: number): number {
  return Math.min(Math.max(2 * ms, leastMs), mostMs)
}

/**
 * Milliseconds until the next look. Jitter of 10 % spreads the looks of jobs that started together. A fixed interval has no jitter while
 * AWS answers.
 *
 * @param random uniform in [0, 1), as `Math.random`
 */
export function intervalMs(pace: Pace, baseMs: number, isFixed: boolean, random: () => number): number {
  const backoffMs = pace.repeatMs || pace.stretchedMs
  if (backoffMs === 0 && isFixed) return baseMs
  return (backoffMs || baseMs) * (1 + jitter * (2 * random() - 1))
}
