export interface CadenceOptions {
  /** A fixed interval in place of the adaptive one; `null` for adaptive. */
  readonly fixedIntervalMs: number | null
  /** Uniform in [0, 1), as `Math.random`. */
  readonly random: () => number
}

/** How a look went, as far as the pace is concerned. */
export type LookOutcome = 'answered' | 'throttled' | 'unclear'

const shareOfTimeWaited = 0.05
const jitter = 0.1
/** What an interval is before jitter, so that with it none leaves the bounds of 0.5 s, 3 s and, when backing off, 20 s. */
const minIntervalMs = 500 / (1 - jitter)
const maxIntervalMs = 3_000 / (1 + jitter)
const maxBackoffMs = 20_000 / (1 + jitter)
/** A throttle says that the instance is crowded, so the interval goes at once to what suits a crowd. */
const crowdedIntervalMs = 6_000
/** What each answer leaves of a stretched interval. */
const recovery = 0.97

/**
 * When to ask next.
 *
 * The interval is 5 % of the time waited, from 0.5 s to 3 s, so that what takes seconds is noticed within half a second and what
 * takes an hour costs no more than a call every three. The jitter of 10 % stays inside these bounds; it keeps jobs that started
 * together from asking together.
 *
 * A look that met trouble is repeated, at doubling pauses of up to 20 s: a throttled one first after twice the interval that the time
 * waited asks for, any other after half a second, so that a hiccup costs no time and an outage few calls. Throttling also doubles the
 * interval between the looks that are answered, to 6 s at least and 20 s at most, and each answer takes a little of that back. The
 * benchmark of a hundred jobs on one quota is where these numbers come from: a slower recovery would be throttled less, and would have
 * one job that met one throttle wait for minutes.
 */
export class Cadence {
  readonly #options: CadenceOptions
  #repeatMs = 0
  #stretchedMs = 0

  constructor(options: CadenceOptions) {
    this.#options = options
  }

  /** Takes note of how a look went. `elapsedMs` is the time waited so far. */
  note(outcome: LookOutcome, elapsedMs: number): void {
    const baseMs = this.#baseMs(elapsedMs)
    if (outcome === 'answered') {
      this.#repeatMs = 0
      this.#stretchedMs = this.#stretchedMs * recovery > baseMs ? this.#stretchedMs * recovery : 0
      return
    }
    const firstRepeatMs = outcome === 'throttled' ? 2 * baseMs : minIntervalMs
    const longestMs = Math.max(maxBackoffMs, outcome === 'throttled' ? baseMs : 0)
    this.#repeatMs = Math.min(Math.max(firstRepeatMs, 2 * this.#repeatMs), longestMs)
    if (outcome === 'throttled') {
      const stretchedMs = Math.max(crowdedIntervalMs, 2 * Math.max(baseMs, this.#stretchedMs))
      this.#stretchedMs = Math.min(stretchedMs, longestMs)
    }
  }

  /** Milliseconds until the next look. */
  nextMs(elapsedMs: number): number {
    const { fixedIntervalMs, random } = this.#options
    const backoffMs = this.#repeatMs || this.#stretchedMs
    if (backoffMs === 0 && fixedIntervalMs !== null) return fixedIntervalMs
    return (backoffMs || this.#baseMs(elapsedMs)) * (1 + jitter * (2 * random() - 1))
  }

  #baseMs(elapsedMs: number): number {
    return (
      this.#options.fixedIntervalMs ?? Math.min(Math.max(elapsedMs * shareOfTimeWaited, minIntervalMs), maxIntervalMs)
    )
  }
}
