import { startSimulator } from '../simulator/simulator.ts'
import { observeAction, observeBareNode } from './processes.ts'
import { statisticsOf } from './statistics.ts'
import type { Findings, Topic } from './topic.ts'
import { megabytes, range, times } from './units.ts'

/** How much memory does a step need? */
export const memory: Topic = {
  name: 'memory',
  title: 'Memory',
  async measure(quick) {
    const rounds = quick ? 2 : 5
    const bare: number[] = []
    const one: number[] = []
    const thousand: number[] = []
    for (let round = 0; round < rounds; round++) {
      bare.push((await observeBareNode()).peakBytes)
      one.push(await peakOfWaitFor(1))
      thousand.push(await peakOfWaitFor(1_000))
    }
    return findings(bare, one, thousand)
  },
}

async function peakOfWaitFor(requests: number): Promise<number> {
  const simulator = await startSimulator()
  try {
    const requestIds = simulator.start({ ageSeconds: 60 }, requests)
    const { exitCode, peakBytes, stdout, stderr } = await observeAction({
      inputs: { 'instance-arn': simulator.instanceArn, 'request-id': requestIds.join('\n') },
      environment: simulator.environment(),
    })
    if (exitCode !== 0) throw new Error(`Exited with ${exitCode}: ${stdout}${stderr}`)
    return peakBytes
  } finally {
    await simulator.close()
  }
}

function findings(bare: readonly number[], one: readonly number[], thousand: readonly number[]): Findings {
  const base = statisticsOf(bare).median
  const row = (name: string, peaks: readonly number[]) => [
    name,
    range(statisticsOf(peaks), megabytes),
    range(statisticsOf(peaks.map((peak) => peak / base)), times),
  ]
  const bar = (name: string, peaks: readonly number[], own: boolean) => {
    const { median, min, max } = statisticsOf(peaks)
    return { name, value: median / 1e6, spread: [min / 1e6, max / 1e6] satisfies [number, number], own }
  }
  return {
    method: [
      `This is the largest resident memory of the process (\`maxRSS\` of \`process.resourceUsage\`, which a hook reads when the process ends), for requests that are all SUCCEEDED before the step begins. Figures are the median and the range over ${bare.length} rounds. [Scale](#scale) has the memory for requests that are in progress.`,
    ],
    tables: [
      {
        columns: ['', 'Peak resident', 'Ratio to bare Node'],
        rows: [
          row('Bare Node', bare),
          row('This action, one request', one),
          row('This action, 1,000 requests', thousand),
        ],
      },
    ],
    plots: [
      {
        kind: 'bars',
        name: 'memory',
        title: 'Largest resident memory',
        x: { label: 'MB, median and range', scale: 'linear' },
        bars: [bar('Bare Node', bare, false), bar('One request', one, true), bar('1,000 requests', thousand, true)],
      },
    ],
    goals: [],
    remarks: [],
  }
}
