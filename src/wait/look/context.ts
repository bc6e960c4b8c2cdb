import { type Answer, type Api, type CallFailure, failureOfAll } from '../../requests/api.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { LookOutcome } from '../time/interval.ts'
import type { Ask } from './ask.ts'

/** How many calls of a kind a look makes at a time. */
export const maxCallsInFlight = 10

export interface LookOptions {
  readonly api: Api
  readonly ask: Ask
  /** The latest snapshot: each observation is folded into it before the look goes on. */
  readonly current: () => Snapshot
  /** Milliseconds since the wait began. The latest snapshot may be older than that, by a pause or a call. */
  readonly elapsedMs: () => number
  /**
   * `regular`: more looks follow. `only`: one status of each request is enough. `last`: the look at the deadline, which also describes what
   * lists show in progress.
   */
  readonly kind: 'regular' | 'only' | 'last'
  readonly signal: AbortSignal
}

/** A look in progress. */
export interface Look extends LookOptions {
  readonly startedAtMs: number
  readonly tally: Tally
}

/** After this many calls in a row without an answer, a look ends. Further calls would meet the same. */
const maxCallsInVain = 5
/** A look with a smaller share of answered calls counts as a look without an answer. */
const leastShareAnswered = 0.1

/** How the calls of a look have gone so far. */
export class Tally {
  #calls = 0
  #answered = 0
  #inVain = 0
  #failure: CallFailure | null = null

  note(answer: Answer<unknown>): void {
    const failure = failureOfAll(answer)
    this.#calls += 1
    this.#answered += failure === null ? 1 : 0
    this.#inVain = failure === null ? 0 : this.#inVain + 1
    this.#failure = failure ?? this.#failure
  }

  /** Whether further calls of this look would get no answer either. */
  get isInVain(): boolean {
    return this.#inVain >= maxCallsInVain
  }

  /** A look counts as throttled or unclear only if almost none of its calls was answered. */
  get outcome(): LookOutcome {
    if (this.#failure === null || this.#answered >= this.#calls * leastShareAnswered) return 'answered'
    return this.#failure.effect === 'throttled' ? 'throttled' : 'unclear'
  }
}
