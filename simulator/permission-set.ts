import { type AsyncRequest, hasReached } from './async-request.ts'
import type { AccountChange, Course, PermissionSetPlan } from './settings.ts'

type Positions = ReadonlyMap<string, number>

/** What leaves accounts behind, or brings them up to date. Times are milliseconds since 1970. */
type Event =
  | { readonly kind: 'change'; readonly atMs: number; readonly behind: Pick<ReadonlySet<string>, 'has'> }
  | {
      readonly kind: 'provisioning'
      readonly atMs: number
      readonly request: AsyncRequest
      readonly positions: Positions
    }
  | { readonly kind: 'account'; readonly atMs: number; readonly accountId: string; readonly is: AccountChange['is'] }

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
  readonly #first: readonly string[]
  readonly #firstPositions: Positions
  readonly #added: string[] = []
  /** Oldest first. */
  readonly #events: Event[] = []
  /** Whether accounts are added or removed at some time. */
  #varies = false

  constructor(plan: Identified, createdMs: number) {
    const {
      arn,
      name,
      accountIds,
      course = {},
      deletedAfterSeconds = Number.POSITIVE_INFINITY,
      unknownForSeconds,
    } = plan
    this.arn = arn
    this.name = name ?? arn.slice(-19).replace('/', '-')
    this.createdMs = createdMs
    this.knownMs = unknownForSeconds === undefined ? Number.NEGATIVE_INFINITY : createdMs + unknownForSeconds * 1000
    this.deletedMs = createdMs + deletedAfterSeconds * 1000
    this.course = course
    this.#first = accountIds
    this.#firstPositions = positionsOf(accountIds)
  }

  /** The accounts that hold it at any time, in the order in which a provisioning updates them. */
  get accountIds(): readonly string[] {
    return this.#added.length === 0 ? this.#first : [...this.#first, ...this.#added]
  }

  /** When accounts are added, removed or changed by themselves, and when it appears and is deleted. */
  get changesMs(): readonly number[] {
    return [
      this.knownMs,
      this.deletedMs,
      ...this.#events.flatMap(({ atMs, kind }) => (kind === 'account' ? [atMs] : [])),
    ]
  }

  /** Whether the API knows of it at some moment. */
  isKnown(atMs: number): boolean {
    return this.knownMs <= atMs && atMs < this.deletedMs
  }

  /** The accounts that hold it at some moment, in any version. */
  accountsAt(atMs: number): readonly string[] {
    return this.#varies ? this.accountIds.filter((accountId) => this.isHeldBy(accountId, atMs)) : this.#first
  }

  /** Whether an account holds it at some moment, in any version. */
  isHeldBy(accountId: string, atMs: number): boolean {
    if (!this.#varies) return this.#firstPositions.has(accountId)
    const decisive = this.#events.findLast(
      (event) =>
        event.kind === 'account' &&
        event.atMs <= atMs &&
        event.accountId === accountId &&
        (event.is === 'added' || event.is === 'removed'),
    )
    return decisive?.kind === 'account' ? decisive.is === 'added' : this.#firstPositions.has(accountId)
  }

  /** The permission set changes. These accounts, or all, are behind from then on, until a provisioning that begins later reaches them. */
  change(atMs: number, accountIds?: readonly string[]): void {
    this.#add({ kind: 'change', atMs, behind: accountIds === undefined ? { has: () => true } : new Set(accountIds) })
  }

  /** Something becomes of one account. */
  changeAccount({ accountId, afterSeconds, is }: AccountChange): void {
    if (is === 'added' || is === 'removed') this.#varies = true
    if (is === 'added' && !this.accountIds.includes(accountId)) this.#added.push(accountId)
    this.#add({ kind: 'account', atMs: this.createdMs + afterSeconds * 1000, accountId, is })
  }

  /** A provisioning begins at the time of its creation. */
  provision(request: AsyncRequest): void {
    const { createdMs: atMs, targets } = request
    const positions = targets === this.#first ? this.#firstPositions : positionsOf(targets)
    this.#add({ kind: 'provisioning', atMs, request, positions })
  }

  /** Whether an account holds the latest version at some moment. */
  holdsLatest(accountId: string, atMs: number): boolean {
    const decisive = this.#events.findLast((event) => event.atMs <= atMs && decides(event, accountId, atMs))
    return decisive?.kind === 'account' ? decisive.is !== 'out-of-date' : decisive?.kind !== 'change'
  }

  #add(event: Event): void {
    const before = this.#events.findLastIndex(({ atMs }) => atMs <= event.atMs)
    this.#events.splice(before + 1, 0, event)
  }
}

function decides(event: Event, accountId: string, atMs: number): boolean {
  switch (event.kind) {
    case 'change':
      return event.behind.has(accountId)
    case 'account':
      return event.accountId === accountId && event.is !== 'removed'
    case 'provisioning': {
      const position = event.positions.get(accountId)
      return position !== undefined && hasReached(event.request, position, atMs)
    }
  }
}

function positionsOf(accountIds: readonly string[]): Positions {
  return new Map(accountIds.map((accountId, position) => [accountId, position]))
}
