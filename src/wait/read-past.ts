import type { RequestKey, Row, Status } from '../requests/request.ts'
import { readPages } from './ask.ts'
import { inParallel } from './in-parallel.ts'
import { maxCallsInFlight } from './look-in-progress.ts'
import type { Asker } from './read-accounts.ts'
import { found } from './state/fold-request.ts'
import { countingOutOfDate } from './state/permission-set-state.ts'
import { type Ended, provisioned, type RequestState } from './state/request-state.ts'
import { permissionSetOf, type State } from './state/state.ts'
import type { Store } from './store.ts'

/** Lists of ended requests that are longer than this many pages are not searched further. */
const maxPages = 50
/** How many requests of each list are described at most, from the newest one on. */
const maxDescribed = 100

/**
 * Reads requests that had ended before a look could see them: those that failed, and, if one of them covers an account that is out of date,
 * those that have succeeded since. Records the result, also if not everything could be read; nothing if the signal was aborted.
 */
export async function readPast(asker: Asker, store: Store): Promise<void> {
  const readAtMs = store.elapsedMs
  const failed = await readEnded(asker, store, 'FAILED', Number.NEGATIVE_INFINITY)
  const sinceMs = oldestExplanationMs(store.state, failed.requests)
  const succeeded = sinceMs === null ? nothing : await readEnded(asker, store, 'SUCCEEDED', sinceMs)
  if (asker.signal.aborted) return
  const requests = [...failed.requests, ...succeeded.requests]
  store.record({ kind: 'past', past: { requests, isWhole: failed.isWhole && succeeded.isWhole, readAtMs } })
}

/** What was read of one list. */
interface Read {
  readonly requests: readonly Ended[]
  /** Whether all of its requests are known. One that is not may be the newest one, and then decides. */
  readonly isWhole: boolean
}

const nothing: Read = { requests: [], isWhole: true }

/** The requests on the list of one status that were created at `sinceMs` or later, apart from those that a look has seen. */
async function readEnded(asker: Asker, store: Store, status: Status, sinceMs: number): Promise<Read> {
  const { rows, isWhole } = await readRows(asker, status)
  const newest = rows
    .filter(({ requestId }) => store.state.requests.get(requestId) === undefined)
    .filter(({ createdDate }) => createdDate === null || createdDate.getTime() >= sinceMs)
    .sort((a, b) => (b.createdDate?.getTime() ?? 0) - (a.createdDate?.getTime() ?? 0))
  const shown = newest.slice(0, maxDescribed)
  const requests = await describeEach(asker, shown, store)
  return { requests, isWhole: isWhole && requests.length === newest.length }
}

async function readRows({ api, ask, signal }: Asker, status: Status): Promise<{ rows: Row[]; isWhole: boolean }> {
  const rows: Row[] = []
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
    (token, callSignal) => api.list('provision-permission-set', status, token, callSignal),
  )
  return { rows, isWhole: end === 'whole' }
}

/** The requests, without those that could not be read, or whose permission set AWS does not say. */
async function describeEach({ api, ask, signal }: Asker, rows: readonly Row[], store: Store): Promise<Ended[]> {
  const described: Ended[] = []
  await inParallel(
    rows,
    () => maxCallsInFlight,
    async ({ requestId }) => {
      const key: RequestKey = { requestId, operation: 'provision-permission-set' }
      const answer = await ask({ priority: 'required', signal }, (callSignal) => api.describe(key, callSignal))
      if (!answer?.ok) return
      const request = found(key, answer.value, store.elapsedMs)
      if (request.phase === 'ended' && provisioned(request) !== null) described.push(request)
    },
  )
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
