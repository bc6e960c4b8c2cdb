import { setImmediate as turn } from 'node:timers/promises'
import type { Api } from '../../../../src/requests/api.ts'
import type { Ask, AskOptions } from '../../../../src/wait/look/ask.ts'
import { type Look, Tally } from '../../../../src/wait/look/context.ts'
import { fold } from '../../../../src/wait/snapshot/fold.ts'
import type { Observation } from '../../../../src/wait/snapshot/observation.ts'
import type { Snapshot } from '../../../../src/wait/snapshot/snapshot.ts'
import { neverAborted } from '../../../../src/wait/time/deadline.ts'

/** An API of which a test answers some calls. Any other call fails the test. */
export function apiWith(calls: Partial<Api>): Api {
  const isUnused = () => Promise.reject(new Error('This call was not to be made'))
  const none = { describe: isUnused, list: isUnused, listAccounts: isUnused }
  return { ...none, permissionSetName: isUnused, primaryRegion: isUnused, ...calls }
}

/** Makes one call at a time. `priorities` are those of its calls. */
export function oneByOne(): { ask: Ask; priorities: Set<AskOptions['priority']> } {
  const priorities = new Set<AskOptions['priority']>()
  let lastCall: Promise<unknown> = Promise.resolve()
  const ask: Ask = ({ isWanted = () => true, priority }, call) => {
    const answer = lastCall.then(() => turn()).then(() => (isWanted() ? call(neverAborted) : null))
    lastCall = answer
    priorities.add(priority)
    return answer
  }
  return { ask, priorities }
}

/** Runs a part of a look that began at `nowMs`, with one call at a time, and folds what it yields. */
export async function runPart(
  part: (look: Look) => AsyncGenerator<Observation, void>,
  before: Snapshot,
  api: Api,
  { kind = 'regular', nowMs = 0 }: { kind?: Look['kind']; nowMs?: number } = {},
): Promise<{ snapshot: Snapshot; priorities: Set<AskOptions['priority']> }> {
  const { ask, priorities } = oneByOne()
  let snapshot = before
  const elapsedMs = () => nowMs
  const own = { startedAtMs: nowMs, tally: new Tally() }
  const look: Look = { api, ask, current: () => snapshot, elapsedMs, kind, signal: neverAborted, ...own }
  for await (const observation of part(look)) snapshot = fold(snapshot, observation, nowMs)
  return { snapshot, priorities }
}
