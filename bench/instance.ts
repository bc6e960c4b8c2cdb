import { startSimulator } from '../simulator/simulator.ts'
import { toTheEnd } from '../src/requests/goal.ts'
import { count, type Goal, seconds, type Topic, times } from './page.ts'
import { observeAction } from './processes.ts'
import { seeded } from './random.ts'
import { VirtualWorld } from './virtual-world.ts'

const accounts = 500
const throttlePerSecond = 20
/** The limits of the goals. */
const maxMs = 7 * 60_000
const maxCalls = 4_200
const maxMemoryRatio = 1.8

/** What does it cost to wait for every permission set of a large instance? */
export const instance: Topic = {
  name: 'instance',
  async measure(quick) {
    const sets = quick ? 200 : 2_000
    const ratio = (await peakOfWait(sets, true)) / (await peakOfWait(1, false))
    return {
      goals: [
        // Two readings of each are 4,000 calls, and ten calls of 80 ms take at least 1.08 s, so that no second has more than ten of them.
        await waitOnVirtualClock(sets, 20),
        await waitOnVirtualClock(sets, 80),
        {
          goal: `Peak memory at most ${maxMemoryRatio} times that of one request`,
          measured: times(ratio),
          reached: ratio <= maxMemoryRatio,
        },
      ],
    }
  },
}

function settingsOf(sets: number, latencyMs: number) {
  return { accounts, permissionSets: Array.from({ length: sets }, () => ({})), throttlePerSecond, latencyMs }
}

async function waitOnVirtualClock(sets: number, latencyMs: number): Promise<Goal> {
  const world = new VirtualWorld(settingsOf(sets, latencyMs))
  const goal = { ...toTheEnd, until: 'rolled-out', isAboutAll: true } as const
  const { ending, state } = await world.wait([], { goal, random: seeded(1) })
  if (ending.verdict !== 'succeeded') throw new Error(`The wait ended as ${ending.verdict}`)
  const { elapsedMs } = state
  const calls = world.callsAt.length
  return {
    goal: `${count(sets)} permission sets, up to date, at ${latencyMs} ms a call: within 7 min and ${count(maxCalls)} calls`,
    measured: `${seconds(elapsedMs)} and ${count(calls)} calls`,
    reached: elapsedMs <= maxMs && calls <= maxCalls,
  }
}

/** The largest memory of the committed `dist/` in real time, waiting for the whole instance or for one request. */
async function peakOfWait(sets: number, isAboutAll: boolean): Promise<number> {
  await using simulator = await startSimulator(settingsOf(sets, 80))
  const inputs = isAboutAll
    ? { 'permission-set-arn': 'all' }
    : { 'request-id': simulator.start({ ageSeconds: 60 }).join() }
  return (await observeAction(simulator, inputs)).peakBytes
}
