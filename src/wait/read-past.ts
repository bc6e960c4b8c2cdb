import type { Answer, Page } from '../requests/api.ts'
import type { RequestKey, Row, Status } from '../requests/request.ts'
import { readPages } from './ask.ts'
import { inParallel } from './in-parallel.ts'
import { maxCallsInFlight } from './look-in-progress.ts'
import type { Asker } from './read-accounts.ts'
import { found } from './state/fold-request.ts'
import { countingOutOfDate } from './state/permission-set-state.ts'
import { type Ended, provisioned } from './state/request-state.ts'
import { permissionSetOf, type State } from './state/state.ts'
import type { Store } from './store.ts'

/** Lists of ended requests that are longer than this many pages are not searched further. */
const maxPages = 50
/** How many ended requests are described at most, from the newest one on. */
const maxDescribed = 100

/**
 * Reads requests that had ended before a look could see them, from the newest one on, until the newest one is known that covers each account
 * that is out of date. If that has failed, it explains the account. Records the result, also if not everything could be read; nothing if the
 * signal was aborted.
 */
export async function readPast(asker: Asker, store: Store): Promise<void> {
  const readAtMs = store.elapsedMs
  const lists = [await readRows(asker, 'FAILED'), await readRows(asker, 'SUCCEEDED')]
  const newest = lists
    .flatMap(({ rows }) => rows)
    .filter(({ requestId }) => store.state.requests.get(requestId) === undefined)
    .sort((a, b) => (b.createdDate?.getTime() ?? 0) - (a.createdDate?.getTime() ?? 0))
  const undecided = accountsOutOfDate(store.state)
  const requests: Ended[] = []
  const candidates = newest.slice(0, maxDescribed)
  let hasGap = false
  for (let first = 0; first < candidates.length && undecided.size > 0 && !hasGap; first += maxCallsInFlight) {
    for (const request of await describeEach(asker, candidates.slice(first, first + maxCallsInFlight), store)) {
      // It may be the newest one, so that an older one decides nothing.
      hasGap ||= request === null && undecided.size > 0
      if (request !== null && !hasGap && decides(request, undecided)) requests.push(request)
    }
  }
  const isDecided = undecided.size === 0 || newest.length <= maxDescribed
  const isWhole = lists.every((list) => list.isWhole) && isDecided && !hasGap
  if (asker.signal.aborted) return
  store.record({ kind: 'past', past: { requests, isWhole, readAtMs } })
}

async function readRows({ api, ask, signal }: Asker, status: Status): Promise<{ rows: Row[]; isWhole: boolean }> {
  const rows: Row[] = []
  const call: (token: string | null, callSignal: AbortSignal) => Promise<Answer<Page<Row>>> = (token, callSignal) =>
    api.list('provision-permission-set', status, token, callSignal)
  const { end } = await readPages<Row>(
    ask,
    {
      priority: 'required',
      signal,
      repeatsFirst: true,
      maxPages,
      onPage(page) {
        rows.push(...page.filter((row) => row.status === status))
        return false
      },
    },
    call,
  )
  return { rows, isWhole: end === 'whole' }
}

/** The accounts that are out of date, by the ARN of the permission set. */
function accountsOutOfDate(state: State): Map<string, Set<string>> {
  const all = [...state.scope.permissionSetArns].map((arn) => {
    const { finding } = state.judgement.permissionSets.get(arn) ?? {}
    return [arn, new Set(finding === 'out-of-date' ? countingOutOfDate(permissionSetOf(state, arn)) : [])] as const
  })
  return new Map(all.filter(([, accountIds]) => accountIds.size > 0))
}

/** Whether a request is the newest one that covers an account. Removes the accounts that it covers. */
function decides(request: Ended, undecided: Map<string, Set<string>>): boolean {
  const arn = provisioned(request)
  const accountIds = undecided.get(arn ?? '')
  if (arn === null || accountIds === undefined) return false
  const { accountId } = request.details
  const isNews = accountId === null || accountIds.delete(accountId)
  if (accountId === null || accountIds.size === 0) undecided.delete(arn)
  return isNews
}

/** The requests in the order given; `null` for one that could not be read, or whose permission set AWS does not say. */
async function describeEach(
  { api, ask, signal }: Asker,
  rows: readonly Row[],
  store: Store,
): Promise<readonly (Ended | null)[]> {
  const described = new Map<string, Ended>()
  await inParallel(
    rows,
    () => maxCallsInFlight,
    async ({ requestId }) => {
      const key: RequestKey = { requestId, operation: 'provision-permission-set' }
      const answer = await ask({ priority: 'required', signal }, (callSignal) => api.describe(key, callSignal))
      if (!answer?.ok) return
      const request = found(key, answer.value, store.elapsedMs)
      if (request.phase === 'ended' && provisioned(request) !== null) described.set(requestId, request)
    },
  )
  return rows.map(({ requestId }) => described.get(requestId) ?? null)
}
