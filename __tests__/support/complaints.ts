import type { RunResult } from '../../simulator/runner.ts'
import { type Command, commandsIn, foreignCommandsIn, linesIn } from './commands.ts'
import { outputNames } from './definition.ts'

const verdicts = ['succeeded', 'in-progress', 'failed', 'incomplete', 'timed-out', 'cancelled', 'error'] as const
export type Verdict = (typeof verdicts)[number]

export function passes(verdict: Verdict): boolean {
  return verdict === 'succeeded' || verdict === 'in-progress'
}

const statuses: readonly unknown[] = ['SUCCEEDED', 'FAILED', 'IN_PROGRESS']

/** An object of the output `results` of which nothing is known, with its fields in their order. */
export const unknownResult = {
  requestId: null,
  operation: null,
  status: null,
  failureReason: null,
  createdDate: null,
  permissionSetArn: null,
  accountId: null,
  principalId: null,
  principalType: null,
  error: null,
}

const consoleUrl =
  /^https:\/\/[a-z0-9-]+\.console\.[a-z.-]+\/singlesignon\/home\?region=[a-z0-9-]+#\/instances\/[\w./-]+$/

/** A year after 9999 or before 0 has six digits and a sign (ECMAScript's and ISO's extended years). */
const isoDate = /^(\d{4}|[+-]\d{6})-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

type Outputs = Readonly<Record<string, string>>

/** Keys, tokens and passwords that were in play. */
export interface Secrets {
  /** To be shown nowhere. */
  readonly all: Iterable<string>
  /** Those that the action obtained itself, and so has to register with the runner. */
  readonly obtained: Iterable<string>
}

/** Whether the step can succeed although requests of others, or of ignored accounts, which are among its results, failed. */
type Others = 'others' | 'no others'

/**
 * What is wrong with a step that has ended, whatever it waited for: an exit code that does not fit the verdict, an output that is missing or
 * malformed, a failure without its one annotation, no summary, something on stderr, a command that somebody else's text has started, or a
 * secret that is shown or not masked.
 */
export function complaintsAbout(step: RunResult, secrets: Secrets, others: Others = 'no others'): string[] {
  return [
    ...endComplaints(step),
    ...outputComplaints(step.outputs, others),
    ...fileComplaints(step),
    ...shownComplaints(step),
    ...leaksIn(placesOf(step), secrets.all),
    ...unmaskedIn(step.stdout, secrets.obtained),
  ]
}

/** A file with other results than the output has, which has none of more than 1,000 requests or of more than 256 KiB. */
function fileComplaints({ outputs, resultsFile }: RunResult): string[] {
  const inFile = parsed(resultsFile)
  const isMany = (Array.isArray(inFile) && inFile.length > 1_000) || Buffer.byteLength(resultsFile) > 262_144
  const isRight = outputs['results'] === (isMany ? '[]' : resultsFile)
  return isRight || outputs['results-file'] === '' ? [] : [`the file with the results holds ${shortened(resultsFile)}`]
}

function endComplaints({ outputs, exitCode, signal }: RunResult): string[] {
  const verdict = verdicts.find((known) => known === outputs['verdict'])
  if (verdict === undefined) return [`the verdict is ${outputs['verdict'] ?? 'missing'}`]
  return exitCode === (passes(verdict) ? 0 : 1) ? [] : [`${verdict} ended with ${signal ?? `exit code ${exitCode}`}`]
}

