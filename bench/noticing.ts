import { count, seconds, type Topic } from './page.ts'
import { logUniform, seeded } from './random.ts'
import { mean, mostWithin } from './statistics.ts'
import { latencyMs, VirtualWorld } from './virtual-world.ts'
import { type Waiter, waiters } from './waiters.ts'

const bands = [
  { name: '2 to 10 s', fromMs: 2_000, toMs: 10_000 },
  { name: '10 to 60 s', fromMs: 10_000, toMs: 60_000 },
  { name: '1 to 5 min', fromMs: 60_000, toMs: 300_000 },
  { name: '5 to 30 min', fromMs: 300_000, toMs: 1_800_000 },
]

/** How long after the end of a request does the waiter know of it, and how many calls does it make? */
export const noticing: Topic = {
  name: 'noticing',
  async measure(quick) {
    const byWaiter = new Map<string, Noticed[]>()
    for (const waiter of waiters) {
      const random = seeded(1)
      const inBands: Noticed[] = []
      for (const { fromMs, toMs } of bands) {
        const durations = Array.from({ length: quick ? 60 : 500 }, () => logUniform(random, fromMs, toMs))
        inBands.push(await notice(waiter, durations))
      }
      byWaiter.set(waiter.name, inBands)
    }
    const [ours = [], ...theirs] = byWaiter.values()
    const ratios = ours.map(
      ({ delayMs }, band) => delayMs / Math.min(...theirs.map((each) => each[band]?.delayMs ?? Infinity)),
    )
    const latest = Math.max(...ours.map(({ delayMs }) => delayMs))
    const most = Math.max(...ours.map(({ mostInASecond }) => mostInASecond))
    const cellOf = ({ calls, delayMs }: Noticed) => `${seconds(delayMs)}, ${count(calls)}`
    return {
      table: {
        columns: ['Late, calls', ...bands.map(({ name }) => name)],
        rows: [...byWaiter].map(([name, inBands]) => [name, ...inBands.map(cellOf)]),
      },
      goals: [
        {
          goal: 'Mean delay at most two thirds of the next best',
          measured: ratios.map((ratio) => ratio.toFixed(2)).join(', '),
          reached: ratios.every((ratio) => ratio <= 2 / 3),
        },
        { goal: 'Mean delay at most 1.6 s', measured: seconds(latest), reached: latest <= 1_600 },
        { goal: 'At most 2.5 calls in any second', measured: `${most}`, reached: most <= 2.5 },
      ],
    }
  },
}

/** What a waiter noticed of some requests: means, and the most calls in any second. */
interface Noticed {
  readonly delayMs: number
  readonly calls: number
  readonly mostInASecond: number
}

/** Waits on clocks of their own, for requests that start with them. AWS answers at half of the time of a call. */
async function notice(waiter: Waiter, durationsMs: readonly number[]): Promise<Noticed> {
  const waits: Noticed[] = []
  for (const [seed, durationMs] of durationsMs.entries()) {
    const world = new VirtualWorld({}, latencyMs / 2)
    const { requestId } = world.service.instance.start({ seconds: durationMs / 1_000 })
    await world.clock.run(waiter.wait(world, requestId, seeded(seed)))
    const { callsAt, clock } = world
    waits.push({ delayMs: clock.now() - durationMs, calls: callsAt.length, mostInASecond: mostWithin(callsAt, 1_000) })
  }
  return {
    delayMs: mean(waits.map(({ delayMs }) => delayMs)),
    calls: mean(waits.map(({ calls }) => calls)),
    mostInASecond: Math.max(...waits.map(({ mostInASecond }) => mostInASecond)),
  }
}
