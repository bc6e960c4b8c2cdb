import { seeded } from '../../../bench/random.ts'
import { mostWithin } from '../../../bench/statistics.ts'
import type { Fault } from '../../../simulator/faults.ts'
import { InProcessIdentityCenter, type Reply } from '../../../simulator/in-process.ts'
import { isMembers, type Members } from '../../../simulator/members.ts'
import type { Plan, SimulatorOptions } from '../../../simulator/settings.ts'
import { requestIdOf as requestIdOfCall, wireNames } from '../../../simulator/wire-names.ts'
import { startLog } from '../../../src/report/log.ts'
import type { Api, CallFailure } from '../../../src/requests/api.ts'
import { type Goal, toTheEnd } from '../../../src/requests/goal.ts'
import { type RequestKey, type Status, statuses } from '../../../src/requests/request.ts'
import type { Verdict } from '../../../src/requests/verdict.ts'
import type { RequestState } from '../../../src/wait/state/request-state.ts'
import type { State } from '../../../src/wait/state/state.ts'
import type { Observer } from '../../../src/wait/store.ts'
import type { Waited, WaitOptions } from '../../../src/wait/wait.ts'
import { failureWith, inProcessApi, waitOn } from '../../support/in-process-api.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'
import { permissionSetArn, requestIdOf } from '../examples.ts'

/** One look is enough. */
export const lookOnce: Goal = { ...toTheEnd, wait: false }

/** A request of the simulator, by its number. */
export type NumberedPlan = Plan & RequestKey

/** The plan of the request with this number. It succeeds at once, unless a test sets something else. */
export function plan(number: number, changes: Plan = {}): NumberedPlan {
  const requestId = requestIdOf(number)
  const usual = { operation: 'provision-permission-set', seconds: 0, status: 'SUCCEEDED' } as const
  return { requestId, ...usual, failureReason: `${requestId} failed`, ...changes }
}

/** The plans of the requests 1 to `count`. */
export function plans(count: number, changes: (number: number) => Plan = () => ({})): NumberedPlan[] {
  return Array.from({ length: count }, (_, index) => plan(index + 1, changes(index + 1)))
}

/** A request that fails, and its repetition that many seconds after the end, which succeeds. Only the accounts that it left behind change. */
export function retried(failed: Plan & { readonly seconds: number }, afterSeconds: number, again: Plan = {}): Plan[] {
  const { ageSeconds = 0, beginsInSeconds: firstInSeconds = 0, requestId: _, ...alike } = failed
  const beginsInSeconds = firstInSeconds - ageSeconds + failed.seconds + afterSeconds
  return [
    { ...failed, status: 'FAILED' },
    { ...alike, status: 'SUCCEEDED', accountsBehind: 0, beginsInSeconds, withoutChange: true, ...again },
  ]
}

export type CallName = 'describe' | 'list' | 'accounts' | 'sets' | 'name' | 'region'

/** A call, as the simulator received it. */
export interface ModelCall {
  /** 1 for the first call. */
  readonly number: number
  /** Which of the calls of its name it is, counted from 1. */
  readonly turn: number
  readonly atMs: number
  readonly name: CallName
  readonly requestId: string | null
  readonly permissionSetArn: string | null
  readonly status: Status | null
  /** `null` for the first page. */
  readonly token: string | null
  /** Whether it lists all accounts that hold a permission set, which is optional. */
  readonly ofHolders: boolean
}

/** Which calls meet a fault. */
export type Faults = (call: ModelCall) => Fault | false | null | undefined

/** What AWS said about a request, and in which call. */
export interface Said {
  readonly requestId: string
  readonly status: Status
  readonly reason: string | null
  readonly by: 'describe' | 'list'
}

