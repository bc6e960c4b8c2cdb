import { inProcessApi, waitOn } from '../__tests__/support/in-process-api.ts'
import { VirtualClock } from '../__tests__/support/virtual-clock.ts'
import { InProcessIdentityCenter } from '../simulator/in-process.ts'
import type { SimulatorOptions } from '../simulator/settings.ts'
import type { Api } from '../src/requests/api.ts'
import type { RequestKey } from '../src/requests/request.ts'
import type { Waited } from '../src/wait/wait.ts'

/** From sending a call to receiving its answer. */
export const latencyMs = 80

/** The simulator on a clock of its own. */
export class VirtualWorld {
  readonly clock = new VirtualClock()
  readonly service: InProcessIdentityCenter
  readonly api: Api

  /** @param arrivalMs how much of the latency goes by before AWS answers */
  constructor(settings: SimulatorOptions, arrivalMs = 0) {
    const { clock } = this
    this.service = new InProcessIdentityCenter({ latencyMs: latencyMs - arrivalMs, ...settings }, clock)
    const call: InProcessIdentityCenter['call'] = async (operation, input, signal) => {
      if (arrivalMs > 0) await clock.sleep(arrivalMs, signal)
      return this.service.call(operation, input, signal)
    }
    this.api = inProcessApi({ call }, clock)
  }

  /** When each call reached the service, in order. */
  get callsAt(): number[] {
    return this.service.calls.map(({ at }) => at)
  }

  get throttled(): number {
    return this.service.calls.filter(({ outcome }) => outcome === 'ThrottlingException').length
  }

  /** The real wait, for two hours unless given. */
  wait(requestIds: readonly string[], options: Partial<Parameters<typeof waitOn>[3]>): Promise<Waited> {
    const whole = { timeoutMs: 2 * 60 * 60_000, ...options }
    return this.clock.run(waitOn(this.clock, this.api, requestIds.map(keyOf), whole))
  }
}

export function keyOf(requestId: string): RequestKey {
  return { requestId, operation: 'provision-permission-set' }
}
