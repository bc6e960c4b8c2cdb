import { operationNames } from '../request.ts'
import type { RequestState } from './request-state.ts'
import { isSameCount, unknownRollout } from './rollout.ts'
import type { Progress, Snapshot } from './snapshot.ts'

/** Whether something changed about which the log has a line, other than a heartbeat. */
export function isNews(before: Snapshot, after: Snapshot): boolean {
  return (
    before.outage?.trouble.code !== after.outage?.trouble.code ||
    before.names !== after.names ||
    before.dropped !== after.dropped ||
    before.others.trouble !== after.others.trouble ||
    operationNames.some((name) => before.lists[name].trouble?.code !== after.lists[name].trouble?.code) ||
    progressDiffers(before.progress, after.progress) ||
    before.agreement.seen !== after.agreement.seen ||
    before.requests.length !== after.requests.length ||
    countsDiffer(before.rollouts, after.rollouts) ||
    (before.requests !== after.requests &&
      after.requests.some((request, position) => differs(before.requests[position], request)))
  )
}

function progressDiffers(a: Progress, b: Progress): boolean {
  return a.ended !== b.ended || a.failed !== b.failed || a.unconfirmed !== b.unconfirmed
}

function countsDiffer(a: Snapshot['rollouts'], b: Snapshot['rollouts']): boolean {
  return a !== b && [...b].some(([arn, rollout]) => !isSameCount(a.get(arn) ?? unknownRollout, rollout))
}

function differs(was: RequestState | undefined, is: RequestState): boolean {
  return was !== is && (was?.phase !== is.phase || hasReason(was) !== hasReason(is) || causeOf(was) !== causeOf(is))
}

function hasReason(request: RequestState): boolean {
  return request.phase === 'ended' && request.described
}

/** The trouble of this request alone. A single call without an answer does not count, because it may be the only one. */
function causeOf({ obstacle }: RequestState): string | null {
  if (obstacle === null || (obstacle.kind === 'passing' && obstacle.trouble.scope === 'every-call')) return null
  return `${obstacle.kind} ${obstacle.trouble.code}`
}
