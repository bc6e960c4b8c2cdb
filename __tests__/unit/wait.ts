import type { CallFailure } from '../../src/requests/api.ts'
import { toTheEnd } from '../../src/requests/goal.ts'
import type { Description, OperationName, RequestKey, Status } from '../../src/requests/request.ts'
import { fold } from '../../src/wait/snapshot/fold.ts'
import type { Observation } from '../../src/wait/snapshot/observation.ts'
import { initialSnapshot, type Snapshot } from '../../src/wait/snapshot/snapshot.ts'
import { requestIdOf } from './examples.ts'

const provision = 'provision-permission-set'

type OnChange = (before: Snapshot, after: Snapshot) => void

/** A description without details, except for those that a test sets. */
export function descriptionOf(status: Status, known: Partial<Description> = {}): Description {
  const details = { createdDate: null, permissionSetArn: null, accountId: null, principalId: null, principalType: null }
  return { ...details, failureReason: null, ...known, status }
}

/**
 * A wait of which a test makes the observations. Its requests are numbered from 1. Most methods make one observation, at `nowMs`, and return
 * the snapshot after it.
 */
export class Wait {
  snapshot: Snapshot
  nowMs = 0
  readonly #onChange: OnChange

  constructor(requests: number | readonly OperationName[], wait = true, onChange: OnChange = () => {}) {
    const operations = typeof requests === 'number' ? Array<OperationName>(requests).fill(provision) : requests
    const keys = operations.map((operation, index) => ({ requestId: requestIdOf(index + 1), operation }))
    this.snapshot = initialSnapshot(keys, { ...toTheEnd, wait })
    this.#onChange = onChange
  }

  // The methods are properties, so that a test can take those that it needs out of the object.

  /** Sets the time of the next observations. */
  readonly at = (nowMs: number): this => {
    this.nowMs = nowMs
    return this
  }
  readonly observe = (observation: Observation): Snapshot => {
    const before = this.snapshot
    this.snapshot = fold(before, observation, this.nowMs)
    this.#onChange(before, this.snapshot)
    return this.snapshot
  }
  readonly described = (number: number, status: Status, known: Partial<Description> = {}): Snapshot =>
    this.observe({
      kind: 'described',
      key: this.#keyOf(number),
      answer: { ok: true, value: descriptionOf(status, known) },
    })

  /** As in the real API client, each failure is an object of its own. */
  readonly met = (number: number, failure: CallFailure): Snapshot =>
    this.observe({ kind: 'described', key: this.#keyOf(number), answer: { ok: false, failure: { ...failure } } })

  readonly listed = (
    status: Status,
    numbers: readonly number[],
    { failure = null, operation = provision }: { failure?: CallFailure | null; operation?: OperationName } = {},
  ): Snapshot => {
    const rows = numbers.map((number) => ({ requestId: requestIdOf(number), status, createdDate: null }))
    const list = { operation, status, rows, others: [], isWhole: failure === null, pages: 1 }
    return this.observe({ kind: 'listed', ...list, failure: failure && { ...failure } })
  }
  readonly named = (permissionSetArn: string, name: string): Snapshot =>
    this.observe({ kind: 'named', permissionSetArn, answer: { ok: true, value: name } })

  readonly counted = (permissionSetArn: string, latest: number, total: number): Snapshot => {
    const behind = Array.from({ length: total - latest }, (_, index) => String(index))
    return this.observe({
      kind: 'accounts',
      startedAtMs: this.nowMs,
      permissionSetArn,
      answer: { ok: true, value: { latest, behind } },
    })
  }
  readonly looked = (unconfirmed = 0): Snapshot =>
    this.observe({ kind: 'looked', unconfirmed, startedAtMs: 0, hasReadLists: true })

  readonly heartbeat = (): Snapshot => this.observe({ kind: 'heartbeat' })

  #keyOf(number: number): RequestKey {
    return this.snapshot.requests[number - 1]?.key ?? { requestId: requestIdOf(number), operation: provision }
  }
}
