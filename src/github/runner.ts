import { randomUUID } from 'node:crypto'
import { appendFileSync, closeSync, constants, openSync, writeFileSync } from 'node:fs'
import { EOL, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TokenSource } from '../aws/role-session.ts'
import { forLog } from '../report/escape.ts'
import type { ReportingRunner } from '../report/publish.ts'
import type { Secrets } from '../secrets.ts'
import { requestIdToken } from './id-token.ts'

/** What the action uses of GitHub's runner. */
export interface Runner extends ReportingRunner, TokenSource {
  debug(message: string): void
}

/**
 * GitHub's runner: what the action reads from it, and how it writes to it.
 *
 * This module writes the runner's files and commands itself, because the toolkit loads an HTTP client, which makes a whole run a third
 * longer. If there is no file for outputs, a debugger such as @github/local-action replaces the toolkit. Then everything goes through the
 * toolkit.
 */
export async function githubRunner(
  environment: NodeJS.ProcessEnv,
  secrets: Secrets,
  write: (text: string) => void,
): Promise<Runner> {
  const own = {
    secrets,
    // Present with `permissions: id-token: write`.
    available: Boolean(environment['ACTIONS_ID_TOKEN_REQUEST_URL'] && environment['ACTIONS_ID_TOKEN_REQUEST_TOKEN']),
    getIdToken: (audience: string, signal: AbortSignal) => requestIdToken(environment, audience, signal),
    writeResults: (json: string) => writeResults(environment['RUNNER_TEMP'] || tmpdir(), json),
  }
  const { GITHUB_OUTPUT: outputFile, GITHUB_STEP_SUMMARY: summaryFile = '' } = environment
  if (!outputFile) {
    const { debug, error, info, notice, setOutput, setSecret, summary, warning } = await import('@actions/core')
    const writeSummary = async (markdown: string) => void (await summary.addRaw(markdown).write())
    const debugLine = (message: string) => debug(forLog(message))
    return { ...own, info, debug: debugLine, notice, warning, error, setSecret, setOutput, writeSummary }
  }
  const show = (text: string) => write(secrets.hideUnmistakable(text))
  return {
    ...own,
    info: (line) => show(`${line}\n`),
    debug: (message) => show(commandLine('debug', forLog(message))),
    notice: (message, { title }) => show(commandLine('notice', message, title)),
    warning: (message, { title }) => show(commandLine('warning', message, title)),
    error: (message, { title }) => show(commandLine('error', message, title)),
    setSecret: (value) => write(commandLine('add-mask', value)),
    setOutput: (name, value) => append(outputFile, outputLines(name, value)),
    writeSummary: async (markdown) => append(summaryFile, secrets.hideUnmistakable(markdown)),
  }
}

/**
 * A workflow command, which the runner reads from the log. Characters that would end its title or its line are escaped.
 *
 * Source: actions/runner, src/Runner.Common/ActionCommand.cs.
 */
function commandLine(name: string, message: string, title = ''): string {
  const data = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
  const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
  return `::${name}${title && ` title=${property(title)}`}::${data(message)}${EOL}`
}

/**
 * An output as the runner reads it from the file in GITHUB_OUTPUT. Each output has a new random delimiter, so that no value can hold it.
 *
 * Source: actions/runner, src/Runner.Worker/FileCommandManager.cs.
 */
function outputLines(name: string, value: string): string {
  const delimiter = `ghadelimiter_${randomUUID()}`
  return `${name}<<${delimiter}${EOL}${value}${EOL}${delimiter}${EOL}`
}

/** Writes a file with a name of its own, because other steps of the job may use this action too. The runner deletes it after the job. */
function writeResults(folder: string, json: string): string {
  const path = join(folder, `permission-set-results-${randomUUID()}.json`)
  writeFileSync(path, json, { flag: 'wx' })
  return path
}

/** Appends to a file of the runner. @throws if the file is missing: the runner reads only a file that it has created itself. */
function append(path: string, text: string): void {
  const file = openSync(path, constants.O_APPEND | constants.O_WRONLY)
  try {
    appendFileSync(file, text)
  } finally {
    closeSync(file)
  }
}
