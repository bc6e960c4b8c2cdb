import { Budget } from '../src/polling/budget.ts'
import { wait } from '../src/polling/wait.ts'
import { type Poller, type PollOptions, poll } from './pollers.ts'

/** Somebody who waits for one request in the simulated service. */
export interface Waiter {
  readonly name: string
  /** Resolves when the end of the request has been noticed. */
  readonly wait: (options: PollOptions) => Promise<void>
}

/** The wait of `src/polling`, with a budget of its own, as each job has it. */
export const thisAction: Waiter = {
  name: 'This action',
  async wait({ clock, service, random, requestEndsAt, onAnswer }) {
    const { ending } = await wait({
      requestIds: ['request'],
      observer: service.observer(() => requestEndsAt, onAnswer),
      budget: new Budget(clock),
      clock,
      random,
      timeoutMs: 2 * 60 * 60_000,
      pollIntervalMs: null,
      untilFinished: true,
      cancel: neverAborted,
      onChange: () => {},
      onLooked: () => {},
      onListRefused: () => {},
    })
    if (ending !== 'finished') throw new Error(`The wait ended as ${ending}`)
  },
}

export function waiterOf(poller: Poller): Waiter {
  return { name: poller.name, wait: (options) => poll(poller, options) }
}

const neverAborted = new AbortController().signal
