import { setTimeout as nodeSleep } from 'node:timers/promises'
import type { FaultRule } from './faults.ts'

/** The three asynchronous operations, by their AWS CLI names. */
export const operations = [
  'provision-permission-set',
  'create-account-assignment',
  'delete-account-assignment',
] as const
export type Operation = (typeof operations)[number]

export type FinalStatus = 'SUCCEEDED' | 'FAILED'

/** How one request goes. What is left out is as the simulator's settings say. */
export interface Plan {
  operation?: Operation
  /** A UUID; random unless given. */
  requestId?: string
  status?: FinalStatus
  failureReason?: string
  /** From the creation of the request to its end. */
  seconds?: number
  /** How long ago it was created: at or beyond `seconds`, it has ended already. */
  ageSeconds?: number
  /** How many accounts a FAILED request leaves without the latest permission set. */
  accountsBehind?: number
  /** A permission set that the instance does not know yet is added to it. */
  permissionSetArn?: string
  /** Makes this one account the target of a provisioning, or of the assignment. */
  accountId?: string
  principalType?: 'USER' | 'GROUP'
  principalId?: string
  /** How long after its creation the API first knows of it; at once unless given. */
  unknownForSeconds?: number
}

/** What `configure` can change while the simulator runs. */
export interface Behaviour {
  status: FinalStatus
  /** Undefined stands for a reason that AWS is known to give. */
  failureReason: string | undefined
  seconds: number
  /** Undefined stands for the failing account at half way and all after it. */
  accountsBehind: number | undefined
  /** SSO calls answered in any second; those above get a ThrottlingException. */
  throttlePerSecond: number
  /** IAM actions that no caller may perform, such as `sso:DescribeInstance`. */
  deny: readonly string[]
  /** When it differs from `region`, this endpoint is that of a replica, which refuses permission set calls. */
  primaryRegion: string
  latencyMs: number
  /** The most rows of one page of a list, up to 100. */
  pageSize: number
  faults: readonly FaultRule[]
  /** How far the simulator's clock is ahead of the signers', for signatures, sessions and the Date header. */
  clockOffsetMs: number
  /** How long an assumed session really lasts; undefined stands for the DurationSeconds asked for. */
  sessionSeconds: number | undefined
  /** The role's MaxSessionDuration. */
  maxSessionSeconds: number
  /** The audience that the role's trust policy asks for. */
  audience: string
}

export interface Settings extends Behaviour {
  region: string
  /** How many accounts hold the permission sets. */
  accounts: number
  /** 0 lets the system choose. */
  port: number
  /** The role that can be assumed. */
  roleArn: string
  /** Milliseconds since 1970, for all that goes on in the instance: progress, throttling, the times of faults and calls. */
  now: () => number
  /** Lets so many milliseconds go by, or fewer where the signal is aborted. Never rejects. */
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  /** Every connection is closed so many milliseconds after it was made. */
  connectionMs: number
  /** Called as a call arrives, before anything is made of it. */
  onArrival: (userAgent: string) => void
  /** Milliseconds since 1970 by the clock of those who sign, where the instance's time is another. */
  signersNow: () => number
  /** Uniform in [0, 1), for faults that meet a share of the calls. */
  random: () => number
}

export type SimulatorOptions = Partial<Settings>

/** The options, with everything left out at its default. */
export function withDefaults(options: SimulatorOptions): Settings {
  const region = options.region ?? 'us-east-1'
  return {
    status: 'SUCCEEDED',
    failureReason: undefined,
    seconds: 3,
    accountsBehind: undefined,
    throttlePerSecond: Number.POSITIVE_INFINITY,
    deny: [],
    primaryRegion: region,
    latencyMs: 0,
    pageSize: 100,
    faults: [],
    clockOffsetMs: 0,
    sessionSeconds: undefined,
    maxSessionSeconds: 3600,
    audience: 'sts.amazonaws.com',
    region,
    accounts: 3,
    port: 0,
    roleArn: 'arn:aws:iam::123456789012:role/WaitForProvisioning',
    now: Date.now,
    sleep: systemSleep,
    connectionMs: Number.POSITIVE_INFINITY,
    onArrival: () => {},
    signersNow: Date.now,
    random: Math.random,
    ...options,
  }
}

/** In real time; keeps no process alive. */
async function systemSleep(ms: number, signal?: AbortSignal): Promise<void> {
  await nodeSleep(ms, undefined, { ref: false, ...(signal ? { signal } : {}) }).catch(() => {})
}
