import type { AccountsQuery, Answer, Api, Page, Trouble } from '../../../src/polling/api.ts'
import { deadlineAfter } from '../../../src/polling/deadline.ts'
import { type PollOptions, poll } from '../../../src/polling/poll.ts'
import { RateLimit } from '../../../src/polling/rate-limit.ts'
import type { Snapshot } from '../../../src/polling/snapshot.ts'
import { type Verdict, verdictOf } from '../../../src/polling/verdict.ts'
import type { Description, FinalStatus, OperationName, RequestKey, Row, Status } from '../../../src/request.ts'
import { VirtualClock } from '../../virtual-clock.ts'
import { permissionSetArn, requestIdOf } from '../examples.ts'

/** The true course of one request. Times are milliseconds since the wait began. */
export interface Course {
  readonly requestId: string
  readonly operation: OperationName
  /** Infinity for never. */
  readonly endsAtMs: number
  readonly end: FinalStatus
  /** Before this time, AWS does not know the request. */
  readonly knownFromMs: number
  readonly reason: string | null
  readonly permissionSetArn: string | null
  readonly accountId: string | null
  readonly createdDate: Date | null
}

/** The course of the request with this number. It succeeds at once, unless a test sets something else. */
export function course(number: number, changes: Partial<Course> = {}): Course {
  const requestId = requestIdOf(number)
  return {
    requestId,
    operation: 'provision-permission-set',
    endsAtMs: 0,
    end: 'SUCCEEDED',
    knownFromMs: 0,
    reason: `${requestId} failed`,
    permissionSetArn,
    accountId: null,
    createdDate: new Date('2026-11-20T10:00:00Z'),
    ...changes,
  }
}

/** The courses of the requests 1 to `count`. */
export function courses(count: number, changes: (number: number) => Partial<Course> = () => ({})): Course[] {
  return Array.from({ length: count }, (_, index) => course(index + 1, changes(index + 1)))
}

export type CallName = 'describe' | 'list' | 'accounts' | 'name' | 'region'

/** A call, as the model received it. */
export interface ModelCall {
  /** 1 for the first call. */
  readonly number: number
  readonly atMs: number
  readonly name: CallName
  readonly requestId: string | null
  readonly status: Status | null
}

/** What happens to a call in place of the true answer. */
export type Mishap =
  | { readonly kind: 'trouble'; readonly trouble: Trouble }
  /** No answer until the caller gives up. */
  | { readonly kind: 'hang' }
  /** The true answer at an earlier time. */
  | { readonly kind: 'stale'; readonly byMs: number }
  /** A list without every nth row, or a Describe without its details. */
  | { readonly kind: 'gaps'; readonly every: number }
  /** A list that repeats its rows, and that has rows of other people's requests. */
  | { readonly kind: 'crowd' }
  /** A list that continues after its end. */
  | { readonly kind: 'endless' }

/** Which calls meet a mishap. */
export type Mishaps = (call: ModelCall) => Mishap | null | undefined

/** What AWS said about a request, and in which call. */
export interface Said {
  readonly requestId: string
  readonly status: Status
  readonly reason: string | null
  readonly by: 'describe' | 'list'
}

export interface ModelOptions {
  readonly courses: readonly Course[]
  /** Other people's requests in the lists. */
  readonly foreign?: readonly Course[]
  /** For every call, or for the calls of a name. */
  readonly mishap?: Mishaps | Partial<Record<CallName, Mishap | Mishaps>>
  readonly latencyMs?: number | ((call: ModelCall) => number)
  readonly pageSize?: number
  /** The accounts that hold the permission set: their number, and how many hold the latest version at a time. */
  readonly accounts?: { readonly total: number; readonly latestAt: (nowMs: number) => number }
}

export interface ModelWait {
  readonly verdict: Verdict
  readonly last: Snapshot
  readonly snapshots: readonly Snapshot[]
  /** The time from the beginning of the wait until everything is looked up. */
  readonly tookMs: number
}

/** As in the real API client, a call that hangs is given up. */
const attemptLimitMs = 10_000

