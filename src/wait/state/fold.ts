import { afterOptional } from './every-call.ts'
import { withAccounts, withHolders, withPermissionSets } from './fold-accounts.ts'
import { withIdentified } from './fold-others.ts'
import { withDescribed, withList } from './fold-requests.ts'
import { nameAction, type Observation } from './observation.ts'
import type { Progress, State } from './state.ts'

/** What is known after one more observation, made `nowMs` milliseconds after the wait began. Pure. */
export function fold(before: State, observation: Observation, nowMs: number): State {
  return { ...before, ...changedBy(before, observation, nowMs), elapsedMs: before.isOver ? before.elapsedMs : nowMs }
}

function changedBy(before: State, observation: Observation, nowMs: number): Partial<State> {
  switch (observation.kind) {
    case 'described':
      return withDescribed(before, observation, nowMs)
    case 'listed':
      return withList(before, observation, nowMs)
    case 'identified':
      return withIdentified(before, observation.answers, nowMs)
    case 'accounts':
      return withAccounts(before, observation, nowMs)
    case 'permission-sets':
      return withPermissionSets(before, observation, nowMs)
    case 'holders':
      return withHolders(before, observation, nowMs)
    case 'past':
      return { past: observation.past }
    case 'named': {
      const { permissionSetArn, answer } = observation
      const names = new Map(before.names).set(permissionSetArn, answer.ok ? answer.value : null)
      return { names, access: afterOptional(before.access, nameAction, answer) }
    }
    case 'primary-region':
      return observation.answer.ok ? { primaryRegion: observation.answer.value } : {}
    case 'looked':
      return {
        looks: before.looks + 1,
        lookedAtMs: observation.startedAtMs,
        progress: progressOf(before, observation.unconfirmed),
      }
    case 'judged':
      return { judgement: observation.judgement }
    case 'over':
      return { isOver: true }
  }
}

function progressOf({ requests }: State, unconfirmed: number): Progress {
  const ended = requests.items.filter((request) => request.phase === 'ended')
  return { ended: ended.length, failed: ended.filter(({ status }) => status === 'FAILED').length, unconfirmed }
}
