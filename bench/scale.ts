import { setTimeout as sleep } from 'node:timers/promises'
import { type Call, type Plan, startSimulator } from '../simulator/simulator.ts'
import { count, megabytes, milliseconds, range, seconds, times } from './page.ts'
import { observeAction } from './processes.ts'
import { type Random, seeded } from './random.ts'
import { mostWithin, statisticsOf, sum } from './statistics.ts'
import type { Findings, Topic } from './topic.ts'
import { latencyMs, VirtualWorld } from './virtual-world.ts'

const quotaPerSecond = 20
const failedInAThousand = 10
/** Finished requests of other people in the lists. */
const othersFinished = 2_000
const maxRowsOfPage = 100
/** Processes that start at the same moment would slow each other down. */
const betweenStartsMs = 400

interface Scenario {
  readonly name: string
  readonly requests: number
  /** The requests finish at random times within this time; 0: before the step begins. */
  readonly withinMs: number
  readonly deny?: readonly string[]
}

interface Waited {
  readonly calls: number
  readonly throttled: number
  readonly mostInASecond: number
  /** From the end of the longest request to the end of the process. If all requests had ended before, from the start of the step. */
  readonly overMs: number
  readonly peakBytes: number
}

interface Summary {
  readonly scenario: Scenario
  readonly waits: readonly Waited[]
}

/** What does a step for 1 to 10,000 requests cost? */
export const scale: Topic = {
  name: 'scale',
  async measure(quick) {
    const withinMs = quick ? 10_000 : 60_000
    const repeats = quick ? 1 : 3
    const listed = [1, 100, 1_000].map((requests) => ({ name: nameOf(requests), requests, withinMs }))
    const many = quick ? 100 : 1_000
    const deny = ['sso:ListPermissionSetProvisioningStatus']
    const denied = { name: `… ${nameOf(many)}, List denied`, requests: many, withinMs, deny }
    const finished = { name: `… ${nameOf(1_000)}, all finished before`, requests: 1_000, withinMs: 0 }

    // These run at the same time: a wait is idle nearly always, and each has its own instance.
    const inProgress = await Promise.all(
      [...listed, denied].map((scenario, index) => repeat(scenario, repeats, index * repeats)),
    )
    const settled: Waited[] = []
    for (let seed = 1; seed <= repeats; seed++) settled.push(await waitThroughDist(finished, seed))
    const virtual = [
      await waitOnVirtualClock(1_000, 60_000),
      await waitOnVirtualClock(10_000, 60_000),
      await waitOnVirtualClock(10_000, 0),
    ]
    return findings([...inProgress, { scenario: finished, waits: settled }], virtual)
  },
}

/** `position`: the position of the first wait among all. */
async function repeat(scenario: Scenario, repeats: number, position: number): Promise<Summary> {
  const waits = Array.from({ length: repeats }, async (_, index) => {
    await sleep((position + index) * betweenStartsMs)
    return waitThroughDist(scenario, index + 1)
  })
  return { scenario, waits: await Promise.all(waits) }
}

