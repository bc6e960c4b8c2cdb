import { type Api, isAccessDenied } from '../../requests/api.ts'
import { verdictOf } from '../../requests/verdict.ts'
import { accountsBehind, isInProgress, knowsProgress, rolloutArns } from '../snapshot/agreement.ts'
import { listAccountsAction, nameAction, type Observation } from '../snapshot/observation.ts'
import { detailsOf, type RequestState, statusOf } from '../snapshot/request-state.ts'
import { nextCountMs, type Rollout, unknownRollout } from '../snapshot/rollout.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { countAccounts, countHolders, listBehind } from './accounts.ts'
import type { Ask } from './ask.ts'

/** Each name costs a call. If there are more permission sets than this, the rest are shown by their ARNs. */
const maxNames = 50

/** What a look-up needs. */
export interface LookUpOptions {
  readonly api: Api
  readonly ask: Ask
  readonly current: () => Snapshot
  /** Milliseconds since the wait began. */
  readonly elapsedMs: () => number
  readonly signal: AbortSignal
}

/**
 * Looks up what is useful, but not needed: the names of permission sets, and how many accounts hold the latest version. Runs beside the
 * looks and never delays them.
 */
export async function* lookUp(options: LookUpOptions): AsyncGenerator<Observation, void> {
  const { current, elapsedMs } = options
  yield* lookUpNames(options, [...permissionSetsOf(current(), isWorthAName), ...rolloutArns(current())])
  const permissionSetArn = toCount(current())
  if (permissionSetArn === null) return
  const isCounted = (current().rollouts.get(permissionSetArn)?.total ?? null) !== null
  const startedAtMs = elapsedMs()
  const answer = isCounted
    ? await listBehind(options, permissionSetArn, 'optional')
    : await countAccounts(options, permissionSetArn)
  if (answer !== null) yield { kind: 'accounts', permissionSetArn, answer, startedAtMs }
}

/** Looks up what only the report needs: the primary Region if access was denied, the accounts that are behind, and names. */
export async function* lookUpForReport(options: LookUpOptions): AsyncGenerator<Observation, void> {
  const { api, ask, current, elapsedMs, signal } = options
  if (isDenied(current())) {
    const answer = await ask({ priority: 'optional', signal }, api.primaryRegion.bind(api))
    if (answer !== null) yield { kind: 'primary-region', answer }
  }
  for (const permissionSetArn of toListForReport(current())) {
    if (current().dropped.has(listAccountsAction)) break
    const startedAtMs = elapsedMs()
    const answer = await listBehind(options, permissionSetArn, 'optional')
    if (answer !== null) yield { kind: 'accounts', permissionSetArn, answer, startedAtMs }
  }
  for (const [permissionSetArn, behind] of toCountForReport(current())) {
    const startedAtMs = elapsedMs()
    const answer = await countHolders(options, permissionSetArn, behind)
    if (answer === null) break
    yield { kind: 'accounts', permissionSetArn, answer, startedAtMs }
  }
  const worthAName = current().requests.length > 1 ? () => true : isWorthAName
  yield* lookUpNames(options, [...permissionSetsOf(current(), worthAName), ...rolloutArns(current())])
}

async function* lookUpNames(
  { api, ask, current, signal }: LookUpOptions,
  arns: readonly string[],
): AsyncGenerator<Observation, void> {
  for (const permissionSetArn of new Set(arns)) {
    const { dropped, namesAskedFor } = current()
    if (namesAskedFor.has(permissionSetArn)) continue
    if (dropped.has(nameAction) || namesAskedFor.size >= maxNames) return
    const answer = await ask({ priority: 'optional', signal }, (callSignal) =>
      api.permissionSetName(permissionSetArn, callSignal),
    )
    if (answer === null) return
    yield { kind: 'named', permissionSetArn, answer }
  }
}

function permissionSetsOf({ requests }: Snapshot, isWanted: (request: RequestState) => boolean): string[] {
  return requests.filter(isWanted).flatMap((request) => detailsOf(request).permissionSetArn ?? [])
}

/** Many steps see only one request that has succeeded already. They need no name, and save the call. */
function isWorthAName(request: RequestState): boolean {
  return statusOf(request) !== 'SUCCEEDED'
}

/** Whether access was denied to something that the wait needs. */
function isDenied(snapshot: Snapshot): boolean {
  if (snapshot.goal.until === 'idle' && !knowsProgress(snapshot)) return true
  const blockers = [...snapshot.requests, ...rolloutArns(snapshot).map((arn) => snapshot.rollouts.get(arn))]
  return blockers.some((holder) => holder?.blocker && isAccessDenied(holder.blocker.failure))
}

/** The permission sets whose accounts the report lists, and that were not listed since the last look began. */
function toListForReport(snapshot: Snapshot): string[] {
  const verdict = verdictOf(snapshot)
  if (verdict !== 'failed' && verdict !== 'timed-out') return []
  const unfinished = snapshot.requests.filter(
    (request) => request.key.operation === 'provision-permission-set' && statusOf(request) !== 'SUCCEEDED',
  )
  const arns = [
    ...unfinished.flatMap((request) => detailsOf(request).permissionSetArn ?? []),
    ...rolloutArns(snapshot).filter((arn) => accountsBehind(snapshot, arn).length > 0),
  ]
  const isOld = (arn: string) => (snapshot.rollouts.get(arn)?.listedAtMs ?? -1) < snapshot.lookedAtMs
  return [...new Set(arns)].filter(isOld)
}

/** The permission sets of which the report says how many accounts hold them, and the accounts that are known to be behind. */
function toCountForReport(snapshot: Snapshot): (readonly [arn: string, behind: readonly string[]])[] {
  const verdict = verdictOf(snapshot)
  if (verdict !== 'succeeded' && verdict !== 'incomplete') return []
  return rolloutArns(snapshot).flatMap((arn) => {
    const { behind = null, total = null } = snapshot.rollouts.get(arn) ?? {}
    return behind === null || total !== null ? [] : [[arn, behind]]
  })
}

/** Whether accounts are behind, and AWS was not asked yet how many accounts hold the permission set. */
function isOpen(rollout: Rollout | undefined): boolean {
  return rollout?.total === null && rollout.behind !== null && rollout.behind.length > 0
}

/**
 * The permission set whose accounts are to be counted now; `null` if there is nothing to count. If permission sets are to be rolled out, the
 * looks list the accounts behind, and only the total is missing. Else accounts are counted only for a single provisioning of all accounts.
 */
function toCount(snapshot: Snapshot): string | null {
  const { requests, rollouts, dropped, elapsedMs } = snapshot
  const isUnfinished = isInProgress(snapshot) || snapshot.agreement.seen === 'behind'
  const uncounted = rolloutArns(snapshot).find((arn) => isUnfinished && isOpen(rollouts.get(arn)))
  if (uncounted !== undefined) return uncounted
  const [request] = requests
  if (snapshot.goal.until === 'rolled-out' || requests.length !== 1 || request?.phase !== 'in-progress') return null
  if (!request.described || request.key.operation !== 'provision-permission-set') return null
  const { accountId, permissionSetArn } = request.details
  if (accountId !== null || permissionSetArn === null || dropped.has(listAccountsAction)) return null
  return elapsedMs >= nextCountMs(rollouts.get(permissionSetArn) ?? unknownRollout) ? permissionSetArn : null
}