/** An output that is missing, one too many, or one that is malformed. */
export function outputComplaints(outputs: Outputs, others: Others = 'no others'): string[] {
  const names = Object.keys(outputs)
  const missing = outputNames.filter((name) => !names.includes(name))
  if (missing.length > 0) return [`no output ${missing.join(', ')}`]
  const surplus = names.filter((name) => !outputNames.includes(name))
  const text = (name: string) => outputs[name] ?? ''
  const isDate = (date: string) => date === '' || isoDate.test(date)
  const accounts = parsed(text('accounts-behind'))
  const results = parsed(text('results'))
  const wellFormed: Record<string, boolean> = {
    status: text('status') === '' || statuses.includes(text('status')),
    'created-date': isDate(text('created-date')),
    'elapsed-seconds': /^\d+\.\d+$/.test(text('elapsed-seconds')),
    'accounts-behind': Array.isArray(accounts) && accounts.every((id) => /^\d{12}$/.test(String(id))),
    'console-url': text('console-url') === '' || consoleUrl.test(text('console-url')),
    results: Array.isArray(results),
  }
  const malformed = Object.entries(wellFormed).filter(([, isWellFormed]) => !isWellFormed)
  const rows = Array.isArray(results) ? results : []
  const ends = others === 'others' ? ['SUCCEEDED', 'FAILED'] : ['SUCCEEDED']
  const isFalse = text('verdict') === 'succeeded' && rows.some((row) => !ends.includes(Object(row).status))
  return [
    ...surplus.map((name) => `output ${name} is not one`),
    ...malformed.map(([name]) => `output ${name} is ${shortened(outputs[name])}`),
    ...rows.flatMap(resultComplaints),
    ...(isFalse ? ['succeeded, although a request is not SUCCEEDED'] : []),
  ]
}

function resultComplaints(row: unknown): string[] {
  const fields = Object.entries(Object(row))
  if (fields.map(([name]) => name).join() !== Object.keys(unknownResult).join())
    return [`a result is ${shortened(JSON.stringify(row))}`]
  return fields.flatMap(([name, value]) => {
    const isText = typeof value === 'string'
    const isRight =
      value === null ||
      (name === 'status' && statuses.includes(value)) ||
      (name === 'createdDate' && isText && isoDate.test(value)) ||
      (name !== 'status' && name !== 'createdDate' && isText)
    return isRight ? [] : [`${name} of a result is ${shortened(JSON.stringify(value))}`]
  })
}

/** One annotation with title and message on a failure and none on a success, a summary, nothing on stderr, no command of others. */
function shownComplaints({ stdout, stderr, summary, exitCode }: RunResult): string[] {
  const errors = commandsIn(stdout).filter(({ name }) => name === 'error')
  const isBlank = ({ title, message }: Command) => !title?.trim() || message.trim() === ''
  return [
    ...foreignCommandsIn(stdout).map(({ name, message }) => `a foreign command ${name}: ${shortened(message)}`),
    ...(errors.length === (exitCode === 0 ? 0 : 1) ? [] : [`${errors.length} error annotations`]),
    ...(errors.some(isBlank) ? ['an annotation without title or message'] : []),
    ...(summary.trim() === '' ? ['there is no summary'] : []),
    ...(stderr === '' ? [] : [`stderr holds ${shortened(stderr)}`]),
  ]
}

/** Where people, later steps and GitHub's API get to see something of a step. */
function placesOf(step: RunResult): Outputs {
  const log = linesIn(step.stdout).filter((line) => !line.startsWith('::add-mask::'))
  return {
    'the log': log.join('\n'),
    stderr: step.stderr,
    'the summary': step.summary,
    'the outputs': JSON.stringify(step.outputs),
  }
}

/** The places that show a secret, in any form in which a person can read it. The complaint does not say which. */
export function leaksIn(places: Outputs, secrets: Iterable<string>): string[] {
  return [...secrets].flatMap((secret) => {
    if (secret.length < 6) throw new Error('Too short to be a secret')
    const encoded = encodeURIComponent(secret)
    const forms = [
      secret,
      encoded,
      encoded.replace(/%../g, (code) => code.toLowerCase()),
      JSON.stringify(secret).slice(1, -1),
      ...(['base64', 'base64url'] as const).map((form) => Buffer.from(secret).toString(form).replace(/=+$/, '')),
    ]
    const showing = Object.entries(places).filter(([, text]) => forms.some((form) => text.includes(form)))
    return showing.map(([place]) => `${place} shows a secret of ${secret.length} characters`)
  })
}

/** Secrets that were not registered with the runner. */
export function unmaskedIn(stdout: string, obtained: Iterable<string>): string[] {
  const masked = new Set(linesIn(stdout).flatMap((line) => (line.startsWith('::add-mask::') ? [line.slice(12)] : [])))
  return [...obtained]
    .filter((secret) => !masked.has(secret))
    .map((secret) => `a secret of ${secret.length} characters is not masked`)
}

function shortened(text = '', length = 160): string {
  const quoted = JSON.stringify(text)
  return quoted.length > length ? `${quoted.slice(0, length)}… (${text.length} characters)` : quoted
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
