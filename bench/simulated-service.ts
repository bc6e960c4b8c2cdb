import { failureWith } from '../__tests__/support/in-process-api.ts'
import { InProcessIdentityCenter } from '../simulator/in-process.ts'
import type { Api } from '../src/requests/api.ts'
import type { Clock } from '../src/wait/time/clock.ts'
import { neverAborted } from '../src/wait/time/deadline.ts'

/** What a call shows about a request. */
export type Seen = 'in-progress' | 'finished' | 'throttled'

interface Options {
  readonly clock: Clock
  /** From sending a call to receiving its answer. */
  readonly latencyMs: number
  /** How many calls are answered in any second. Further calls are throttled, and do not count for the quota. */
  readonly quotaPerSecond: number
}

/** The simulator on a virtual clock, for measuring the pace of calls. Half of the latency passes before a call arrives. */
export class SimulatedService {
  readonly #options: Options
  readonly #service: InProcessIdentityCenter
  /** The request IDs, by the time at which the request ends. */
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

  /** Makes one call about a request that ends at a known time. */
  async look(requestEndsAt: number): Promise<Seen> {
    const { clock, latencyMs } = this.#options
    await clock.sleep(latencyMs / 2, neverAborted)
    const reply = await this.#service.describe(this.#requestEndingAt(requestEndsAt))
    if (reply.ok) return reply.value.status === 'IN_PROGRESS' ? 'in-progress' : 'finished'
    if (reply.code !== 'ThrottlingException') throw new Error(reply.message)
    return 'throttled'
  }

  /** The same as an API for the action's own polling of one request. */
  api(requestEndsAt: number, onAnswer: () => void): Api {
    const refuse = async () => refused
    return {
      describe: async () => {
        const seen = await this.look(requestEndsAt)
        if (seen === 'throttled') return throttled
        onAnswer()
        const status = seen === 'finished' ? 'SUCCEEDED' : 'IN_PROGRESS'
        return { ok: true, value: { ...noDetails, status, failureReason: null } }
      },
      list: refuse,
      listAccounts: refuse,
      listPermissionSets: refuse,
      permissionSetName: refuse,
      primaryRegion: refuse,
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

const noDetails = { createdDate: null, permissionSetArn: null, accountId: null, principalId: null, principalType: null }

const throttled = { ok: false, failure: failureWith('ThrottlingException') } as const
/** Optional calls are refused, so that polling makes no more of them. */
const refused = { ok: false, failure: failureWith('AccessDeniedException') } as const
