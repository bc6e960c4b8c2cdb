import { setTimeout as nodeSleep } from 'node:timers/promises'
import type { FinalStatus, OperationName } from '../src/requests/request.ts'
import type { FaultRule } from './faults.ts'
import type { TamperRule } from './tampers.ts'

/** How requests go. */
export interface Course {
  status: FinalStatus
  /** Undefined stands for a reason that AWS is known to give. */
  failureReason: string | undefined
  /** From the creation of a request to its end. */
  seconds: number
  /** How many accounts it leaves behind. Undefined stands for none, or, of a FAILED request, for the failing one at half way and the later ones. */
  accountsBehind: number | undefined
  /** The share of its time at which it has reached a share of its accounts, both from 0 to 1. */
  pace: (share: number) => number
}

/** One request. What is left out is as its permission set says, or else the simulator's settings. */
export interface Plan extends Partial<Course> {
  operation?: OperationName
  /** A UUID; random unless given. */
  requestId?: string
  /** How long ago it was created: at or beyond `seconds`, it has ended already. */
  ageSeconds?: number
  /** It begins only that much later, and there is no sign of it before. */
  beginsInSeconds?: number
  /** A permission set that the instance does not have yet is added to it. */
  permissionSetArn?: string
  /** Makes this one account the target of a provisioning, or of the assignment. */
  accountId?: string
  principalType?: 'USER' | 'GROUP'
  principalId?: string
  /** How long after its creation the API first knows of it; at once unless given. */
  unknownForSeconds?: number
  /** Accounts that hold the latest version when the provisioning begins go on to do so, as when a failed one is repeated. */
  withoutChange?: boolean
}

/** A permission set. What is left out is as the simulator's settings say. */
export interface PermissionSetPlan {
  arn?: string
  name?: string
  /** How many accounts hold it. */
  accounts?: number
  /** How many of them, from the last, have been behind for long, with nothing in progress. */
  behind?: number
  /** How long the API does not know of it yet; Infinity for always. */
  unknownForSeconds?: number
  /** When it is deleted, in seconds after its creation; never unless given. */
  deletedAfterSeconds?: number
  accountChanges?: readonly AccountChange[]
  course?: Partial<Course>
}

/** What becomes of one account of a permission set. */
export interface AccountChange {
  readonly accountId: string
  /** Since the creation of the permission set. */
  readonly afterSeconds: number
  /** An account that is added holds the latest version. One that is out of date is so until this, or a later provisioning, ends it. */
  readonly is: 'added' | 'removed' | 'out-of-date' | 'up-to-date'
}

/** What `configure` can change while the simulator runs. */
export interface Behaviour extends Course {
  /** SSO calls answered in any second; those above get a ThrottlingException. */
  throttlePerSecond: number
  /** How many calls of others are in any second, at a time in milliseconds since 1970. They have a share in the quota. */
  othersPerSecond: number | ((atMs: number) => number)
  /** IAM actions that no caller may perform, such as `sso:DescribeInstance`. */
  deny: readonly string[]
  /** What the refusal of a denied action says: the first resource that it is about, every resource, or nothing. */
  denialText: 'first-resource' | 'every-resource' | 'empty'
  /** When it differs from `region`, this endpoint is that of a replica, which refuses permission set calls. */
  primaryRegion: string
  latencyMs: number
  /** The most rows of one page of a list, up to 100. */
  pageSize: number
  /** The age of what the lists of accounts show, as they are only eventually consistent. */
  accountsLagMs: number
  /** What goes wrong on the way. */
  faults: readonly FaultRule[]
  /** What the instance itself answers wrongly. */
  tampers: readonly TamperRule[]
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
  /** How many accounts hold a permission set. */
  accounts: number
  /** None for an instance without permission sets. */
  permissionSets: readonly PermissionSetPlan[]
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
    pace: (share) => share,
    throttlePerSecond: Number.POSITIVE_INFINITY,
    othersPerSecond: 0,
    deny: [],
    denialText: 'first-resource',
    primaryRegion: region,
    latencyMs: 0,
    pageSize: 100,
    accountsLagMs: 0,
    faults: [],
    tampers: [],
    clockOffsetMs: 0,
    sessionSeconds: undefined,
    maxSessionSeconds: 3600,
    audience: 'sts.amazonaws.com',
    region,
    accounts: 3,
    permissionSets: [{}],
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
