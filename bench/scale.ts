import { setTimeout as sleep } from 'node:timers/promises'
import { type Plan, startSimulator } from '../simulator/simulator.ts'
import { count, megabytes, seconds, type Topic, times } from './page.ts'
import { observeAction } from './processes.ts'
import { type Random, seeded } from './random.ts'
import { type Statistics, statisticsOf } from './statistics.ts'
import { latencyMs, VirtualWorld } from './virtual-world.ts'

const throttlePerSecond = 20
const failedInAThousand = 10
/** Finished requests of other people in the lists. */
const othersFinished = 2_000
const maxRowsOfPage = 100
/** Processes that start at the same moment would slow each other down. */
const betweenStartsMs = 400

interface Scenario {
  readonly requests: number
  /** The requests finish at random times within this time; 0: before the step begins. */
  readonly withinMs: number
  readonly deny?: readonly string[]
}

interface Waited {
  readonly calls: number
  readonly throttled: number
  /** From the end of the longest request to the end of the process. If all requests had ended before, from the start of the step. */
  readonly overMs: number
}

interface Measured extends Waited {
  readonly peakBytes: number
}

/** What does a step for 1 to 10,000 requests cost? */
export const scale: Topic = {
  name: 'scale',
  async measure(quick) {
    const withinMs = quick ? 10_000 : 60_000
    const many = quick ? 100 : 1_000
    const deny = ['sso:ListPermissionSetProvisioningStatus']
    const seeds = Array.from({ length: quick ? 1 : 3 }, (_, index) => index + 1)
    // These run at the same time: a wait is idle nearly always, and each has its own instance.
    let started = 0
    const together = async (scenario: Scenario) => {
      const waits = seeds.map(async (seed) => {
        await sleep(betweenStartsMs * started++)
        return waitThroughDist(scenario, seed)
      })
      return statisticsIn(await Promise.all(waits))
    }
    const [one, hundred, thousand, denied] = await Promise.all([
      together({ requests: 1, withinMs }),
      together({ requests: 100, withinMs }),
      together({ requests: 1_000, withinMs }),
      together({ requests: many, withinMs, deny }),
    ])
    const settled: Measured[] = []
    for (const seed of seeds) settled.push(await waitThroughDist({ requests: 1_000, withinMs: 0 }, seed))
    const finished = statisticsIn(settled)
    const small = await waitOnVirtualClock({ requests: 1_000, withinMs: 60_000 })
    const large = await waitOnVirtualClock({ requests: 10_000, withinMs: 60_000 })
    const largeFinished = await waitOnVirtualClock({ requests: 10_000, withinMs: 0 })

    const row = (name: string, of: typeof one) => [name, count(of('calls').median), seconds(of('overMs').median)]
    const memoryRatio = thousand('peakBytes').median / one('peakBytes').median
    const growth = {
      calls: large.calls / small.calls,
      time: large.overMs / small.overMs,
      pages: pagesOf(10_000) / pagesOf(1_000),
    }
    const throttled = small.throttled + large.throttled + largeFinished.throttled
    return {
      isOfMachine: true,
      table: {
        columns: ['', 'Calls', 'Time over'],
        rows: [
          row('1 request', one),
          row('100 requests', hundred),
          row('1,000 requests', thousand),
          row(`… ${count(many)} requests, List denied`, denied),
          ['10,000 requests, in progress', count(large.calls), seconds(large.overMs)],
        ],
      },
      goals: [
        {
          goal: '1,000 in progress: no throttled call, over within 8 s',
          measured: `${count(thousand('throttled').max)}, ${seconds(thousand('overMs').max)} at worst`,
          reached: thousand('throttled').max === 0 && thousand('overMs').max <= 8_000,
        },
        {
          goal: '1,000 finished before: over within 8 s and 80 calls',
          measured: `${seconds(finished('overMs').max)} and ${count(finished('calls').max)} calls at worst`,
          reached: finished('overMs').max <= 8_000 && finished('calls').max <= 80,
        },
        {
          goal: 'Peak memory at 1,000 at most 1.3 times that at 1',
          measured: `${times(memoryRatio)}, ${megabytes(thousand('peakBytes').median)}`,
          reached: memoryRatio <= 1.3,
        },
        {
          goal: '10,000 in progress: no throttled call; from 1,000, calls and time grow no faster than pages of lists',
          measured: `${count(throttled)}; calls ${times(growth.calls)}, time ${times(growth.time)}, pages ${times(growth.pages)}`,
          reached: Math.max(growth.calls, growth.time) <= growth.pages && throttled === 0,
        },
        {
          goal: '10,000 finished before: over within 30 s',
          measured: `${seconds(largeFinished.overMs)} and ${count(largeFinished.calls)} calls`,
          reached: largeFinished.overMs <= 30_000,
        },
      ],
    }
  },
}

