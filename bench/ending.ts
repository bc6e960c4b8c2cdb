import { startSimulator } from '../simulator/simulator.ts'
import { observeAction } from './processes.ts'
import { type Statistics, statisticsOf } from './statistics.ts'
import type { Findings, Topic } from './topic.ts'
import { milliseconds, spread } from './units.ts'

const goalMs = 100

/** How soon after the answer that ends the wait is the process gone? */
export const ending: Topic = {
  name: 'ending',
  title: 'The end',
  async measure(quick) {
    const runs = quick ? 5 : 25
    const delays: number[] = []
    let drained = 0
    for (let run = 0; run < runs; run++) {
      const observed = await endOnce()
      delays.push(observed.delayMs)
      if (observed.drained) drained += 1
    }
    return findings(statisticsOf(delays), drained)
  },
}

/** A request that ends after a few looks, so that there are connections and timers to leave behind. */
async function endOnce(): Promise<{ delayMs: number; drained: boolean }> {
  let lastCallAt = 0
  const simulator = await startSimulator({}, () => {
    lastCallAt = Date.now()
  })
  try {
    const [requestId = ''] = simulator.start({ seconds: 0.9 })
    const { exitCode, goneAt, drained, stdout, stderr } = await observeAction({
      inputs: { 'instance-arn': simulator.instanceArn, 'request-id': requestId },
      environment: simulator.environment(),
    })
    if (exitCode !== 0) throw new Error(`Exited with ${exitCode}: ${stdout}${stderr}`)
    return { delayMs: goneAt - lastCallAt, drained }
  } finally {
    await simulator.close()
  }
}

function findings(delayMs: Statistics, drained: number): Findings {
  return {
    method: [
      `A request that ends after about a second and a few looks: from the moment the simulator sends the answer that says SUCCEEDED to the moment the process is gone, outputs and summary written. ${delayMs.count} runs of the committed \`dist/\`. A process that a socket or timer holds does not end by itself, but when the action calls \`process.exit\` a quarter of a second later: whether it did is asked of the process (\`beforeExit\`).`,
    ],
    tables: [
      {
        columns: ['', 'This action'],
        rows: [
          ['From SUCCEEDED to gone', spread(delayMs, milliseconds)],
          ['… worst', milliseconds(delayMs.max)],
          ['Ended by itself, nothing left open', `${drained} of ${delayMs.count}`],
        ],
      },
    ],
    plots: [],
    goals: [
      {
        goal: `At most ${goalMs} ms`,
        measured: `median ${milliseconds(delayMs.median)}, worst ${milliseconds(delayMs.max)}`,
        reached: delayMs.max <= goalMs,
      },
      {
        goal: 'No socket or timer lingers',
        measured: `${drained} of ${delayMs.count} ended by themselves`,
        reached: drained === delayMs.count,
      },
    ],
    remarks: [],
  }
}
