import type { SimulatorOptions } from '../simulator/settings.ts'
import { toTheEnd, type Goal as WaitGoal } from '../src/requests/goal.ts'
import { range, seconds } from './page.ts'
import { seeded } from './random.ts'
import { type Statistics, statisticsOf } from './statistics.ts'
import type { Findings } from './topic.ts'
import { VirtualWorld } from './virtual-world.ts'

interface Settled {
  readonly name: string
  readonly requests: number
  readonly goal: WaitGoal
  readonly settings: SimulatorOptions
}

const fifty: Settled = { name: '50 requests', requests: 50, goal: toTheEnd, settings: {} }
const twoHundred: Settled = {
  name: '200 requests, without List',
  requests: 200,
  goal: toTheEnd,
  settings: { deny: ['sso:ListPermissionSetProvisioningStatus'] },
}
const fiftySets = rolledOut(50)
const tenSets = rolledOut(10)

const shares = [0, 0.05, 0.1, 0.2, 0.3]
/** At how many calls a second AWS throttles. */
const quotas = [20, 10, 5]

/** The limits of the goals, in milliseconds. */
const limitsAtTenPercent = new Map([
  [fifty, 20_000],
  [twoHundred, 60_000],
  [fiftySets, 40_000],
])
const limitAtFiveASecond = 20_000

/** Measures how long it takes to settle what is so already, while a share of all calls is throttled, or the quota is small. */
export async function measureThrottledShares(seeds: number): Promise<Findings> {
  const goals: Findings['goals'][number][] = []
  const byShare: string[][] = []
  for (const settled of [fifty, twoHundred, fiftySets]) {
    const cells: string[] = []
    for (const share of shares) {
      const throttled = { share, fault: { kind: 'error', code: 'ThrottlingException' } } as const
      const tookMs = await settle(settled, { faults: [throttled] }, seeds)
      cells.push(range(tookMs, seconds))
      const limitMs = limitsAtTenPercent.get(settled) ?? 0
      if (share === 0.1) goals.push(goal(`${settled.name}, with 10 % of calls throttled`, tookMs, limitMs))
    }
    byShare.push([settled.name, ...cells])
  }
  const byQuota: string[] = []
  for (const throttlePerSecond of quotas) {
    const tookMs = await settle(tenSets, { throttlePerSecond }, seeds)
    byQuota.push(range(tookMs, seconds))
    if (throttlePerSecond === 5) goals.push(goal(`${tenSets.name}, at 5 calls a second`, tookMs, limitAtFiveASecond))
  }
  return {
    tables: [
      { columns: ['Throttled share', ...shares.map((share) => `${share * 100} %`)], rows: byShare },
      { columns: ['Quota, calls a second', ...quotas.map(String)], rows: [[tenSets.name, ...byQuota]] },
    ],
    goals,
  }
}

function goal(what: string, { max }: Statistics, limitMs: number): Findings['goals'][number] {
  return {
    goal: `${what}: settled within ${seconds(limitMs)}`,
    measured: `at most ${seconds(max)}`,
    reached: max <= limitMs,
  }
}

/** Permission sets that are up to date. */
function rolledOut(count: number): Settled {
  const arns = Array.from(
    { length: count },
    (_, index) => `arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-${String(index).padStart(16, '0')}`,
  )
  return {
    name: `${count} permission sets, rolled-out`,
    requests: 0,
    goal: { ...toTheEnd, until: 'rolled-out', permissionSetArns: arns },
    settings: { permissionSets: arns.map((arn) => ({ arn })) },
  }
}

async function settle({ goal, requests, settings }: Settled, more: SimulatorOptions, seeds: number) {
  const tookMs: number[] = []
  for (let seed = 1; seed <= seeds; seed += 1) {
    const world = new VirtualWorld({ random: seeded(seed), ...settings, ...more })
    const requestIds = world.service.instance.startAll(Array.from({ length: requests }, () => ({ seconds: 0 })))
    const { ending } = await world.wait(requestIds, { goal, random: seeded(seed) })
    if (ending.verdict !== 'succeeded') throw new Error(`${requests} requests ended as ${ending.verdict}`)
    tookMs.push(ending.elapsedMs)
  }
  return statisticsOf(tookMs)
}
