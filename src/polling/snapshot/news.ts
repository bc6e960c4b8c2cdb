import { operationNames } from '../../request.ts'
import type { RequestState } from './request-state.ts'
import { isSameCount, type Rollout, unknownRollout } from './rollout.ts'
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
    newCounts(before, after).length > 0 ||
    (before.requests !== after.requests &&
      after.requests.some((request, position) => differs(before.requests[position], request)))
  )
}

function progressDiffers(a: Progress, b: Progress): boolean {
  return a.ended !== b.ended || a.failed !== b.failed || a.unconfirmed !== b.unconfirmed
}

/** With more permission sets than this, a line for each new count would fill the log. */
const maxCounted = 3

/** The permission sets whose accounts have a new count, by ARN. Of many, only those that are done now, or not any more. */
export function newCounts(before: Snapshot, after: Snapshot): (readonly [arn: string, rollout: Rollout])[] {
  if (before.rollouts === after.rollouts) return []
  const known = (arn: string) => before.rollouts.get(arn) ?? unknownRollout
  const isDone = ({ behind }: Rollout) => behind?.length === 0
  const isMany = after.rollouts.size > maxCounted
  return [...after.rollouts].filter(([arn, rollout]) =>
    isMany ? isDone(known(arn)) !== isDone(rollout) : !isSameCount(known(arn), rollout),
  )
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
