import { fold } from './state/fold.ts'
import type { Observation } from './state/observation.ts'
import type { State } from './state/state.ts'

/** Gets each change of the state, at once. */
export type Observer = (before: State, after: State) => void

/** What the wait knows. Every observation is recorded here, in the order in which it was made. */
export class Store {
  #state: State
  readonly #elapsedMs: () => number
  readonly #observe: Observer

  /** `elapsedMs`: milliseconds since the wait began. */
  constructor(initial: State, elapsedMs: () => number, observe: Observer) {
    this.#state = initial
    this.#elapsedMs = elapsedMs
    this.#observe = observe
  }

  get state(): State {
    return this.#state
  }

  /** Milliseconds since the wait began. The state may be older than that, by a pause or a call. */
  get elapsedMs(): number {
    return this.#elapsedMs()
  }

  record(observation: Observation): void {
    const before = this.#state
    this.#state = fold(before, observation, this.#elapsedMs())
    this.#observe(before, this.#state)
  }
}
