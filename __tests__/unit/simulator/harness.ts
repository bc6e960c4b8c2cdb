import { Sha256 } from '@aws-crypto/sha256-js'
import { SSOAdminClient } from '@aws-sdk/client-sso-admin'
import { afterEach } from '@jest/globals'
import { SignatureV4 } from '@smithy/signature-v4'
import { InProcessIdentityCenter } from '../../../simulator/in-process.ts'
import type { Members } from '../../../simulator/members.ts'
import {
  type Credentials,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '../../../simulator/simulator.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'

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

/** The instance in this process, on a virtual clock. */
export function onVirtualClock(options: SimulatorOptions = {}) {
  const clock = new VirtualClock()
  const service = new InProcessIdentityCenter(options, clock)
  const { instance } = service
  /** The answer to a call about the first permission set, where it needs one; or the code of the refusal. */
  const ask = async (operation: string, input: Members = {}) => {
    const [first] = instance.permissionSets.keys()
    const isAboutOne = /^(Provision|Create|Delete|ListAccounts|DescribePermissionSet$)/.test(operation)
    const reply = await service.call(operation, { ...(isAboutOne && { PermissionSetArn: first }), ...input })
    return reply.ok ? Object(reply.value) : reply.code
  }
  return { clock, service, instance, ask }
}

/** A signed call, and its answer as it came over the network. */
export async function callRaw(
  { endpoint, region, credentials }: Simulator,
  { operation, input }: { readonly operation: string; readonly input: object },
) {
  const signer = new SignatureV4({ service: 'sso', region, credentials, sha256: Sha256 })
  const { host, hostname, protocol } = new URL(endpoint)
  const headers = { host, 'x-amz-target': `SWBExternalService.${operation}` }
  const body = JSON.stringify(input)
  const signed = await signer.sign({ method: 'POST', protocol, hostname, path: '/', headers, body })
  const answer = await fetch(endpoint, { method: 'POST', headers: signed.headers, body })
  return { status: answer.status, httpRequestId: answer.headers.get('x-amzn-requestid'), text: await answer.text() }
}
