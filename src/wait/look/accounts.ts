import type { AccountsQuery, Answer, Api, Page } from '../../requests/api.ts'
import { accountsBehind, isInProgress, rolloutArns } from '../snapshot/agreement.ts'
import type { Observation } from '../snapshot/observation.ts'
import { type AccountList, nextCountMs, type Rollout, unknownRollout } from '../snapshot/rollout.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { inParallel } from '../streams.ts'
import type { Priority } from '../time/rate-limit.ts'
import { type Ask, askForPage } from './ask.ts'
import { type Look, maxCallsInFlight } from './context.ts'

/** Who asks, and how. */
export interface Asker {
  readonly api: Api
  readonly ask: Ask
  readonly signal: AbortSignal
}

/** All accounts of a query; `null` if a call was not made. */
async function listAccounts(
  { api, ask, signal }: Asker,
  query: AccountsQuery,
  priority: Priority,
): Promise<Answer<string[]> | null> {
  const accounts: string[] = []
  let token: string | null = null
  do {
    const next: string | null = token
    const call = (callSignal: AbortSignal): Promise<Answer<Page<string>>> => api.listAccounts(query, next, callSignal)
    const options = { priority, signal }
    const page: Answer<Page<string>> | null =
      next === null ? await ask(options, call) : await askForPage(ask, options, call)
    if (page === null || !page.ok) return page
    accounts.push(...page.value.rows)
    token = page.value.nextToken
  } while (token !== null)
  return { ok: true, value: accounts }
}

/** The accounts that are behind with a permission set; `null` if a call was not made. */
export async function listBehind(
  asker: Asker,
  permissionSetArn: string,
  priority: Priority,
): Promise<Answer<AccountList> | null> {
  const behind = await listAccounts(asker, { permissionSetArn, onlyBehind: true }, priority)
  return behind?.ok ? { ok: true, value: { behind: behind.value, latest: null } } : behind
}

/**
 * How many accounts hold a permission set, and which are behind; `null` if a call was not made. The calls are optional. All accounts are
 * listed, and not those that are up to date, so that none is missed that changes between the two lists.
 */
export async function countAccounts(asker: Asker, permissionSetArn: string): Promise<Answer<AccountList> | null> {
  const behind = await listAccounts(asker, { permissionSetArn, onlyBehind: true }, 'optional')
  if (!behind?.ok) return behind
  const all = await listAccounts(asker, { permissionSetArn, onlyBehind: false }, 'optional')
  if (!all?.ok) return all
  return { ok: true, value: accountList(behind.value, all.value) }
}

/** How many accounts hold a permission set, if it is known which are behind; `null` if a call was not made. The calls are optional. */
export async function countHolders(
  asker: Asker,
  permissionSetArn: string,
  behind: readonly string[],
): Promise<Answer<AccountList> | null> {
  const all = await listAccounts(asker, { permissionSetArn, onlyBehind: false }, 'optional')
  return all?.ok ? { ok: true, value: accountList(behind, all.value) } : all
}

function accountList(behind: readonly string[], all: readonly string[]): AccountList {
  return { behind, latest: new Set([...behind, ...all]).size - new Set(behind).size }
}

/**
 * Lists the accounts that are behind with the permission sets that are to be rolled out. After the first time, only the permission sets with
 * accounts behind are listed again, and, while something is in progress, only when they are due. Once none is behind, all of them are.
 */
export async function* lookAtAccounts(look: Look): AsyncGenerator<Observation, void> {
  const isOpen = ({ askedAtMs, blocker }: Rollout) =>
    blocker?.kind !== 'final' && (askedAtMs === null || askedAtMs < look.startedAtMs)
  const due = (isDue: (arn: string, rollout: Rollout) => boolean) =>
    rolloutArns(look.current()).filter((arn) => {
      const rollout = rolloutOf(look.current(), arn)
      return isOpen(rollout) && isDue(arn, rollout)
    })
  const isBusy = isInProgress(look.current())
  yield* listEach(
    look,
    due((arn, rollout) => isFirstDue(look, arn, rollout, isBusy)),
  )
  const isBehind = rolloutArns(look.current()).some((arn) => accountsBehind(look.current(), arn).length > 0)
  if (!isBusy && !isBehind)
    yield* listEach(
      look,
      due(() => true),
    )
}

function isFirstDue(look: Look, arn: string, rollout: Rollout, isBusy: boolean): boolean {
  if (rollout.behind === null) return true
  if (accountsBehind(look.current(), arn).length === 0) return false
  return !isBusy || look.elapsedMs() >= nextCountMs(rollout)
}

async function* listEach(look: Look, arns: readonly string[]): AsyncGenerator<Observation, void> {
  const answers = inParallel(
    arns,
    () => maxCallsInFlight,
    async (permissionSetArn) => {
      const startedAtMs = look.elapsedMs()
      const answer = look.tally.isInVain ? null : await listBehind(look, permissionSetArn, 'required')
      return { permissionSetArn, answer, startedAtMs }
    },
  )
  for await (const { permissionSetArn, answer, startedAtMs } of answers) {
    if (answer === null) continue
    look.tally.note(answer)
    yield { kind: 'accounts', permissionSetArn, answer, startedAtMs }
  }
}

function rolloutOf({ rollouts }: Snapshot, arn: string): Rollout {
  return rollouts.get(arn) ?? unknownRollout
}
