import { count, seconds } from './page.ts'
import { logUniform, seeded } from './random.ts'
import { mean, mostWithin, statisticsOf } from './statistics.ts'
import type { Findings, Topic } from './topic.ts'
import { latencyMs, VirtualWorld } from './virtual-world.ts'
import { loopOf, terraform, thisAction, type Waiter } from './waiters.ts'

interface Noticed {
  readonly delayMs: number
  readonly calls: number
  readonly mostCallsInASecond: number
}

/** What a waiter noticed, one list a band. */
interface Result {
  readonly waiter: Waiter
  readonly bands: readonly (readonly Noticed[])[]
}

const bands = [
  { name: '2 to 10 s', fromMs: 2_000, toMs: 10_000 },
  { name: '10 to 60 s', fromMs: 10_000, toMs: 60_000 },
  { name: '1 to 5 min', fromMs: 60_000, toMs: 300_000 },
  { name: '5 to 30 min', fromMs: 300_000, toMs: 1_800_000 },
]
/** The waiters that people use most. */
const rivals = [terraform, loopOf(5)]

/** How long after the end of a request does the waiter know of it, and how many calls does it make? */
export const noticing: Topic = {
  name: 'noticing',
  async measure(quick) {
    const results: Result[] = []
    for (const waiter of [thisAction, ...rivals]) {
      const random = seeded(1)
      const inBands: Noticed[][] = []
      for (const { fromMs, toMs } of bands) {
        const durations = Array.from({ length: quick ? 60 : 500 }, () => logUniform(random, fromMs, toMs))
        const noticed: Noticed[] = []
        for (const [index, durationMs] of durations.entries()) noticed.push(await notice(waiter, durationMs, index))
        inBands.push(noticed)
      }
      results.push({ waiter, bands: inBands })
    }
    return findings(results)
  },
}

/** One wait on a clock of its own, for a request that starts with it. AWS answers at half of the time of a call. */
async function notice(waiter: Waiter, durationMs: number, seed: number): Promise<Noticed> {
  const world = new VirtualWorld({}, latencyMs / 2)
  const { requestId } = world.service.instance.start({ seconds: durationMs / 1_000 })
  await world.clock.run(waiter.wait({ world, requestId, random: seeded(seed), onAnswer: () => {} }))
  const { callsAt, clock } = world
  return { delayMs: clock.now() - durationMs, calls: callsAt.length, mostCallsInASecond: mostWithin(callsAt, 1_000) }
}

function findings(results: readonly Result[]): Findings {
  const columns = bands.map(({ name }) => name)
  const means = results.map((result) => result.bands.map((noticed) => mean(noticed.map(({ delayMs }) => delayMs))))
  const [ours = [], ...theirs] = means
  const ratios = ours.map((meanMs, band) => meanMs / Math.min(...theirs.map((bandsOf) => bandsOf[band] ?? Infinity)))
  const mostCalls = Math.max(...(results[0]?.bands.flat() ?? []).map(({ mostCallsInASecond }) => mostCallsInASecond))
  const delayOf = (noticed: readonly Noticed[]) => statisticsOf(noticed.map(({ delayMs }) => delayMs))
  const answer = (noticed: readonly Noticed[]) =>
    `${seconds(delayOf(noticed).mean)}, ${count(mean(noticed.map((one) => one.calls)))}`
  const rare = (noticed: readonly Noticed[]) => seconds(delayOf(noticed).p95)
  return {
    tables: [
      { columns: ['Late, calls', ...columns], rows: results.map((one) => [one.waiter.name, ...one.bands.map(answer)]) },
    ],
    details: [
      {
        columns: ['95th percentile', ...columns],
        rows: results.map((one) => [one.waiter.name, ...one.bands.map(rare)]),
      },
    ],
    goals: [
      {
        goal: 'Mean delay at most two thirds of the next best',
        measured: ratios.map((ratio) => ratio.toFixed(2)).join(', '),
        reached: ratios.every((ratio) => ratio <= 2 / 3),
      },
      {
        goal: 'Mean delay at most 1.6 s',
        measured: seconds(Math.max(...ours)),
        reached: Math.max(...ours) <= 1_600,
      },
      {
        goal: 'At most 2.5 calls in any second',
        measured: `${mostCalls}`,
        reached: mostCalls <= 2.5,
      },
    ],
  }
}
