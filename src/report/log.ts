import type { AccountProgress } from '../aws/accounts.ts'
import { operations } from '../aws/operations.ts'
import { consoleUrlOf } from '../aws/permission-sets.ts'
import type { Inputs } from '../inputs.ts'
import type { Trouble } from '../polling/api.ts'
import type { Change } from '../polling/board.ts'
import type { Clock } from '../polling/clock.ts'
import { isFinished, type RequestState, type Status } from '../request.ts'
import { formatDuration } from './duration.ts'
import { forLog } from './escape.ts'

/** A line comes at least this often, so that nobody takes a quiet wait for a hung one. */
const heartbeatMs = 30_000
/** How often the accounts are counted, at the most. */
const refreshMs = 15_000
const maxToldOneByOne = 50

export interface LogOptions {
  readonly info: (line: string) => void
  readonly clock: Clock
  readonly inputs: Pick<Inputs, 'operation' | 'region' | 'timeoutMs' | 'wait'> & {
    readonly requestIds: readonly string[]
  }
  /** Tells how far a permission set has got; `null` when that cannot be learnt. */
  readonly countAccounts: (permissionSetArn: string, signal: AbortSignal) => Promise<AccountProgress | null>
}

/** A line of the log, with the time waited in a column of its own. */
export function logLine(elapsedMs: number, text: string): string {
  return `${formatDuration(elapsedMs).padStart(11)}  ${forLog(text)}`
}

/** The log of a wait: a line when something changes, and one every 30 s when nothing does, each with the time waited. */
export class WaitLog {
  readonly #options: LogOptions
  readonly #startedAt: number
  readonly #total: number
  readonly #over = new AbortController()
  readonly #statuses = new Map<string, Status>()
  #onlyRequest: RequestState | null = null
  #accounts: AccountProgress | null = null
  #trouble: string | null = null
  #lastLineAt: number
  #lastProgress = ''
  #unconfirmed = 0
  /** Of a set, what keeps several requests from being read is told of the first. */
  readonly #toldTroubles = new Set<string>()
  #toldOneByOne = 0

  constructor(options: LogOptions) {
    this.#options = options
    this.#startedAt = options.clock.now()
    this.#total = options.inputs.requestIds.length
    this.#lastLineAt = this.#startedAt
  }

  /** Says what is waited for, and from then on, now and then, how far things are. */
  begin(): void {
    const { operation, region, requestIds, timeoutMs, wait } = this.#options.inputs
    if (this.#total === 0) return
    const requests = this.#total === 1 ? `request ${requestIds[0]}` : `${this.#total} requests`
    const subject = `${requests} of ${operations[operation].startedBy} in ${region}`
    this.line(wait ? `Waiting for ${subject}, for at most ${formatDuration(timeoutMs)}` : `Looking at ${subject}`)
    this.#keepAlive(this.#over.signal)
    this.#keepCounting(this.#over.signal)
  }

  /** Nothing more is said of its own accord. */
  end(): void {
    this.#over.abort()
  }

  /** The name of a permission set was learnt. */
  readonly named = (name: string, arn: string): void => {
    if (this.#total > 1) return
    const url = consoleUrlOf(arn, this.#options.inputs.region)
    this.line(`Permission set ${name}${url === null ? '' : `: ${url}`}`)
  }

  /** The requests cannot be listed. */
  readonly listRefused = (trouble: Trouble): void => {
    this.line(`${trouble.message}; each request is described instead`)
  }

  /** Takes note of a change; what concerns one request of a set waits for `looked`, so that a set gets a line a look. */
  readonly changed = (change: Change): void => {
    switch (change.kind) {
      case 'status':
        this.#trouble = null
        this.#onlyRequest = this.#total === 1 ? change.state : null
        this.#statuses.set(change.state.requestId, change.state.status ?? 'IN_PROGRESS')
        if (change.state.status === 'FAILED') {
          this.#lineAbout(change.state.requestId, `FAILED: ${change.state.failureReason ?? 'AWS gave no reason'}`)
        } else if (this.#total === 1) {
          this.line(change.state.status ?? '')
        }
        break
      case 'trouble':
        this.#trouble = change.trouble.message
        if (change.requestId === null) this.line(change.trouble.message)
        else if (this.#total === 1 || !this.#toldTroubles.has(change.trouble.code)) {
          this.#toldTroubles.add(change.trouble.code)
          this.#lineAbout(change.requestId, change.trouble.message)
        }
        break
      case 'recovered':
        this.#trouble = null
        this.#toldTroubles.clear()
        this.line('AWS answers again')
    }
  }

  /** A look at the set is over; so many requests have most likely ended, but are not confirmed yet. */
  readonly looked = (unconfirmed: number): void => {
    if (this.#total === 1) return
    this.#unconfirmed = unconfirmed
    const progress = this.#progress()
    if (progress !== this.#lastProgress) this.line(progress)
    this.#lastProgress = progress
  }

  line(text: string): void {
    const { clock, info } = this.#options
    this.#lastLineAt = clock.now()
    info(logLine(clock.now() - this.#startedAt, text))
  }

  /** Something about one request; of a set, only so many are told one by one, and the rest in the summary. */
  #lineAbout(requestId: string, text: string): void {
    if (this.#total === 1) {
      this.line(text)
      return
    }
    this.#toldOneByOne += 1
    if (this.#toldOneByOne <= maxToldOneByOne) this.line(`${requestId}  ${text}`)
    if (this.#toldOneByOne === maxToldOneByOne + 1) this.line('More of this kind is in the job summary and the outputs')
  }

  async #keepAlive(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options
    while (!signal.aborted) {
      await clock.sleep(Math.max(0, this.#lastLineAt + heartbeatMs - clock.now()), signal)
      if (signal.aborted || clock.now() < this.#lastLineAt + heartbeatMs) continue
      this.line(this.#trouble === null ? this.#progress() : `${this.#progress()}; still trying: ${this.#trouble}`)
    }
  }

  async #keepCounting(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options
    while (!signal.aborted) {
      await clock.sleep(refreshMs, signal)
      if (signal.aborted) return
      const advanced = await this.#refreshAccounts(signal)
      if (advanced && !signal.aborted) this.line(this.#progress())
    }
  }

  /** Counts the accounts where there are several to count: of one provisioning whose target is every account. Tells if that changed. */
  async #refreshAccounts(signal: AbortSignal): Promise<boolean> {
    const { permissionSetArn, accountId } = this.#onlyRequest ?? {}
    if (!permissionSetArn || accountId !== null) return false
    const before = this.#accounts
    const accounts = await this.#options.countAccounts(permissionSetArn, signal)
    if (accounts === null) return false
    this.#accounts = accounts
    return accounts.updated !== before?.updated || accounts.total !== before?.total
  }

  #progress(): string {
    const total = this.#total
    const statuses = [...this.#statuses.values()]
    if (total === 1) {
      const accounts =
        this.#accounts &&
        `, ${this.#accounts.updated} of ${this.#accounts.total} accounts hold the latest permission set`
      return `${statuses[0] ?? 'No answer yet'}${accounts ?? ''}`
    }
    const failed = statuses.filter((status) => status === 'FAILED').length
    return [
      `${statuses.filter(isFinished).length} of ${total} done`,
      ...(failed > 0 ? [`${failed} failed`] : []),
      ...(this.#unconfirmed > 0 ? [`${this.#unconfirmed} more to confirm`] : []),
    ].join(', ')
  }
}
