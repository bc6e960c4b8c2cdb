import { VirtualClock } from '../__tests__/support/virtual-clock.ts'
import { fixedLoop, sdkWaiter, terraform } from './pollers.ts'
import { logUniform, seeded } from './random.ts'
import { SimulatedService } from './simulated-service.ts'
import { mean, mostWithin, statisticsOf } from './statistics.ts'
import type { Findings, Topic } from './topic.ts'
import { count, seconds } from './units.ts'
import { thisAction, type Waiter, waiterOf } from './waiters.ts'

interface Noticed {
  readonly delayMs: number
  readonly calls: number
  readonly mostCallsInASecond: number
}

const bands = [
  { name: '2 to 10 s', fromMs: 2_000, toMs: 10_000 },
  { name: '10 to 60 s', fromMs: 10_000, toMs: 60_000 },
  { name: '1 to 5 min', fromMs: 60_000, toMs: 300_000 },
  { name: '5 to 30 min', fromMs: 300_000, toMs: 1_800_000 },
]
const latencyMs = 80

const terraformWaiter = waiterOf(terraform)
const loopOf10s = waiterOf(fixedLoop(10))
const loopOf30s = waiterOf(fixedLoop(30))
const waiters = [
  thisAction,
  terraformWaiter,
  waiterOf(fixedLoop(5)),
  loopOf10s,
  loopOf30s,
  waiterOf(sdkWaiter(15, 120)),
]
/** The waiters that people use most, and that the goal names. */
const rivals = [terraformWaiter, loopOf10s, loopOf30s]

/** How long after the end of a request does the waiter know of it, and how many calls does it make? */
export const noticing: Topic = {
  name: 'noticing',
  async measure(quick) {
    const perBand = quick ? 60 : 500
    const results = new Map<Waiter, Noticed[][]>()
    for (const waiter of waiters) {
      const random = seeded(1)
      const inBands: Noticed[][] = []
      for (const { fromMs, toMs } of bands) {
        const durations = Array.from({ length: perBand }, () => logUniform(random, fromMs, toMs))
        const noticed: Noticed[] = []
        for (const [index, durationMs] of durations.entries()) noticed.push(await notice(waiter, durationMs, index))
        inBands.push(noticed)
      }
      results.set(waiter, inBands)
    }
    return findings(results)
  },
}

/** One wait on a clock of its own, for a request that starts with it. */
async function notice(waiter: Waiter, durationMs: number, seed: number): Promise<Noticed> {
  const clock = new VirtualClock()
  const service = new SimulatedService({ clock, latencyMs, quotaPerSecond: Number.POSITIVE_INFINITY })
  await clock.run(waiter.wait({ clock, service, random: seeded(seed), requestEndsAt: durationMs, onAnswer: () => {} }))
  return {
    delayMs: clock.now() - durationMs,
    calls: service.callsAt.length,
    mostCallsInASecond: mostWithin(service.callsAt, 1_000),
  }
}

function findings(results: ReadonlyMap<Waiter, readonly Noticed[][]>): Findings {
  const delays = (waiter: Waiter, band: number) => (results.get(waiter)?.[band] ?? []).map(({ delayMs }) => delayMs)
  const calls = (waiter: Waiter, band: number) => (results.get(waiter)?.[band] ?? []).map((noticed) => noticed.calls)
  const columns = ['', ...bands.map(({ name }) => name)]
  const ratios = bands.map(
    (_, band) => mean(delays(thisAction, band)) / Math.min(...rivals.map((rival) => mean(delays(rival, band)))),
  )
  const longestMeanMs = Math.max(...bands.map((_, band) => mean(delays(thisAction, band))))
  const mostCalls = Math.max(...(results.get(thisAction) ?? []).flat().map((noticed) => noticed.mostCallsInASecond))

  return {
    tables: [
      {
        columns,
        rows: waiters.map((waiter) => [
          waiter.name,
          ...bands.map((_, band) => {
            const { mean, p95 } = statisticsOf(delays(waiter, band))
            return `${seconds(mean)}, ${seconds(p95)}`
          }),
        ]),
      },
      {
        columns: ['Calls, mean', ...bands.map(({ name }) => name)],
        rows: waiters.map((waiter) => [waiter.name, ...bands.map((_, band) => count(mean(calls(waiter, band))))]),
      },
    ],
    goals: [
      {
        goal: "Mean delay at most a third of the next best of Terraform's cadence and loops of 10 s and 30 s, in each band",
        measured: ratios.map((ratio) => ratio.toFixed(2)).join(', '),
        reached: ratios.every((ratio) => ratio <= 1 / 3),
      },
      {
        goal: 'Mean delay at most 1.6 s in any band',
        measured: `at most ${seconds(longestMeanMs)}`,
        reached: longestMeanMs <= 1_600,
      },
      {
        goal: 'Never more than 2.5 calls in a second for one request',
        measured: `at most ${mostCalls}`,
        reached: mostCalls <= 2.5,
      },
    ],
  }
}
