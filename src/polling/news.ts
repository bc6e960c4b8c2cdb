import { operationNames } from '../request.ts'
import type { RequestState } from './request-state.ts'
import type { Progress, Snapshot } from './snapshot.ts'

/** Whether something changed about which the log has a line, other than a heartbeat. */
export function isNews(before: Snapshot, after: Snapshot): boolean {
  return (
    before.outage?.trouble.code !== after.outage?.trouble.code ||
    before.names !== after.names ||
    before.dropped !== after.dropped ||
    operationNames.some((name) => before.lists[name].trouble?.code !== after.lists[name].trouble?.code) ||
    progressDiffers(before.progress, after.progress) ||
    countsDiffer(before.accounts, after.accounts) ||
    (before.requests !== after.requests &&
      after.requests.some((request, position) => differs(before.requests[position], request)))
  )
}

function progressDiffers(a: Progress, b: Progress): boolean {
  return a.ended !== b.ended || a.failed !== b.failed || a.unconfirmed !== b.unconfirmed
}

function countsDiffer(a: Snapshot['accounts'], b: Snapshot['accounts']): boolean {
  return (
    a !== b && [...b].some(([arn, { latest, total }]) => a.get(arn)?.latest !== latest || a.get(arn)?.total !== total)
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