export interface ModelOptions {
  readonly plans?: readonly NumberedPlan[]
  /** Other people's requests in the lists. */
  readonly foreign?: readonly Plan[]
  /** For every call, or for the calls of a name. */
  readonly faults?: Faults | Partial<Record<CallName, Fault | Faults>>
  readonly latencyMs?: number | ((call: ModelCall) => number)
  readonly pageSize?: number
  /** How many accounts hold each permission set. */
  readonly accounts?: number
  /** AWS ignores the filters of its lists of requests. */
  readonly ignoresFilters?: boolean
  /** What else is different in the simulator. */
  readonly settings?: SimulatorOptions
}

export interface ModelWait {
  readonly verdict: Verdict
  readonly waited: Waited
  readonly last: Last
  /** Every state, in order. */
  readonly states: readonly State[]
  /** The lines of the log, with the time at which each was printed, in milliseconds since the wait began. */
  readonly log: readonly { readonly atMs: number; readonly line: string; readonly text: string }[]
  /** The time from the beginning of the wait until everything is looked up. */
  readonly tookMs: number
}

/** What a wait knows at its end, as tests ask for it. */
export interface Last {
  readonly elapsedMs: number
  readonly requests: readonly RequestState[]
  readonly state: State
}

export const region = 'eu-central-1'

/** The simulator in virtual time, with faults and latencies chosen call by call. */
export class Model {
  readonly clock: VirtualClock
  readonly calls: ModelCall[] = []
  readonly said: Said[] = []
  readonly service: InProcessIdentityCenter
  readonly #options: ModelOptions
  readonly #turns = new Map<CallName, number>()
  readonly #startedAtMs: number

  constructor(options: ModelOptions, clock = new VirtualClock(1_000)) {
    const { accounts = 0, foreign = [], pageSize = 100, plans = [], settings } = options
    this.#options = options
    this.clock = clock
    this.#startedAtMs = clock.now()
    const permissionSets = [{ arn: permissionSetArn, name: 'ReadOnly' }]
    const own = { region, permissionSets, accounts, pageSize, random: seeded(1), ...settings }
    this.service = new InProcessIdentityCenter(own, clock)
    this.service.instance.startAll([...foreign, ...plans])
  }

  get nowMs(): number {
    return this.clock.now() - this.#startedAtMs
  }

  /** The calls that ask about requests. */
  get required(): ModelCall[] {
    return this.calls.filter(({ name }) => name === 'describe' || name === 'list')
  }

  /** What the wait asks, without the SDK. It notes what AWS says. */
  get api(): Api {
    const api = inProcessApi(this, this.clock)
    return {
      ...api,
      describe: async (key, signal) => {
        const answer = await api.describe(key, signal)
        if (answer.ok) {
          const { failureReason: reason, status } = answer.value
          this.said.push({ requestId: key.requestId, status, reason, by: 'describe' })
        }
        return answer
      },
      list: async (...query) => {
        const answer = await api.list(...query)
        for (const { requestId, status } of answer.ok ? answer.value.rows : [])
          this.said.push({ requestId, status, reason: null, by: 'list' })
        return answer
      },
    }
  }

