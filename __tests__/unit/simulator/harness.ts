import { Sha256 } from '@aws-crypto/sha256-js'
import { SSOAdminClient } from '@aws-sdk/client-sso-admin'
import { afterEach } from '@jest/globals'
import { SignatureV4 } from '@smithy/signature-v4'
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

/** A signed call, and its answer as it came over the network. */
export async function callRaw(
  { endpoint, region, credentials: usual }: Simulator,
  target: { readonly operation: string; readonly input: object } | 'GetCallerIdentity',
  credentials: Credentials = usual,
) {
  const isSts = target === 'GetCallerIdentity'
  const signer = new SignatureV4({ service: isSts ? 'sts' : 'sso', region, credentials, sha256: Sha256 })
  const { host, hostname, protocol } = new URL(endpoint)
  const headers = isSts
    ? { host, 'content-type': 'application/x-www-form-urlencoded' }
    : { host, 'x-amz-target': `SWBExternalService.${target.operation}` }
  const body = isSts ? `Action=${target}&Version=2011-06-15` : JSON.stringify(target.input)
  const signed = await signer.sign({ method: 'POST', protocol, hostname, path: '/', headers, body })
  const answer = await fetch(endpoint, { method: 'POST', headers: signed.headers, body })
  return { status: answer.status, httpRequestId: answer.headers.get('x-amzn-requestid'), text: await answer.text() }
}
