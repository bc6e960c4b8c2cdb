import { appendFile } from 'node:fs/promises'
import { styleText } from 'node:util'
import type { Runner } from '../github/runner.ts'
import { plainOutputs } from '../plain-report.ts'
import { forLog } from '../report/escape.ts'
import type { Secrets } from '../secrets.ts'
import type { Clock } from '../wait/time/clock.ts'
import { abortable, neverAborted, withTimeLimit } from '../wait/time/deadline.ts'
import type { CommandLine } from './options.ts'
import { patienceMs, type ResultStream, resultText, writeResult } from './result.ts'
import type { LogStream, Screen } from './screen.ts'

type Style = Parameters<typeof styleText>[0]

/** For a file on a share that does not answer, or a pipe that nobody reads. */
const summaryLimitMs = 1_000

export interface CommandRunnerOptions {
  readonly commandLine: Pick<CommandLine, 'isVerbose' | 'output' | 'summaryFile'>
  readonly secrets: Secrets
  readonly screen: Screen
  /** Where the screen is, for its colours. */
  readonly log: LogStream & NodeJS.WritableStream
  readonly result: ResultStream
  readonly clock: Clock
}

type Written = ReturnType<typeof writeResult>

/**
 * What stands in for GitHub's runner on a command line: a log for people, and the result on standard output. `written` resolves when the
 * result has been read, or is not going to be.
 */
export function commandRunner(options: CommandRunnerOptions): Runner & { written(): Written } {
  const { clock, commandLine, log, screen, secrets } = options
  const outputs: Record<string, string> = { ...plainOutputs }
  let lastLine = ''
  let writing: Written | null = null

  // styleText asks the stream itself, NO_COLOR and FORCE_COLOR.
  const paint = (style: Style, text: string) => styleText(style, text, { stream: log })
  const show = (line: string) => screen.print(`${secrets.hideUnmistakable(line)}\n`)
  const announce =
    (style: Style, kind: string) =>
    (message: string, { title }: { title: string }) => {
      const lines = [...(lastLine.endsWith(title) ? [] : [title]), ...message.split('\n')]
      show(`${paint(style, `${kind}:`)} ${lines.map((line) => forLog(line)).join('\n')}`)
    }
  const writeOnce = (summary: string) => {
    if (writing === null) {
      const text = resultText(outputs, summary, commandLine.output)
      writing = writeResult(text, options.result, patienceMs(outputs['verdict']), clock)
    }
    return writing
  }
  return {
    secrets,
    available: false,
    getIdToken: () => Promise.reject(new Error('unavailable')),
    setSecret() {},
    info(line) {
      lastLine = line
      const withTime = line.replace(/^ *\d.*? (?:s|min)(?= {2})/, (time) => paint('dim', time))
      show(withTime.replaceAll('FAILED', paint('red', 'FAILED')).replaceAll('SUCCEEDED', paint('green', 'SUCCEEDED')))
    },
    debug(message) {
      if (commandLine.isVerbose) show(paint('dim', forLog(message)))
    },
    notice: announce('cyan', 'Notice'),
    warning: announce('yellow', 'Warning'),
    error: announce('red', 'Error'),
    // The result has the results of all requests, whatever their number, so there is no file.
    setOutput(name, value) {
      if (name !== 'results') outputs[name] = value
    },
    writeResults(json) {
      outputs['results'] = json
      return ''
    },
    // By now all outputs are set. The result comes first: nothing that follows can lose it.
    async writeSummary(markdown) {
      const summary = secrets.hideUnmistakable(markdown)
      writeOnce(summary)
      if (commandLine.summaryFile === '') return
      await withTimeLimit(clock, summaryLimitMs, neverAborted, (signal) =>
        abortable(signal, appendFile(commandLine.summaryFile, summary)),
      )
    },
    written: () => writeOnce(''),
  }
}
