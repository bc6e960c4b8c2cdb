import { VirtualClock } from '../__tests__/support/virtual-clock.ts'
import { neverAborted } from '../src/wait/time/deadline.ts'
import { logUniform, seeded } from './random.ts'
import { SimulatedService } from './simulated-service.ts'
import type { Waiter } from './waiters.ts'

export interface SharingOptions {
  readonly seed: number
  readonly jobs: number
  readonly quotaPerSecond: number
  readonly minutes: number
  readonly waiter: Waiter
}

export interface CallCount {
  readonly calls: number
  readonly throttled: number
}

export interface SharingResult extends CallCount {
  /** The calls of each minute. */
  readonly byMinute: readonly CallCount[]
  /** For each request that ended in the simulated time: from its end until the job knew of it. */
  readonly delaysMs: readonly number[]
  /** The longest time that any job had no answer. */
  readonly longestSilenceMs: number
}

/** The jobs of a matrix start within a few seconds. */
const startWithinMs = 10_000
const latencyMs = 80
const shortestMs = 30_000
const longestMs = 20 * 60_000

/** Simulates jobs that wait on one instance at the same time and share its quota. When a job ends, a new one replaces it. */
export async function simulateSharing(options: SharingOptions): Promise<SharingResult> {
  const { jobs, minutes, quotaPerSecond, seed, waiter } = options
  const clock = new VirtualClock()
  const random = seeded(seed)
  const service = new SimulatedService({ clock, latencyMs, quotaPerSecond })
  const untilMs = minutes * 60_000
  const delaysMs: number[] = []
  let longestSilenceMs = 0

  const takeTurns = async (startAt: number) => {
    await clock.sleep(startAt, neverAborted)
    while (clock.now() < untilMs) {
      const requestEndsAt = clock.now() + logUniform(random, shortestMs, longestMs)
      let answeredAt = clock.now()
      const onAnswer = () => {
        if (answeredAt < untilMs) longestSilenceMs = Math.max(longestSilenceMs, clock.now() - answeredAt)
        answeredAt = clock.now()
      }
      await waiter.wait({ clock, service, random, requestEndsAt, onAnswer })
      if (requestEndsAt <= untilMs) delaysMs.push(clock.now() - requestEndsAt)
    }
  }
  const countUntil = async (ms: number) => {
    await clock.sleep(ms, neverAborted)
    return { calls: service.callsAt.length, throttled: service.throttled }
  }

  const counts = Promise.all(Array.from({ length: minutes }, (_, minute) => countUntil((minute + 1) * 60_000)))
  const starts = Array.from({ length: jobs }, () => random() * startWithinMs)
  await clock.run(Promise.all(starts.map(takeTurns)))
  const byMinute = differences(await counts)
  return {
    calls: byMinute.reduce((total, { calls }) => total + calls, 0),
    throttled: byMinute.reduce((total, { throttled }) => total + throttled, 0),
    byMinute,
    delaysMs,
    longestSilenceMs,
  }
}

function differences(counts: readonly CallCount[]): CallCount[] {
  return counts.map(({ calls, throttled }, index) => {
    const before = counts[index - 1] ?? { calls: 0, throttled: 0 }
    return { calls: calls - before.calls, throttled: throttled - before.throttled }
  })
}