/** Runs the committed `dist/` in real time against the simulator. @throws Error when the verdict is wrong */
async function waitThroughDist({ requests, withinMs, deny = [] }: Scenario, seed: number): Promise<Waited> {
  const calls: Call[] = []
  const options = { throttlePerSecond: quotaPerSecond, latencyMs, deny }
  await using simulator = await startSimulator(options, (call) => calls.push(call))
  simulator.start(others)
  const { plans, longestMs } = planRequests(requests, withinMs, seeded(seed))
  const requestIds = simulator.start(plans)
  const startedAt = Date.now()
  const verdict = requests === 1 ? 'succeeded' : 'failed'
  const run = await observeAction(simulator, { 'request-id': requestIds.join('\n') }, verdict)
  return {
    calls: calls.length,
    throttled: calls.filter(({ outcome }) => outcome === 'ThrottlingException').length,
    mostInASecond: mostWithin(
      calls.map(({ at }) => at).toSorted((a, b) => a - b),
      1_000,
    ),
    overMs: run.goneAt - startedAt - longestMs,
    peakBytes: run.peakBytes,
  }
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

/** A wait on a virtual clock, with the time of the processor. */
interface Virtual extends Omit<Waited, 'peakBytes'> {
  readonly name: string
  /** Of the list of requests in progress at the start, and of the lists of finished requests at the end. */
  readonly pages: number
  readonly processorMs: number
}

/** @throws Error when the verdict is wrong */
async function waitOnVirtualClock(requests: number, withinMs: number): Promise<Virtual> {
  const { plans, longestMs } = planRequests(requests, withinMs, seeded(1))
  const world = new VirtualWorld({ throttlePerSecond: quotaPerSecond })
  const { instance } = world.service
  instance.startAll(others)
  const requestIds = instance.startAll(plans)
  const before = process.cpuUsage()
  const { ending } = await world.wait(requestIds, { random: seeded(2) })
  const { system, user } = process.cpuUsage(before)
  if (ending.verdict !== 'failed') throw new Error(`The wait ended as ${ending.verdict}`)
  return {
    name: `${nameOf(requests)}, ${withinMs === 0 ? 'all finished before' : 'in progress'}`,
    pages: Math.ceil(requests / maxRowsOfPage) + Math.ceil((requests + othersFinished) / maxRowsOfPage),
    calls: world.callsAt.length,
    throttled: world.throttled,
    mostInASecond: mostWithin(world.callsAt, 1_000),
    overMs: ending.elapsedMs - longestMs,
    processorMs: (system + user) / 1_000,
  }
}

function findings(summaries: readonly Summary[], virtual: readonly Virtual[]): Findings {
  const inProgress = summaries.filter(({ scenario }) => scenario.withinMs > 0)
  const [one, , thousand, , finished] = summaries
  const [small, large, largeFinished] = virtual
  const over = (of: Summary | undefined, figure: keyof Waited) =>
    statisticsOf((of?.waits ?? []).map((waited) => waited[figure]))
  const most = (of: Summary | undefined, figure: keyof Waited) => over(of, figure).max
  const memoryRatio = over(thousand, 'peakBytes').median / over(one, 'peakBytes').median
  const growth = (figure: 'pages' | 'calls' | 'overMs') =>
    (large?.[figure] ?? Number.NaN) / (small?.[figure] ?? Number.NaN)
  const throttled = sum(virtual.map((wait) => wait.throttled))
  const finishedOverMs = largeFinished?.overMs ?? Number.NaN
  const figures = ['Calls', 'Throttled', 'Most in a second', 'Time over']

  return {
    isOfMachine: true,
    tables: [
      {
        columns: ['', 'Calls', 'Time over'],
        rows: [
          ...inProgress.map((summary) => [
            summary.scenario.name,
            count(over(summary, 'calls').median),
            seconds(over(summary, 'overMs').median),
          ]),
          ...(large ? [[large.name, count(large.calls), seconds(large.overMs)]] : []),
        ],
      },
    ],
    details: [
      {
        columns: ['', ...figures, 'Peak memory'],
        rows: summaries.map((summary) => [
          summary.scenario.name,
          range(over(summary, 'calls'), count),
          range(over(summary, 'throttled'), count),
          count(most(summary, 'mostInASecond')),
          range(over(summary, 'overMs'), seconds),
          range(over(summary, 'peakBytes'), megabytes),
        ]),
      },
      {
        columns: ['', 'Pages', ...figures, 'Processor'],
        rows: virtual.map((wait) => [
          wait.name,
          ...[wait.pages, wait.calls, wait.throttled, wait.mostInASecond].map(count),
          seconds(wait.overMs),
          milliseconds(wait.processorMs),
        ]),
      },
    ],
    goals: [
      {
        goal: '1,000 in progress: no throttled call, over within 8 s',
        measured: `${count(most(thousand, 'throttled'))}, ${seconds(most(thousand, 'overMs'))} at worst`,
        reached: most(thousand, 'throttled') === 0 && most(thousand, 'overMs') <= 8_000,
      },
      {
        goal: '1,000 finished before: over within 8 s and 80 calls',
        measured: `${seconds(most(finished, 'overMs'))} and ${count(most(finished, 'calls'))} calls at worst`,
        reached: most(finished, 'overMs') <= 8_000 && most(finished, 'calls') <= 80,
      },
      {
        goal: 'Peak memory at 1,000 at most 1.3 times that at 1',
        measured: `${times(memoryRatio)}, ${megabytes(over(thousand, 'peakBytes').median)}`,
        reached: memoryRatio <= 1.3,
      },
      {
        goal: '10,000 in progress: no throttled call; from 1,000, calls and time grow no faster than pages of lists',
        measured: `${count(throttled)}; calls ${times(growth('calls'))}, time ${times(growth('overMs'))}, pages ${times(growth('pages'))}`,
        reached: growth('calls') <= growth('pages') && growth('overMs') <= growth('pages') && throttled === 0,
      },
      {
        goal: '10,000 finished before: over within 30 s',
        measured: `${seconds(finishedOverMs)} and ${count(largeFinished?.calls ?? Number.NaN)} calls`,
        reached: finishedOverMs <= 30_000,
      },
    ],
  }
}

function nameOf(requests: number): string {
  return requests === 1 ? '1 request' : `${count(requests)} requests`
}
