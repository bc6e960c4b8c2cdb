import { type PaceCourse, type Paced, waitThrough } from './pace-simulation.ts'
import { count, seconds, times } from './page.ts'
import { logUniform, type Random, seeded } from './random.ts'
import { mean, type Statistics, statisticsOf } from './statistics.ts'
import type { Findings, Topic } from './topic.ts'

interface Band {
  readonly name: string
  readonly fromMs: number
  readonly toMs: number
}

const bands: readonly Band[] = [
  { name: '10 to 60 s', fromMs: 10_000, toMs: 60_000 },
  { name: '1 to 5 min', fromMs: 60_000, toMs: 300_000 },
  { name: '5 to 30 min', fromMs: 300_000, toMs: 1_800_000 },
  { name: '30 to 60 min', fromMs: 1_800_000, toMs: 3_600_000 },
]
/** Where the pace misleads. */
const wideBand: Band = { name: '30 s to 10 min', fromMs: 30_000, toMs: 600_000 }

/** Few accounts take seconds or minutes, and many take long. */
const few = { name: '5 to 120 accounts', draw: (random: Random) => Math.round(logUniform(random, 5, 120)), bands }
const sizes = [
  few,
  { name: '500 accounts', draw: () => 500, bands: bands.slice(1) },
  { name: '2,000 accounts', draw: () => 2_000, bands: bands.slice(2) },
]

const steady: PaceCourse = { name: 'Steady', pace: eachTakes((random) => 0.5 + random()) }
/** Where the number of accounts says little about the end, or the wrong thing. */
const misleading: readonly PaceCourse[] = [
  { name: 'Very different accounts (exponential)', pace: eachTakes((random) => -Math.log(1 - random())) },
  { name: 'Jumps by a quarter of the accounts', pace: () => (share) => Math.ceil(share * 4) / 4 },
  { name: 'Gets slower', pace: () => (share) => share ** 3 },
  { name: 'Gets faster', pace: () => (share) => share ** 0.5 },
  { name: 'Stalls at 90 % for half of its time', pace: () => (share) => (share <= 0.9 ? share / 2.25 : share) },
  { name: 'All accounts done at 60 % of its time', pace: () => (share) => 0.6 * share },
  { name: 'All accounts done at the end', pace: () => () => 1 },
  { name: 'A tenth of the accounts is out of date again at 70 %', pace: steady.pace, staleAt: 0.7 },
  { name: 'Lists are 20 s late', pace: steady.pace, lagMs: 20_000 },
]

/** The same waits without the right to list accounts, and with it. */
interface Compared {
  readonly blind: readonly Paced[]
  readonly counting: readonly Paced[]
}

interface Row {
  readonly name: string
  /** `null` in a band in which there is nothing to measure. */
  readonly cells: readonly (Compared | null)[]
}

/** Do counts of the accounts tell when a provisioning ends? */
export const pace: Topic = {
  name: 'pace',
  async measure(quick) {
    const waits = quick ? 20 : 200
    const bySize: Row[] = []
    for (const { name, draw, bands: own } of sizes) {
      const cells = []
      for (const band of bands) {
        const wanted = draw === few.draw ? waits : Math.ceil(waits / 10)
        cells.push(own.includes(band) ? await compare(band, draw, steady, wanted) : null)
      }
      bySize.push({ name, cells })
    }
    const byCourse: Row[] = []
    for (const course of misleading)
      byCourse.push({ name: course.name, cells: [await compare(wideBand, few.draw, course, 2 * waits)] })
    return findings(bySize, byCourse)
  },
}

/** Each account takes a random time of its own, after the one before. */
function eachTakes(time: (random: Random) => number): PaceCourse['pace'] {
  return (accounts, random) => {
    const ends = [0]
    for (let account = 1; account <= accounts; account += 1) ends.push((ends.at(-1) ?? 0) + time(random))
    const total = ends.at(-1) ?? 1
    return (share) => (ends[Math.round(share * accounts)] ?? total) / total
  }
}

async function compare(
  { fromMs, toMs }: Band,
  draw: (random: Random) => number,
  course: PaceCourse,
  waits: number,
): Promise<Compared> {
  const random = seeded(1)
  const blind: Paced[] = []
  const counting: Paced[] = []
  for (let seed = 1; seed <= waits; seed += 1) {
    const provisioning = { seed, accounts: draw(random), durationMs: logUniform(random, fromMs, toMs), course }
    blind.push(await waitThrough(provisioning, false))
    counting.push(await waitThrough(provisioning, true))
  }
  return { blind, counting }
}

function findings(bySize: readonly Row[], byCourse: readonly Row[]): Findings {
  const measuredIn = (rows: readonly Row[]) => rows.flatMap(({ cells }) => cells.filter((cell) => cell !== null))
  const [all, misled] = [measuredIn(bySize), measuredIn(byCourse)]
  const delayOf = (paced: readonly Paced[]) => mean(paced.map(({ delayMs }) => delayMs))
  const callsOf = (paced: readonly Paced[]) => mean(paced.map((one) => one.calls))
  const slower = ({ blind, counting }: Compared) => delayOf(counting) / delayOf(blind)
  const more = ({ blind, counting }: Compared) => callsOf(counting) / callsOf(blind)
  const delays = (cell: Compared | null) =>
    cell ? `${seconds(delayOf(cell.blind))} → ${seconds(delayOf(cell.counting))}` : ''
  const calls = (cell: Compared | null) =>
    cell ? `${count(callsOf(cell.blind))} → ${count(callsOf(cell.counting))} (${times(more(cell))})` : ''
  const columns = bands.map(({ name }) => name)
  const fromTo = ({ min, max }: Statistics, unit: (value: number) => string) => `${unit(min)} to ${unit(max)}`
  const late = (compared: readonly Compared[]) =>
    fromTo(statisticsOf(compared.map(({ counting }) => delayOf(counting))), seconds)

  return {
    tables: [],
    details: [
      {
        columns: ['Mean delay, without the right → with it', ...columns],
        rows: bySize.map(({ name, cells }) => [name, ...cells.map(delays)]),
      },
      {
        columns: ['Mean number of calls', ...columns],
        rows: bySize.map(({ name, cells }) => [name, ...cells.map(calls)]),
      },
      {
        columns: ['Where the pace misleads', 'Mean delay', 'Mean number of calls'],
        rows: byCourse.map(({ name, cells: [cell = null] }) => [name, delays(cell), calls(cell)]),
      },
    ],
    goals: [
      {
        goal: 'Mean delay at most 0.6 s, at a steady pace',
        measured: late(all),
        reached: all.every(({ counting }) => delayOf(counting) <= 600),
      },
      {
        goal: 'At most twice the calls',
        measured: fromTo(statisticsOf(all.map(more)), times),
        reached: all.every((cell) => more(cell) <= 2),
      },
      {
        goal: 'Where the pace misleads: at most 1.05 times as late',
        measured: `${times(Math.max(...misled.map(slower)))}; mean delay ${late(misled)}`,
        reached: misled.every((cell) => slower(cell) <= 1.05),
      },
    ],
  }
}
