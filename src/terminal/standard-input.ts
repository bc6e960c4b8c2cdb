import { fstatSync } from 'node:fs'
import { maxBytes, textFrom } from '../github/request-file.ts'
import { type Parsed, wrong } from '../inputs/parsed.ts'
import { notAsked, type Outcome } from '../report/outcome.ts'
import type { Clock } from '../wait/time/clock.ts'
import { abortable, TimeLimitReached, withTimeLimit } from '../wait/time/deadline.ts'

/** After this time without a byte, the log says that nothing has come; later on, as often as it says anything. */
const firstSilenceMs = 2_000
const silenceMs = 30_000

/** Whether somebody has given this process something to read: a pipe or a file. A terminal and /dev/null are neither. */
export function hasStandardInput(): boolean {
  try {
    const found = fstatSync(0)
    return found.isFIFO() || found.isSocket() || found.isFile()
  } catch {
    // It is closed.
    return false
  }
}

export interface ReadingOptions {
  readonly stream: AsyncIterable<Uint8Array>
  readonly clock: Clock
  readonly limitMs: number
  readonly cancel: AbortSignal
  /** Gets a line for the log while nothing comes. */
  readonly onSilence: () => void
}

/**
 * Reads standard input to its end. Rejects as the stream does.
 *
 * @returns its text, or why there is none; `too-late` if it has not ended in time
 */
export async function readStandardInput(options: ReadingOptions): Promise<Parsed<string> | 'too-late'> {
  const { cancel, clock, limitMs } = options
  try {
    return await withTimeLimit(clock, limitMs, cancel, (signal) => abortable(signal, textOf(options, signal)))
  } catch (error) {
    if (cancel.aborted) return wrong('Standard input was not read to its end.')
    if (error instanceof TimeLimitReached) return 'too-late'
    throw error
  }
}

async function textOf({ clock, onSilence, stream }: ReadingOptions, signal: AbortSignal): Promise<Parsed<string>> {
  const over = new AbortController()
  signal.addEventListener('abort', () => over.abort())
  const chunks: Uint8Array[] = []
  let bytes = 0
  const watch = async () => {
    for (let ms = firstSilenceMs; ; ms = silenceMs) {
      const before = bytes
      await clock.sleep(ms, over.signal)
      if (over.signal.aborted) return
      if (bytes === before) onSilence()
    }
  }
  watch()
  try {
    for await (const chunk of stream) {
      bytes += chunk.length
      if (bytes > maxBytes) return wrong(`Standard input has more than ${maxBytes} bytes, which is all that is read.`)
      chunks.push(chunk)
    }
  } finally {
    over.abort()
  }
  if (bytes === 0)
    return wrong(
      'Standard input is empty: the command before the pipe has printed nothing. Usually it has failed; ' +
        "'set -o pipefail' lets the script fail then. If the deploy changed nothing, let it print [].",
    )
  return textFrom(Buffer.concat(chunks), 'Standard input')
}

/** The outcome when the time was over before standard input had ended: AWS was not asked. */
export function tooLate(elapsedMs: number, startedAt: Date): Outcome {
  const title = 'Standard input did not end in time'
  const remedy =
    'The command before the pipe still runs, or keeps the pipe open. If nothing is to come, say what to wait for in an option.'
  const problems = [`${title}, so it is not known what to wait for.`]
  const outage = {
    effect: 'refused',
    scope: 'every-call',
    code: 'standard-input',
    title,
    message: title,
    remedy,
  } as const
  return notAsked(startedAt, { verdict: 'timed-out', problems, outage, elapsedMs })
}
