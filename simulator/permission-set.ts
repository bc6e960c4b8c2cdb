import { type AsyncRequest, hasReached } from './async-request.ts'
import type { AccountChange, Course, PermissionSetPlan } from './settings.ts'

/** What leaves accounts behind, or brings them up to date. Times are milliseconds since 1970. */
type Event =
  | { readonly kind: 'change'; readonly atMs: number; readonly accountIds: ReadonlySet<string> | 'all' }
  | {
      readonly kind: 'provisioning'
      readonly atMs: number
      readonly request: AsyncRequest
      readonly positions: ReadonlyMap<string, number>
    }
  | AccountEvent
interface AccountEvent {
  readonly kind: 'account'
  readonly atMs: number
  readonly accountId: string
  readonly is: AccountChange['is']
}

type Identified = PermissionSetPlan & { readonly arn: string; readonly accountIds: readonly string[] }

/** A permission set, and which of its accounts held the latest version at which time. */
export class PermissionSet {
  readonly arn: string
  readonly name: string
  readonly createdMs: number
  /** Before, the API says that there is no such permission set. */
  readonly knownMs: number
  /** From then on, too. */
  readonly deletedMs: number
  /** How its requests go, where it is not as the settings say. */
  readonly course: Partial<Course>
  /** The accounts that hold it at any time, in the order in which a provisioning updates them. */
  readonly accountIds: string[]
  readonly #first: ReadonlySet<string>
  /** Oldest first. */
  readonly #events: Event[] = []
  /** Those of them that add or remove an account. */
  readonly #moves: AccountEvent[] = []

  constructor(plan: Identified, createdMs: number) {
    const { arn, accountIds, course = {}, deletedAfterSeconds = Number.POSITIVE_INFINITY } = plan
    this.arn = arn
    this.name = plan.name ?? arn.slice(-19).replace('/', '-')
    this.createdMs = createdMs
    this.knownMs = createdMs + (plan.unknownForSeconds ?? Number.NEGATIVE_INFINITY) * 1000
    this.deletedMs = createdMs + deletedAfterSeconds * 1000
    this.course = course
    this.accountIds = [...accountIds]
    this.#first = new Set(accountIds)
  }

  /** When accounts are added, removed or changed by themselves, and when it appears and is deleted. */
  get changesMs(): readonly number[] {
    const ofAccounts = this.#events.filter(({ kind }) => kind === 'account')
    return [this.knownMs, this.deletedMs, ...ofAccounts.map(({ atMs }) => atMs)]
  }

  /** Whether the API knows of it at some moment. */
  isKnown(atMs: number): boolean {
    return this.knownMs <= atMs && atMs < this.deletedMs
  }

  /** The accounts that hold it at some moment, in any version. */
  accountsAt(atMs: number): readonly string[] {
    return this.accountIds.filter((accountId) => this.isHeldBy(accountId, atMs))
  }

  /** Whether an account holds it at some moment, in any version. */
  isHeldBy(accountId: string, atMs: number): boolean {
    const move = this.#moves.findLast((event) => event.atMs <= atMs && event.accountId === accountId)
    return move === undefined ? this.#first.has(accountId) : move.is === 'added'
  }

  /** The permission set changes. These accounts, or all, are behind from then on, until a provisioning that begins later reaches them. */
  change(atMs: number, accountIds?: readonly string[]): void {
    insert(this.#events, { kind: 'change', atMs, accountIds: accountIds === undefined ? 'all' : new Set(accountIds) })
  }

  /** Something becomes of one account. */
  changeAccount({ accountId, afterSeconds, is }: AccountChange): void {
    const event: AccountEvent = { kind: 'account', atMs: this.createdMs + afterSeconds * 1000, accountId, is }
    insert(this.#events, event)
    if (is === 'added' || is === 'removed') insert(this.#moves, event)
    if (is === 'added' && !this.accountIds.includes(accountId)) this.accountIds.push(accountId)
  }

  /** A provisioning begins at the time of its creation. */
  provision(request: AsyncRequest): void {
    const { createdMs: atMs, targets } = request
    const positions = new Map(targets.map((accountId, position) => [accountId, position]))
    insert(this.#events, { kind: 'provisioning', atMs, request, positions })
  }

  /** Whether an account holds the latest version at some moment. */
  holdsLatest(accountId: string, atMs: number): boolean {
    const decisive = this.#events.findLast((event) => event.atMs <= atMs && decides(event, accountId, atMs))
    return decisive?.kind === 'account' ? decisive.is !== 'out-of-date' : decisive?.kind !== 'change'
  }
}

/** Keeps the order of time. */
function insert<E extends Event>(events: E[], event: E): void {
  events.splice(events.findLastIndex(({ atMs }) => atMs <= event.atMs) + 1, 0, event)
}

function decides(event: Event, accountId: string, atMs: number): boolean {
  switch (event.kind) {
    case 'change':
      return event.accountIds === 'all' || event.accountIds.has(accountId)
    case 'account':
      return event.accountId === accountId && event.is !== 'removed'
    case 'provisioning': {
      const position = event.positions.get(accountId)
      return position !== undefined && hasReached(event.request, position, atMs)
    }
  }
}
