import { isAccessDenied } from '../requests/api.ts'
import type { Asker } from './ask.ts'
import type { Ending } from './ending.ts'
import { listAccounts, readOutOfDate } from './read-accounts.ts'
import { listAccountsAction, nameAction } from './state/observation.ts'
import { countingOutOfDate, nextCountMs, type PermissionSetState } from './state/permission-set-state.ts'
import { isUnfinished, provisioned, type RequestState, statusOf } from './state/request-state.ts'
import { permissionSetOf, type State, setsInScope } from './state/state.ts'

/** Each name costs a call. If there are more permission sets than this, the rest are shown by their ARNs. */
const maxNames = 50
/** Up to this many permission sets are shown one by one. */
const maxShown = 20
/** The report counts the accounts that hold a permission set for this many of them. */
const maxCounted = 10
/** A count of the accounts that hold a permission set is made again for the report if it is older than this. */
const countsForMs = 10_000

/** These calls never go before those that may decide the verdict. */
const optional = { priority: 'optional' } as const

/**
 * Looks up what is useful, but not needed: the names of permission sets, and how many accounts hold the latest version. Runs beside the
 * looks and never delays them.
 */
export async function enrichBeside(asker: Asker): Promise<void> {
  const { store } = asker
  await lookUpNames(asker, isWorthAName)
  const toCount = permissionSetToCount(store.state, store.elapsedMs)
  if (toCount === null) return
  const { arn, holders } = toCount
  // If permission sets are to be rolled out, the looks list the accounts that are out of date.
  const isRead =
    store.state.scope.permissionSetArns.has(arn) || (await readOutOfDate(asker, arn, optional))?.ok === true
  if (isRead && holders === null) await countHolders(asker, arn)
}

/** Looks up what only the report needs: the primary Region if access was denied, accounts that are out of date, and names. */
export async function enrichForReport(asker: Asker, ending: Ending): Promise<void> {
  const { api, ask, signal, store } = asker
  if (isDenied(store.state, ending)) {
    const answer = await ask((signal) => api.primaryRegion(signal), optional)
    if (answer !== null) store.record({ kind: 'primary-region', answer })
  }
  const mayListAccounts = () => !signal.aborted && !store.state.access.dropped.has(listAccountsAction)
  for (const arn of toReadForReport(store.state, ending))
    if (mayListAccounts()) await readOutOfDate(asker, arn, optional)
  for (const arn of toCountForReport(store.state, ending, store.elapsedMs))
    if (mayListAccounts()) await countHolders(asker, arn)
  await lookUpNames(asker, store.state.requests.size > 1 ? () => true : isWorthAName)
}

/** Reads which accounts hold a permission set in any version, so that none is missed that changes between two lists. */
async function countHolders(asker: Asker, permissionSetArn: string): Promise<void> {
  const answer = await listAccounts(asker, { permissionSetArn, onlyOutOfDate: false }, optional)
  if (answer !== null) asker.store.record({ kind: 'holders', permissionSetArn, answer })
}

/** Looks up the names of the permission sets of requests, of those that `isWorthAName` says, and of those that are shown one by one. */
async function lookUpNames(
  { api, ask, store }: Asker,
  isWorthAName: (request: RequestState) => boolean,
): Promise<void> {
  const requests = store.state.requests.items.filter(isWorthAName)
  const arns = requests.flatMap(({ details }) => details.permissionSetArn ?? [])
  for (const permissionSetArn of new Set([...arns, ...shownSets(store.state)])) {
    const { access, names } = store.state
    if (names.has(permissionSetArn)) continue
    if (access.dropped.has(nameAction) || names.size >= maxNames) return
    const answer = await ask((signal) => api.permissionSetName(permissionSetArn, signal), optional)
    if (answer === null) return
    store.record({ kind: 'named', permissionSetArn, answer })
  }
}

/** The permission sets in the scope that log and report show one by one: of many, those with accounts that are out of date or not read. */
function shownSets(state: State): string[] {
  const all = setsInScope(state)
  const shown = all.filter(
    (each) => all.length <= maxShown || countingOutOfDate(each).length > 0 || each.blocker !== null,
  )
  return shown.map(({ arn }) => arn)
}

/** Many steps see only one request that has succeeded already. They need no name, and save the call. */
function isWorthAName(request: RequestState): boolean {
  return statusOf(request) !== 'SUCCEEDED'
}

/** Whether access was denied to something that the wait needs. */
function isDenied({ requests }: State, { unread }: Ending): boolean {
  const blockers = requests.items.flatMap(({ blocker }) => blocker ?? [])
  return [...unread, ...blockers].some(({ failure }) => isAccessDenied(failure))
}

/** The permission sets whose accounts the report lists, and that were not read since the last look began. The oldest reading comes first. */
function toReadForReport(state: State, { verdict }: Ending): readonly string[] {
  if (verdict !== 'failed' && verdict !== 'timed-out') return []
  const unfinished = state.requests.items.filter((request) => statusOf(request) !== 'SUCCEEDED')
  const inScope = state.scope.readsAccounts ? state.scope.permissionSetArns : []
  const arns = new Set([...unfinished.flatMap((request) => provisioned(request) ?? []), ...inScope])
  return [...arns]
    .map((arn) => permissionSetOf(state, arn))
    .filter(({ blocker, readAtMs }) => blocker?.kind !== 'final' && (readAtMs ?? -1) < state.lookedAtMs)
    .sort((a, b) => (a.readAtMs ?? -1) - (b.readAtMs ?? -1))
    .map(({ arn }) => arn)
}

/** The permission sets of which the report says how many accounts hold them. */
function toCountForReport(state: State, { verdict }: Ending, nowMs: number): readonly string[] {
  if (!state.scope.readsAccounts || (verdict !== 'succeeded' && verdict !== 'incomplete')) return []
  return setsInScope(state)
    .filter(({ holders, outOfDate }) => outOfDate !== null && (holders === null || nowMs - holders.atMs > countsForMs))
    .slice(0, maxCounted)
    .map(({ arn }) => arn)
}

/**
 * The permission set whose accounts are to be counted now; `null` if there is nothing to count. If permission sets are to be rolled out, the
 * looks list the accounts that are out of date, and only the total is missing. Else accounts are counted only for a single provisioning of
 * all accounts.
 */
function permissionSetToCount(state: State, nowMs: number): PermissionSetState | null {
  const { access, judgement, requests, scope } = state
  if (access.dropped.has(listAccountsAction)) return null
  const isOpen = judgement.finding === 'busy' || judgement.finding === 'out-of-date'
  const uncounted = setsInScope(state).find((each) => each.holders === null && countingOutOfDate(each).length > 0)
  if (isOpen && uncounted !== undefined) return uncounted
  const [request] = requests.items
  if (scope.readsAccounts || requests.size !== 1 || request === undefined || !isUnfinished(request)) return null
  if (!request.described || request.details.accountId !== null) return null
  const arn = provisioned(request)
  if (arn === null) return null
  const permissionSet = permissionSetOf(state, arn)
  return nowMs >= nextCountMs(permissionSet) ? permissionSet : null
}
