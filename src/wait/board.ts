import { isFinished, type RequestState, unknownState } from '../request-state.ts'
import type { RequestResult } from '../verdict.ts'
import type { Answer, Trouble } from './observer.ts'

/** What changed, for whoever tells people. */
export type Change =
  | { readonly kind: 'status'; readonly state: RequestState }
  | { readonly kind: 'trouble'; readonly trouble: Trouble; readonly requestId: string | null }
  | { readonly kind: 'recovered' }

/** How long "no such request" and "no such host" must last, without a break, to be believed. */
export const absenceToleratedMs = 30_000

/** After so many requests refused for the same cause, and none ever answered, the rest would be refused too. */
const refusalsThatSpeakForAll = 3

interface Entry {
  state: RequestState
  trouble: Trouble | null
  givenUp: boolean
  readonly absence: Streak
  lastAskedAt: number
  finishedAt: number | null
  /** It was seen to be unfinished once. */
  seenOpen: boolean
}

/** What is known of every request of the set, and how it changes with each answer. */
export class Board {
  readonly #entries: ReadonlyMap<string, Entry>
  readonly #onChange: (change: Change) => void
  readonly #setAbsence = new Streak()
  #setTrouble: Trouble | null = null
  #everAnswered = false

  constructor(requestIds: readonly string[], onChange: (change: Change) => void) {
    this.#entries = new Map(
      requestIds.map((requestId) => [
        requestId,
        {
          state: unknownState(requestId),
          trouble: null,
          givenUp: false,
          absence: new Streak(),
          lastAskedAt: 0,
          finishedAt: null,
          seenOpen: false,
        },
      ]),
    )
    this.#onChange = onChange
  }

  /** The requests that more can be learnt of, the one asked longest ago first. */
  open(): string[] {
    return [...this.#entries]
      .filter(([, entry]) => isOpen(entry))
      .sort(([, a], [, b]) => a.lastAskedAt - b.lastAskedAt)
      .map(([requestId]) => requestId)
  }

  get everyRequestIsSettled(): boolean {
    return [...this.#entries.values()].every((entry) => !isOpen(entry))
  }

  get everyStatusIsKnown(): boolean {
    return [...this.#entries.values()].every((entry) => entry.state.status !== null || entry.givenUp)
  }

  /** When an absence that lasts now will be believed, on the clock that `note` is given; infinity when there is none. */
  get nextBeliefAt(): number {
    const streaks = [this.#setAbsence, ...[...this.#entries.values()].filter(isOpen).map(({ absence }) => absence)]
    return Math.min(...streaks.map(({ since }) => since)) + absenceToleratedMs
  }

  /** The cause that keeps statuses from being learnt at the moment; `null` when none does. */
  get trouble(): Trouble | null {
    return (
      this.#setTrouble ?? [...this.#entries.values()].find((entry) => isOpen(entry) && entry.trouble)?.trouble ?? null
    )
  }

  asked(requestId: string, now: number): void {
    const entry = this.#entries.get(requestId)
    if (entry) entry.lastAskedAt = now
  }

  note(requestId: string, answer: Answer, now: number): void {
    const entry = this.#entries.get(requestId)
    if (entry === undefined || !isOpen(entry)) return
    if (answer.ok) this.#noteState(entry, answer.state, now)
    else this.#noteTrouble(requestId, entry, answer.trouble, now)
  }

  /** One for each request, in the order given. `startedAt` is when the wait began, on the clock that `note` is given. */
  results(startedAt: number): RequestResult[] {
    return [...this.#entries.values()].map((entry) => ({
      state: entry.state,
      error: isFinished(entry.state.status) ? null : ((entry.trouble ?? this.#setTrouble)?.message ?? null),
      givenUp: entry.givenUp,
      finishedAfterMs: entry.finishedAt === null ? null : entry.finishedAt - startedAt,
      finishedBefore: entry.finishedAt !== null && !entry.seenOpen,
    }))
  }

  #noteState(entry: Entry, state: RequestState, now: number): void {
    this.#everAnswered = true
    const changed = entry.state.status !== state.status
    const hadTrouble = this.trouble !== null
    entry.state = state
    if (isFinished(state.status)) entry.finishedAt = now
    else entry.seenOpen = true
    entry.trouble = null
    entry.absence.end()
    this.#setTrouble = null
    this.#setAbsence.end()
    if (changed) this.#onChange({ kind: 'status', state })
    else if (hadTrouble && this.trouble === null) this.#onChange({ kind: 'recovered' })
  }

  #noteTrouble(requestId: string, entry: Entry, trouble: Trouble, now: number): void {
    const concernsAll = trouble.scope === 'set'
    const known = concernsAll ? this.#setTrouble : entry.trouble
    if (concernsAll) this.#setTrouble = trouble
    else {
      entry.trouble = trouble
      this.#setTrouble = null
    }
    if (known?.code !== trouble.code)
      this.#onChange({ kind: 'trouble', trouble, requestId: concernsAll ? null : requestId })

    // Any other cause in between is a break: it says nothing about the absence, so the absence starts anew.
    if (!concernsAll || trouble.effect !== 'absent') this.#setAbsence.end()
    if (concernsAll || trouble.effect !== 'absent') entry.absence.end()
    const absence = concernsAll ? this.#setAbsence : entry.absence
    const believed =
      trouble.effect === 'refused' || (trouble.effect === 'absent' && absence.lasts(now) >= absenceToleratedMs)
    if (!believed) return

    entry.givenUp = true
    entry.trouble = trouble
    if (concernsAll || this.#speaksForAll(trouble)) {
      for (const other of this.#entries.values()) {
        if (!isOpen(other)) continue
        other.givenUp = true
        other.trouble = trouble
      }
    }
  }

  #speaksForAll(trouble: Trouble): boolean {
    if (this.#everAnswered || trouble.effect !== 'refused') return false
    const alike = [...this.#entries.values()].filter((entry) => entry.givenUp && entry.trouble?.code === trouble.code)
    return alike.length >= refusalsThatSpeakForAll
  }
}

function isOpen(entry: Entry): boolean {
  return !entry.givenUp && !isFinished(entry.state.status)
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
