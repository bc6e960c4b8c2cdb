import { VirtualClock } from '../../__tests__/virtual-clock.ts'
import type { Answer, Observer, Page, Row, Trouble } from '../../src/polling/api.ts'
import { type RequestState, type Status, unknownState } from '../../src/request.ts'
import { type Course, type Mishap, requestIdOf, type Schedule } from './schedule.ts'

/** What the action was told of a request, and when. */
export interface Told {
  readonly requestId: string
  readonly status: Status
  readonly reason: string | null
  readonly by: 'describe' | 'list'
}

const unknown: Trouble = {
  effect: 'absent',
  scope: 'request',
  code: 'ResourceNotFoundException',
  title: 'No such request',
  message: 'No such request',
  remedy: '',
}
const givenUp: Trouble = {
  effect: 'unclear',
  scope: 'every-call',
  code: 'TimeLimitReached',
  title: 'Given up',
  message: 'Given up',
  remedy: '',
}

/** As the real observer has it, a call that hangs is given up. */
const attemptLimitMs = 10_000

/** An Identity Center in virtual time that a schedule plays tricks on. It may say nothing, or what was; never what will not be. */
export class World implements Observer {
  readonly clock = new VirtualClock(1_000)
  readonly callTimes: number[] = []
  readonly told: Told[] = []
  readonly #schedule: Schedule
  readonly #startedAt = this.clock.now()
  readonly #met = new Map<object, number>()

  constructor(schedule: Schedule) {
    this.#schedule = schedule
  }

  get nowMs(): number {
    return this.clock.now() - this.#startedAt
  }

  /** How a request truly is. */
  statusOf({ endsAtMs, end }: Course, atMs = this.nowMs): Status {
    return atMs >= endsAtMs ? end : 'IN_PROGRESS'
  }

  describe(requestId: string, signal: AbortSignal): Promise<Answer<RequestState>> {
    return this.#answer('describe', signal, (mishap, atMs) => {
      const course = this.#schedule.courses.find((candidate) => candidate.requestId === requestId)
      if (course === undefined || atMs < course.knownFromMs) return { ok: false, trouble: unknown }
      const status = this.statusOf(course, atMs)
      const reason = status === 'FAILED' && mishap?.kind !== 'gaps' ? course.reason : null
      this.told.push({ requestId, status, reason, by: 'describe' })
      if (mishap?.kind === 'gaps') return { ok: true, value: { ...unknownState(requestId), status } }
      const { accountId, created: createdDate, permissionSetArn } = course
      return {
        ok: true,
        value: { ...unknownState(requestId), status, failureReason: reason, createdDate, permissionSetArn, accountId },
      }
    })
  }

  list(status: Status, token: string | null, signal: AbortSignal): Promise<Answer<Page>> {
    return this.#answer('list', signal, (mishap, atMs) => {
      const { courses, pageSize } = this.#schedule
      const all = courses
        .filter((course) => atMs >= course.knownFromMs && this.statusOf(course, atMs) === status)
        .map((course) => rowOf(course, status))
      const start = Number(token ?? 0)
      const page = crowded(all.slice(start, start + pageSize), status, mishap).filter(
        (_, index) => mishap?.kind !== 'gaps' || index % (mishap.one + 1) !== 0,
      )
      for (const { requestId } of page) this.told.push({ requestId, status, reason: null, by: 'list' })
      const more = mishap?.kind === 'endless' || start + pageSize < all.length
      return { ok: true, value: { rows: page, nextToken: more ? String(start + pageSize) : null } }
    })
  }

  async #answer<T>(
    operation: 'describe' | 'list',
    signal: AbortSignal,
    answer: (mishap: Mishap | null, atMs: number) => Answer<T>,
  ): Promise<Answer<T>> {
    const number = this.callTimes.push(this.nowMs)
    const mishap = this.#mishapOf(operation, number)
    const { latenciesMs } = this.#schedule
    const latencyMs = mishap?.kind === 'hang' ? attemptLimitMs : (latenciesMs[number % latenciesMs.length] ?? 1)
    await this.clock.sleep(latencyMs, signal)
    if (signal.aborted || mishap?.kind === 'hang') return { ok: false, trouble: givenUp }
    if (mishap?.kind === 'trouble') return { ok: false, trouble: mishap.trouble }
    return answer(mishap, this.nowMs - (mishap?.kind === 'stale' ? mishap.byMs : 0))
  }

  #mishapOf(operation: 'describe' | 'list', number: number): Mishap | null {
    for (const spell of this.#schedule.spells) {
      const at = spell.by === 'time' ? this.nowMs : number
      if ((spell.calls !== 'all' && spell.calls !== operation) || at < spell.from || at >= spell.to) continue
      const met = (this.#met.get(spell) ?? 0) + 1
      this.#met.set(spell, met)
      if (met % spell.every === 0) return spell.mishap
    }
    return null
  }
}

function rowOf({ requestId, created }: Course, status: Status): Row {
  return { requestId, status, createdDate: created }
}

function crowded(rows: readonly Row[], status: Status, mishap: Mishap | null): readonly Row[] {
  if (mishap?.kind !== 'crowd') return rows
  const foreign = Array.from({ length: 20 }, (_, index) => ({
    requestId: requestIdOf(9_000 + index),
    status,
    createdDate: null,
  }))
  return [...foreign, ...rows, ...rows]
}
