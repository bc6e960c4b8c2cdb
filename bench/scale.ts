import { setTimeout as sleep } from 'node:timers/promises'
import { VirtualClock } from '../__tests__/support/virtual-clock.ts'
import { type Call, type Plan, startSimulator } from '../simulator/simulator.ts'
import { fixedLoop, pollAs } from './pollers.ts'
import { observeAction } from './processes.ts'
import { type Random, seeded } from './random.ts'
import { SimulatedService } from './simulated-service.ts'
import { mostWithin, type Statistics, statisticsOf, sum } from './statistics.ts'
import type { Findings, Topic } from './topic.ts'
import { count, megabytes, milliseconds, range, seconds, times } from './units.ts'
import { latencyMs, VirtualWorld } from './virtual-world.ts'

const quotaPerSecond = 20
const failedInAThousand = 10
/** Finished requests of other people in the lists. */
const othersFinished = 2_000
const maxRowsOfPage = 100
/** Processes that start at the same moment would slow each other down. */
const betweenStartsMs = 400
const sizes = [1, 10, 100, 1_000]
const listActions = ['sso:ListPermissionSetProvisioningStatus']

interface Scenario {
  readonly requests: number
  /** The requests finish at random times within this time; 0: before the step begins. */
  readonly withinMs: number
  readonly deny: readonly string[]
}

interface Waited {
  readonly calls: number
  readonly throttled: number
  readonly mostInASecond: number
  /** From the end of the longest request to the end of the process. If all requests had ended before, from the start of the step. */
  readonly overMs: number
  readonly peakBytes: number
  readonly verdict: string
}

/** The figures of a wait that the table shows. */
type Figure = 'calls' | 'throttled' | 'mostInASecond' | 'overMs' | 'peakBytes'

type Summary = { readonly scenario: Scenario; readonly waits: readonly Waited[] }

