import { InProcessIdentityCenter } from '../simulator/in-process.ts'
import type { Answer, Observer } from '../src/polling/api.ts'
import type { Clock } from '../src/polling/clock.ts'
import { unknownState } from '../src/request.ts'

/** What one call by anybody sees of a request. */
export type Seen = 'in-progress' | 'finished' | 'throttled'

interface Options {
  readonly clock: Clock
  /** From sending a call to having its answer. */
  readonly latencyMs: number
  /** Calls answered in any second; those above are throttled, and do not use up the quota. */
  readonly quotaPerSecond: number
}

/** The simulator on a virtual clock, as far as the pace of calls is concerned: half of the latency lies before a call's arrival. */
export class SimulatedService {
  readonly #options: Options
  readonly #service: InProcessIdentityCenter
  /** By the end of each. */
  readonly #requestIds = new Map<number, string>()

  constructor(options: Options) {
    const { clock, latencyMs, quotaPerSecond } = options
    this.#options = options
    this.#service = new InProcessIdentityCenter({
      now: () => clock.now(),
      sleep: (ms, signal = neverAborted) => clock.sleep(ms, signal),
      latencyMs: latencyMs / 2,
      throttlePerSecond: quotaPerSecond,
    })
  }

  /** When each call reached the service, in order. */
  get callsAt(): number[] {
    return this.#service.calls.map(({ at }) => at)
  }

  get throttled(): number {
    return this.#service.calls.filter(({ outcome }) => outcome === 'ThrottlingException').length
  }

  /** One call about a request that ends at a known time. */
  async look(requestEndsAt: number): Promise<Seen> {
    const { clock, latencyMs } = this.#options
    await clock.sleep(latencyMs / 2, neverAborted)
    const reply = await this.#service.describe(this.#requestEndingAt(requestEndsAt))
    if (reply.ok) return reply.value.status === 'IN_PROGRESS' ? 'in-progress' : 'finished'
    if (reply.code !== 'ThrottlingException') throw new Error(reply.message)
    return 'throttled'
  }

  /** The same for the action's own wait, of whose requests the ends are looked up. */
  observer(endsAt: (requestId: string) => number, onAnswer: () => void = () => {}): Observer {
    return {
      describe: async (requestId) => {
        const seen = await this.look(endsAt(requestId))
        if (seen === 'throttled') return throttledAnswer
        onAnswer()
        const status = seen === 'finished' ? 'SUCCEEDED' : 'IN_PROGRESS'
        return { ok: true, value: { ...unknownState(requestId), status } }
      },
      list: () => Promise.reject(new Error('A single request is never listed')),
    }
  }

  #requestEndingAt(endsAt: number): string {
    const known = this.#requestIds.get(endsAt)
    if (known !== undefined) return known
    const [requestId = ''] = this.#service.instance.startAll({ seconds: (endsAt - this.#options.clock.now()) / 1_000 })
    this.#requestIds.set(endsAt, requestId)
    return requestId
  }
}

const throttledAnswer: Answer<never> = {
  ok: false,
  trouble: {
    effect: 'throttled',
    scope: 'every-call',
    code: 'ThrottlingException',
    title: 'AWS throttles the calls',
    message: 'ThrottlingException: Rate exceeded',
    remedy: '',
  },
}

const neverAborted = new AbortController().signal
