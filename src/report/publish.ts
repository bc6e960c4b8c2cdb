import { factsOf } from '../aws/errors/facts.ts'
import { passes, type Verdict } from '../requests/verdict.ts'
import type { Secrets } from '../secrets.ts'
import { annotationOf } from './annotation.ts'
import { forLog } from './escape.ts'
import { logLine } from './log-lines.ts'
import { outputsOf, resultsOf } from './outputs.ts'
import { inPlainText } from './phrase.ts'
import type { Story } from './story.ts'
import { summaryOf } from './summary.ts'

/** What the report needs from the runner. */
export interface ReportingRunner {
  /** Hides the secrets in errors of the runner's files. */
  readonly secrets: Secrets
  info(line: string): void
  notice(message: string, properties: { title: string }): void
  warning(message: string, properties: { title: string }): void
  error(message: string, properties: { title: string }): void
  setOutput(name: string, value: string): void
  /** Writes the results to a new file. @returns its path. @throws if it cannot be written */
  writeResults(json: string): string
  /** Appends to the job summary. Rejects if the runner has no summary. */
  writeSummary(markdown: string): Promise<void>
}

/**
 * Reports how the wait ended: first the outputs with their file, so that no later failure can lose them, then the summary, then the log
 * with its annotation.
 *
 * @returns the verdict; `error` if the outputs could not be written, because later steps must not go on without them
 */
export async function publish(story: Story, runner: ReportingRunner): Promise<Verdict> {
  /** Why a task has failed; `null` if it has not. */
  const failureOf = async (task: () => void | Promise<void>): Promise<string | null> => {
    try {
      await task()
      return null
    } catch (error) {
      return forLog(factsOf(error, runner.secrets).message)
    }
  }
  let file = ''
  const noFile = await failureOf(() => {
    file = runner.writeResults(resultsOf(story))
  })
  const outputs = outputsOf(story, file)
  const noOutputs = await failureOf(() => {
    for (const [name, value] of Object.entries(outputs)) runner.setOutput(name, value)
  })
  const noSummary = await failureOf(() => runner.writeSummary(summaryOf(story)))
  if (noSummary !== null) runner.info(`No summary was written: ${noSummary}`)
  if (noFile !== null) runner.warning(noFile, { title: 'The file with the results could not be written' })
  else if (file !== '' && story.requests.length > 0 && outputs['results'] === '[]')
    runner.info(`The results of ${story.requests.length} requests are in the file ${forLog(file)}`)
  publishStory(story, runner)
  if (noOutputs !== null) runner.error(noOutputs, { title: 'The outputs could not be written' })
  return noOutputs === null ? story.verdict : 'error'
}

/** Publishes the story itself. The runner shows the title of an annotation on the job page, but not in the log. */
function publishStory(story: Story, runner: ReportingRunner): void {
  const { age, elapsedMs, explanation, steps, verdict, warning } = story
  const headline = inPlainText(story.headline)
  const log = (text: string) => runner.info(logLine(elapsedMs, text))
  if (age !== null) log(`The accounts that are out of date were last ${age}`)
  if (warning !== null) runner.warning(warning.text, { title: warning.title })
  if (!passes(verdict)) {
    const { title, message } = annotationOf(story)
    log(headline)
    runner.error(message, { title })
  } else if (explanation !== null) runner.notice(explanation, { title: headline })
  else for (const line of [headline, ...steps]) log(line)
}
