import type { Answer } from '../requests/api.ts'
import type { Asker } from './ask.ts'
import { inParallel } from './in-parallel.ts'
import type { LookKind, Moment } from './plan-requests.ts'
import type { CallKind, Tally } from './tally.ts'

/** A look in progress. */
export interface Look extends Asker {
  readonly kind: LookKind
  readonly tally: Tally
}

/** What is known at this moment of a look. */
export function now({ kind, store }: Look): Moment {
  return { state: store.state, kind, nowMs: store.elapsedMs }
}

/** How many times a look goes through what it asks about, to repeat throttled calls while AWS answers others. */
const maxPasses = 4

/** Runs a task for each item, several at a time, and again for those whose answer was a throttle, while AWS answers others. */
export async function inPasses<T>(
  { tally }: Look,
  kind: CallKind,
  items: readonly T[],
  task: (item: T) => Promise<Answer<unknown> | null>,
  limit?: () => number,
): Promise<void> {
  let queue = items
  for (let pass = 1; pass <= maxPasses && queue.length > 0; pass += 1) {
    const throttled: T[] = []
    const attempt = async (item: T) => {
      const answer = await task(item)
      if (answer?.ok === false && answer.failure.effect === 'throttled') throttled.push(item)
    }
    await inParallel(queue, attempt, limit)
    if (tally.outcomeOf(kind) !== 'answered') return
    queue = throttled
  }
}
