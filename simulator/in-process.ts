import { errorOf, ServiceError } from './answers.ts'
import { type Fault, patched } from './faults.ts'
import { Instance } from './instance.ts'
import type { Members } from './members.ts'
import { createRuleFinder, type RuleFinder } from './rules.ts'
import { type Settings, type SimulatorOptions, withDefaults } from './settings.ts'
import type { Call } from './simulator.ts'
import { createSsoAdmin, type SsoAdmin, subjectOf } from './sso-admin.ts'

/** What a caller in the same process gets: an answer, or the code of what kept it away and what was said about it. */
export type Reply =
  | { readonly ok: true; readonly value: unknown }
  /** AWS's code; for faults below HTTP `ECONNRESET`, for an answer that is not AWS's `HTTP 502`, for a call that was given up `aborted`. */
  | { readonly ok: false; readonly code: string; readonly message: string }

/** One call that the instance got. */
export type InProcessCall = Pick<Call, 'at' | 'operation' | 'requestId' | 'input' | 'outcome'>

const caller = 'arn:aws:sts::123456789012:assumed-role/WaitForProvisioning/in-process'

/**
 * Identity Center without HTTP and signatures, for unit tests and benchmarks: the same requests, lists, quota and faults as the simulator
 * serves. Give it a virtual clock, and hours take no time. An answer is as of the call's arrival, and comes
 * `latencyMs` later.
 */
export class InProcessIdentityCenter {
  readonly instance: Instance
  /** Oldest first. May be emptied. */
  readonly calls: InProcessCall[] = []
  readonly #settings: Settings
  readonly #answer: SsoAdmin
  readonly #findFaults: RuleFinder
  readonly #startedMs: number

  /** @param clock in place of that of the options */
  constructor(options: SimulatorOptions = {}, clock?: Pick<Settings, 'now' | 'sleep'>) {
    const ofClock = clock && { now: () => clock.now(), sleep: clock.sleep.bind(clock) }
    this.#settings = withDefaults({ ...options, ...ofClock })
    this.#startedMs = this.#settings.now()
    this.instance = new Instance(this.#settings)
    this.#answer = createSsoAdmin(this.#settings, this.instance)
    this.#findFaults = createRuleFinder(this.#settings.random)
  }

  /** Changes how it behaves from the next call, or request, on. */
  configure(patch: Partial<Settings>): void {
    Object.assign(this.#settings, patch)
  }

  /** Any operation, in the names that it has on the wire; the instance's ARN need not be given. Never rejects. */
  async call(operation: string, input: Members, signal?: AbortSignal): Promise<Reply> {
    const { faults, latencyMs, now, sleep } = this.#settings
    const at = now() - this.#startedMs
    const subject = subjectOf(this.instance, operation, input, at)
    const { requestId } = subject
    const [{ fault } = {}] = this.#findFaults(faults, subject)
    const reply = this.#replyTo(operation, { InstanceArn: this.instance.arn, ...input }, fault)
    this.calls.push({ at, operation, requestId, input, outcome: outcomeOf(reply, fault) })
    const neverAnswers = fault?.kind === 'hang' || fault?.kind === 'drip'
    if (neverAnswers) await aborted(signal)
    else if (latencyMs > 0) await sleep(latencyMs, signal)
    return signal?.aborted ? { ok: false, code: 'aborted', message: 'The call was given up' } : reply
  }

  #replyTo(operation: string, input: Members, fault: Fault | undefined): Reply {
    if (fault?.kind === 'reset' || fault?.kind === 'truncate') {
      return { ok: false, code: 'ECONNRESET', message: 'The connection broke' }
    }
    if (fault?.kind === 'http') return { ok: false, code: `HTTP ${fault.status}`, message: fault.body ?? '' }
    try {
      if (fault?.kind === 'error') throw errorOf(fault)
      const value = this.#answer(operation, input, caller, { byMs: fault?.kind === 'stale' ? fault.byMs : 0 })
      return { ok: true, value: fault?.kind === 'patch' ? patched(value, fault) : value }
    } catch (error) {
      if (error instanceof ServiceError) return { ok: false, code: error.code, message: error.message }
      throw error
    }
  }
}

function outcomeOf(reply: Reply, fault: Fault | undefined): string {
  if (fault !== undefined && fault.kind !== 'error') return fault.kind
  return reply.ok ? 'ok' : reply.code
}

function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve()
    signal?.addEventListener('abort', () => resolve(), { once: true })
  })
}
