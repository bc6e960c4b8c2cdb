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

/** Identity Center on a virtual clock, as far as the pace of calls is concerned. */
export class SimulatedService {
  readonly #options: Options
  readonly #admittedAt: number[] = []
  /** When each call reached the service, in order. */
  readonly callsAt: number[] = []
  throttled = 0

  constructor(options: Options) {
    this.#options = options
  }

  /** One call about a request that ends at a known time. */
  async look(requestEndsAt: number): Promise<Seen> {
    const { clock, latencyMs } = this.#options
    await clock.sleep(latencyMs / 2, neverAborted)
    const seen = this.#admits() ? (clock.now() >= requestEndsAt ? 'finished' : 'in-progress') : 'throttled'
    await clock.sleep(latencyMs / 2, neverAborted)
    return seen
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

  #admits(): boolean {
    const { clock, quotaPerSecond } = this.#options
    const now = clock.now()
    this.callsAt.push(now)
    while ((this.#admittedAt[0] ?? now) <= now - 1_000) this.#admittedAt.shift()
    if (this.#admittedAt.length >= quotaPerSecond) {
      this.throttled += 1
      return false
    }
    this.#admittedAt.push(now)
    return true
  }
}

const throttledAnswer: Answer<never> = {
  ok: false,
  trouble: {
    effect: 'throttled',
    scope: 'set',
    code: 'ThrottlingException',
    message: 'ThrottlingException: Rate exceeded',
    remedy: '',
  },
}

const neverAborted = new AbortController().signal
