import type { SimulatorOptions } from '../simulator/settings.ts'
import { toTheEnd, type Goal as WaitGoal } from '../src/requests/goal.ts'
import { range, seconds } from './page.ts'
import { seeded } from './random.ts'
import { type Statistics, statisticsOf } from './statistics.ts'
import type { Findings, Goal } from './topic.ts'
import { VirtualWorld } from './virtual-world.ts'

interface Settled {
  readonly name: string
  readonly requests: number
  readonly goal: WaitGoal
  readonly settings: SimulatorOptions
  /** The limit of the goal, with 10 % of calls throttled, or at 5 calls a second. */
  readonly limitMs: number
}

const deny = ['sso:ListPermissionSetProvisioningStatus']
const throttled: readonly Settled[] = [
  { name: '50 requests', requests: 50, goal: toTheEnd, settings: {}, limitMs: 20_000 },
  { name: '200 requests, without List', requests: 200, goal: toTheEnd, settings: { deny }, limitMs: 60_000 },
  rolledOut(50, 40_000),
]
const atQuotas = rolledOut(10, 20_000)
const shares = [0, 0.05, 0.1, 0.2, 0.3]
/** At how many calls a second AWS throttles. */
const quotas = [20, 10, 5]

/** Measures how long it takes to settle what is so already, while a share of all calls is throttled, or the quota is small. */
export async function measureThrottledShares(seeds: number): Promise<Findings> {
  const goals: Goal[] = []
  const byShare: string[][] = []
  for (const settled of throttled) {
    const cells: string[] = []
    for (const share of shares) {
      const fault = { kind: 'error', code: 'ThrottlingException' } as const
      const tookMs = await settle(settled, { faults: [{ share, fault }] }, seeds)
      cells.push(range(tookMs, seconds))
      if (share === 0.1) goals.push(goalOf(settled, '10 % of calls throttled', tookMs))
    }
    byShare.push([settled.name, ...cells])
  }
  const byQuota: string[] = []
  for (const throttlePerSecond of quotas) {
    const tookMs = await settle(atQuotas, { throttlePerSecond }, seeds)
    byQuota.push(range(tookMs, seconds))
    if (throttlePerSecond === 5) goals.push(goalOf(atQuotas, '5 calls a second', tookMs))
  }
  return {
    tables: [
      { columns: ['Throttled share', ...shares.map((share) => `${share * 100} %`)], rows: byShare },
      { columns: ['Quota, calls a second', ...quotas.map(String)], rows: [[atQuotas.name, ...byQuota]] },
    ],
    goals,
  }
}

function goalOf({ limitMs, name }: Settled, when: string, { max }: Statistics): Goal {
  const goal = `${name}, ${when}: within ${limitMs / 1_000} s`
  return { goal, measured: seconds(max), reached: max <= limitMs }
}

/** Permission sets that are up to date. */
function rolledOut(count: number, limitMs: number): Settled {
  const arnOf = (index: number) =>
    `arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-${String(index).padStart(16, '0')}`
  const arns = Array.from({ length: count }, (_, index) => arnOf(index))
  const goal: WaitGoal = { ...toTheEnd, until: 'rolled-out', permissionSetArns: arns }
  const settings = { permissionSets: arns.map((arn) => ({ arn })) }
  return { name: `${count} permission sets, rolled-out`, requests: 0, goal, settings, limitMs }
}

async function settle({ goal, name, requests, settings }: Settled, more: SimulatorOptions, seeds: number) {
  const tookMs: number[] = []
  for (let seed = 1; seed <= seeds; seed += 1) {
    const world = new VirtualWorld({ random: seeded(seed), ...settings, ...more })
    const requestIds = world.service.instance.startAll({ seconds: 0 }, requests)
    const { ending } = await world.wait(requestIds, { goal, random: seeded(seed) })
    if (ending.verdict !== 'succeeded') throw new Error(`${name}: ${ending.verdict}`)
    tookMs.push(ending.elapsedMs)
  }
  return statisticsOf(tookMs)
}
