import { waitOn } from '../__tests__/support/in-process-api.ts'
import { type Poller, type PollOptions, pollAs } from './pollers.ts'

/** A way to wait for one request in the simulated service. */
export interface Waiter {
  readonly name: string
  /** Resolves when it has noticed the end of the request. */
  readonly wait: (options: PollOptions) => Promise<void>
}

/** The wait of `src/wait`, with its own rate limit, as in each job. */
export const thisAction: Waiter = {
  name: 'This action',
  async wait({ clock, service, random, requestEndsAt, onAnswer }) {
    const api = service.api(requestEndsAt, onAnswer)
    const requests = [{ requestId: 'request', operation: 'provision-permission-set' as const }]
    const { ending } = await waitOn(clock, api, requests, { timeoutMs: 2 * 60 * 60_000, random })
    if (ending.verdict !== 'succeeded') throw new Error(`The wait ended as ${ending.verdict}`)
  },
}

export function waiterOf(poller: Poller): Waiter {
  return { name: poller.name, wait: (options) => pollAs(poller, options) }
}
