import { isFinished, type RequestState, type Status, unknownState } from '../request.ts'
import type { RequestResult } from '../verdict.ts'
import type { Answer, Row, Trouble } from './api.ts'

/** What changed, for whoever tells people. */
export type Change =
  | { readonly kind: 'status'; readonly state: RequestState }
  | { readonly kind: 'trouble'; readonly trouble: Trouble; readonly requestId: string | null }
  | { readonly kind: 'recovered' }

/** How long "no such request" and "no such host" must last, without a break, to be believed. */
const absenceToleratedMs = 30_000

/** After so many requests refused for the same cause, and none ever answered, the rest would be refused too. */
const refusalsThatSpeakForAll = 3

const fullyDescribedSetSize = 50

interface Entry {
  state: RequestState
  /** The status that a Describe last gave, with all details; `null` before the first. */
  describedAs: Status | null
  trouble: Trouble | null
  /** Nothing more will be learnt of it. */
  givenUp: boolean
  readonly absence: Streak
  lastAskedAt: number
  finishedAt: number | null
  seenUnfinished: boolean
}

/** What is known of every request of the set, and how that changes with each answer. Times are on the wait's clock. */
export class Board {
  readonly #entries: ReadonlyMap<string, Entry>
  readonly #onChange: (change: Change) => void
  readonly #absenceOfAll = new Streak()
  #troubleOfAll: Trouble | null = null
  #everAnswered = false

  constructor(requestIds: readonly string[], onChange: (change: Change) => void) {
    this.#entries = new Map(requestIds.map((requestId) => [requestId, newEntry(requestId)]))
    this.#onChange = onChange
  }

  /** Of small sets every request is described once it has finished; of larger ones, those that failed. */
  get wantsEveryDetail(): boolean {
    return this.#entries.size <= fullyDescribedSetSize
  }

  /** The requests that have not finished yet, as far as is known, the one asked about longest ago first. */
  unfinished(): string[] {
    return this.#idsOf(isUnfinished)
  }

  /** The requests that have finished, but of which details are wanted that no list gives, such as the reason of a failure. */
  wantingDetails(): string[] {
    return this.#idsOf((entry) => this.#wantsDetails(entry))
  }

  /** The unfinished requests that no Describe has told of yet, so that their permission sets are not known. */
  neverDescribed(): string[] {
    return this.#idsOf((entry) => isUnfinished(entry) && entry.describedAs === null)
  }

  /** Whether there is anything left to learn of a request. */
  isOpen(requestId: string): boolean {
    const entry = this.#entries.get(requestId)
    return entry !== undefined && this.#isOpen(entry)
  }

  get everyRequestHasFinished(): boolean {
    return this.#every((entry) => !isUnfinished(entry))
  }

  get everyStatusIsKnown(): boolean {
    return this.#every((entry) => entry.state.status !== null || entry.givenUp)
  }

  get everyDetailIsKnown(): boolean {
    return this.#every((entry) => !this.#wantsDetails(entry))
  }

