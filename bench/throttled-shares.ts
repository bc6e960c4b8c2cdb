import type { SimulatorOptions } from '../simulator/settings.ts'
import { toTheEnd, type Goal as WaitGoal } from '../src/requests/goal.ts'
import { type Goal, seconds } from './page.ts'
import { seeded } from './random.ts'
import { VirtualWorld } from './virtual-world.ts'

/** What is so already, and how AWS answers. */
interface Settled {
  readonly name: string
  /** SUCCEEDED before the wait, which is for them. */
  readonly requests?: number
  /** Up to date before the wait, which is for them where there are no requests. */
  readonly permissionSets?: number
  readonly settings: SimulatorOptions
  readonly limitMs: number
}

const faults = [{ share: 0.1, fault: { kind: 'error', code: 'ThrottlingException' } }] as const
const deny = ['sso:ListPermissionSetProvisioningStatus']
const settled: readonly Settled[] = [
  { name: '50 requests, 10 % of calls throttled', requests: 50, settings: { faults }, limitMs: 20_000 },
  {
    name: '200 requests, without List, 10 % of calls throttled',
    requests: 200,
    settings: { faults, deny },
    limitMs: 60_000,
  },
  {
    name: '50 permission sets, rolled-out, 10 % of calls throttled',
    permissionSets: 50,
    settings: { faults },
    limitMs: 40_000,
  },
  {
    name: '10 permission sets, rolled-out, 5 calls a second',
    permissionSets: 10,
    settings: { throttlePerSecond: 5 },
    limitMs: 20_000,
  },
]

/** How long it takes to settle what is so already, while a share of all calls is throttled, or the quota is small. */
export async function throttledShares(seeds: number): Promise<Goal[]> {
  const goals: Goal[] = []
  for (const one of settled) {
    const { limitMs, name } = one
    let longestMs = 0
    for (let seed = 1; seed <= seeds; seed += 1) longestMs = Math.max(longestMs, await settle(one, seed))
    const goal = `${name}: within ${limitMs / 1_000} s`
    goals.push({ goal, measured: seconds(longestMs), reached: longestMs <= limitMs })
  }
  return goals
}

async function settle({ name, permissionSets = 1, requests = 0, settings }: Settled, seed: number): Promise<number> {
  const own = Array.from({ length: permissionSets }, () => ({}))
  const world = new VirtualWorld({ random: seeded(seed), permissionSets: own, ...settings })
  const { instance } = world.service
  const requestIds = instance.startAll({ seconds: 0 }, requests)
  const rolledOut: WaitGoal = {
    ...toTheEnd,
    until: 'rolled-out',
    permissionSetArns: [...instance.permissionSets.keys()],
  }
  const { ending } = await world.wait(requestIds, {
    goal: requests > 0 ? toTheEnd : rolledOut,
    random: seeded(seed),
  })
  if (ending.verdict !== 'succeeded') throw new Error(`${name}: ${ending.verdict}`)
  return ending.elapsedMs
}
