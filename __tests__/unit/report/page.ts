import type { Outcome } from '../../../src/report/outcome.ts'
import { publish, type ReportingRunner } from '../../../src/report/publish.ts'
import { tell } from '../../../src/report/story.ts'
import type { Verdict } from '../../../src/requests/verdict.ts'
import { noSecrets } from '../examples.ts'

/** A runner that keeps nothing. */
export const silentRunner: ReportingRunner = {
  secrets: noSecrets,
  info() {},
  notice() {},
  warning() {},
  error() {},
  setOutput() {},
  writeResults: () => '/results.json',
  writeSummary: async () => {},
}

/** What people and later steps see of a report. */
export interface Page {
  readonly verdict: Verdict
  /** The lines of the log, with annotations as the runner shows them there: without their titles. */
  readonly log: readonly string[]
  /** Of the first error annotation; empty if there is none. */
  readonly title: string
  readonly message: string
  readonly summary: string
  readonly outputs: Readonly<Record<string, string>>
}

/** Publishes an outcome to a runner, which may fail at some of it. */
export async function pageOf(outcome: Outcome, failing: Partial<ReportingRunner> = {}): Promise<Page> {
  const log: string[] = []
  const outputs: Record<string, string> = {}
  let [title, message, summary] = ['', '', '']
  const verdict = await publish(tell(outcome), {
    ...silentRunner,
    info: (line) => void log.push(line),
    warning: (text, properties) => void log.push(`Warning: ${properties.title}: ${text}`),
    notice: (text, properties) => void log.push(`Notice: ${properties.title}: ${text}`),
    error: (text, properties) => {
      log.push(title === '' ? `Error: ${text}` : `Error: ${properties.title}: ${text}`)
      if (title === '') [title, message] = [properties.title, text]
    },
    setOutput: (name, value) => {
      outputs[name] = value
    },
    writeSummary: async (markdown) => {
      summary = markdown
    },
    ...failing,
  })
  return { verdict, log, title, message, summary, outputs }
}
