import { fold } from './state/fold.ts'
import type { Observation } from './state/observation.ts'
import type { State } from './state/state.ts'

/** Gets each change of the state, at once. */
export type Observer = (before: State, after: State) => void

export type Store = ReturnType<typeof storeOf>

/**
 * What the wait knows. Every observation is recorded here, in the order in which it was made.
 *
 * @param elapsedMs milliseconds since the wait began
 */
export function storeOf(initial: State, elapsedMs: () => number, observe: Observer) {
  let state = initial
  return {
    get state(): State {
      return state
    },
    /** Milliseconds since the wait began. The state may be older than that, by a pause or a call. */
    get elapsedMs(): number {
      return elapsedMs()
    },
    record(observation: Observation): void {
      const before = state
      state = fold(before, observation, elapsedMs())
      observe(before, state)
    },
  }
}
