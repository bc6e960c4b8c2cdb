import type { Judgement } from '../wait/rules.ts'
import type { State } from '../wait/state/state.ts'
import type { Observer } from '../wait/store.ts'
import type { Clock } from '../wait/time/clock.ts'
import { type LogContext, linesBetween, logLine } from './log-lines.ts'
import { heartbeatText } from './log-progress.ts'

/** The log has a line at least this often, because a quiet wait looks like a hung one. */
const heartbeatMs = 30_000
/** The same line is not printed again for this long, so that something that comes and goes does not fill the log. */
const repeatAfterMs = 60_000

export interface LogOptions extends LogContext {
  readonly clock: Clock
  readonly info: (line: string) => void
  /** Gets what a line could not be made for: a defect of the log, which must not end the wait. */
  readonly onDefect: (error: unknown) => void
}

/**
 * Begins the log of a wait that begins now. It prints how far things are whenever it had nothing to print for 30 s.
 *
 * @returns `show`, which prints what has changed and never throws, and `stop` for its timer
 */
export function startLog({ clock, info, onDefect, ...context }: LogOptions): { show: Observer; stop(): void } {
  const stopped = new AbortController()
  const startedAtMs = clock.now()
  let last: State | null = null
  let found: Judgement | null = null
  let printedAtMs = startedAtMs
  const saidAtMs = new Map<string, number>()

  const print = (elapsedMs: number, linesOf: () => readonly string[]) => {
    try {
      for (const line of linesOf()) {
        if (clock.now() - (saidAtMs.get(line) ?? Number.NEGATIVE_INFINITY) < repeatAfterMs) continue
        info(logLine(elapsedMs, line))
        printedAtMs = clock.now()
        saidAtMs.set(line, printedAtMs)
      }
    } catch (error) {
      onDefect(error)
    }
  }
  // After a silence, any line may be said again.
  const beat = async () => {
    while (!stopped.signal.aborted) {
      const silentMs = clock.now() - printedAtMs
      const state = last
      if (silentMs >= heartbeatMs && state !== null && !state.isOver) {
        saidAtMs.clear()
        print(clock.now() - startedAtMs, () => [heartbeatText(state, clock.now() - startedAtMs)])
        printedAtMs = clock.now()
      } else await clock.sleep(Math.max(1, heartbeatMs - silentMs), stopped.signal)
    }
  }
  beat()
  return {
    show(before, after) {
      last = after
      // A look that could not read everything changes nothing, so the next one that finds the same says nothing new.
      const isNew = before.judgement !== after.judgement && before.judgement.finding === 'partial'
      const since = isNew && found !== null ? { ...before, judgement: found } : before
      print(after.elapsedMs, () => linesBetween(since, after, context))
      if (after.judgement.finding !== 'partial') found = after.judgement
    },
    stop: () => stopped.abort(),
  }
}