/** An Identity Center in virtual time. It may give no answer or an old answer, but never one from the future. */
export class Model implements Api {
  readonly clock = new VirtualClock(1_000)
  readonly calls: ModelCall[] = []
  readonly said: Said[] = []
  readonly #options: ModelOptions
  readonly #courses: ReadonlyMap<string, Course>
  readonly #startedAt = this.clock.now()

  constructor(options: ModelOptions) {
    this.#options = options
    this.#courses = new Map(options.courses.map((own) => [own.requestId, own]))
  }

  get nowMs(): number {
    return this.clock.now() - this.#startedAt
  }

  /** The calls that ask about requests. */
  get required(): ModelCall[] {
    return this.calls.filter(({ name }) => name === 'describe' || name === 'list')
  }

  /** Waits for the model's requests, in its virtual time. */
  async wait(
    options: Partial<PollOptions> & { timeoutMs?: number; cancelAtMs?: number | null } = {},
  ): Promise<ModelWait> {
    const { timeoutMs = 1_800_000, cancelAtMs = null } = options
    const over = new AbortController()
    const cancellation = new AbortController()
    if (cancelAtMs !== null)
      this.clock.sleep(cancelAtMs, over.signal).then(() => over.signal.aborted || cancellation.abort())
    const snapshots: Snapshot[] = []
    const waiting = async () => {
      for await (const snapshot of poll({
        requests: this.#options.courses.map(({ requestId, operation }) => ({ requestId, operation })),
        untilFinished: true,
        pollIntervalMs: null,
        deadline: deadlineAfter(this.clock, timeoutMs, cancellation.signal),
        api: this,
        rateLimit: new RateLimit(this.clock),
        clock: this.clock,
        random: () => 0.5,
        ...options,
      })) {
        snapshots.push(snapshot)
      }
    }
    await this.clock.run(waiting())
    over.abort()
    const last = snapshots.at(-1)
    if (last === undefined) throw new Error('The wait yielded no snapshot')
    return { verdict: verdictOf(last), last, snapshots, tookMs: this.nowMs }
  }

  /** The true status of a request. */
  statusOf({ endsAtMs, end }: Course, atMs = this.nowMs): Status {
    return atMs >= endsAtMs ? end : 'IN_PROGRESS'
  }

