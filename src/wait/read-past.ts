import type { RequestKey, Row, Status } from '../requests/request.ts'
import { type Asker, readPages } from './ask.ts'
import { inParallel } from './in-parallel.ts'
import { found } from './state/fold-request.ts'
import { countingOutOfDate } from './state/permission-set-state.ts'
import { type Ended, provisioned, type RequestState } from './state/request-state.ts'
import { type Past, permissionSetOf, type State } from './state/state.ts'

/** Lists of ended requests that are longer than this many pages are not searched further. */
const maxPages = 50
/** How many requests of each list are described at most, from the newest one on. */
const maxDescribed = 100

/**
 * Reads requests that had ended before a look could see them: those that failed, and, if one of them covers an account that is out of date,
 * those that have succeeded since. Records the result, also if not everything could be read; nothing if the signal was aborted.
 */
export async function readPast(asker: Asker): Promise<void> {
  const { signal, store } = asker
  const readAtMs = store.elapsedMs
  const failed = await readEnded(asker, 'FAILED', Number.NEGATIVE_INFINITY)
  const sinceMs = oldestExplanationMs(store.state, failed.requests)
  const succeeded = sinceMs === null ? { requests: [], isWhole: true } : await readEnded(asker, 'SUCCEEDED', sinceMs)
  if (signal.aborted) return
  const requests = [...failed.requests, ...succeeded.requests]
  store.record({ kind: 'past', past: { requests, isWhole: failed.isWhole && succeeded.isWhole, readAtMs } })
}

/**
 * The requests on the list of one status that were created at `sinceMs` or later, apart from those that a look has seen. Only if it is whole
 * are all of them known. One that is not may be the newest one, and then decides.
 */
async function readEnded(asker: Asker, status: Status, sinceMs: number): Promise<Omit<Past, 'readAtMs'>> {
  const { api, ask, store } = asker
  const rows: Row[] = []
  const { end } = await readPages(ask, (token, signal) => api.list('provision-permission-set', status, token, signal), {
    maxPages,
    onPage: (page) => rows.push(...page.filter((row) => row.status === status)),
  })
  const newest = rows
    .filter(({ requestId }) => store.state.requests.get(requestId) === undefined)
    .filter(({ createdDate }) => createdDate === null || createdDate.getTime() >= sinceMs)
    .sort((a, b) => (b.createdDate?.getTime() ?? 0) - (a.createdDate?.getTime() ?? 0))
  const requests = await describeEach(asker, newest.slice(0, maxDescribed))
  return { requests, isWhole: end === 'whole' && requests.length === newest.length }
}

/** The requests, without those that could not be read, or whose permission set AWS does not say. */
async function describeEach({ api, ask, store }: Asker, rows: readonly Row[]): Promise<Ended[]> {
  const described: Ended[] = []
  await inParallel(rows, async ({ requestId }) => {
    const key: RequestKey = { requestId, operation: 'provision-permission-set' }
    const answer = await ask((signal) => api.describe(key, signal))
    if (!answer?.ok) return
    const request = found(key, answer.value, store.elapsedMs)
    if (request.phase === 'ended' && provisioned(request) !== null) described.push(request)
  })
  return described
}

/**
 * When the oldest of the failures was created that may explain an account: of each account, the newest one that covers it. In milliseconds
 * since 1970; `null` if there is none. A failure without a date may be as old as any.
 */
function oldestExplanationMs(state: State, failed: readonly Ended[]): number | null {
  const all: readonly RequestState[] = [...failed, ...state.requests.items]
  const failures = all.filter((request): request is Ended => request.phase === 'ended' && request.status === 'FAILED')
  const byArn = Map.groupBy(failures, (request) => provisioned(request))
  const times = [...state.judgement.permissionSets].flatMap(([arn, { finding }]) => {
    const own = byArn.get(arn) ?? []
    const accountIds = finding === 'out-of-date' ? countingOutOfDate(permissionSetOf(state, arn)) : []
    return accountIds.flatMap((accountId) => {
      const covering = own.filter(({ details }) => details.accountId === null || details.accountId === accountId)
      const createdMs = covering.map(({ details }) => details.createdDate?.getTime() ?? 0)
      return createdMs.length === 0 ? [] : [Math.max(...createdMs)]
    })
  })
  return times.length === 0 ? null : times.reduce((least, ms) => Math.min(least, ms))
}
