import { agreementAfter } from './agreement.ts'
import { withAccounts, withDropped, withIdentified, withUnidentified } from './fold-instance.ts'
import { withDescription, withFailure, withList } from './fold-requests.ts'
import { nameAction, type Observation } from './observation.ts'
import type { Progress, Snapshot } from './snapshot.ts'

/** What is known after one more observation, made `nowMs` milliseconds after the wait began. Pure. */
export function fold(before: Snapshot, observation: Observation, nowMs: number): Snapshot {
  const elapsedMs = before.ending === null ? nowMs : before.elapsedMs
  return { ...before, ...changedBy(before, observation, elapsedMs), elapsedMs }
}

function changedBy(before: Snapshot, observation: Observation, nowMs: number): Partial<Snapshot> {
  switch (observation.kind) {
    case 'described':
      return observation.answer.ok
        ? withDescription(before, observation.key, observation.answer.value, nowMs)
        : withFailure(before, observation.key, observation.answer.failure, nowMs)
    case 'listed':
      return withList(before, observation, nowMs)
    case 'identified':
      return observation.answer.ok
        ? withIdentified(before, observation.key, observation.answer.value, nowMs)
        : withUnidentified(before, observation.answer.failure, nowMs)
    case 'accounts':
      return withAccounts(before, observation, nowMs)
    case 'named': {
      const { permissionSetArn, answer } = observation
      const names = answer.ok ? new Map(before.names).set(permissionSetArn, answer.value) : before.names
      const namesAskedFor = new Set(before.namesAskedFor).add(permissionSetArn)
      return { names, namesAskedFor, ...withDropped(before, nameAction, answer) }
    }
    case 'primary-region':
      return observation.answer.ok ? { primaryRegion: observation.answer.value } : {}
    case 'looked':
      return {
        looks: before.looks + 1,
        lookedAtMs: observation.startedAtMs,
        progress: progressOf(before, observation.unconfirmed),
        ...(before.goal.until !== 'finished' && { agreement: agreementAfter(before, observation, nowMs) }),
      }
    case 'heartbeat':
      return { heartbeats: before.heartbeats + 1 }
    case 'over':
      return { ending: observation.ending }
  }
}

function progressOf({ requests }: Snapshot, unconfirmed: number): Progress {
  const ended = requests.filter((request) => request.phase === 'ended')
  return { ended: ended.length, failed: ended.filter(({ status }) => status === 'FAILED').length, unconfirmed }
}
