import { SSOAdminClient } from '@aws-sdk/client-sso-admin'
import { afterEach } from '@jest/globals'
import {
  type Credentials,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '../../../simulator/simulator.ts'

const running: { close(): Promise<void> }[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()))
})

/** A simulator that is closed after the test. */
export async function simulate(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator(options)
  running.push(simulator)
  return simulator
}

/** The SDK's client, without retries, which would hide the result of a single call. */
export function clientOf(simulator: Simulator, credentials: Credentials = simulator.credentials): SSOAdminClient {
  const { endpoint, region } = simulator
  return new SSOAdminClient({ endpoint, region, credentials, maxAttempts: 1 })
}

/** A clock that moves only when a test moves it. */
export function manualClock() {
  let nowMs = Date.UTC(2026, 0, 1)
  return {
    now: () => nowMs,
    advance: (seconds: number) => {
      nowMs += seconds * 1000
    },
  }
}
