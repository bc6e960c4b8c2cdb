import type { Answer, Page } from '../../requests/api.ts'
import type { OperationName, RequestKey, Row } from '../../requests/request.ts'
import { explainsAccounts } from '../snapshot/agreement.ts'
import { watchedArns } from '../snapshot/fold-instance.ts'
import type { Observation } from '../snapshot/observation.ts'
import { inParallel } from '../streams.ts'
import { type Look, maxCallsInFlight } from './context.ts'
import type { LookUpOptions } from './look-up.ts'

/** If more looks follow, one asks about this many requests of others at most, so that it ends in time. Each is asked about only once. */
const maxIdentified = 300

/**
 * Describes the requests of others that lists show in progress, and that were not seen before, to know which permission sets they are about.
 * Without permission sets to look for, it does not matter.
 */
export async function* identify(look: Look): AsyncGenerator<Observation, void> {
  const { unidentified, failure } = look.current().others
  if (failure !== null || watchedArns(look.current()).length === 0) return
  const keys = [...unidentified].map(([requestId, operation]) => ({ requestId, operation }))
  const most = look.kind === 'only' ? keys.length : maxIdentified
  yield* describeOthers(look, keys.slice(0, most), () => !look.tally.isInVain)
}

/** How many requests that have failed are looked at, and how old they may be, to explain accounts that are behind. */
const maxFailures = 10
const maxFailurePages = 5
const maxFailureAgeMs = 24 * 3_600_000

/**
 * Looks for a failed provisioning that explains why accounts are behind: the newest ones of the last day. Optional. AWS does not document the
 * order of its lists.
 *
 * @param now wall-clock time, to compare with AWS's dates
 */
export async function* findFailures(asker: LookUpOptions, now: Date): AsyncGenerator<Observation, void> {
  const { api, ask, current, signal } = asker
  const operation: OperationName = 'provision-permission-set'
  const recent: { readonly requestId: string; readonly createdMs: number }[] = []
  let token: string | null = null
  for (let pages = 0; pages < maxFailurePages; pages += 1) {
    const next: string | null = token
    const page: Answer<Page<Row>> | null = await ask({ priority: 'optional', signal }, (callSignal) =>
      api.list(operation, 'FAILED', next, callSignal),
    )
    if (!page?.ok) return
    for (const { requestId, createdDate } of page.value.rows) {
      const createdMs = createdDate?.getTime() ?? 0
      if (now.getTime() - createdMs <= maxFailureAgeMs) recent.push({ requestId, createdMs })
    }
    token = page.value.nextToken
    if (token === null) break
  }
  const { subjects } = current().others
  const newest = recent
    .filter(({ requestId }) => !subjects.has(requestId) && !current().positions.has(requestId))
    .sort((a, b) => b.createdMs - a.createdMs)
    .slice(0, maxFailures)
  const isExplained = () => current().requests.some((request) => explainsAccounts(request, current()))
  yield* describeOthers(
    asker,
    newest.map(({ requestId }) => ({ requestId, operation })),
    () => !isExplained(),
  )
}

async function* describeOthers(
  { api, ask, signal, tally }: LookUpOptions & Partial<Pick<Look, 'tally'>>,
  keys: readonly RequestKey[],
  isWanted: () => boolean,
): AsyncGenerator<Observation, void> {
  const answers = inParallel(
    keys,
    () => maxCallsInFlight,
    async (key) => {
      const answer = await ask({ priority: 'required', signal, isWanted }, (callSignal) =>
        api.describe(key, callSignal),
      )
      return { key, answer }
    },
  )
  for await (const { key, answer } of answers) {
    if (answer === null) continue
    tally?.note(answer)
    yield { kind: 'identified', key, answer }
  }
}
