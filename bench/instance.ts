import type { Plan, SimulatorOptions } from '../simulator/settings.ts'
import { startSimulator } from '../simulator/simulator.ts'
import { toTheEnd } from '../src/requests/goal.ts'
import { count, megabytes, seconds, times } from './page.ts'
import { observeAction } from './processes.ts'
import { seeded } from './random.ts'
import type { Findings, Topic } from './topic.ts'
import { latencyMs, VirtualWorld } from './virtual-world.ts'

const accounts = 500
const throttlePerSecond = 20
/** The limits of the goals. */
const maxMs = 7 * 60_000
const maxCalls = 4_200
const maxMemoryRatio = 1.8

interface Waited {
  readonly name: string
  readonly calls: number
  readonly throttled: number
  readonly tookMs: number
}

/** What does it cost to wait for every permission set of a large instance? */
export const instance: Topic = {
  name: 'instance',
  async measure(quick) {
    const sets = quick ? 200 : 2_000
    const size = `${count(sets)} permission sets`
    const upToDate = await waitOnVirtualClock(`${size}, up to date`, sets)
    const quickly = await waitOnVirtualClock('… a call takes 20 ms in place of 80', sets, { latencyMs: 20 })
    const shared = await waitOnVirtualClock('… others make 5 calls a second', sets, { othersPerSecond: 5 })
    const busy = await waitOnVirtualClock('… one provisioning is in progress for 10 min', sets, {}, { seconds: 600 })
    const one = await peakOfRun(1, {}, { ageSeconds: 60 })
    const all = await peakOfRun(sets, { 'permission-set-arn': 'all' })
    return findings([upToDate, quickly, shared, busy], { size, one, all })
  },
}

async function waitOnVirtualClock(
  name: string,
  sets: number,
  settings: SimulatorOptions = {},
  plan?: Plan,
): Promise<Waited> {
  const permissionSets = Array.from({ length: sets }, () => ({}))
  const world = new VirtualWorld({ accounts, permissionSets, throttlePerSecond, ...settings })
  if (plan !== undefined) world.service.instance.start(plan)
  const goal = { ...toTheEnd, until: 'rolled-out', isAboutAll: true } as const
  const { ending } = await world.wait([], { goal, random: seeded(1) })
  if (ending.verdict !== 'succeeded') throw new Error(`${name}: ${ending.verdict}`)
  return { name, calls: world.callsAt.length, throttled: world.throttled, tookMs: ending.elapsedMs }
}

/** The largest memory of the committed `dist/` in real time, for the inputs and requests. */
async function peakOfRun(sets: number, inputs: Readonly<Record<string, string>>, plan?: Plan): Promise<number> {
  const permissionSets = Array.from({ length: sets }, () => ({}))
  await using simulator = await startSimulator({ accounts, permissionSets, throttlePerSecond, latencyMs })
  const requestIds = plan === undefined ? [] : simulator.start(plan)
  return (await observeAction(simulator, { 'request-id': requestIds.join(), ...inputs })).peakBytes
}

function findings(
  waits: readonly Waited[],
  { size, one, all }: { readonly size: string; readonly one: number; readonly all: number },
): Findings {
  const [slow, quick] = waits
  if (slow === undefined || quick === undefined) throw new Error('Nothing was measured')
  const inTime = ({ calls, tookMs }: Waited, callMs: number) => ({
    goal: `${size}, up to date, at ${callMs} ms a call: within 7 min and ${count(maxCalls)} calls`,
    measured: `${seconds(tookMs)} and ${count(calls)} calls`,
    reached: tookMs <= maxMs && calls <= maxCalls,
  })
  return {
    tables: [],
    details: [
      {
        columns: ['', 'Time', 'Calls', 'Throttled'],
        rows: waits.map(({ name, calls, throttled, tookMs }) => [
          name,
          seconds(tookMs),
          count(calls),
          count(throttled),
        ]),
      },
      {
        columns: ['', 'Peak resident'],
        rows: [
          ['One request', megabytes(one)],
          [size, megabytes(all)],
        ],
      },
    ],
    goals: [
      inTime(quick, 20),
      // Two readings of each are 4,000 calls, and ten calls of 80 ms take at least 1.08 s, so that no second has more than ten of them.
      inTime(slow, latencyMs),
      {
        goal: `Peak memory at most ${maxMemoryRatio} times that of one request`,
        measured: times(all / one),
        reached: all / one <= maxMemoryRatio,
      },
    ],
  }
}
