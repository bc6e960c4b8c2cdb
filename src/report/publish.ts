import { factsOf } from '../aws/errors/facts.ts'
import { passes, type Verdict } from '../polling/verdict.ts'
import { annotationOf } from './annotation.ts'
import { forLog } from './escape.ts'
import { headlineOf } from './headline.ts'
import { logLine } from './log-lines.ts'
import { nextStepsOf } from './next-steps.ts'
import type { Outcome } from './outcome.ts'
import { outputsOf } from './outputs.ts'
import { summaryOf } from './summary.ts'

/** What the report needs from the runner. */
export interface ReportingRunner {
  info(line: string): void
  notice(message: string, properties: { title: string }): void
  warning(message: string, properties: { title: string }): void
  error(message: string, properties: { title: string }): void
  setOutput(name: string, value: string): void
  /** Appends to the job summary. Rejects if the runner has no summary. */
  writeSummary(markdown: string): Promise<void>
}

/**
 * Reports the outcome: first the outputs, so that no later failure can lose them, then the summary, then the log with its annotation.
 *
 * @returns the verdict; `error` if the outputs could not be written, because later steps must not go on without them
 */
export async function publish(outcome: Outcome, runner: ReportingRunner): Promise<Verdict> {
  const outputs = await settled(() => {
    for (const [name, value] of Object.entries(outputsOf(outcome))) runner.setOutput(name, value)
  })
  const summary = await settled(() => runner.writeSummary(summaryOf(outcome)))
  if (!summary.ok) runner.info(`No job summary was written: ${forLog(factsOf(summary.error).message)}`)

  const headline = headlineOf(outcome)
  if (!passes(outcome.verdict)) {
    const { title, message } = annotationOf(outcome)
    // The runner shows an annotation's title on the job page, but not in the log.
    runner.info(logLine(outcome.elapsedMs, headline))
    runner.error(message, { title })
  } else if (outcome.requests.length === 0) {
    runner.notice("Input 'request-id' is [], which says that the deploy changed nothing.", { title: headline })
  } else {
    for (const line of [headline, ...nextStepsOf(outcome)]) runner.info(logLine(outcome.elapsedMs, line))
  }
  if (!outputs.ok) runner.error(forLog(factsOf(outputs.error).message), { title: 'The outputs could not be written' })
  return outputs.ok ? outcome.verdict : 'error'
}

async function settled(task: () => void | Promise<void>): Promise<{ ok: true } | { ok: false; error: unknown }> {
  try {
    await task()
    return { ok: true }
  } catch (error) {
    return { ok: false, error }
  }
}
