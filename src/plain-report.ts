import { appendFileSync } from 'node:fs'

/** Every output, in the order of action.yml, with its value if nothing is known. */
export const plainOutputs = {
  verdict: 'error',
  status: '',
  'failure-reason': '',
  'created-date': '',
  'permission-set-arn': '',
  'account-id': '',
  'accounts-behind': '[]',
  'console-url': '',
  'elapsed-seconds': '0.000',
  results: '[]',
  'results-file': '',
} as const

export type OutputName = keyof typeof plainOutputs

/** What every report of a defect of the action says. */
export const defect = {
  title: 'The action failed unexpectedly',
  remedy: 'This is a defect of the action. Please report it, with the log of a run with debug logging on.',
} as const

/**
 * The report of last resort: all outputs, and one annotation. It uses no other module, so that a defect in any of them cannot prevent it.
 * Never throws, unless the log cannot be written.
 *
 * @param title without characters that have a meaning in a workflow command
 * @param message one line of plain text for the log
 * @param outputFile the runner's file for outputs. If it is blank or cannot be written, the outputs go to the log, as older runners read them
 */
export function reportPlainly(title: string, message: string, outputFile: string, write: (text: string) => void): void {
  const outputs = Object.entries(plainOutputs)
  try {
    // A line of its own, in case that another report was cut off.
    appendFileSync(outputFile, `\n${outputs.map(([name, value]) => `${name}=${value}\n`).join('')}`)
  } catch {
    for (const [name, value] of outputs) write(`::set-output name=${name}::${value}\n`)
  }
  write(`::error title=${title}::${message.replaceAll('%', '%25')}\n`)
}
