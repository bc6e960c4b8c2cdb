import { fixedLoop, terraform } from './pollers.ts'
import { type SharingResult, simulateSharing } from './sharing-simulation.ts'
import { mean, quantile, statisticsOf, sum } from './statistics.ts'
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
  title: 'Sharing the quota',
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
    const crowd = findings(results, minutes, seeds.length)
    return { ...crowd, tables: [...crowd.tables, shares.table], goals: [...crowd.goals, ...shares.goals] }
  },
}

function findings(results: ReadonlyMap<Waiter, readonly SharingResult[]>, minutes: number, seeds: number): Findings {
  const figures = waiters.map((waiter) => figuresOf(waiter, results.get(waiter) ?? [], minutes))
  const ours = figures.find(({ waiter }) => waiter === thisAction)
  const loop = figures.find(({ waiter }) => waiter === loopWaiter)
  if (ours === undefined || loop === undefined) throw new Error('This action has not been measured')

  return {
    method: [
      `${jobs} jobs wait on one instance for ${minutes} minutes of virtual time. Each has the real \`poll()\`, its own rate limit and its own request, with a log-uniform duration from 30 s to 20 min. They start within 10 s, as the jobs of a matrix do. When a job ends, a new one replaces it. AWS answers ${quotaPerSecond} calls in any second and throttles the rest. Terraform's client then tries up to 25 times, and a shell loop's client 3 times. Figures are the median and the range over ${seeds} seeded simulation${seeds === 1 ? '' : 's'}. Every run gives the same figures.`,
      'In the second table, all requests had ended before, and a random share of all calls is throttled. Figures are the median and the range of the time until all requests are settled. This table was used to choose the increase of 0.3 calls a second for each answer and the decrease to 0.7 for a throttle. With half for a throttle and an increase of 0.1, as before, the same requests take 21 s and 147 s at 10 %.',
    ],
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
    plots: [
      {
        kind: 'lines',
        name: 'sharing-throttled',
        title: `Throttled calls of ${jobs} jobs on a quota of ${quotaPerSecond} a second`,
        x: { label: 'Minute', scale: 'linear' },
        y: { label: 'Throttled, % of calls', scale: 'linear' },
        series: waiters.map((waiter) => ({
          name: waiter.name,
          points: Array.from({ length: minutes }, (_, minute): [number, number] => {
            const inMinute = (results.get(waiter) ?? []).flatMap(({ byMinute }) => byMinute[minute] ?? [])
            return [minute + 1, 100 * shareThrottled(inMinute)]
          }),
        })),
      },
      {
        kind: 'lines',
        name: 'sharing-delay',
        title: `Delay with which ${jobs} jobs on one quota notice the end of their requests`,
        x: { label: 'Delay, seconds', scale: 'linear' },
        y: { label: 'Noticed by then, % of requests', scale: 'linear' },
        series: waiters.map((waiter) => ({
          name: waiter.name,
          points: distributionOf((results.get(waiter) ?? []).flatMap(({ delaysMs }) => delaysMs)),
        })),
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
    remarks: [
      "With random arrivals and a limit of 20 in any second, 5 % are refused at 15 calls a second (Erlang's formula B). A hundred jobs that start together do not know at first that they are many, so the first minute has the most throttles for all tools. After it, Terraform's cadence is a loop of 10 s. A hundred such loops use only half of the quota and meet few throttles, but their delay is the same with few jobs.",
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

/** The distribution of the delays, as pairs of a delay in seconds and the percentage of delays up to it. */
function distributionOf(delaysMs: readonly number[]): [number, number][] {
  const sorted = delaysMs.toSorted((a, b) => a - b)
  return Array.from({ length: 100 }, (_, index) => [quantile(sorted, (index + 1) / 100) / 1_000, index + 1])
}
