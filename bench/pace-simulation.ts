import { inProcessApi, waitOn } from '../__tests__/support/in-process-api.ts'
import { VirtualClock } from '../__tests__/support/virtual-clock.ts'
import { InProcessIdentityCenter } from '../simulator/in-process.ts'
import { timeLeftMs } from '../src/wait/state/permission-set-state.ts'
import type { State } from '../src/wait/state/state.ts'
import type { Observer } from '../src/wait/store.ts'
import { neverAborted } from '../src/wait/time/deadline.ts'
import { type Random, seeded } from './random.ts'

/** One provisioning of all accounts, and what its account lists show. */
export interface Provisioning {
  readonly seed: number
  readonly accounts: number
  readonly durationMs: number
  readonly course: PaceCourse
}

/** How a provisioning goes through its accounts. */
export interface PaceCourse {
  readonly name: string
  /** The share of its time at which it has reached a share of its accounts. */
  pace(accounts: number, random: Random): (share: number) => number
  /** How late the account lists are. */
  readonly lagMs?: number
  /** The share of its time after which a tenth of the accounts is behind again. */
  readonly staleAt?: number
}

export interface Paced {
  /** From the end of the provisioning until the wait knows of it. */
  readonly delayMs: number
  readonly calls: number
  /** The estimates of the log, one for each heartbeat. */
  readonly estimates: readonly Estimate[]
}

/** An estimate of the time left, and the time that was really left. */
export interface Estimate {
  readonly leftMs: number
  readonly reallyLeftMs: number
}

const latencyMs = 80
const heartbeatMs = 30_000
const maxRowsOfPage = 100
/** As the action counted before: so often, and both lists each time. */
const countedEveryMs = 15_000

/**
 * Waits for a provisioning on a clock of its own. Without counts, the looks are those of a role that may not list accounts, and the calls
 * include those with which the action counted accounts before, on time, beside the looks.
 */
export async function waitThrough(provisioning: Provisioning, withCounts: boolean): Promise<Paced> {
  const { accounts, course, durationMs, seed } = provisioning
  const random = seeded(seed)
  const clock = new VirtualClock()
  const pace = course.pace(accounts, random)
  const service = new InProcessIdentityCenter({
    now: () => clock.now(),
    sleep: (ms, signal = neverAborted) => clock.sleep(ms, signal),
    latencyMs,
    accounts,
    accountsLagMs: course.lagMs ?? 0,
    deny: withCounts ? [] : ['sso:ListAccountsForProvisionedPermissionSet'],
  })
  const { instance } = service
  const { requestId } = instance.start({ seconds: durationMs / 1_000, pace })
  if (course.staleAt !== undefined)
    instance.makeStale(instance.permissionSet.arn, Math.ceil(accounts / 10), durationMs * course.staleAt)

  const requests = [{ requestId, operation: 'provision-permission-set' as const }]
  const options = { timeoutMs: 2 * durationMs + 60_000, random }
  let endedAtMs: number | null = null
  let callsAtEnd = 0
  let last: State | null = null
  const observe: Observer = (_, state) => {
    last = state
    if (endedAtMs !== null || state.requests.items[0]?.phase !== 'ended') return
    endedAtMs = clock.now()
    callsAtEnd = service.calls.length
  }
  // As often as the log shows it.
  const estimates: Estimate[] = []
  const estimate = async () => {
    for (; endedAtMs === null; await clock.sleep(heartbeatMs, over.signal)) {
      const [permissionSet] = last?.permissionSets.items ?? []
      const leftMs = permissionSet === undefined ? null : timeLeftMs(permissionSet, clock.now())
      if (leftMs !== null) estimates.push({ leftMs, reallyLeftMs: durationMs - clock.now() })
    }
  }
  const over = new AbortController()
  const waiting = waitOn(clock, inProcessApi(service, clock), requests, { ...options, observe })
  await clock.run(Promise.all([waiting.finally(() => over.abort()), estimate()]))
  if (endedAtMs === null) throw new Error('The wait did not see the end')
  const counting = service.calls.slice(0, callsAtEnd).filter(({ operation }) => operation.startsWith('ListAccounts'))
  const calls = withCounts ? callsAtEnd : callsAtEnd - counting.length + callsForCounts(accounts, durationMs, pace)
  return { delayMs: endedAtMs - durationMs, calls, estimates }
}

/** The calls with which the action counted accounts before. */
function callsForCounts(accounts: number, durationMs: number, pace: (share: number) => number): number {
  let calls = 0
  for (let atMs = countedEveryMs; atMs < durationMs; atMs += countedEveryMs) {
    let latest = 0
    while (latest < accounts && pace((latest + 1) / accounts) * durationMs <= atMs) latest += 1
    calls += pagesOf(latest) + pagesOf(accounts - latest)
  }
  return calls
}

function pagesOf(rows: number): number {
  return Math.max(1, Math.ceil(rows / maxRowsOfPage))
}
