import { seconds, type Topic, times } from './page.ts'
import { logUniform, type Random, seeded } from './random.ts'
import { mean, statisticsOf } from './statistics.ts'
import { VirtualWorld } from './virtual-world.ts'

/** From the shortest to the longest provisioning, in milliseconds. */
type Band = readonly [fromMs: number, toMs: number]
const bands: readonly Band[] = [
  [10_000, 60_000],
  [60_000, 300_000],
  [300_000, 1_800_000],
  [1_800_000, 3_600_000],
]
/** Where the pace misleads. */
const wideBand: Band = [30_000, 600_000]

/** Few accounts take seconds or minutes, and many take long. */
const few = (random: Random) => Math.round(logUniform(random, 5, 120))
const sizes = [
  { accounts: few, bands, rarity: 1 },
  { accounts: () => 500, bands: bands.slice(1), rarity: 10 },
  { accounts: () => 2_000, bands: bands.slice(2), rarity: 10 },
]

/** How a provisioning goes through its accounts. */
interface Course {
  /** The share of its time at which it has reached a share of its accounts. */
  pace(accounts: number, random: Random): (share: number) => number
  /** How late the account lists are. */
  readonly lagMs?: number
  /** The share of its time after which a tenth of the accounts is out of date again. */
  readonly staleAt?: number
}

const steady: Course = { pace: eachTakes((random) => 0.5 + random()) }
/** Where the number of accounts says little about the end, or the wrong thing. */
const misleading = {
  'Very different accounts (exponential)': { pace: eachTakes((random) => -Math.log(1 - random())) },
  'Jumps by a quarter of the accounts': { pace: () => (share) => Math.ceil(share * 4) / 4 },
  'Gets slower': { pace: () => (share) => share ** 3 },
  'Gets faster': { pace: () => (share) => share ** 0.5 },
  'Stalls at 90 % for half of its time': { pace: () => (share) => (share <= 0.9 ? share / 2.25 : share) },
  'All accounts done at 60 % of its time': { pace: () => (share) => 0.6 * share },
  'All accounts done at the end': { pace: () => () => 1 },
  'A tenth of the accounts is out of date again at 70 %': { ...steady, staleAt: 0.7 },
  'Lists are 20 s late': { ...steady, lagMs: 20_000 },
} as const satisfies Record<string, Course>

/** Do counts of the accounts tell when a provisioning ends? */
export const pace: Topic = {
  name: 'pace',
  async measure(quick) {
    const waits = quick ? 20 : 200
    const all: Compared[] = []
    for (const { accounts, bands, rarity } of sizes)
      for (const band of bands) all.push(await compare(band, accounts, steady, Math.ceil(waits / rarity)))
    const misled: Compared[] = []
    for (const course of Object.values(misleading)) misled.push(await compare(wideBand, few, course, 2 * waits))

    const fromTo = (values: readonly number[], unit: (value: number) => string) => {
      const { min, max } = statisticsOf(values)
      return `${unit(min)} to ${unit(max)}`
    }
    const delays = (compared: readonly Compared[]) => compared.map(({ delayMs }) => delayMs)
    const calls = all.map(({ timesTheCalls }) => timesTheCalls)
    const latest = Math.max(...misled.map(({ timesAsLate }) => timesAsLate))
    return {
      goals: [
        {
          goal: 'Mean delay at most 0.6 s, at a steady pace',
          measured: fromTo(delays(all), seconds),
          reached: Math.max(...delays(all)) <= 600,
        },
        {
          goal: 'At most twice the calls',
          measured: fromTo(calls, times),
          reached: Math.max(...calls) <= 2,
        },
        {
          goal: 'Where the pace misleads: at most 1.05 times as late',
          measured: `${times(latest)}; mean delay ${fromTo(delays(misled), seconds)}`,
          reached: latest <= 1.05,
        },
      ],
    }
  },
}

/** Each account takes a random time of its own, after the one before. */
function eachTakes(time: (random: Random) => number): Course['pace'] {
  return (accounts, random) => {
    const ends = [0]
    for (let account = 1; account <= accounts; account += 1) ends.push((ends.at(-1) ?? 0) + time(random))
    const total = ends.at(-1) ?? 1
    return (share) => (ends[Math.round(share * accounts)] ?? total) / total
  }
}

/** Means of waits with the right to list accounts, and beside the same waits without it. */
interface Compared {
  readonly delayMs: number
  readonly timesAsLate: number
  readonly timesTheCalls: number
}

async function compare(
  [fromMs, toMs]: Band,
  accountsOf: (random: Random) => number,
  course: Course,
  waits: number,
): Promise<Compared> {
  const random = seeded(1)
  const blind: Paced[] = []
  const counting: Paced[] = []
  for (let seed = 1; seed <= waits; seed += 1) {
    const provisioning = { seed, accounts: accountsOf(random), durationMs: logUniform(random, fromMs, toMs), course }
    blind.push(await waitThrough(provisioning, ['sso:ListAccountsForProvisionedPermissionSet']))
    counting.push(await waitThrough(provisioning, []))
  }
  const delayOf = (paced: readonly Paced[]) => mean(paced.map(({ delayMs }) => delayMs))
  const callsOf = (paced: readonly Paced[]) => mean(paced.map(({ calls }) => calls))
  return {
    delayMs: delayOf(counting),
    timesAsLate: delayOf(counting) / delayOf(blind),
    timesTheCalls: callsOf(counting) / callsOf(blind),
  }
}

interface Paced {
  /** From the end of the provisioning until the wait knows of it. */
  readonly delayMs: number
  readonly calls: number
}

interface Provisioning {
  readonly seed: number
  readonly accounts: number
  readonly durationMs: number
  readonly course: Course
}

/** Waits for a provisioning of all accounts on a clock of its own. */
async function waitThrough(
  { accounts, course, durationMs, seed }: Provisioning,
  deny: readonly string[],
): Promise<Paced> {
  const random = seeded(seed)
  const { lagMs: accountsLagMs = 0, staleAt } = course
  const ownPace = course.pace(accounts, random)
  const world = new VirtualWorld({ accounts, accountsLagMs, deny })
  const { calls, instance } = world.service
  const { permissionSetArn, requestId } = instance.start({ seconds: durationMs / 1_000, pace: ownPace })
  if (staleAt !== undefined) instance.makeStale(permissionSetArn, Math.ceil(accounts / 10), durationMs * staleAt)

  let paced: Paced | undefined
  await world.wait([requestId], {
    random,
    timeoutMs: 2 * durationMs + 60_000,
    observe(_, { requests }) {
      if (requests.items[0]?.phase === 'ended')
        paced ??= { delayMs: world.clock.now() - durationMs, calls: calls.length }
    },
  })
  if (paced === undefined) throw new Error('The wait did not see the end')
  return paced
}
