import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Plan } from '../simulator/settings.ts'
import { startSimulator } from '../simulator/simulator.ts'
import { megabytes, range, times } from './page.ts'
import { observeAction, observeBareNode } from './processes.ts'
import { statisticsOf } from './statistics.ts'
import type { Findings, Topic } from './topic.ts'

/** They take half a minute each. */
const roundsInProgress = 2

/** How much memory does a step need? */
export const memory: Topic = {
  name: 'memory',
  async measure(quick) {
    const peaks: Peaks = { bare: [], one: [], tenThousand: [], inProgress: [] }
    for (let round = 0; round < (quick ? 2 : 5); round++) {
      peaks.bare.push((await observeBareNode()).peakBytes)
      peaks.one.push(await peakOfWaitFor(1))
      peaks.tenThousand.push(await peakOfWaitFor(10_000))
      // All are in progress in the first look, which takes about 10 s.
      if (round < roundsInProgress) peaks.inProgress.push(await peakOfWaitFor(10_000, { seconds: 15 }))
    }
    return findings(peaks)
  },
}

/** The requests are in a file, because an environment variable cannot hold 10,000. */
async function peakOfWaitFor(requests: number, plan: Plan = { ageSeconds: 60 }): Promise<number> {
  await using simulator = await startSimulator()
  const folder = await mkdtemp(join(tmpdir(), 'requests-'))
  const file = join(folder, 'requests.txt')
  try {
    await writeFile(file, simulator.start(plan, requests).join('\n'))
    return (await observeAction(simulator, { 'request-file': file })).peakBytes
  } finally {
    await rm(folder, { recursive: true })
  }
}

type Peaks = Record<'bare' | 'one' | 'tenThousand' | 'inProgress', number[]>

function findings({ bare, one, tenThousand, inProgress }: Peaks): Findings {
  const base = statisticsOf(bare).median
  const ratio = (peaks: readonly number[]) => statisticsOf(peaks).median / statisticsOf(one).median
  const row = (name: string, peaks: readonly number[]) => [
    name,
    range(statisticsOf(peaks), megabytes),
    range(statisticsOf(peaks.map((peak) => peak / base)), times),
  ]
  return {
    tables: [],
    details: [
      {
        columns: ['', 'Peak resident', 'Ratio to bare Node'],
        rows: [
          row('Bare Node', bare),
          row('This action, one request', one),
          row('This action, 10,000 requests', tenThousand),
          row('This action, 10,000 requests, in progress for 15 s', inProgress),
        ],
      },
    ],
    goals: [
      {
        goal: 'Peak memory at 10,000 at most 1.6 times that at 1',
        measured: `${times(ratio(tenThousand))}, in progress ${times(ratio(inProgress))}`,
        reached: ratio(tenThousand) <= 1.6 && ratio(inProgress) <= 1.6,
      },
    ],
  }
}
