import { inProcessApi, waitOn } from '../__tests__/support/in-process-api.ts'
import { VirtualClock } from '../__tests__/support/virtual-clock.ts'
import { InProcessIdentityCenter } from '../simulator/in-process.ts'
import type { Plan } from '../simulator/settings.ts'
import { startLog } from '../src/report/log.ts'
import { neverAborted } from '../src/wait/time/deadline.ts'

/** Requests, and what the instance has beside them. */
export interface ManyRequests {
  readonly plans: readonly Plan[]
  /** Finished requests of other people in the lists. */
  readonly others: readonly Plan[]
  readonly latencyMs: number
  readonly quotaPerSecond: number
  readonly random: () => number
}

export interface ManyWaited {
  readonly calls: readonly { readonly at: number; readonly outcome: string }[]
  /** When the wait was over. */
  readonly endedAtMs: number
  /** The time of the processor that `wait()`, the lines of the log and the simulator took. */
  readonly processorMs: number
  readonly verdict: string
}

/** Waits for requests with the real `wait()`, and makes the lines of the log, on a clock of its own. */
export async function waitForMany(options: ManyRequests): Promise<ManyWaited> {
  const { latencyMs, others, plans, quotaPerSecond: throttlePerSecond, random } = options
  const clock = new VirtualClock()
  const sleep = (ms: number, signal = neverAborted) => clock.sleep(ms, signal)
  const service = new InProcessIdentityCenter({ now: () => clock.now(), sleep, latencyMs, throttlePerSecond })
  service.instance.startAll(others)
  const requests = service.instance
    .startAll(plans)
    .map((requestId) => ({ requestId, operation: 'provision-permission-set' as const }))

  const before = process.cpuUsage()
  const log = startLog({
    clock,
    info: () => {},
    onDefect: (error) => {
      throw error
    },
    until: 'finished',
    region: 'us-east-1',
  })
  const api = inProcessApi(service, clock)
  const waiting = waitOn(clock, api, requests, { timeoutMs: 2 * 60 * 60_000, random, observe: log.show })
  const { ending } = await clock.run(waiting.finally(log.stop))
  const { system, user } = process.cpuUsage(before)
  return {
    calls: service.calls,
    endedAtMs: ending.elapsedMs,
    processorMs: (system + user) / 1_000,
    verdict: ending.verdict,
  }
}
