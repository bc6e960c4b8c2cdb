import { inProcessApi, waitOn } from '../__tests__/support/in-process-api.ts'
import { VirtualClock } from '../__tests__/support/virtual-clock.ts'
import { InProcessIdentityCenter } from '../simulator/in-process.ts'
import { neverAborted } from '../src/wait/time/deadline.ts'
import { seeded } from './random.ts'
import { type Statistics, statisticsOf } from './statistics.ts'
import type { Table } from './table.ts'
import type { Goal } from './topic.ts'
import { range, seconds } from './units.ts'

const latencyMs = 80
const shares = [0, 0.05, 0.1, 0.2, 0.3]
const sets = [
  { requests: 50, mayList: true },
  { requests: 200, mayList: false },
]

/** Measures how long it takes to settle requests that have all ended, while a share of all calls is throttled, whoever caused that. */
export async function measureThrottledShares(seeds: number): Promise<{ table: Table; goals: Goal[] }> {
  const rows: string[][] = []
  const worstMs = new Map<string, number>()
  for (const { requests, mayList } of sets) {
    const name = `${requests} requests${mayList ? '' : ', without List'}`
    const cells: string[] = []
    for (const share of shares) {
      const tookMs = await settle(requests, mayList, share, seeds)
      cells.push(range(tookMs, seconds))
      worstMs.set(`${requests} ${share}`, tookMs.max)
    }
    rows.push([name, ...cells])
  }
  const goal = (requests: number, limitMs: number): Goal => {
    const measured = worstMs.get(`${requests} 0.1`) ?? Number.POSITIVE_INFINITY
    return {
      goal: `${requests} ended requests with 10 % of calls throttled: settled within ${seconds(limitMs)}`,
      measured: `at most ${seconds(measured)}`,
      reached: measured <= limitMs,
    }
  }
  const columns = ['Throttled share', ...shares.map((share) => `${share * 100} %`)]
  return { table: { columns, rows }, goals: [goal(50, 20_000), goal(200, 60_000)] }
}

async function settle(requests: number, mayList: boolean, share: number, seeds: number): Promise<Statistics> {
  const tookMs: number[] = []
  for (let seed = 1; seed <= seeds; seed++) {
    const clock = new VirtualClock()
    const service = new InProcessIdentityCenter({
      now: () => clock.now(),
      sleep: (ms, signal = neverAborted) => clock.sleep(ms, signal),
      random: seeded(seed),
      latencyMs,
      seconds: 0,
      deny: mayList ? [] : ['sso:ListPermissionSetProvisioningStatus'],
      faults: [{ share, fault: { kind: 'error', code: 'ThrottlingException' } }],
    })
    const requestIds = Array.from({ length: requests }, () => service.instance.startAll({})).flat()
    tookMs.push(await clock.run(waitFor(requestIds, service, clock, seed)))
  }
  return statisticsOf(tookMs)
}

async function waitFor(
  requestIds: readonly string[],
  service: InProcessIdentityCenter,
  clock: VirtualClock,
  seed: number,
): Promise<number> {
  const requests = requestIds.map((requestId) => ({ requestId, operation: 'provision-permission-set' as const }))
  const options = { timeoutMs: 60 * 60_000, random: seeded(seed) }
  const { ending } = await waitOn(clock, inProcessApi(service, clock), requests, options)
  if (ending.verdict !== 'succeeded') throw new Error(`The wait ended as ${ending.verdict}`)
  return ending.elapsedMs
}
