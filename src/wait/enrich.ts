import { isAccessDenied } from '../requests/api.ts'
import type { Ending } from './ending.ts'
import { type Asker, listAccounts } from './read-accounts.ts'
import type { GoalRules } from './rules.ts'
import { listAccountsAction, nameAction } from './state/observation.ts'
import { countingOutOfDate, nextCountMs, type PermissionSetState } from './state/permission-set-state.ts'
import { detailsOf, isUnfinished, provisioned, type RequestState, statusOf } from './state/request-state.ts'
import { permissionSetOf, type State } from './state/state.ts'
import type { Store } from './store.ts'

/** Each name costs a call. If there are more permission sets than this, the rest are shown by their ARNs. */
const maxNames = 50
/** Up to this many permission sets are shown one by one. */
const maxShown = 20
/** The report counts the accounts that hold a permission set for this many of them. */
const maxCounted = 10
/** A count of the accounts that hold a permission set is made again for the report if it is older than this. */
const countsForMs = 10_000

/**
 * Looks up what is useful, but not needed: the names of permission sets, and how many accounts hold the latest version. Runs beside the
 * looks and never delays them.
 */
export async function enrichBeside(asker: Asker, store: Store): Promise<void> {
  await lookUpNames(asker, store, [...arnsOf(store.state, isWorthAName), ...shownSets(store.state)])
  const toCount = permissionSetToCount(store.state, store.elapsedMs)
  if (toCount === null) return
  // If permission sets are to be rolled out, the looks list the accounts that are out of date.
  const isRead = !store.state.scope.permissionSetArns.has(toCount.arn)
  if (isRead && !(await readOptional(asker, store, toCount.arn))) return
  if (toCount.holders === null) await countHolders(asker, store, toCount.arn)
}

/** Looks up what only the report needs: the primary Region if access was denied, accounts that are out of date, and names. */
export async function enrichForReport(asker: Asker, store: Store, rules: GoalRules, ending: Ending): Promise<void> {
  const { api, ask, signal } = asker
  if (isDenied(store.state, ending)) {
    const answer = await ask({ priority: 'optional', signal }, api.primaryRegion.bind(api))
    if (answer !== null) store.record({ kind: 'primary-region', answer })
  }
  for (const arn of toReadForReport(store.state, rules, ending)) {
    if (signal.aborted || store.state.access.dropped.has(listAccountsAction)) break
    await readOptional(asker, store, arn)
  }
  for (const { arn } of toCountForReport(store.state, rules, ending, store.elapsedMs)) {
    if (signal.aborted || store.state.access.dropped.has(listAccountsAction)) break
    await countHolders(asker, store, arn)
  }
  const worthAName = store.state.requests.size > 1 ? () => true : isWorthAName
  await lookUpNames(asker, store, [...arnsOf(store.state, worthAName), ...shownSets(store.state)])
}

/** Reads the accounts that are out of date. Returns whether they were read. */
async function readOptional(asker: Asker, store: Store, permissionSetArn: string): Promise<boolean> {
  const startedAtMs = store.elapsedMs
  const answer = await listAccounts(asker, { permissionSetArn, onlyOutOfDate: true }, { priority: 'optional' })
  if (answer !== null) store.record({ kind: 'accounts', permissionSetArn, answer, startedAtMs, isOptional: true })
  return answer?.ok === true
}

/** Reads which accounts hold a permission set in any version, so that none is missed that changes between two lists. */
async function countHolders(asker: Asker, store: Store, permissionSetArn: string): Promise<void> {
  const answer = await listAccounts(asker, { permissionSetArn, onlyOutOfDate: false }, { priority: 'optional' })
  if (answer !== null) store.record({ kind: 'holders', permissionSetArn, answer })
}

