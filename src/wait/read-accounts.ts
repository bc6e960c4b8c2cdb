import type { AccountsQuery, Answer, Api } from '../requests/api.ts'
import { type Ask, endlessList, type PagesRead, readPages } from './ask.ts'
import { inPasses, type Look, maxCallsInFlight } from './look-in-progress.ts'
import { permissionSetsToRead } from './plan-accounts.ts'
import type { LookResult } from './rules.ts'
import type { Priority } from './time/rate-limit.ts'

/** Who asks, and how. */
export interface Asker {
  readonly api: Api
  readonly ask: Ask
  readonly signal: AbortSignal
}

/** No organization has more accounts than this many pages hold. */
const maxPages = 500
/** Reads the accounts of the permission sets that are due, and records each reading. `result`: what the look has read before. */
export async function readAccounts(look: Look, result: LookResult): Promise<void> {
  const { kind, rules, store } = look
  const { freshSinceMs } = result
  await readEach(look, permissionSetsToRead(store.state, kind, store.elapsedMs, freshSinceMs).due)
  // What was read too long ago is read again only when nothing else keeps the wait from its end.
  const { old } = permissionSetsToRead(store.state, kind, store.elapsedMs, freshSinceMs)
  const findings = [...rules.judge(store.state, result).permissionSets]
  const isLast = findings.every(([arn, { isSettled, wantsPast }]) => isSettled || wantsPast || old.includes(arn))
  if (old.length > 0 && result.hasReadLists && isLast) await readEach(look, old)
}

async function readEach(look: Look, arns: readonly string[]): Promise<void> {
  const { signal, store, tally } = look
  await inPasses(
    look,
    'accounts',
    arns,
    () => maxCallsInFlight,
    async (permissionSetArn) => {
      const startedAtMs = store.elapsedMs
      const isWanted = () => !signal.aborted && !tally.isInVain
      const onAnswer = (answer: Answer<unknown>) => tally.note('accounts', answer)
      const answer = await listAccounts(
        look,
        { permissionSetArn, onlyOutOfDate: true },
        { priority: 'required', isWanted, onAnswer },
      )
      if (answer !== null) store.record({ kind: 'accounts', permissionSetArn, answer, startedAtMs, isOptional: false })
      return answer?.ok === false && answer.failure.effect === 'throttled'
    },
  )
}

/** All accounts of a query, without repeats; `null` if a call was not made. A list that is not known whole is no answer. */
export async function listAccounts(
  { api, ask, signal }: Asker,
  query: AccountsQuery,
  options: {
    readonly priority: Priority
    readonly isWanted?: () => boolean
    readonly onAnswer?: (answer: Answer<unknown>) => void
  },
): Promise<Answer<string[]> | null> {
  const accountIds = new Set<string>()
  const read: PagesRead = await readPages<string>(
    ask,
    {
      ...options,
      signal,
      repeatsFirst: options.priority === 'optional',
      maxPages,
      onPage(rows) {
        for (const accountId of rows) accountIds.add(accountId)
        return false
      },
    },
    (token, callSignal) => api.listAccounts(query, token, callSignal),
  )
  if (read.end === 'cut') return null
  if (read.end === 'whole') return { ok: true, value: [...accountIds] }
  return { ok: false, failure: read.failure ?? endlessList }
}
