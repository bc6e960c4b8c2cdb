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
/** What each answer leaves of a stretch. */
const recovery = 0.7

/**
 * When to ask next.
 *
 * The interval is 5 % of the time waited, from 0.5 s to 3 s, so that what takes seconds is noticed within half a second and what
 * takes an hour costs no more than a call every three. The jitter of 10 % stays inside these bounds; it keeps jobs that started
 * together from asking together.
 *
 * Throttling doubles the interval, up to 20 s, and each answer after that takes back part of the stretch. After another failure the
 * first retry comes after half a second, the next after twice that, up to 20 s: a hiccup costs no time, an outage few calls.
 */
export class Cadence {
  readonly #options: CadenceOptions
  #stretchedMs = 0
  #unclearInARow = 0

  constructor(options: CadenceOptions) {
    this.#options = options
  }

  /** Takes note of how a look went. `elapsedMs` is the time waited so far. */
  note(outcome: LookOutcome, elapsedMs: number): void {
    const base = this.#baseMs(elapsedMs)
    this.#unclearInARow = outcome === 'unclear' ? this.#unclearInARow + 1 : 0
    if (outcome === 'throttled') {
      this.#stretchedMs = Math.min(2 * Math.max(base, this.#stretchedMs), Math.max(base, maxBackoffMs))
    } else if (outcome === 'answered') {
      const stretchedMs = this.#stretchedMs * recovery
      this.#stretchedMs = stretchedMs > base ? stretchedMs : 0
    }
  }

  /** Milliseconds until the next look. */
  nextMs(elapsedMs: number): number {
    const { fixedIntervalMs, random } = this.#options
    const retryMs =
      this.#unclearInARow === 0 ? 0 : Math.min(minIntervalMs * 2 ** (this.#unclearInARow - 1), maxBackoffMs)
    const backoffMs = Math.max(this.#stretchedMs, retryMs)
    if (backoffMs === 0 && fixedIntervalMs !== null) return fixedIntervalMs
    return (backoffMs || this.#baseMs(elapsedMs)) * (1 + jitter * (2 * random() - 1))
  }

  #baseMs(elapsedMs: number): number {
    return (
      this.#options.fixedIntervalMs ?? Math.min(Math.max(elapsedMs * shareOfTimeWaited, minIntervalMs), maxIntervalMs)
    )
  }
}
