import { toTheEnd } from '../src/goal.ts'
import { poll } from '../src/polling/poll.ts'
import { deadlineAfter } from '../src/polling/time/deadline.ts'
import { RateLimit } from '../src/polling/time/rate-limit.ts'
import { type Poller, type PollOptions, pollAs } from './pollers.ts'

/** A way to wait for one request in the simulated service. */
export interface Waiter {
  readonly name: string
  /** Resolves when it has noticed the end of the request. */
  readonly wait: (options: PollOptions) => Promise<void>
}

/** The polling of `src/polling`, with its own rate limit, as in each job. */
export const thisAction: Waiter = {
  name: 'This action',
  async wait({ clock, service, random, requestEndsAt, onAnswer }) {
    const snapshots = poll({
      requests: [{ requestId: 'request', operation: 'provision-permission-set' }],
      goal: toTheEnd,
      pollIntervalMs: null,
      deadline: deadlineAfter(clock, 2 * 60 * 60_000, neverAborted),
      api: service.api(requestEndsAt, onAnswer),
      rateLimit: new RateLimit(clock),
      clock,
      random,
      date: () => new Date(clock.now()),
    })
    for await (const { ending } of snapshots) {
      if (ending !== null && ending !== 'finished') throw new Error(`The wait ended as ${ending}`)
    }
  },
}

export function waiterOf(poller: Poller): Waiter {
  return { name: poller.name, wait: (options) => pollAs(poller, options) }
}

const neverAborted = new AbortController().signal
