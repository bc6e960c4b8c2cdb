import type { Clock } from '../src/wait/time/clock.ts'
import { neverAborted } from '../src/wait/time/deadline.ts'
import type { Random } from './random.ts'
import type { SimulatedService } from './simulated-service.ts'

/** How another tool waits for one request. */
export interface Poller {
  readonly name: string
  /** The pause before each look, in milliseconds, including the first. */
  pauses(random: Random): Generator<number, never>
  /** How many times its AWS client makes a throttled call, including the first, before the look fails. */
  readonly attempts: number
  /** The first retry of the client comes within this many seconds, the next within twice as many, and so on. */
  readonly firstRetryWithinSeconds: number
}

/**
 * `StateChangeConf` of Terraform's plugin SDK, as terraform-provider-aws sets it up for the provisioning of permission sets: `Delay` of
 * 5 s; then 0.1 s, doubled before it is first used, up to 10 s. The provider lets its client try 25 times.
 */
export const terraform: Poller = {
  name: "Terraform's cadence",
  *pauses() {
    yield 5_000
    for (let pauseMs = 200; ; pauseMs = Math.min(pauseMs * 2, 10_000)) yield pauseMs
  },
  attempts: 25,
  firstRetryWithinSeconds: 2,
}

/** A shell loop: look, sleep, look again. The AWS CLI tries 3 times. */
export function fixedLoop(seconds: number): Poller {
  return {
    name: `Loop of ${seconds} s`,
    *pauses() {
      yield 0
      for (;;) yield seconds * 1_000
    },
    attempts: 3,
    firstRetryWithinSeconds: 1,
  }
}

/**
 * `createWaiter` of the AWS SDK for JavaScript (`exponentialBackoffWithJitter`). It looks at once. Then each pause is random, between the
 * shortest pause and a bound that doubles. When that bound would exceed the longest pause, each further pause is the longest.
 */
export function sdkWaiter(minSeconds: number, maxSeconds: number): Poller {
  const attemptCeiling = Math.log2(maxSeconds / minSeconds) + 1
  return {
    name: `SDK waiter, ${minSeconds} to ${maxSeconds} s`,
    *pauses(random) {
      yield 0
      for (let attempt = 1; ; attempt++) {
        const bound = minSeconds * 2 ** (attempt - 1)
        yield 1_000 * (attempt > attemptCeiling ? maxSeconds : minSeconds + random() * (bound - minSeconds))
      }
    },
    attempts: 3,
    firstRetryWithinSeconds: 1,
  }
}

/** The pause of the AWS SDKs before the next attempt of a throttled call: a random share of a bound that doubles, at most 20 s. */
export function retryPauseMs(poller: Poller, retry: number, random: Random): number {
  return 1_000 * Math.min(random() * poller.firstRetryWithinSeconds * 2 ** (retry - 1), 20)
}

export interface PollOptions {
  readonly clock: Clock
  readonly service: SimulatedService
  readonly random: Random
  readonly requestEndsAt: number
  /** Called for every answer that is not a refusal. */
  readonly onAnswer: () => void
}

/** Polls as `poller` does, until the request is seen to have ended. */
export async function pollAs(poller: Poller, options: PollOptions): Promise<void> {
  const { clock, service, random, requestEndsAt, onAnswer } = options
  for (const pauseMs of poller.pauses(random)) {
    if (pauseMs > 0) await clock.sleep(pauseMs, neverAborted)
    for (let attempt = 1; attempt <= poller.attempts; attempt++) {
      const seen = await service.look(requestEndsAt)
      if (seen !== 'throttled') {
        onAnswer()
        if (seen === 'finished') return
        break
      }
      if (attempt < poller.attempts) await clock.sleep(retryPauseMs(poller, attempt, random), neverAborted)
    }
  }
}