  describe({ requestId, operation }: RequestKey, signal: AbortSignal): Promise<Answer<Description>> {
    return this.#answer({ name: 'describe', requestId, status: null }, signal, (mishap, atMs) => {
      const own = this.#courses.get(requestId)
      if (own?.operation !== operation || atMs < own.knownFromMs) return { ok: false, trouble: notFound }
      const status = this.statusOf(own, atMs)
      const hasGaps = mishap?.kind === 'gaps'
      const failureReason = status === 'FAILED' && !hasGaps ? own.reason : null
      this.said.push({ requestId, status, reason: failureReason, by: 'describe' })
      const { accountId, createdDate, permissionSetArn: arn } = own
      const details = hasGaps
        ? { accountId: null, createdDate: null, permissionSetArn: null }
        : { accountId, createdDate, permissionSetArn: arn }
      return { ok: true, value: { status, failureReason, principalId: null, principalType: null, ...details } }
    })
  }

  list(
    operation: OperationName,
    status: Status,
    token: string | null,
    signal: AbortSignal,
  ): Promise<Answer<Page<Row>>> {
    return this.#answer({ name: 'list', requestId: null, status }, signal, (mishap, atMs) => {
      const { courses: own, foreign = [], pageSize = 100 } = this.#options
      const all = [...foreign, ...own].filter(
        (each) => each.operation === operation && atMs >= each.knownFromMs && this.statusOf(each, atMs) === status,
      )
      const start = Number(token ?? 0)
      const page = all
        .slice(start, start + pageSize)
        .map(({ requestId, createdDate }) => ({ requestId, status, createdDate }))
      const rows = withMishap(page, status, mishap)
      for (const { requestId } of rows) this.said.push({ requestId, status, reason: null, by: 'list' })
      const goesOn = mishap?.kind === 'endless' || start + pageSize < all.length
      return { ok: true, value: { rows, nextToken: goesOn ? String(start + pageSize) : null } }
    })
  }

  listAccounts({ latest }: AccountsQuery, _token: string | null, signal: AbortSignal): Promise<Answer<Page<string>>> {
    return this.#answer({ name: 'accounts', requestId: null, status: null }, signal, (_, atMs) => {
      const { total, latestAt } = this.#options.accounts ?? { total: 0, latestAt: () => 0 }
      const count = latest ? latestAt(atMs) : total - latestAt(atMs)
      const rows = Array.from({ length: count }, (__, index) => String(100_000_000_000 + index))
      return { ok: true, value: { rows, nextToken: null } }
    })
  }

  permissionSetName(_arn: string, signal: AbortSignal): Promise<Answer<string>> {
    return this.#answer({ name: 'name', requestId: null, status: null }, signal, () => ({
      ok: true,
      value: 'ReadOnly',
    }))
  }

  primaryRegion(signal: AbortSignal): Promise<Answer<string>> {
    return this.#answer({ name: 'region', requestId: null, status: null }, signal, () => ({
      ok: true,
      value: 'eu-central-1',
    }))
  }

  async #answer<T>(
    made: Pick<ModelCall, 'name' | 'requestId' | 'status'>,
    signal: AbortSignal,
    answer: (mishap: Mishap | null, atMs: number) => Answer<T>,
  ): Promise<Answer<T>> {
    const call: ModelCall = { ...made, number: this.calls.length + 1, atMs: this.nowMs }
    this.calls.push(call)
    const { mishap: mishaps } = this.#options
    const own = typeof mishaps === 'function' ? mishaps : mishaps?.[call.name]
    const mishap = (typeof own === 'function' ? own(call) : own) ?? null
    const { latencyMs = 50 } = this.#options
    const usualMs = typeof latencyMs === 'number' ? latencyMs : latencyMs(call)
    await this.clock.sleep(mishap?.kind === 'hang' ? attemptLimitMs : Math.min(usualMs, attemptLimitMs), signal)
    const isGivenUp = signal.aborted || mishap?.kind === 'hang' || usualMs > attemptLimitMs
    if (isGivenUp) return { ok: false, trouble: silent }
    // As in the real API client, each trouble is an object of its own.
    if (mishap?.kind === 'trouble') return { ok: false, trouble: { ...mishap.trouble } }
    return answer(mishap, this.nowMs - (mishap?.kind === 'stale' ? mishap.byMs : 0))
  }
}

function withMishap(rows: readonly Row[], status: Status, mishap: Mishap | null): readonly Row[] {
  if (mishap?.kind === 'gaps') return rows.filter((_, index) => (index + 1) % mishap.every !== 0)
  if (mishap?.kind !== 'crowd') return rows
  const foreign = Array.from({ length: 20 }, (_, index) => ({
    requestId: requestIdOf(9_000 + index),
    status,
    createdDate: null,
  }))
  return [...foreign, ...rows, ...rows]
}

/** The largest number of calls in any second. */
export function busiestSecond(calls: readonly ModelCall[]): number {
  let [first, most] = [0, 0]
  for (const [index, { atMs }] of calls.entries()) {
    while ((calls[first]?.atMs ?? atMs) <= atMs - 1_000) first += 1
    most = Math.max(most, index - first + 1)
  }
  return most
}

function trouble(effect: Trouble['effect'], scope: Trouble['scope'], code: string): Trouble {
  return { effect, scope, code, title: `${code} in short`, message: `${code} at length`, remedy: '' }
}

export const throttled = trouble('throttled', 'every-call', 'ThrottlingException')
export const unclear = trouble('unclear', 'every-call', 'ECONNRESET')
export const unresolved = trouble('absent', 'every-call', 'ENOTFOUND')
export const notFound = trouble('absent', 'request', 'ResourceNotFoundException')
export const invalid = trouble('refused', 'request', 'ValidationException')
export const denied = trouble('refused', 'action', 'AccessDeniedException')
export const noCredentials = trouble('refused', 'every-call', 'CredentialsProviderError')
const silent = trouble('unclear', 'every-call', 'TimeLimitReached')

/** One example of every kind of trouble. */
export const troubles = [throttled, unclear, unresolved, notFound, invalid, denied, noCredentials] as const

export function meets(own: Trouble): Mishap {
  return { kind: 'trouble', trouble: own }
}
