import { factsOf } from '../aws/errors/facts.ts'
import { isNothing } from '../requests/goal.ts'
import { passes, type Verdict } from '../requests/verdict.ts'
import type { Secrets } from '../secrets.ts'
import { isGiven, statusOf } from '../wait/state/request-state.ts'
import { annotationOf } from './annotation.ts'
import { formatDuration } from './duration.ts'
import { forLog } from './escape.ts'
import { headlineOf } from './headline.ts'
import { logLine } from './log-lines.ts'
import { nextStepsOf } from './next-steps.ts'
import type { Outcome } from './outcome.ts'
import { isTooLong, outputsOf, resultsOf } from './outputs.ts'
import { listed, plain } from './subject.ts'
import { summaryOf } from './summary.ts'

/** Further accounts that are ignored in vain are only counted. */
const maxInVain = 10

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
 * Reports the outcome: first the outputs with their file, so that no later failure can lose them, then the summary, then the log with its
 * annotation.
 *
 * @returns the verdict; `error` if the outputs could not be written, because later steps must not go on without them
 */
export async function publish(outcome: Outcome, runner: ReportingRunner): Promise<Verdict> {
  const file = await settled(() => runner.writeResults(resultsOf(outcome)))
  const values = outputsOf(outcome, file.ok ? file.value : '')
  const outputs = await settled(() => {
    for (const [name, value] of Object.entries(values)) runner.setOutput(name, value)
  })
  const summary = await settled(() => runner.writeSummary(summaryOf(outcome)))
  if (!summary.ok) runner.info(`No job summary was written: ${causeOf(summary, runner.secrets)}`)
  if (!file.ok)
    runner.warning(causeOf(file, runner.secrets), { title: 'The file with the results could not be written' })
  else if (isTooLong(outcome)) {
    runner.info(`The results of ${outcome.requests.length} requests are in the file ${forLog(file.value)}`)
  }

  if (outcome.outOfDateAgeMs > 0) {
    const age = formatDuration(outcome.outOfDateAgeMs)
    runner.info(
      logLine(outcome.elapsedMs, `The accounts that are out of date were last read ${age} before the last look`),
    )
  }
  if (outcome.ignoredInVain.length > 0)
    runner.warning(inVainText(outcome.ignoredInVain), { title: 'An ignored account has no permission set' })
  const headline = headlineOf(outcome)
  const notice = noticeOf(outcome)
  if (!passes(outcome.verdict)) {
    const { title, message } = annotationOf(outcome)
    // The runner shows an annotation's title on the job page, but not in the log.
    runner.info(logLine(outcome.elapsedMs, headline))
    runner.error(message, { title })
  } else if (notice !== null) {
    runner.notice(notice, { title: headline })
  } else {
    for (const line of [headline, ...nextStepsOf(outcome)]) runner.info(logLine(outcome.elapsedMs, line))
  }
  if (!outputs.ok) runner.error(causeOf(outputs, runner.secrets), { title: 'The outputs could not be written' })
  return outputs.ok ? outcome.verdict : 'error'
}

/** What the author of the workflow should know about a success that says little; `null` if there is nothing. */
function noticeOf({ goal, permissionSets, requests, verdict }: Outcome): string | null {
  if (verdict !== 'succeeded') return null
  if (isNothing(goal, requests))
    return "Input 'request-id' or 'request-file' holds [], which says that the deploy changed nothing."
  const failed = requests.filter((request) => statusOf(request) === 'FAILED' && isGiven(request))
  if (failed.length > 0) {
    const some = failed.length === 1 ? '1 provisioning' : `${failed.length} provisionings`
    return `${some} FAILED, but every account that counts has the latest version. Accounts that are ignored: ${listed(goal.ignoredAccounts, plain)}.`
  }
  // An instance has permission sets that nobody is assigned to yet. One that the workflow names may be the wrong one.
  const unheld = goal.isAboutAll ? [] : permissionSets.filter(({ total }) => total === 0)
  if (unheld.length === 0) return null
  return `No account holds ${listed(unheld, ({ arn }) => plain(arn))}, so there was nothing to roll out.`
}

function inVainText(accountIds: readonly string[]): string {
  const [accounts, ids] = accountIds.length === 1 ? ['this account', 'the ID'] : ['these accounts', 'the IDs']
  return `Input 'ignore-accounts': ${listed(accountIds, plain, maxInVain)}: no permission set of this step is in ${accounts}. Correct ${ids}, or leave out what is not needed any more.`
}

type Settled<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown }

async function settled<T>(task: () => T | Promise<T>): Promise<Settled<T>> {
  try {
    return { ok: true, value: await task() }
  } catch (error) {
    return { ok: false, error }
  }
}

function causeOf({ error }: { readonly error: unknown }, secrets: Secrets): string {
  return forLog(factsOf(error, secrets).message)
}