  /** When an absence that lasts now will be believed; infinity when there is none. */
  get nextBeliefAt(): number {
    const open = this.#entries.values().filter((entry) => this.#isOpen(entry))
    return (
      open.reduce((since, { absence }) => Math.min(since, absence.since), this.#absenceOfAll.since) + absenceToleratedMs
    )
  }

  /** The cause that keeps statuses from being learnt at the moment; `null` when none does. */
  get trouble(): Trouble | null {
    return (
      this.#troubleOfAll ??
      this.#entries.values().find(({ state, trouble }) => trouble && !isFinished(state.status))?.trouble ??
      null
    )
  }

  /** Takes note that a request is about to be asked about. */
  asked(requestId: string, now: number): void {
    const entry = this.#entries.get(requestId)
    if (entry) entry.lastAskedAt = now
  }

  /** Takes note of what a Describe told. */
  note(requestId: string, answer: Answer<RequestState>, now: number): void {
    const entry = this.#entries.get(requestId)
    if (entry === undefined || isFinished(entry.describedAs)) return
    if (answer.ok) {
      // Also of a request that was given up meanwhile, as a call under way at the same time may still have been answered.
      entry.describedAs = answer.value.status
      this.#noteState(entry, answer.value, now)
    } else if (this.#isOpen(entry)) this.#noteTrouble(answer.trouble, now, entry)
  }

  /** Takes note of what a list told of one request. */
  noteRow(row: Row, now: number): void {
    const entry = this.#entries.get(row.requestId)
    if (!entry || !isUnfinished(entry)) return
    const { state } = entry
    // A list of a thousand that are still in progress tells nothing new of any, and is not to leave a thousand new objects behind.
    const known = state.status === row.status && state.createdDate?.getTime() === row.createdDate?.getTime()
    this.#noteState(entry, known ? state : { ...state, ...row }, now)
  }

  /** Takes note of a cause that meets every call. */
  noteTroubleOfAll(trouble: Trouble, now: number): void {
    this.#noteTrouble({ ...trouble, scope: 'every-call' }, now, null)
  }

  /** One result for each request, in the order given. */
  results(startedAt: number): RequestResult[] {
    return [...this.#entries.values()].map(({ state, trouble, givenUp, finishedAt, seenUnfinished }) => {
      const finished = isFinished(state.status)
      return {
        state,
        error: finished ? null : ((trouble ?? this.#troubleOfAll)?.message ?? null),
        givenUp: givenUp && !finished,
        finishedAfterMs: finishedAt === null ? null : finishedAt - startedAt,
        finishedBefore: finished && !seenUnfinished,
      }
    })
  }

  #noteState(entry: Entry, state: RequestState, now: number): void {
    const before = entry.state
    const hadTrouble = entry.trouble !== null || this.#troubleOfAll !== null
    if (state !== before) {
      entry.state = {
        ...state,
        // AWS takes neither end back, so what says otherwise is a stale answer; of two that differ, the failure counts.
        status: isFinished(before.status) && state.status !== 'FAILED' ? before.status : state.status,
        createdDate: state.createdDate ?? before.createdDate,
      }
    }
    if (!entry.givenUp) entry.trouble = null
    entry.absence.end()
    this.#everAnswered = true
    this.#troubleOfAll = null
    this.#absenceOfAll.end()
    if (isFinished(state.status)) entry.finishedAt ??= now
    else entry.seenUnfinished = true

    // A failure is told with its reason.
    const told = entry.state.status !== 'FAILED' || entry.describedAs !== null
    if (told && (before.status !== entry.state.status || entry.state.status === 'FAILED')) {
      this.#onChange({ kind: 'status', state: entry.state })
    } else if (hadTrouble && this.trouble === null) this.#onChange({ kind: 'recovered' })
  }

  /** `entry` is the request that was asked about, where one was. */
  #noteTrouble(trouble: Trouble, now: number, entry: Entry | null): void {
    const asked = trouble.scope === 'every-call' ? null : entry
    const known = asked ? asked.trouble : this.#troubleOfAll
    const absence = asked ? asked.absence : this.#absenceOfAll
    if (asked) asked.trouble = trouble
    this.#troubleOfAll = asked ? null : trouble
    if (known?.code !== trouble.code)
      this.#onChange({ kind: 'trouble', trouble, requestId: asked?.state.requestId ?? null })

    // Whatever else comes in between is a break, and the absence starts anew.
    for (const other of [entry?.absence, this.#absenceOfAll]) {
      if (other && (other !== absence || trouble.effect !== 'absent')) other.end()
    }
    if (trouble.effect === 'absent' && absence.lasts(now) < absenceToleratedMs) return
    if (trouble.effect !== 'absent' && trouble.effect !== 'refused') return

    if (asked) asked.givenUp = true
    if (!asked || this.#speaksForAll(trouble)) {
      for (const other of this.#entries.values()) {
        if (!this.#isOpen(other)) continue
        other.givenUp = true
        other.trouble = trouble
      }
    }
  }

  #speaksForAll(trouble: Trouble): boolean {
    if (this.#everAnswered || trouble.effect !== 'refused') return false
    const alike = this.#entries.values().filter((entry) => entry.givenUp && entry.trouble?.code === trouble.code)
    return alike.take(refusalsThatSpeakForAll).toArray().length === refusalsThatSpeakForAll
  }

  #wantsDetails({ state, describedAs, givenUp }: Entry): boolean {
    const wanted = state.status === 'FAILED' || (state.status === 'SUCCEEDED' && this.wantsEveryDetail)
    return wanted && !isFinished(describedAs) && !givenUp
  }

  #isOpen(entry: Entry): boolean {
    return isUnfinished(entry) || this.#wantsDetails(entry)
  }

  #idsOf(matches: (entry: Entry) => boolean): string[] {
    return this.#entries
      .values()
      .filter(matches)
      .toArray()
      .sort((a, b) => a.lastAskedAt - b.lastAskedAt)
      .map(({ state }) => state.requestId)
  }

  #every(matches: (entry: Entry) => boolean): boolean {
    return this.#entries.values().every(matches)
  }
}

function newEntry(requestId: string): Entry {
  return {
    state: unknownState(requestId),
    describedAs: null,
    trouble: null,
    givenUp: false,
    absence: new Streak(),
    lastAskedAt: 0,
    finishedAt: null,
    seenUnfinished: false,
  }
}

function isUnfinished({ state, givenUp }: Entry): boolean {
  return !givenUp && !isFinished(state.status)
}

/** How long one cause has lasted without a break. */
class Streak {
  since = Number.POSITIVE_INFINITY

  /** Milliseconds since it began, which is now if it had ended. */
  lasts(now: number): number {
    this.since = Math.min(this.since, now)
    return now - this.since
  }

  end(): void {
    this.since = Number.POSITIVE_INFINITY
  }
}
