import { type Answer, type CallFailure, failureOfAll } from '../requests/api.ts'
import type { LookOutcome } from './time/interval.ts'

/** After this many calls in a row without an answer, a look ends. Further calls would meet the same. */
const maxCallsInVain = 5
/** Calls of a kind of which a smaller share was answered count as not answered. */
const leastShareAnswered = 0.1

/** The calls that a look needs: those about requests, lists of requests, and those about accounts. */
export type CallKind = 'describe' | 'list' | 'accounts'

/** How the calls of a look have gone so far. */
export class Tally {
  readonly #counts = new Map<CallKind, { calls: number; answered: number; failure: CallFailure | null }>()
  #inVain = 0

  note(kind: CallKind, answer: Answer<unknown>): void {
    const failure = failureOfAll(answer)
    const count = this.#counts.get(kind) ?? { calls: 0, answered: 0, failure: null }
    this.#counts.set(kind, count)
    count.calls += 1
    count.answered += failure === null ? 1 : 0
    count.failure = failure ?? count.failure
    this.#inVain = failure === null ? 0 : this.#inVain + 1
  }

  /** Whether further calls of this look would get no answer either. */
  get isInVain(): boolean {
    return this.#inVain >= maxCallsInVain
  }

  /** Calls count as throttled or unclear only if almost none of their kind was answered. */
  outcomeOf(kind: CallKind): LookOutcome {
    const { answered, calls, failure } = this.#counts.get(kind) ?? { answered: 0, calls: 0, failure: null }
    if (failure === null || answered >= calls * leastShareAnswered) return 'answered'
    return failure.effect === 'throttled' ? 'throttled' : 'unclear'
  }

  /** The look cannot end the wait if calls of one kind were not answered. So it counts as not answered. */
  get outcome(): LookOutcome {
    const outcomes = [...this.#counts.keys()].map((kind) => this.outcomeOf(kind))
    return outcomes.find((outcome) => outcome !== 'answered') ?? 'answered'
  }
}