/** A figure over all waits. */
function statisticsIn(waits: readonly Measured[]): (figure: keyof Measured) => Statistics {
  return (figure) => statisticsOf(waits.map((wait) => wait[figure]))
}

/** Of the list of requests in progress at the start, and of the lists of finished requests at the end. */
function pagesOf(requests: number): number {
  return Math.ceil(requests / maxRowsOfPage) + Math.ceil((requests + othersFinished) / maxRowsOfPage)
}

/** Runs the committed `dist/` in real time against the simulator. @throws Error when the verdict is wrong */
async function waitThroughDist({ requests, withinMs, deny = [] }: Scenario, seed: number): Promise<Measured> {
  await using simulator = await startSimulator({ throttlePerSecond, latencyMs, deny })
  simulator.start(others)
  const { plans, longestMs } = planRequests(requests, withinMs, seeded(seed))
  const requestIds = simulator.start(plans)
  const startedAt = Date.now()
  const verdict = requests === 1 ? 'succeeded' : 'failed'
  const run = await observeAction(simulator, { 'request-id': requestIds.join('\n') }, verdict)
  return {
    calls: simulator.calls.length,
    throttled: simulator.calls.filter(({ outcome }) => outcome === 'ThrottlingException').length,
    overMs: run.goneAt - startedAt - longestMs,
    peakBytes: run.peakBytes,
  }
}

/** @throws Error when the verdict is wrong */
async function waitOnVirtualClock({ requests, withinMs }: Scenario): Promise<Waited> {
  const { plans, longestMs } = planRequests(requests, withinMs, seeded(1))
  const world = new VirtualWorld({ throttlePerSecond })
  const { instance } = world.service
  instance.startAll(others)
  const { ending, state } = await world.wait(instance.startAll(plans), { random: seeded(2) })
  if (ending.verdict !== 'failed') throw new Error(`The wait ended as ${ending.verdict}`)
  return { calls: world.callsAt.length, throttled: world.throttled, overMs: state.elapsedMs - longestMs }
}

/** Plans of requests, ten of a thousand of which fail. Also returns how long the longest takes. */
function planRequests(requests: number, withinMs: number, random: Random) {
  const plans = Array.from(
    { length: requests },
    (_, index): Plan => ({
      status: index < (failedInAThousand * requests) / 1_000 && requests > 1 ? 'FAILED' : 'SUCCEEDED',
      seconds: withinMs === 0 ? 60 : (withinMs * random()) / 1_000,
      ageSeconds: withinMs === 0 ? 120 : 0,
    }),
  )
  const longestMs = withinMs === 0 ? 0 : 1_000 * Math.max(...plans.map((plan) => plan.seconds ?? 0))
  return { plans, longestMs }
}

const others = Array.from(
  { length: othersFinished },
  (_, index): Plan => ({ status: index % 20 === 0 ? 'FAILED' : 'SUCCEEDED', ageSeconds: 3_600 }),
)
