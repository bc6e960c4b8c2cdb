import { inProcessApi, waitOn } from '../__tests__/support/in-process-api.ts'
import { VirtualClock } from '../__tests__/support/virtual-clock.ts'
import { InProcessIdentityCenter } from '../simulator/in-process.ts'
import type { SimulatorOptions } from '../simulator/settings.ts'
import { startLog } from '../src/report/log.ts'
import { type Goal, toTheEnd } from '../src/requests/goal.ts'
import type { Observer } from '../src/wait/store.ts'
import { neverAborted } from '../src/wait/time/deadline.ts'
import type { Waited } from '../src/wait/wait.ts'
import type { Random } from './random.ts'

/** From sending a call to receiving its answer. */
export const latencyMs = 80

/** The simulator on a clock of its own. */
export class VirtualWorld {
  readonly clock = new VirtualClock()
  readonly service: InProcessIdentityCenter

  constructor(settings: SimulatorOptions) {
    this.service = new InProcessIdentityCenter({
      now: () => this.clock.now(),
      sleep: (ms, signal = neverAborted) => this.clock.sleep(ms, signal),
      latencyMs,
      ...settings,
    })
  }

  /** The real wait and its log. */
  wait(
    requestIds: readonly string[],
    options: { random: Random; goal?: Goal; timeoutMs?: number; observe?: Observer },
  ): Promise<Waited> {
    const { goal = toTheEnd, observe, timeoutMs = 2 * 60 * 60_000, random } = options
    const { clock, service } = this
    const onDefect = (error: unknown) => {
      throw error
    }
    const log = startLog({ clock, info: () => {}, onDefect, until: goal.until, region: 'us-east-1' })
    const requests = requestIds.map((requestId) => ({ requestId, operation: 'provision-permission-set' as const }))
    const waiting = waitOn(clock, inProcessApi(service, clock), requests, {
      goal,
      timeoutMs,
      random,
      observe(before, after) {
        log.show(before, after)
        observe?.(before, after)
      },
    })
    return clock.run(waiting.finally(log.stop))
  }
}
