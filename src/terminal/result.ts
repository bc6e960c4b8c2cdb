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

/** The longest time for which a reader of standard output may take nothing, in milliseconds. */
const silenceLimitMs = 10_000
/** As much as a pipe on Linux holds. */
const pieceLength = 65_536

/** Where the result goes, a part of `process.stdout`. */
export interface ResultStream {
  write(bytes: Uint8Array, onDone: (error?: Error | null) => void): unknown
}

/**
 * Writes the result, and resolves once it has been read, so that the end of the process does not cut it off. A reader may take its time, but
 * one that reads nothing for 10 s is left alone, and so is one that has gone. @returns whether all was read
 */
export async function writeResult(
  text: string,
  stream: ResultStream,
  sleep: (ms: number, signal: AbortSignal) => Promise<void>,
): Promise<boolean> {
  const bytes = Buffer.from(text)
  for (let from = 0; from < bytes.length; from += pieceLength) {
    const read = new AbortController()
    let isRead = false
    stream.write(bytes.subarray(from, from + pieceLength), (error) => {
      isRead = !error
      read.abort()
    })
    await sleep(silenceLimitMs, read.signal)
    if (!isRead) return false
  }
  return true
}
