import type { SimulatorOptions } from '../simulator/settings.ts'
import { toTheEnd, type Goal as WaitGoal } from '../src/requests/goal.ts'
import { type Goal, seconds } from './page.ts'
import { seeded } from './random.ts'
import { VirtualWorld } from './virtual-world.ts'

/** What is so already, and how AWS answers. */
interface Settled {
  readonly what: string
  /** SUCCEEDED before the wait, which is for them. */
  readonly requests?: number
  /** Up to date before the wait, which is for them where there are no requests. */
  readonly permissionSets?: number
  readonly when: string
  readonly settings: SimulatorOptions
  readonly limitMs: number
}

const faults = [{ share: 0.1, fault: { kind: 'error', code: 'ThrottlingException' } }] as const
const deny = ['sso:ListPermissionSetProvisioningStatus']
const tenth = { when: '10 % of calls throttled', settings: { faults } }
const small = { when: '5 calls a second', settings: { throttlePerSecond: 5 } }
const settled: readonly Settled[] = [
  { what: '50 requests', requests: 50, ...tenth, limitMs: 20_000 },
  { what: '200 requests, without List', requests: 200, ...tenth, settings: { faults, deny }, limitMs: 60_000 },
  { what: '50 permission sets, rolled-out', permissionSets: 50, ...tenth, limitMs: 40_000 },
  { what: '10 permission sets, rolled-out', permissionSets: 10, ...small, limitMs: 20_000 },
]

/** How long it takes to settle what is so already, while a share of all calls is throttled, or the quota is small. */
export async function throttledShares(seeds: number): Promise<Goal[]> {
  const goals: Goal[] = []
  for (const one of settled) {
    const { limitMs, what, when } = one
    let longestMs = 0
    for (let seed = 1; seed <= seeds; seed += 1) longestMs = Math.max(longestMs, await settle(one, seed))
    const goal = `${what}, ${when}: within ${limitMs / 1_000} s`
    goals.push({ goal, measured: seconds(longestMs), reached: longestMs <= limitMs })
  }
  return goals
}

async function settle({ permissionSets = 1, requests = 0, settings, what }: Settled, seed: number): Promise<number> {
  const own = Array.from({ length: permissionSets }, () => ({}))
  const world = new VirtualWorld({ random: seeded(seed), permissionSets: own, ...settings })
  const { instance } = world.service
  const requestIds = instance.startAll({ seconds: 0 }, requests)
  const permissionSetArns = [...instance.permissionSets.keys()]
  const goal: WaitGoal = requests > 0 ? toTheEnd : { ...toTheEnd, until: 'rolled-out', permissionSetArns }
  const { ending, state } = await world.wait(requestIds, { goal, random: seeded(seed) })
  if (ending.verdict !== 'succeeded') throw new Error(`${what}: ${ending.verdict}`)
  return state.elapsedMs
}
