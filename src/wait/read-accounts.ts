import type { AccountsQuery, Answer, Api } from '../requests/api.ts'
import { type Ask, endlessList, type PagesRead, readPages } from './ask.ts'
import { inPasses, type Look, maxCallsInFlight } from './look-in-progress.ts'
import { isInstanceOpen, permissionSetsToRead } from './plan-accounts.ts'
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

/**
 * Reads the accounts of the permission sets that are due, and records each reading. `result`: what the look has read before. Returns whether
 * more permission sets are due than one look reads.
 */
export async function readAccounts(look: Look, result: LookResult): Promise<boolean> {
  const { kind, rules, store } = look
  const { freshSinceMs } = result
  const { due, hasMore } = permissionSetsToRead(store.state, kind, store.elapsedMs, freshSinceMs)
  await readEach(look, due)
  if (hasMore) return true
  // What was read too long ago is read again only when nothing else keeps the wait from its end.
  const { old } = permissionSetsToRead(store.state, kind, store.elapsedMs, freshSinceMs)
  const { finding, permissionSets } = rules.judge(store.state, result)
  const isLast =
    finding !== 'busy' &&
    [...permissionSets].every(([arn, { isSettled, wantsPast }]) => isSettled || wantsPast || old.includes(arn))
  if (!result.hasReadLists || !isLast) return false
  if (isInstanceOpen(store.state, store.elapsedMs, freshSinceMs)) await readPermissionSets(look)
  await readEach(look, old)
  return false
}

/** Reads which permission sets the instance has, and records it. */
export async function readPermissionSets({ api, ask, signal, store, tally }: Look): Promise<void> {
  const arns = new Set<string>()
  const startedAtMs = store.elapsedMs
  const { end, failure } = await readPages<string>(
    ask,
    {
      priority: 'required',
      signal,
      repeatsFirst: true,
      maxPages,
      onAnswer: (answer) => tally.note('list', answer),
      onPage(rows) {
        for (const arn of rows) arns.add(arn)
        return false
      },
    },
    (token, callSignal) => api.listPermissionSets(token, callSignal),
  )
  if (end === 'cut') return
  const answer = end === 'whole' ? ({ ok: true, value: [...arns] } as const) : null
  store.record({
    kind: 'permission-sets',
    answer: answer ?? { ok: false, failure: failure ?? endlessList },
    startedAtMs,
  })
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
