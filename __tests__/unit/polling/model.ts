import type { Answer, Observer, Page, Trouble } from '../../../src/polling/api.ts'
import type { Change } from '../../../src/polling/board.ts'
import { Budget } from '../../../src/polling/budget.ts'
import { type WaitOptions, type WaitResult, wait } from '../../../src/polling/wait.ts'
import { type RequestState, type Status, unknownState } from '../../../src/request.ts'
import { VirtualClock } from '../../virtual-clock.ts'
import { permissionSetArn } from '../examples.ts'

/** How one request goes. */
export interface Course {
  readonly requestId: string
  /** When it ends; infinity for never. */
  readonly endsAtMs: number
  readonly end: 'SUCCEEDED' | 'FAILED'
}

/** Calls from one number to another, 1-based, that meet a trouble. */
export interface Outage {
  readonly from: number
  readonly to: number
  readonly trouble: Trouble
}

export interface ModelCall {
  readonly atMs: number
  readonly operation: 'describe' | 'list'
  readonly requestId: string | null
  readonly status: Status | null
  readonly trouble: string | null
}

export interface ModelOptions {
  readonly courses: readonly Course[]
  /** Other people's requests, which fill the lists. */
  readonly foreign?: readonly Course[]
  readonly outages?: readonly Outage[]
  /** Requests that the service does not know, or refuses, with what it answers. */
  readonly troubles?: ReadonlyMap<string, Trouble>
  readonly listTrouble?: Trouble
  readonly latencyMs?: number
  /** Requests that lists leave out, although they exist. */
  readonly unlisted?: ReadonlySet<string>
  readonly pageSize?: number
}

export const throttled: Trouble = {
  effect: 'throttled',
  scope: 'every-call',
  code: 'ThrottlingException',
  title: 'Throttled',
  message: 'Slow down',
  remedy: '',
}
export const unclear: Trouble = {
  effect: 'unclear',
  scope: 'every-call',
  code: 'ECONNRESET',
  title: 'Broken',
  message: 'It broke',
  remedy: '',
}
export const unresolved: Trouble = {
  effect: 'absent',
  scope: 'every-call',
  code: 'ENOTFOUND',
  title: 'No such host',
  message: 'No such host',
  remedy: '',
}
export const notFound: Trouble = {
  effect: 'absent',
  scope: 'request',
  code: 'ResourceNotFoundException',
  title: 'No such request',
  message: 'No such request',
  remedy: '',
}
export const denied: Trouble = {
  effect: 'refused',
  scope: 'request',
  code: 'AccessDeniedException',
  title: 'Denied',
  message: 'Denied',
  remedy: '',
}
export const noCredentials: Trouble = {
  effect: 'refused',
  scope: 'every-call',
  code: 'CredentialsProviderError',
  title: 'No credentials',
  message: 'No credentials',
  remedy: '',
}

/** An Identity Center that lives in virtual time and answers truly. */
export class Model implements Observer {
  readonly clock = new VirtualClock(1_000)
  readonly calls: ModelCall[] = []
  readonly changes: Change[] = []
  readonly #options: ModelOptions
  readonly #startedAt = this.clock.now()
  listRefusals = 0
  looks = 0

  constructor(options: ModelOptions) {
    this.#options = options
  }

  /** Milliseconds since the model began. */
  get nowMs(): number {
    return this.clock.now() - this.#startedAt
  }

  /** Waits for the model's requests, in its virtual time. */
  wait(options: Partial<WaitOptions> = {}): Promise<WaitResult> {
    return this.clock.run(
      wait({
        requestIds: this.#options.courses.map(({ requestId }) => requestId),
        observer: this,
        budget: new Budget(this.clock),
        clock: this.clock,
        random: () => 0.5,
        timeoutMs: 1_800_000,
        pollIntervalMs: null,
        untilFinished: true,
        cancel: new AbortController().signal,
        onChange: (change) => this.changes.push(change),
        onLooked: () => {
          this.looks += 1
        },
        onListRefused: () => {
          this.listRefusals += 1
        },
        ...options,
      }),
    )
  }

  describe(requestId: string, signal: AbortSignal): Promise<Answer<RequestState>> {
    const own = this.#options.troubles?.get(requestId)
    return this.#answer({ operation: 'describe', requestId, status: null }, own, signal, () => {
      const course = this.#options.courses.find((candidate) => candidate.requestId === requestId)
      return course ? { ok: true, value: this.#stateOf(course) } : { ok: false, trouble: notFound }
    })
  }

  list(status: Status, token: string | null, signal: AbortSignal): Promise<Answer<Page>> {
    const { courses, foreign = [], listTrouble, pageSize = 100, troubles, unlisted } = this.#options
    return this.#answer({ operation: 'list', requestId: null, status }, listTrouble, signal, () => {
      const rows = [
        ...foreign,
        ...courses.filter(({ requestId }) => !troubles?.has(requestId) && !unlisted?.has(requestId)),
      ]
        .map((course) => this.#stateOf(course))
        .flatMap(({ requestId, createdDate, status: own }) =>
          own === status ? [{ requestId, createdDate, status: own }] : [],
        )
      const start = Number(token ?? 0)
      const end = start + pageSize
      return { ok: true, value: { rows: rows.slice(start, end), nextToken: end < rows.length ? String(end) : null } }
    })
  }

  async #answer<T>(
    call: Omit<ModelCall, 'atMs' | 'trouble'>,
    own: Trouble | undefined,
    signal: AbortSignal,
    answer: () => Answer<T>,
  ): Promise<Answer<T>> {
    const { latencyMs = 50, outages = [] } = this.#options
    const number = this.calls.length + 1
    const trouble = outages.find(({ from, to }) => number >= from && number <= to)?.trouble ?? own
    this.calls.push({ ...call, atMs: this.nowMs, trouble: trouble?.code ?? null })
    await this.clock.sleep(latencyMs, signal)
    if (signal.aborted) return { ok: false, trouble: { ...unclear, code: 'aborted', message: 'Given up' } }
    return trouble ? { ok: false, trouble } : answer()
  }

  #stateOf({ requestId, endsAtMs, end }: Course): RequestState {
    const ended = this.nowMs >= endsAtMs
    return {
      ...unknownState(requestId),
      status: ended ? end : 'IN_PROGRESS',
      failureReason: ended && end === 'FAILED' ? `${requestId} failed` : null,
      createdDate: new Date('2026-11-20T10:00:00Z'),
      permissionSetArn,
    }
  }
}

/** The most calls that any sliding second holds. */
export function busiestSecond(calls: readonly ModelCall[]): number {
  return Math.max(
    0,
    ...calls.map(({ atMs }, index) => calls.slice(index).filter((call) => call.atMs < atMs + 1_000).length),
  )
}
