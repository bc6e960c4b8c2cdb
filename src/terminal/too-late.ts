import { nothingKnown, type Outcome } from '../report/outcome.ts'

const title = 'Standard input did not end in time'

/** The outcome when the time was over before standard input had ended: AWS was not asked. */
export function tooLate(elapsedMs: number, startedAt: Date): Outcome {
  const remedy =
    'The command before the pipe still runs, or keeps the pipe open. If nothing is to come, say what to wait for in an option.'
  return {
    ...nothingKnown(startedAt),
    problems: [`${title}, so it is not known what to wait for.`],
    verdict: 'timed-out',
    outage: { effect: 'refused', scope: 'every-call', code: 'standard-input', title, message: title, remedy },
    elapsedMs,
  }
}