async function lookUpNames({ api, ask, signal }: Asker, store: Store, arns: readonly string[]): Promise<void> {
  for (const permissionSetArn of new Set(arns)) {
    const { access, extras } = store.state
    if (extras.namesAskedFor.has(permissionSetArn)) continue
    if (access.dropped.has(nameAction) || extras.namesAskedFor.size >= maxNames) return
    const answer = await ask({ priority: 'optional', signal }, (callSignal) =>
      api.permissionSetName(permissionSetArn, callSignal),
    )
    if (answer === null) return
    store.record({ kind: 'named', permissionSetArn, answer })
  }
}

function arnsOf({ requests }: State, isWanted: (request: RequestState) => boolean): string[] {
  return requests.items.filter(isWanted).flatMap((request) => detailsOf(request).permissionSetArn ?? [])
}

/** The permission sets in the scope that log and report show one by one: of many, those with accounts that are out of date or not read. */
function shownSets(state: State): string[] {
  const arns = [...state.scope.permissionSetArns]
  if (arns.length <= maxShown) return arns
  return arns.filter((arn) => {
    const permissionSet = permissionSetOf(state, arn)
    return countingOutOfDate(permissionSet).length > 0 || permissionSet.blocker !== null
  })
}

/** Many steps see only one request that has succeeded already. They need no name, and save the call. */
function isWorthAName(request: RequestState): boolean {
  return statusOf(request) !== 'SUCCEEDED'
}

/** Whether access was denied to something that the wait needs. */
function isDenied({ requests }: State, { unread }: Ending): boolean {
  const blockers = requests.items.map(({ blocker }) => blocker)
  return (
    unread.some(({ failure }) => isAccessDenied(failure)) ||
    blockers.some((blocker) => blocker !== null && isAccessDenied(blocker.failure))
  )
}

/** The permission sets whose accounts the report lists, and that were not read since the last look began. The oldest reading comes first. */
function toReadForReport(state: State, { readsAccounts }: GoalRules, { verdict }: Ending): readonly string[] {
  if (verdict !== 'failed' && verdict !== 'timed-out') return []
  const unfinished = state.requests.items.filter((request) => statusOf(request) !== 'SUCCEEDED')
  const inScope = readsAccounts ? state.scope.permissionSetArns : []
  const arns = new Set([...unfinished.flatMap((request) => provisioned(request) ?? []), ...inScope])
  return [...arns]
    .map((arn) => permissionSetOf(state, arn))
    .filter(({ blocker, readAtMs }) => blocker?.kind !== 'final' && (readAtMs ?? -1) < state.lookedAtMs)
    .sort((a, b) => (a.readAtMs ?? -1) - (b.readAtMs ?? -1))
    .map(({ arn }) => arn)
}

/** The permission sets of which the report says how many accounts hold them. */
function toCountForReport(
  state: State,
  { readsAccounts }: GoalRules,
  { verdict }: Ending,
  nowMs: number,
): readonly PermissionSetState[] {
  if (!readsAccounts || (verdict !== 'succeeded' && verdict !== 'incomplete')) return []
  return [...state.scope.permissionSetArns]
    .map((arn) => permissionSetOf(state, arn))
    .filter(({ holders, outOfDate }) => outOfDate !== null && (holders === null || nowMs - holders.atMs > countsForMs))
    .slice(0, maxCounted)
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
  const uncounted = [...scope.permissionSetArns]
    .map((arn) => permissionSetOf(state, arn))
    .find((each) => each.holders === null && countingOutOfDate(each).length > 0)
  if (isOpen && uncounted !== undefined) return uncounted
  const [request] = requests.items
  if (scope.followsGiven || requests.size !== 1 || request === undefined || !isUnfinished(request)) return null
  if (request.phase !== 'in-progress' || !request.described || request.details.accountId !== null) return null
  const arn = provisioned(request)
  if (arn === null) return null
  const permissionSet = permissionSetOf(state, arn)
  return nowMs >= nextCountMs(permissionSet) ? permissionSet : null
}
