import { failureWith, waitOn } from '../__tests__/support/in-process-api.ts'
import { neverAborted } from '../src/wait/time/deadline.ts'
import type { Random } from './random.ts'
import { keyOf, type VirtualWorld } from './virtual-world.ts'

/** A way to wait for one request. */
export interface Waiter {
  readonly name: string
  /** Resolves when it has noticed the end of the request. */
  readonly wait: (world: VirtualWorld, requestId: string, random: Random) => Promise<void>
}

/** The wait of `src/wait`, with its own rate limit, as in each job. Optional calls are refused, so that it makes no more of them. */
export const thisAction: Waiter = {
  name: 'This action',
  async wait({ api, clock }, requestId, random) {
    const refuse = async () => ({ ok: false, failure: failureWith('AccessDeniedException') }) as const
    const refusing = {
      describe: api.describe,
      list: refuse,
      listAccounts: refuse,
      listPermissionSets: refuse,
      permissionSetName: refuse,
      primaryRegion: refuse,
    }
    const { ending } = await waitOn(clock, refusing, [keyOf(requestId)], { timeoutMs: 2 * 60 * 60_000, random })
    if (ending.verdict !== 'succeeded') throw new Error(`The wait ended as ${ending.verdict}`)
  },
}

/**
 * `StateChangeConf` of Terraform's plugin SDK, as terraform-provider-aws sets it up for the provisioning of permission sets: `Delay` of
 * 5 s; then 0.1 s, doubled before it is first used, up to 10 s. The provider lets its client try 25 times.
 */
export const terraform = waiterOf({
  name: "Terraform's cadence",
  *pauses() {
    yield 5_000
    for (let pauseMs = 200; ; pauseMs = Math.min(pauseMs * 2, 10_000)) yield pauseMs
  },
  attempts: 25,
  firstRetryWithinSeconds: 2,
})

/** A shell loop: look, sleep, look again. The AWS CLI tries 3 times. */
export const loopOf5s = waiterOf({
  name: 'Loop of 5 s',
  *pauses() {
    yield 0
    for (;;) yield 5_000
  },
  attempts: 3,
  firstRetryWithinSeconds: 1,
})

/** This action, and what people use most. */
export const waiters: readonly Waiter[] = [thisAction, terraform, loopOf5s]

/** How another tool polls. */
interface Poller {
  readonly name: string
  /** The pause before each look, in milliseconds, including the first. */
  pauses(): Iterable<number>
  /** How many times its AWS client makes a throttled call, including the first, before the look fails. */
  readonly attempts: number
  /** The first retry of the client comes within this many seconds, the next within twice as many, and so on. */
  readonly firstRetryWithinSeconds: number
}

function waiterOf({ name, pauses, attempts, firstRetryWithinSeconds }: Poller): Waiter {
  return {
    name,
    async wait({ api, clock }, requestId, random) {
      for (const pauseMs of pauses()) {
        if (pauseMs > 0) await clock.sleep(pauseMs)
        for (let attempt = 1; attempt <= attempts; attempt++) {
          const answer = await api.describe(keyOf(requestId), neverAborted)
          if (answer.ok && answer.value.status !== 'IN_PROGRESS') return
          if (answer.ok) break
          if (answer.failure.code !== 'ThrottlingException') throw new Error(answer.failure.message)
          // As the AWS SDKs do: a random share of a bound that doubles, at most 20 s.
          const mostSeconds = firstRetryWithinSeconds * 2 ** (attempt - 1)
          if (attempt < attempts) await clock.sleep(1_000 * Math.min(random() * mostSeconds, 20))
        }
      }
    },
  }
}
