export const verdicts = ['succeeded', 'in-progress', 'failed', 'incomplete', 'timed-out', 'cancelled', 'error'] as const
export type Verdict = (typeof verdicts)[number]

/** The verdicts on which the step passes. */
export function passes(verdict: Verdict): boolean {
  return verdict === 'succeeded' || verdict === 'in-progress'
}
