import type { CallFailure } from '../../requests/api.ts'
import { watches } from '../../requests/goal.ts'
import type { Description, RequestKey } from '../../requests/request.ts'
import { withOthers } from './fold-instance.ts'
import { afterList, staleList } from './list-access.ts'
import type { Listed } from './observation.ts'
import { afterCallInVain, afterDenial, answered } from './outage.ts'
import { afterDescription, afterFailure, afterRow, type RequestState } from './request-state.ts'
import type { Snapshot } from './snapshot.ts'

/** A list is out of date if it shows a request in progress this long after the end of the request was seen. */
const staleAfterMs = 10_000

/** What is known after the answer of a Describe. */
export function withDescription(
  before: Snapshot,
  key: RequestKey,
  description: Description,
  nowMs: number,
): Partial<Snapshot> {
  return { ...answered, ...withRequest(before, key, (request) => afterDescription(request, description, nowMs)) }
}

/** What is known after a Describe without an answer: about its request, about the others, and about AWS. */
export function withFailure(before: Snapshot, key: RequestKey, failure: CallFailure, nowMs: number): Partial<Snapshot> {
  const { requests } = withRequest(before, key, (request) => afterFailure(request, failure, nowMs, !before.goal.wait))
  switch (failure.scope) {
    case 'request':
      return { ...answered, requests }
    case 'action':
      return { ...answered, requests: afterDenial(requests, failure, key.operation) }
    case 'every-call':
      return afterCallInVain({ ...before, requests }, failure, nowMs)
  }
}

/** What is known after a list: about our requests on it, about the others, and about the lists. */
export function withList(before: Snapshot, listed: Listed, nowMs: number): Partial<Snapshot> {
  const { operation } = listed
  const updated = [...before.requests]
  let isChanged = false
  let isStale = false
  for (const row of listed.rows) {
    const position = before.positions.get(row.requestId) ?? -1
    const request = updated[position]
    if (request?.key.operation !== operation) continue
    const after = afterRow(request, row, nowMs)
    updated[position] = after
    isChanged ||= after !== request
    const hasEnded = request.phase === 'ended' && nowMs - request.endedAtMs > staleAfterMs
    isStale ||= hasEnded && row.status === 'IN_PROGRESS'
  }
  const requests = isChanged ? updated : before.requests
  const access = before.lists[operation]
  const after = afterList(access, isStale ? { ...listed, failure: listed.failure ?? staleList } : listed, nowMs)
  const lists = after === access ? before.lists : { ...before.lists, [operation]: after }
  if (!watches(before.goal, operation)) return { requests, lists }
  const known = { requests, lists, others: withOthers(before, listed) }
  const { pages, failure } = listed
  if (failure?.scope === 'every-call') return { ...known, ...afterCallInVain({ ...before, ...known }, failure, nowMs) }
  return pages === null ? known : { ...known, ...answered }
}

function withRequest(
  { requests, positions }: Snapshot,
  { requestId }: RequestKey,
  change: (request: RequestState) => RequestState,
): { readonly requests: readonly RequestState[] } {
  const position = positions.get(requestId) ?? -1
  const request = requests[position]
  return { requests: request === undefined ? requests : requests.with(position, change(request)) }
}
