import { forLog } from '../report/escape.ts'
import type { OutputFormat } from './options.ts'

export interface Result {
  /** By their names in action.yml, as texts. */
  readonly outputs: Readonly<Record<string, string>>
  /** Of all requests, as JSON, whatever their number. */
  readonly results: string
  /** The job summary. */
  readonly summary: string
}

/** What goes to standard output. */
export function resultText({ outputs, results, summary }: Result, format: OutputFormat): string {
  switch (format) {
    case 'none':
      return ''
    case 'markdown':
      return summary
    case 'json':
      return `${JSON.stringify({ ...outputs, ...typed({ ...outputs, results }) }, null, 2)}\n`
    case 'text':
      return textOf(outputs)
  }
}

/** The outputs that are no texts. */
function typed(outputs: Readonly<Record<string, string>>): Record<string, unknown> {
  return {
    'accounts-behind': JSON.parse(outputs['accounts-behind'] || '[]'),
    'elapsed-seconds': Number(outputs['elapsed-seconds']),
    results: JSON.parse(outputs['results'] || '[]'),
  }
}

/** A line for each output, for people and for shells without a reader of JSON. The results have a line too long for both. */
function textOf({ results: _, 'results-file': __, ...outputs }: Readonly<Record<string, string>>): string {
  const lines = Object.entries(outputs).map(([name, value]) => `${name}=${forLog(value, Number.POSITIVE_INFINITY)}\n`)
  return lines.join('')
}

/** As much as a pipe on Linux holds. */
const pieceLength = 65_536

/**
 * The longest time for which a reader may take nothing, in milliseconds. After a signal and after the time-out, the process must be gone soon.
 */
export function patienceMs(verdict: string | undefined): number {
  if (verdict === 'cancelled') return 500
  return verdict === 'timed-out' ? 3_000 : 30_000
}

/** Where the result goes, a part of `process.stdout`. */
export interface ResultStream {
  write(bytes: Uint8Array, onDone: (error?: Error | null) => void): unknown
}

/**
 * Writes the result, so that the end of the process does not cut it off: it resolves once a reader has taken all of it, or has gone, or has
 * taken nothing for as long as is given.
 *
 * @returns `late` if the reader is there, and does not read
 */
export async function writeResult(
  text: string,
  stream: ResultStream,
  limitMs: number,
  sleep: (ms: number, signal: AbortSignal) => Promise<void>,
): Promise<'read' | 'gone' | 'late'> {
  const bytes = Buffer.from(text)
  for (let from = 0; from < bytes.length; from += pieceLength) {
    const over = new AbortController()
    const written = new Promise<'read' | 'gone'>((resolve) => {
      stream.write(bytes.subarray(from, from + pieceLength), (error) => {
        resolve(error ? 'gone' : 'read')
        over.abort()
      })
    })
    const end = await Promise.race([written, sleep(limitMs, over.signal).then(() => 'late' as const)])
    if (end !== 'read') return end
  }
  return 'read'
}
