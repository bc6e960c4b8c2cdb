import { percent, range, seconds, times } from './page.ts'
import { type SharingResult, simulateSharing } from './sharing-simulation.ts'
import { mean, type Statistics, statisticsOf } from './statistics.ts'
import { measureThrottledShares } from './throttled-shares.ts'
import type { Findings, Topic } from './topic.ts'
import { loopOf, terraform, thisAction, type Waiter } from './waiters.ts'

const jobs = 100
const quotaPerSecond = 20
/** The longest interval of a throttled wait, as on the page of behaviour. */
const longestIntervalMs = 20_000
const waiters = [thisAction, terraform, loopOf(5)]
/** The figures that a user would ask for. */
const asked = new Set(['Calls a second', 'Throttled', 'Delay in noticing, mean', '… worst'])

/** Do many jobs on one instance disturb each other? */
export const sharing: Topic = {
  name: 'sharing',
  async measure(quick) {
    const minutes = quick ? 4 : 10
    const results: SharingResult[][] = []
    for (const waiter of waiters) results.push(await simulateAll(waiter, minutes, quick ? 1 : 10))
    const crowd = findings(results, minutes)
    const shares = await measureThrottledShares(quick ? 3 : 30)
    const details = [...(crowd.details ?? []), ...shares.tables]
    return { tables: crowd.tables, details, goals: [...crowd.goals, ...shares.goals] }
  },
}

async function simulateAll(waiter: Waiter, minutes: number, seeds: number): Promise<SharingResult[]> {
  const bySeed: SharingResult[] = []
  for (let seed = 1; seed <= seeds; seed++)
    bySeed.push(await simulateSharing({ seed, jobs, quotaPerSecond, minutes, waiter }))
  return bySeed
}

type Figure = (result: SharingResult) => number

function findings(results: readonly (readonly SharingResult[])[], minutes: number): Findings {
  const figures: readonly [string, Figure, (value: number) => string][] = [
    ['Calls a second', ({ calls }) => calls / (60 * minutes), (value) => value.toFixed(1)],
    ['Throttled', ({ throttled }) => throttled, percent],
    ['… in the first minute', ({ throttledFirst }) => throttledFirst, percent],
    ['… after it', ({ throttledAfter }) => throttledAfter, percent],
    ['Delay in noticing, mean', ({ delaysMs }) => mean(delaysMs), seconds],
    ['… 95th percentile', ({ delaysMs }) => statisticsOf(delaysMs).p95, seconds],
    ['… worst', ({ delaysMs }) => Math.max(...delaysMs), seconds],
    ['Longest without an answer', ({ longestSilenceMs }) => longestSilenceMs, seconds],
  ]
  const over = (of: readonly SharingResult[] | undefined, figure: Figure): Statistics =>
    statisticsOf((of ?? []).map(figure))
  const [ours, , loop] = results
  const throttled = (of: typeof ours) => over(of, (result) => result.throttled).median
  const worst = over(ours, ({ delaysMs }) => Math.max(...delaysMs))
  const silence = over(ours, ({ longestSilenceMs }) => longestSilenceMs)
  const columns = ['', ...waiters.map(({ name }) => name)]
  return {
    tables: [
      {
        columns,
        rows: figures
          .filter(([name]) => asked.has(name))
          .map(([name, figure, unit]) => [name, ...results.map((of) => unit(over(of, figure).median))]),
      },
    ],
    details: [
      {
        columns,
        rows: figures.map(([name, figure, unit]) => [name, ...results.map((of) => range(over(of, figure), unit))]),
      },
    ],
    goals: [
      {
        goal: 'At most half the throttles of loops of 5 s',
        measured: times(throttled(ours) / throttled(loop)),
        reached: throttled(ours) <= throttled(loop) / 2,
      },
      {
        goal: `Never later than ${(2 * longestIntervalMs) / 1_000} s`,
        measured: range(worst, seconds),
        reached: worst.max <= 2 * longestIntervalMs,
      },
      {
        goal: `No job without an answer for ${(3 * longestIntervalMs) / 1_000} s`,
        measured: range(silence, seconds),
        reached: silence.max <= 3 * longestIntervalMs,
      },
    ],
  }
}