  /** Waits for the model's requests, in its virtual time. */
  async wait(
    options: Partial<WaitOptions> & { goal?: Goal; timeoutMs?: number; cancelAtMs?: number | null } = {},
  ): Promise<ModelWait> {
    const { cancelAtMs = null, goal = toTheEnd, timeoutMs = 1_800_000 } = options
    const over = new AbortController()
    const cancellation = new AbortController()
    if (cancelAtMs !== null)
      this.clock.sleep(cancelAtMs, over.signal).then(() => over.signal.aborted || cancellation.abort())
    const requests = (this.#options.plans ?? []).map(({ requestId, operation }) => ({ requestId, operation }))
    const states: State[] = []
    const log: { atMs: number; line: string; text: string }[] = []
    const defects: unknown[] = []
    const { show, stop } = startLog({
      clock: this.clock,
      info: (line) => void log.push({ atMs: this.nowMs, line, text: line.replace(/^.{11} {2}/, '') }),
      onDefect: (error) => defects.push(error),
      until: goal.until,
      region,
    })
    const observe: Observer = (before, after) => {
      states.push(after)
      show(before, after)
    }
    const { api = this.api } = options
    const waiting = waitOn(this.clock, api, requests, { ...options, timeoutMs, cancel: cancellation.signal, observe })
    const waited = await this.clock.run(waiting).finally(stop)
    over.abort()
    if (defects.length > 0) throw defects[0]
    const { ending, state } = waited
    const last = { elapsedMs: state.elapsedMs, requests: state.requests.items, state }
    return { verdict: ending.verdict, waited, last, states, log, tookMs: this.nowMs }
  }

  /** A call as it is on the wire. */
  call(operation: string, { Filter, ...others }: Members, signal?: AbortSignal): Promise<Reply> {
    const { faults: all, ignoresFilters, latencyMs = 50 } = this.#options
    const call = this.#receive(operation, { Filter, ...others })
    const own = typeof all === 'function' ? all : all?.[call.name]
    const fault = typeof own === 'function' ? own(call) : own
    this.service.configure({
      faults: fault ? [{ fault }] : [],
      latencyMs: typeof latencyMs === 'number' ? latencyMs : latencyMs(call),
    })
    return this.service.call(operation, ignoresFilters ? others : { Filter, ...others }, signal)
  }

  #receive(operation: string, input: Members): ModelCall {
    const name = nameOf(operation)
    const turn = (this.#turns.get(name) ?? 0) + 1
    this.#turns.set(name, turn)
    const filter = isMembers(input['Filter']) ? input['Filter'] : {}
    const call: ModelCall = {
      number: this.calls.length + 1,
      turn,
      atMs: this.nowMs,
      name,
      requestId: requestIdOfCall(input) ?? null,
      permissionSetArn: textIn(input, 'PermissionSetArn'),
      status: statuses.find((status) => status === filter['Status']) ?? null,
      token: textIn(input, 'NextToken'),
      ofHolders: name === 'accounts' && input['ProvisioningStatus'] === undefined,
    }
    this.calls.push(call)
    return call
  }
}

function nameOf(operation: string): CallName {
  if (wireNames.some(({ describe }) => describe === operation)) return 'describe'
  if (wireNames.some(({ list }) => list === operation)) return 'list'
  if (operation === 'DescribePermissionSet') return 'name'
  if (operation === 'ListPermissionSets') return 'sets'
  return operation === 'DescribeInstance' ? 'region' : 'accounts'
}

function textIn(input: Members, name: string): string | null {
  const text = input[name]
  return typeof text === 'string' ? text : null
}

/** The largest number of calls in any period of this length, which is a second unless given. */
export function busiest(calls: readonly ModelCall[], periodMs = 1_000): number {
  return mostWithin(
    calls.map(({ atMs }) => atMs),
    periodMs,
  )
}

export const throttled = failureWith('ThrottlingException')
export const unclear = failureWith('ECONNRESET')
export const unresolved = failureWith('ENOTFOUND')
export const notFound = failureWith('ResourceNotFoundException')
export const invalid = failureWith('ValidationException')
export const denied = failureWith('AccessDeniedException')
export const noCredentials = failureWith('CredentialsProviderError')

/** One example of every kind of failure. */
export const failures = [throttled, unclear, unresolved, notFound, invalid, denied, noCredentials] as const

/** A fault that gives the caller a failure. */
export function meets({ code }: CallFailure): Fault {
  return { kind: 'error', code }
}

/** A list without every nth row, or a Describe without its details. */
export function withGaps(every: number): Fault {
  return patched((value) => {
    if (Array.isArray(value)) return value.filter((_, index) => (index + 1) % every !== 0)
    return isMembers(value) ? { RequestId: value['RequestId'], Status: value['Status'] } : value
  })
}

/** A fault that changes the members of an answer. */
export function patched(change: (value: unknown, name: string) => unknown): Fault {
  const patch = (answer: unknown) =>
    isMembers(answer)
      ? Object.fromEntries(Object.entries(answer).map(([name, value]) => [name, change(value, name)]))
      : answer
  return { kind: 'patch', patch }
}
