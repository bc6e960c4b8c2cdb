import { fixedLoop, terraform } from './pollers.ts'
import { type SharingResult, simulateSharing } from './sharing-simulation.ts'
import { mean, statisticsOf, sum } from './statistics.ts'
import { measureThrottledShares } from './throttled-shares.ts'
import type { Findings, Topic } from './topic.ts'
import { percent, range, seconds, times } from './units.ts'
import { thisAction, type Waiter, waiterOf } from './waiters.ts'

const jobs = 100
const quotaPerSecond = 20
/** The longest interval of a throttled wait, as on the page of behaviour. */
const longestIntervalMs = 20_000
const terraformWaiter = waiterOf(terraform)
const loopWaiter = waiterOf(fixedLoop(5))
const waiters = [thisAction, terraformWaiter, loopWaiter]

/** Do many jobs on one instance disturb each other? */
export const sharing: Topic = {
  name: 'sharing',
  async measure(quick) {
    const minutes = quick ? 4 : 10
    const seeds = quick ? [1] : [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    const results = new Map<Waiter, SharingResult[]>()
    for (const waiter of waiters) {
      const bySeed: SharingResult[] = []
      for (const seed of seeds) bySeed.push(await simulateSharing({ seed, jobs, quotaPerSecond, minutes, waiter }))
      results.set(waiter, bySeed)
    }
    const shares = await measureThrottledShares(quick ? 3 : 30)
    const crowd = findings(results, minutes)
    return { tables: [...crowd.tables, ...shares.tables], goals: [...crowd.goals, ...shares.goals] }
  },
}

function findings(results: ReadonlyMap<Waiter, readonly SharingResult[]>, minutes: number): Findings {
  const figures = waiters.map((waiter) => figuresOf(waiter, results.get(waiter) ?? [], minutes))
  const ours = figures.find(({ waiter }) => waiter === thisAction)
  const loop = figures.find(({ waiter }) => waiter === loopWaiter)
  if (ours === undefined || loop === undefined) throw new Error('This action has not been measured')

  return {
    tables: [
      {
        columns: ['', ...figures.map(({ waiter }) => waiter.name)],
        rows: [
          ['Calls a second', ...figures.map(({ callsASecond }) => range(callsASecond, (value) => value.toFixed(1)))],
          ['Throttled', ...figures.map(({ throttled }) => range(throttled, percent))],
          ['… in the first minute', ...figures.map(({ throttledFirst }) => range(throttledFirst, percent))],
          ['… after it', ...figures.map(({ throttledAfter }) => range(throttledAfter, percent))],
          ['Delay in noticing, mean', ...figures.map(({ meanMs }) => range(meanMs, seconds))],
          ['… 95th percentile', ...figures.map(({ p95Ms }) => range(p95Ms, seconds))],
          ['… worst', ...figures.map(({ worstMs }) => range(worstMs, seconds))],
          ['Longest without an answer', ...figures.map(({ silenceMs }) => range(silenceMs, seconds))],
        ],
      },
    ],
    goals: [
      {
        goal: 'Few throttles: at most half the share of loops of 5 s',
        measured: times(ours.throttled.median / loop.throttled.median),
        reached: ours.throttled.median <= loop.throttled.median / 2,
      },
      {
        goal: `Bounded delay: the longest at most ${seconds(2 * longestIntervalMs)}, twice the longest interval`,
        measured: range(ours.worstMs, seconds),
        reached: ours.worstMs.max <= 2 * longestIntervalMs,
      },
      {
        goal: `No starvation: no job without an answer for more than ${seconds(3 * longestIntervalMs)}, three times the longest interval`,
        measured: range(ours.silenceMs, seconds),
        reached: ours.silenceMs.max <= 3 * longestIntervalMs,
      },
    ],
  }
}

function figuresOf(waiter: Waiter, results: readonly SharingResult[], minutes: number) {
  const over = (value: (result: SharingResult) => number) => statisticsOf(results.map(value))
  return {
    waiter,
    callsASecond: over(({ calls }) => calls / (60 * minutes)),
    throttled: over((result) => shareThrottled([result])),
    throttledFirst: over(({ byMinute }) => shareThrottled(byMinute.slice(0, 1))),
    throttledAfter: over(({ byMinute }) => shareThrottled(byMinute.slice(1))),
    meanMs: over(({ delaysMs }) => mean(delaysMs)),
    p95Ms: over(({ delaysMs }) => statisticsOf(delaysMs).p95),
    worstMs: over(({ delaysMs }) => Math.max(...delaysMs)),
    silenceMs: over(({ longestSilenceMs }) => longestSilenceMs),
  }
}

function shareThrottled(counts: readonly { calls: number; throttled: number }[]): number {
  return sum(counts.map(({ throttled }) => throttled)) / sum(counts.map(({ calls }) => calls))
}
