import { timeLeftMs } from '../src/wait/state/permission-set-state.ts'
import type { State } from '../src/wait/state/state.ts'
import type { Observer } from '../src/wait/store.ts'
import { type Random, seeded } from './random.ts'
import { VirtualWorld } from './virtual-world.ts'

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
  /** The share of its time after which a tenth of the accounts is out of date again. */
  readonly staleAt?: number
}

export interface Paced {
  /** From the end of the provisioning until the wait knows of it. */
  readonly delayMs: number
  readonly calls: number
  /** Estimates of the time left, one every 30 s. */
  readonly estimates: readonly Estimate[]
}

/** An estimate of the time left, and the time that was really left. */
export interface Estimate {
  readonly leftMs: number
  readonly reallyLeftMs: number
}

/** As often as the log shows it if nothing else happens. */
const estimatedEveryMs = 30_000

/** Waits for a provisioning on a clock of its own, with the right to list accounts or without it. */
export async function waitThrough(provisioning: Provisioning, mayListAccounts: boolean): Promise<Paced> {
  const { accounts, course, durationMs, seed } = provisioning
  const random = seeded(seed)
  const pace = course.pace(accounts, random)
  const world = new VirtualWorld({
    accounts,
    accountsLagMs: course.lagMs ?? 0,
    deny: mayListAccounts ? [] : ['sso:ListAccountsForProvisionedPermissionSet'],
  })
  const { clock, service } = world
  const { requestId } = service.instance.start({ seconds: durationMs / 1_000, pace })
  if (course.staleAt !== undefined)
    service.instance.makeStale(
      service.instance.permissionSet.arn,
      Math.ceil(accounts / 10),
      durationMs * course.staleAt,
    )

  const seen: { state: State | null; endedAtMs: number | null; calls: number } = {
    state: null,
    endedAtMs: null,
    calls: 0,
  }
  const observe: Observer = (_, state) => {
    seen.state = state
    if (seen.endedAtMs !== null || state.requests.items[0]?.phase !== 'ended') return
    seen.endedAtMs = clock.now()
    seen.calls = service.calls.length
  }
  const estimates: Estimate[] = []
  const estimate = async () => {
    for (let atMs = estimatedEveryMs; atMs < durationMs; atMs += estimatedEveryMs) {
      await clock.sleep(estimatedEveryMs)
      const [permissionSet] = seen.state?.permissionSets.items ?? []
      const leftMs = permissionSet === undefined ? null : timeLeftMs(permissionSet, clock.now())
      if (leftMs !== null) estimates.push({ leftMs, reallyLeftMs: durationMs - clock.now() })
    }
  }
  const estimated = estimate()
  await world.wait([requestId], { random, timeoutMs: 2 * durationMs + 60_000, observe })
  await estimated
  if (seen.endedAtMs === null) throw new Error('The wait did not see the end')
  return { delayMs: seen.endedAtMs - durationMs, calls: seen.calls, estimates }
}
