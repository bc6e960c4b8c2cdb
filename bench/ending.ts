import { startSimulator } from '../simulator/simulator.ts'
import { observeAction } from './processes.ts'
import { type Statistics, statisticsOf } from './statistics.ts'
import type { Findings, Topic } from './topic.ts'
import { milliseconds, spread } from './units.ts'

const goalMs = 100

/** How soon after the answer that ends the wait does the process end? */
export const ending: Topic = {
  name: 'ending',
  async measure(quick) {
    const runs = quick ? 5 : 25
    const delays: number[] = []
    let clean = 0
    for (let run = 0; run < runs; run++) {
      const observed = await endOnce()
      delays.push(observed.delayMs)
      if (observed.open.length === 0) clean += 1
    }
    return findings(statisticsOf(delays), clean)
  },
}

/** A request that ends after a few looks, so that there were connections and timers that could stay open. */
async function endOnce(): Promise<{ delayMs: number; open: readonly string[] }> {
  let lastCallAt = 0
  const simulator = await startSimulator({}, () => {
    lastCallAt = Date.now()
  })
  try {
    const [requestId = ''] = simulator.start({ seconds: 0.9 })
    const { exitCode, goneAt, open, stdout, stderr } = await observeAction({
      inputs: { 'instance-arn': simulator.instanceArn, 'request-id': requestId },
      environment: simulator.environment(),
    })
    if (exitCode !== 0) throw new Error(`Exited with ${exitCode}: ${stdout}${stderr}`)
    return { delayMs: goneAt - lastCallAt, open }
  } finally {
    await simulator.close()
  }
}

function findings(delayMs: Statistics, clean: number): Findings {
  return {
    tables: [
      {
        columns: ['', 'This action'],
        rows: [
          ['From SUCCEEDED to the end', spread(delayMs, milliseconds)],
          ['… worst', milliseconds(delayMs.max)],
          ['Ended with no socket or timer open', `${clean} of ${delayMs.count}`],
        ],
      },
    ],
    goals: [
      {
        goal: `At most ${goalMs} ms`,
        measured: `median ${milliseconds(delayMs.median)}, worst ${milliseconds(delayMs.max)}`,
        reached: delayMs.max <= goalMs,
      },
      {
        goal: 'No socket or timer stays open',
        measured: `none in ${clean} of ${delayMs.count} runs`,
        reached: clean === delayMs.count,
      },
    ],
  }
}