/** What does a step for 1 to 10,000 requests cost? */
export const scale: Topic = {
  name: 'scale',
  async measure(quick) {
    const withinMs = quick ? 10_000 : 60_000
    const repeats = quick ? 1 : 3
    const listed = sizes.map((requests) => ({ requests, withinMs, deny: [] }))
    const denied = { requests: quick ? 100 : 1_000, withinMs, deny: listActions }
    const finished = { requests: 1_000, withinMs: 0, deny: [] }

    // These run at the same time: a wait is idle nearly always, and each has its own instance.
    const inProgress = await Promise.all(
      [...listed, denied].map((scenario, index) => repeat(scenario, repeats, index * repeats)),
    )
    const settled: Waited[] = []
    for (let seed = 1; seed <= repeats; seed++) settled.push(await waitThroughDist(finished, seed))
    const pollers = await Promise.all(sizes.map((requests) => repeatPollers(requests, withinMs, repeats)))
    const virtual = {
      thousand: await waitOnVirtualClock(1_000, 60_000),
      tenThousand: await waitOnVirtualClock(10_000, 60_000),
      finished: await waitOnVirtualClock(10_000, 0),
    }
    return findings(inProgress, { scenario: finished, waits: settled }, pollers, virtual)
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

/** Runs the committed `dist/` in real time against the simulator. */
async function waitThroughDist({ requests, withinMs, deny }: Scenario, seed: number): Promise<Waited> {
  const calls: Call[] = []
  const options = { throttlePerSecond: quotaPerSecond, latencyMs, deny }
  const simulator = await startSimulator(options, (call) => calls.push(call))
  try {
    simulator.start((index) => others[index] ?? {}, othersFinished)
    const { plans, longestMs } = planRequests(requests, withinMs, seeded(seed))
    const requestIds = simulator.start((index) => plans[index] ?? {}, requests)
    const startedAt = Date.now()
    const run = await observeAction({
      inputs: { 'instance-arn': simulator.instanceArn, 'request-id': requestIds.join('\n') },
      environment: simulator.environment(),
    })
    return {
      calls: calls.length,
      throttled: calls.filter(({ outcome }) => outcome === 'ThrottlingException').length,
      mostInASecond: mostWithin(
        calls.map(({ at }) => at).toSorted((a, b) => a - b),
        1_000,
      ),
      overMs: run.goneAt - startedAt - longestMs,
      peakBytes: run.peakBytes,
      verdict: run.outputs['verdict'] ?? '',
    }
  } finally {
    await simulator.close()
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
interface Virtual {
  readonly name: string
  /** Of the list of requests in progress at the start, and of the lists of finished requests at the end. */
  readonly pages: number
  readonly calls: number
  readonly throttled: number
  readonly mostInASecond: number
  readonly overMs: number
  readonly processorMs: number
  readonly verdict: string
}

async function waitOnVirtualClock(requests: number, withinMs: number): Promise<Virtual> {
  const { plans, longestMs } = planRequests(requests, withinMs, seeded(1))
  const world = new VirtualWorld({ throttlePerSecond: quotaPerSecond })
  const { instance } = world.service
  instance.startAll(others)
  const requestIds = instance.startAll(plans)
  const before = process.cpuUsage()
  const { ending } = await world.wait(requestIds, { random: seeded(2) })
  const { system, user } = process.cpuUsage(before)
  const { calls } = world.service
  const at = calls.map((call) => call.at)
  return {
    name: `${nameOf(requests)}, ${withinMs === 0 ? 'all finished before' : 'in progress'}`,
    pages: Math.ceil(requests / maxRowsOfPage) + Math.ceil((requests + othersFinished) / maxRowsOfPage),
    calls: at.length,
    throttled: calls.filter(({ outcome }) => outcome === 'ThrottlingException').length,
    mostInASecond: mostWithin(at, 1_000),
    overMs: ending.elapsedMs - longestMs,
    processorMs: (system + user) / 1_000,
    verdict: ending.verdict,
  }
}

interface Polled {
  readonly requests: number
  readonly calls: Statistics
  readonly throttled: Statistics
  readonly overMs: Statistics
}

/** One loop of 5 s for each request, against the same quota, on a virtual clock. */
async function repeatPollers(requests: number, withinMs: number, repeats: number): Promise<Polled> {
  const runs = []
  for (let seed = 1; seed <= repeats; seed++) {
    const clock = new VirtualClock()
    const service = new SimulatedService({ clock, latencyMs, quotaPerSecond })
    const random = seeded(seed)
    const ends = Array.from({ length: requests }, () => withinMs * random())
    const waits = ends.map((requestEndsAt) =>
      pollAs(fixedLoop(5), { clock, service, random, requestEndsAt, onAnswer: () => {} }),
    )
    await clock.run(Promise.all(waits))
    runs.push({ calls: service.callsAt.length, throttled: service.throttled, overMs: clock.now() - Math.max(...ends) })
  }
  return {
    requests,
    calls: statisticsOf(runs.map(({ calls }) => calls)),
    throttled: statisticsOf(runs.map(({ throttled }) => throttled)),
    overMs: statisticsOf(runs.map(({ overMs }) => overMs)),
  }
}

function findings(
  inProgress: readonly Summary[],
  finished: Summary,
  pollers: readonly Polled[],
  virtual: Readonly<Record<'thousand' | 'tenThousand' | 'finished', Virtual>>,
): Findings {
  const listed = inProgress.filter(({ scenario }) => scenario.deny.length === 0)
  const denied = inProgress.filter(({ scenario }) => scenario.deny.length > 0)
  const [one, thousand] = [listed[0], listed.at(-1)]
  if (one === undefined || thousand === undefined) throw new Error('Nothing was measured')
  const over = ({ waits }: Summary, figure: Figure) => statisticsOf(waits.map((waited) => waited[figure]))
  const most = (summary: Summary, figure: Figure) => over(summary, figure).max
  const row = (name: string, summary: Summary) => [
    name,
    range(over(summary, 'calls'), count),
    range(over(summary, 'throttled'), count),
    count(most(summary, 'mostInASecond')),
    range(over(summary, 'overMs'), seconds),
    range(over(summary, 'peakBytes'), megabytes),
    [...new Set(summary.waits.map(({ verdict }) => verdict))].join(', '),
  ]
  const memoryRatio = over(thousand, 'peakBytes').median / over(one, 'peakBytes').median
  const growth = (figure: 'pages' | 'calls' | 'overMs') => virtual.tenThousand[figure] / virtual.thousand[figure]
  const throttled = sum(Object.values(virtual).map((wait) => wait.throttled))

  return {
    tables: [
      {
        columns: ['', 'Calls', 'Throttled', 'Most in a second', 'Time over', 'Peak memory', 'Verdict'],
        rows: [
          ...listed.map((summary) => row(`This action, ${nameOf(summary.scenario.requests)}`, summary)),
          ...denied.map((summary) => row(`… ${nameOf(summary.scenario.requests)}, List denied`, summary)),
          row(`… ${nameOf(finished.scenario.requests)}, all finished before`, finished),
          ...pollers.map(({ requests, calls, throttled, overMs }) => [
            `Loop of 5 s each, ${nameOf(requests)}`,
            range(calls, count),
            range(throttled, count),
            '',
            range(overMs, seconds),
            '',
            '',
          ]),
        ],
      },
      {
        columns: ['', 'Pages', 'Calls', 'Throttled', 'Most in a second', 'Time over', 'Processor', 'Verdict'],
        rows: Object.values(virtual).map((wait) => [
          wait.name,
          count(wait.pages),
          count(wait.calls),
          count(wait.throttled),
          count(wait.mostInASecond),
          seconds(wait.overMs),
          milliseconds(wait.processorMs),
          wait.verdict,
        ]),
      },
    ],
    goals: [
      {
        goal: '1,000 in progress: the right verdict, no throttled call, gone within 8 s after the last has finished',
        measured: `${[...new Set(thousand.waits.map(({ verdict }) => verdict))].join(', ')}; ${count(most(thousand, 'throttled'))} throttled; ${seconds(most(thousand, 'overMs'))} at worst`,
        reached: thousand.waits.every(
          ({ verdict, throttled, overMs }) => verdict === 'failed' && throttled === 0 && overMs <= 8_000,
        ),
      },
      {
        goal: '1,000 finished before: settled within 8 s and 80 calls',
        measured: `${seconds(most(finished, 'overMs'))} and ${count(most(finished, 'calls'))} calls at worst`,
        reached: finished.waits.every(
          ({ verdict, calls, overMs }) => verdict === 'failed' && overMs <= 8_000 && calls <= 80,
        ),
      },
      {
        goal: 'Peak memory at 1,000 at most 1.3 times that at 1',
        measured: times(memoryRatio),
        reached: memoryRatio <= 1.3,
      },
      {
        goal: '10,000 in progress beside 1,000: calls and delay grow no faster than the pages of the lists, no throttled call',
        measured: `pages ${times(growth('pages'))}, calls ${times(growth('calls'))}, delay ${times(growth('overMs'))}; ${count(throttled)} throttled`,
        reached: growth('calls') <= growth('pages') && growth('overMs') <= growth('pages') && throttled === 0,
      },
      {
        goal: '10,000 finished before: settled within 30 s',
        measured: seconds(virtual.finished.overMs),
        reached: virtual.finished.verdict === 'failed' && virtual.finished.overMs <= 30_000,
      },
    ],
  }
}

function nameOf(requests: number): string {
  return requests === 1 ? '1 request' : `${count(requests)} requests`
}
