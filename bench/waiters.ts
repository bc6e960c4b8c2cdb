import { failureWith, waitOn } from '../__tests__/support/in-process-api.ts'
import type { Api } from '../src/requests/api.ts'
import { neverAborted } from '../src/wait/time/deadline.ts'
import type { Random } from './random.ts'
import { keyOf, type VirtualWorld } from './virtual-world.ts'

export interface Waiting {
  readonly world: VirtualWorld
  readonly requestId: string
  readonly random: Random
  /** Called for every answer that is not a refusal. */
  readonly onAnswer: () => void
}

/** A way to wait for one request. */
export interface Waiter {
  readonly name: string
  /** Resolves when it has noticed the end of the request. */
  readonly wait: (waiting: Waiting) => Promise<void>
}

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

/** The wait of `src/wait`, with its own rate limit, as in each job. Optional calls are refused, so that it makes no more of them. */
export const thisAction: Waiter = {
  name: 'This action',
  async wait({ world, requestId, random, onAnswer }) {
    const refuse = async () => ({ ok: false, failure: failureWith('AccessDeniedException') }) as const
    const api: Api = {
      describe: async (key, signal) => {
        const answer = await world.api.describe(key, signal)
        if (answer.ok) onAnswer()
        return answer
      },
      list: refuse,
      listAccounts: refuse,
      listPermissionSets: refuse,
      permissionSetName: refuse,
      primaryRegion: refuse,
    }
    const { ending } = await waitOn(world.clock, api, [keyOf(requestId)], { timeoutMs: 2 * 60 * 60_000, random })
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
export function loopOf(seconds: number): Waiter {
  return waiterOf({
    name: `Loop of ${seconds} s`,
    *pauses() {
      yield 0
      for (;;) yield seconds * 1_000
    },
    attempts: 3,
    firstRetryWithinSeconds: 1,
  })
}

function waiterOf(poller: Poller): Waiter {
  return {
    name: poller.name,
    async wait({ world, requestId, random, onAnswer }) {
      for (const pauseMs of poller.pauses()) {
        if (pauseMs > 0) await world.clock.sleep(pauseMs)
        for (let attempt = 1; attempt <= poller.attempts; attempt++) {
          const answer = await world.api.describe(keyOf(requestId), neverAborted)
          if (answer.ok) {
            onAnswer()
            if (answer.value.status !== 'IN_PROGRESS') return
            break
          }
          if (answer.failure.code !== 'ThrottlingException') throw new Error(answer.failure.message)
          if (attempt < poller.attempts) await world.clock.sleep(retryPauseMs(poller, attempt, random))
        }
      }
    },
  }
}

/** The pause of the AWS SDKs before the next attempt of a throttled call: a random share of a bound that doubles, at most 20 s. */
function retryPauseMs({ firstRetryWithinSeconds }: Poller, retry: number, random: Random): number {
  return 1_000 * Math.min(random() * firstRetryWithinSeconds * 2 ** (retry - 1), 20)
}
