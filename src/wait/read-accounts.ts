import type { AccountsQuery, Answer, Page } from '../requests/api.ts'
import { type Ask, type Asker, type ReadingOptions, readPages } from './ask.ts'
import { inPasses, type Look, now } from './look-in-progress.ts'
import { isInstanceOpen, permissionSetsToRead } from './plan-accounts.ts'
import type { LookResult } from './rules.ts'
import { endlessList } from './state/list-access.ts'

/** No organization has more accounts, and no instance more permission sets, than this many pages hold. */
const maxPages = 500

/**
 * Reads the accounts of the permission sets that are due, and records each reading. `result`: what the look has read before. Returns whether
 * more permission sets are due than one look reads.
 */
export async function readAccounts(look: Look, result: LookResult): Promise<boolean> {
  const { rules, store } = look
  const { freshSinceMs } = result
  const { due, hasMore } = permissionSetsToRead(now(look), freshSinceMs)
  await readEach(look, due)
  if (hasMore) return true
  // What was read too long ago is read again only when nothing else keeps the wait from its end.
  const { old } = permissionSetsToRead(now(look), freshSinceMs)
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
export async function readPermissionSets({ api, ask, store, tally }: Look): Promise<void> {
  const startedAtMs = store.elapsedMs
  const answer = await readWhole(ask, (token, signal) => api.listPermissionSets(token, signal), {
    onAnswer: (answer) => tally.note('list', answer),
  })
  if (answer !== null) store.record({ kind: 'permission-sets', answer, startedAtMs })
}

async function readEach(look: Look, arns: readonly string[]): Promise<void> {
  const { signal, tally } = look
  await inPasses(look, 'accounts', arns, (arn) =>
    readOutOfDate(look, arn, {
      isWanted: () => !signal.aborted && !tally.isInVain,
      onAnswer: (answer) => tally.note('accounts', answer),
    }),
  )
}

/** How a list is read whose rows are all wanted. */
type WholeReading = Omit<ReadingOptions<string>, 'maxPages' | 'onPage' | 'isEnough'>

/** Reads the accounts of a permission set that are out of date, and records them. */
export async function readOutOfDate(
  asker: Asker,
  permissionSetArn: string,
  options: WholeReading,
): Promise<Answer<string[]> | null> {
  const { store } = asker
  const startedAtMs = store.elapsedMs
  const isOptional = options.priority === 'optional'
  const answer = await listAccounts(asker, { permissionSetArn, onlyOutOfDate: true }, options)
  if (answer !== null) store.record({ kind: 'accounts', permissionSetArn, answer, startedAtMs, isOptional })
  return answer
}

/** All accounts of a query, as {@link readWhole} reads them. */
export function listAccounts({ api, ask }: Asker, query: AccountsQuery, options: WholeReading) {
  // A look repeats a throttled reading after others.
  const repeatsFirst = options.priority === 'optional'
  const call = (token: string | null, signal: AbortSignal) => api.listAccounts(query, token, signal)
  return readWhole(ask, call, { ...options, repeatsFirst })
}

/** All rows of a list, without repeats; `null` if a call was not made. A list that is not known whole is no answer. */
async function readWhole(
  ask: Ask,
  call: (token: string | null, signal: AbortSignal) => Promise<Answer<Page<string>>>,
  options: WholeReading,
): Promise<Answer<string[]> | null> {
  const rows = new Set<string>()
  const onPage = (page: readonly string[]) => {
    for (const row of page) rows.add(row)
  }
  const { end, failure } = await readPages(ask, call, { ...options, maxPages, onPage })
  if (end === 'cut') return null
  return end === 'whole' ? { ok: true, value: [...rows] } : { ok: false, failure: failure ?? endlessList }
}
