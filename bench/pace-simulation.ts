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
}

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
  const { permissionSetArn, requestId } = service.instance.start({ seconds: durationMs / 1_000, pace })
  if (course.staleAt !== undefined)
    service.instance.makeStale(permissionSetArn, Math.ceil(accounts / 10), durationMs * course.staleAt)

  let paced: Paced | undefined
  await world.wait([requestId], {
    random,
    timeoutMs: 2 * durationMs + 60_000,
    observe(_, { requests }) {
      if (paced === undefined && requests.items[0]?.phase === 'ended')
        paced = { delayMs: clock.now() - durationMs, calls: service.calls.length }
    },
  })
  if (paced === undefined) throw new Error('The wait did not see the end')
  return paced
}
