import { countAccounts, listAccounts } from './accounts.ts'
import { type Api, isAccessDenied } from './api.ts'
import type { Ask } from './ask.ts'
import { detailsOf, type RequestState, statusOf } from './request-state.ts'
import { listAccountsAction, nameAction, type Observation, type Snapshot } from './snapshot.ts'
import { verdictOf } from './verdict.ts'

/** Each name costs a call. If there are more permission sets than this, the rest are shown by their ARNs. */
const maxNames = 50
/** The least time between two counts of the accounts. */
const countEveryMs = 15_000

/** What a look-up needs. */
export interface LookUpOptions {
  readonly api: Api
  readonly ask: Ask
  readonly current: () => Snapshot
  readonly signal: AbortSignal
}

/**
 * Looks up what is useful, but not needed: the names of permission sets, and how many accounts hold the latest version. Runs beside the
 * looks and never delays them.
 */
export async function* lookUp(options: LookUpOptions): AsyncGenerator<Observation, void> {
  const { api, ask, current, signal } = options
  yield* lookUpNames(options, isWorthAName)
  const permissionSetArn = toCount(current())
  if (permissionSetArn === null) return
  const answer = await countAccounts(api, ask, permissionSetArn, signal)
  if (answer !== null) yield { kind: 'counted', permissionSetArn, answer }
}

/** Looks up what only the report needs: the primary Region if access was denied, the accounts that are behind, and names. */
export async function* lookUpForReport(options: LookUpOptions): AsyncGenerator<Observation, void> {
  const { api, ask, current, signal } = options
  if (current().requests.some(isDenied)) {
    const answer = await ask({ priority: 'optional', signal }, api.primaryRegion.bind(api))
    if (answer !== null) yield { kind: 'primary-region', answer }
  }
  for (const permissionSetArn of permissionSetsBehind(current())) {
    if (current().dropped.has(listAccountsAction)) break
    const answer = await listAccounts(api, ask, { permissionSetArn, latest: false }, signal)
    if (answer !== null) yield { kind: 'behind', permissionSetArn, answer }
  }
  yield* lookUpNames(options, current().requests.length > 1 ? () => true : isWorthAName)
}

async function* lookUpNames(
  { api, ask, current, signal }: LookUpOptions,
  isWorthIt: (request: RequestState) => boolean,
): AsyncGenerator<Observation, void> {
  const arns = current()
    .requests.filter(isWorthIt)
    .flatMap((request) => detailsOf(request).permissionSetArn ?? [])
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

/** Many steps see only one request that has succeeded already. They need no name, and save the call. */
function isWorthAName(request: RequestState): boolean {
  return statusOf(request) !== 'SUCCEEDED'
}

function isDenied({ obstacle }: RequestState): boolean {
  return obstacle !== null && isAccessDenied(obstacle.trouble)
}

/** The permission sets whose provisionings failed or did not end in time. */
function permissionSetsBehind(snapshot: Snapshot): Set<string> {
  const verdict = verdictOf(snapshot)
  if (verdict !== 'failed' && verdict !== 'timed-out') return new Set()
  const behind = snapshot.requests.filter(
    (request) => request.key.operation === 'provision-permission-set' && statusOf(request) !== 'SUCCEEDED',
  )
  return new Set(behind.flatMap((request) => detailsOf(request).permissionSetArn ?? []))
}

/**
 * The permission set whose accounts are to be counted now; `null` if there is nothing to count. Accounts are counted only for a single
 * provisioning of all accounts.
 */
function toCount({ requests, countedAtMs, dropped, elapsedMs }: Snapshot): string | null {
  const [request] = requests
  if (requests.length !== 1 || request?.phase !== 'in-progress' || !request.described) return null
  if (request.key.operation !== 'provision-permission-set') return null
  if (dropped.has(listAccountsAction) || elapsedMs - (countedAtMs ?? 0) < countEveryMs) return null
  return request.details.accountId === null ? request.details.permissionSetArn : null
}
