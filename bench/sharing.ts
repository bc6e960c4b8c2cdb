import { percent, range, seconds, type Topic, times } from './page.ts'
import { logUniform, seeded } from './random.ts'
import { mean, statisticsOf } from './statistics.ts'
import { throttledShares } from './throttled-shares.ts'
import { latencyMs, VirtualWorld } from './virtual-world.ts'
import { loopOf5s, thisAction, type Waiter, waiters } from './waiters.ts'

const jobs = 100
const throttlePerSecond = 20
/** The jobs of a matrix start within a few seconds. */
const startWithinMs = 10_000
const [shortestMs, longestMs] = [30_000, 20 * 60_000]
/** The longest interval of a throttled wait, as on the page of behaviour. */
const longestIntervalMs = 20_000

/** Do many jobs on one instance disturb each other? */
export const sharing: Topic = {
  name: 'sharing',
  async measure(quick) {
    const untilMs = (quick ? 4 : 10) * 60_000
    const byWaiter = new Map<Waiter, Shared[]>()
    for (const waiter of waiters) {
      const bySeed: Shared[] = []
      for (let seed = 1; seed <= (quick ? 1 : 10); seed++) bySeed.push(await simulate(waiter, untilMs, seed))
      byWaiter.set(waiter, bySeed)
    }
    const over = (waiter: Waiter, figure: keyof Shared) =>
      statisticsOf((byWaiter.get(waiter) ?? []).map((shared) => shared[figure]))
    const row = (name: string, figure: keyof Shared, unit: (value: number) => string) => [
      name,
      ...waiters.map((waiter) => unit(over(waiter, figure).median)),
    ]
    const throttles = over(thisAction, 'throttled').median / over(loopOf5s, 'throttled').median
    const worst = over(thisAction, 'worstDelayMs')
    const silence = over(thisAction, 'longestSilenceMs')
    return {
      table: {
        columns: ['', ...waiters.map(({ name }) => name)],
        rows: [
          row('Calls a second', 'callsPerSecond', (value) => value.toFixed(1)),
          row('Throttled', 'throttled', percent),
          row('Delay in noticing, mean', 'meanDelayMs', seconds),
          row('… worst', 'worstDelayMs', seconds),
        ],
      },
      goals: [
        { goal: 'At most half the throttles of loops of 5 s', measured: times(throttles), reached: throttles <= 0.5 },
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
        ...(await throttledShares(quick ? 3 : 30)),
      ],
    }
  },
}

interface Shared {
  readonly callsPerSecond: number
  /** The share of the calls that AWS throttled. */
  readonly throttled: number
  /** From the end of a request until its job knew of it, for requests that ended in the simulated time. */
  readonly meanDelayMs: number
  readonly worstDelayMs: number
  /** The longest time that any job had no answer. */
  readonly longestSilenceMs: number
}

/** Jobs that wait on one instance at the same time and share its quota. When a job ends, a new one replaces it. */
async function simulate(waiter: Waiter, untilMs: number, seed: number): Promise<Shared> {
  const random = seeded(seed)
  const world = new VirtualWorld({ throttlePerSecond }, latencyMs / 2)
  const { clock, service } = world
  const delaysMs: number[] = []
  /** When each job began, and then when it last had an answer, by its request. */
  const answeredAt = new Map<string | undefined, number>()

  const takeTurns = async (startAt: number) => {
    await clock.sleep(startAt)
    while (clock.now() < untilMs) {
      const durationMs = logUniform(random, shortestMs, longestMs)
      const endsAt = clock.now() + durationMs
      const { requestId } = service.instance.start({ seconds: durationMs / 1_000 })
      answeredAt.set(requestId, clock.now())
      await waiter.wait(world, requestId, random)
      if (endsAt <= untilMs) delaysMs.push(clock.now() - endsAt)
    }
  }
  await clock.run(Promise.all(Array.from({ length: jobs }, () => random() * startWithinMs).map(takeTurns)))

  let longestSilenceMs = 0
  for (const { at, outcome, requestId } of service.calls) {
    const before = answeredAt.get(requestId) ?? untilMs
    if (outcome !== 'ok') continue
    if (before < untilMs) longestSilenceMs = Math.max(longestSilenceMs, at - before)
    answeredAt.set(requestId, at)
  }
  const inTime = service.calls.filter(({ at }) => at <= untilMs)
  return {
    callsPerSecond: (1_000 * inTime.length) / untilMs,
    throttled: inTime.filter(({ outcome }) => outcome === 'ThrottlingException').length / inTime.length,
    meanDelayMs: mean(delaysMs),
    worstDelayMs: Math.max(...delaysMs),
    longestSilenceMs,
  }
}
