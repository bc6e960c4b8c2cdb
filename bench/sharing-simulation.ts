import { logUniform, seeded } from './random.ts'
import { latencyMs, VirtualWorld } from './virtual-world.ts'
import type { Waiter } from './waiters.ts'

export interface SharingOptions {
  readonly seed: number
  readonly jobs: number
  readonly quotaPerSecond: number
  readonly minutes: number
  readonly waiter: Waiter
}

export interface SharingResult {
  readonly calls: number
  /** The shares of the calls that AWS throttled: of all, in the first minute, and after it. */
  readonly throttled: number
  readonly throttledFirst: number
  readonly throttledAfter: number
  /** For each request that ended in the simulated time: from its end until the job knew of it. */
  readonly delaysMs: readonly number[]
  /** The longest time that any job had no answer. */
  readonly longestSilenceMs: number
}

/** The jobs of a matrix start within a few seconds. */
const startWithinMs = 10_000
const shortestMs = 30_000
const longestMs = 20 * 60_000

/** Simulates jobs that wait on one instance at the same time and share its quota. When a job ends, a new one replaces it. */
export async function simulateSharing(options: SharingOptions): Promise<SharingResult> {
  const { jobs, minutes, quotaPerSecond, seed, waiter } = options
  const random = seeded(seed)
  const world = new VirtualWorld({ throttlePerSecond: quotaPerSecond }, latencyMs / 2)
  const { clock, service } = world
  const untilMs = minutes * 60_000
  const delaysMs: number[] = []
  let longestSilenceMs = 0

  const takeTurns = async (startAt: number) => {
    await clock.sleep(startAt)
    while (clock.now() < untilMs) {
      const durationMs = logUniform(random, shortestMs, longestMs)
      const requestEndsAt = clock.now() + durationMs
      const { requestId } = service.instance.start({ seconds: durationMs / 1_000 })
      let answeredAt = clock.now()
      const onAnswer = () => {
        if (answeredAt < untilMs) longestSilenceMs = Math.max(longestSilenceMs, clock.now() - answeredAt)
        answeredAt = clock.now()
      }
      await waiter.wait({ world, requestId, random, onAnswer })
      if (requestEndsAt <= untilMs) delaysMs.push(clock.now() - requestEndsAt)
    }
  }

  const starts = Array.from({ length: jobs }, () => random() * startWithinMs)
  await clock.run(Promise.all(starts.map(takeTurns)))
  const calls = service.calls.filter(({ at }) => at <= untilMs)
  const throttledIn = (some: typeof calls) =>
    some.filter(({ outcome }) => outcome === 'ThrottlingException').length / some.length
  return {
    calls: calls.length,
    throttled: throttledIn(calls),
    throttledFirst: throttledIn(calls.filter(({ at }) => at <= 60_000)),
    throttledAfter: throttledIn(calls.filter(({ at }) => at > 60_000)),
    delaysMs,
    longestSilenceMs,
  }
}
