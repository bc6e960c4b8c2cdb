import { type AsyncRequest, hasReached } from './async-request.ts'
import type { Course, PermissionSetPlan } from './settings.ts'

/** What leaves accounts behind, or brings them up to date. Times are milliseconds since 1970. */
type Event =
  | { readonly kind: 'change'; readonly atMs: number; readonly behind: Pick<ReadonlySet<string>, 'has'> }
  | { readonly kind: 'provisioning'; readonly atMs: number; readonly request: AsyncRequest }

type Identified = PermissionSetPlan & { readonly arn: string; readonly accountIds: readonly string[] }

/** A permission set, and which of its accounts held the latest version at which time. */
export class PermissionSet {
  readonly arn: string
  readonly name: string
  readonly createdMs: number
  /** Before, the API says that there is no such permission set. */
  readonly knownMs: number
  /** The accounts that hold it, in the order in which a provisioning updates them. */
  readonly accountIds: readonly string[]
  /** How its requests go, where it is not as the settings say. */
  readonly course: Partial<Course>
  readonly #positions: ReadonlyMap<string, number>
  /** Oldest first. */
  readonly #events: Event[] = []

  constructor({ arn, name, accountIds, course = {}, unknownForSeconds }: Identified, createdMs: number) {
    this.arn = arn
    this.name = name ?? arn.slice(-19).replace('/', '-')
    this.createdMs = createdMs
    this.knownMs = unknownForSeconds === undefined ? Number.NEGATIVE_INFINITY : createdMs + unknownForSeconds * 1000
    this.accountIds = accountIds
    this.course = course
    this.#positions = new Map(accountIds.map((accountId, position) => [accountId, position]))
  }

  /** The permission set changes. These accounts, or all, are behind from then on, until a provisioning that begins later reaches them. */
  change(atMs: number, accountIds?: readonly string[]): void {
    this.#add({ kind: 'change', atMs, behind: accountIds === undefined ? this.#positions : new Set(accountIds) })
  }

  /** A provisioning begins at the time of its creation. */
  provision(request: AsyncRequest): void {
    this.#add({ kind: 'provisioning', atMs: request.createdMs, request })
  }

  /** Whether an account holds the latest version at some moment. */
  holdsLatest(accountId: string, atMs: number): boolean {
    const decisive = this.#events.findLast((event) => event.atMs <= atMs && this.#decides(event, accountId, atMs))
    return decisive?.kind !== 'change'
  }

  #decides(event: Event, accountId: string, atMs: number): boolean {
    if (event.kind === 'change') return event.behind.has(accountId)
    const { request } = event
    if (request.accountId === undefined) return hasReached(request, this.#positions.get(accountId) ?? 0, atMs)
    return request.accountId === accountId && hasReached(request, 0, atMs)
  }

  #add(event: Event): void {
    const before = this.#events.findLastIndex(({ atMs }) => atMs <= event.atMs)
    this.#events.splice(before + 1, 0, event)
  }
}
