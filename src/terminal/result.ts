import { forLog } from '../report/escape.ts'
import type { Clock } from '../wait/time/clock.ts'
import type { OutputFormat } from './options.ts'

/** What goes to standard output. `outputs`: by their names in action.yml, as texts, with the results of all requests. */
export function resultText(outputs: Readonly<Record<string, string>>, summary: string, format: OutputFormat): string {
  const { results = '[]', 'results-file': _, ...short } = outputs
  switch (format) {
    case 'none':
      return ''
    case 'markdown':
      return summary
    case 'json': {
      const lists = { 'accounts-behind': JSON.parse(outputs['accounts-behind'] ?? '[]'), results: JSON.parse(results) }
      const typed = { ...outputs, ...lists, 'elapsed-seconds': Number(outputs['elapsed-seconds']) }
      return `${JSON.stringify(typed, null, 2)}\n`
    }
    // A line for each output, for people and for shells without a reader of JSON. The results have a line too long for both.
    case 'text':
      return Object.entries(short)
        .map(([name, value]) => `${name}=${forLog(value, Number.POSITIVE_INFINITY)}\n`)
        .join('')
  }
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
  clock: Clock,
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
    const end = await Promise.race([written, clock.sleep(limitMs, over.signal).then(() => 'late' as const)])
    if (end !== 'read') return end
  }
  return 'read'
}
