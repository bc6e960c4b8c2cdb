import type { Api } from '../requests/api.ts'
import type { Ask } from './ask.ts'
import { inParallel } from './in-parallel.ts'
import type { LookKind } from './plan-requests.ts'
import type { GoalRules } from './rules.ts'
import type { Store } from './store.ts'
import type { CallKind, Tally } from './tally.ts'
import type { LookOutcome } from './time/interval.ts'

export interface LookOptions {
  readonly api: Api
  readonly ask: Ask
  readonly store: Store
  readonly rules: GoalRules
  readonly kind: LookKind
  readonly signal: AbortSignal
}

/** A look in progress. */
export interface Look extends LookOptions {
  readonly tally: Tally
}

/** How a look has ended. */
export interface LookEnd {
  readonly outcome: LookOutcome
  /** Whether there is more to read than one look reads. Then the next one follows at once. */
  readonly hasMore: boolean
}

/** How many calls of a kind a look makes at a time. */
export const maxCallsInFlight = 10
/** How many times a look goes through what it asks about, to repeat throttled calls while AWS answers others. */
const maxPasses = 4

/** Runs a task for each item, several at a time, and again for those whose task says that it was throttled, while AWS answers others. */
export async function inPasses<T>(
  { tally }: Look,
  kind: CallKind,
  items: readonly T[],
  limit: () => number,
  task: (item: T) => Promise<boolean>,
): Promise<void> {
  let queue = items
  for (let pass = 1; pass <= maxPasses && queue.length > 0; pass += 1) {
    const throttled: T[] = []
    await inParallel(queue, limit, async (item) => {
      if (await task(item)) throttled.push(item)
    })
    if (tally.outcomeOf(kind) !== 'answered') return
    queue = throttled
  }
}
