import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** What a process held at one moment. */
export interface Sample {
  readonly seconds: number
  readonly heapUsed: number
  readonly rss: number
  /** On the process itself: signals, warnings and the like. */
  readonly listeners: number
  readonly resources: readonly string[]
}

/** The variables that have a process note what it holds, and where. */
export async function probing(started: AsyncDisposableStack): Promise<{ NODE_OPTIONS: string; PROBE_FILE: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'probe-'))
  started.defer(() => rm(folder, { recursive: true, force: true }))
  return {
    NODE_OPTIONS: `--require=${resolve(import.meta.dirname, 'hooks/probe.cjs')}`,
    PROBE_FILE: join(folder, 'samples.jsonl'),
  }
}

export function samplesIn(file: string): Sample[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line): Sample[] => (line === '' ? [] : [JSON.parse(line)]))
}

/** From the second quarter of the time, when everything has been loaded, to the last. */
export function growthOf(samples: readonly Sample[], measure: (sample: Sample) => number): number {
  const quarter = Math.floor(samples.length / 4)
  const median = (part: readonly Sample[]) => part.map(measure).sort((a, b) => a - b)[Math.floor(part.length / 2)] ?? 0
  return median(samples.slice(-quarter)) - median(samples.slice(quarter, 2 * quarter))
}
