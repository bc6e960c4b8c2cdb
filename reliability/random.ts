import fc from 'fast-check'
import { play } from './random/rules.ts'
import { schedule } from './random/schedule.ts'

/** What came of many random schedules. */
export interface RandomFinding {
  readonly runs: number
  readonly seed: number
  readonly seconds: number
  /** How often each verdict came. */
  readonly seen: Readonly<Record<string, number>>
  /** The simplest schedule that broke a rule, and the rules; `null` when none did. */
  readonly counterexample: string | null
}

/** Plays so many random schedules. The same seed plays the same. */
export async function playRandomly(runs: number, seed = Math.trunc(Math.random() * 2 ** 31)): Promise<RandomFinding> {
  const startedMs = performance.now()
  const seen: Record<string, number> = {}
  const details = await fc.check(
    fc.asyncProperty(schedule, async (own) => {
      const { verdict, broken } = await play(own)
      seen[verdict] = (seen[verdict] ?? 0) + 1
      if (broken.length > 0) throw new Error([...new Set(broken)].join('; '))
    }),
    { numRuns: runs, seed },
  )
  return {
    runs: details.numRuns,
    seed,
    seconds: (performance.now() - startedMs) / 1_000,
    seen,
    counterexample: details.failed ? `${details.errorInstance}; ${fc.stringify(details.counterexample)}` : null,
  }
}
