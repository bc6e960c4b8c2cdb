import { join } from 'node:path'
import { folderWith } from '../__tests__/support/folder.ts'
import type { Plan } from '../simulator/settings.ts'
import { startSimulator } from '../simulator/simulator.ts'
import { type Topic, times } from './page.ts'
import { observeAction } from './processes.ts'
import { statisticsOf } from './statistics.ts'

/** They take half a minute each. */
const roundsInProgress = 2

/** How much memory does a step need? */
export const memory: Topic = {
  name: 'memory',
  async measure(quick) {
    const one: number[] = []
    const ended: number[] = []
    const inProgress: number[] = []
    for (let round = 0; round < (quick ? 2 : 5); round++) {
      one.push(await peakOfWaitFor(1))
      ended.push(await peakOfWaitFor(10_000))
      // All are in progress in the first look, which takes about 10 s.
      if (round < roundsInProgress) inProgress.push(await peakOfWaitFor(10_000, { seconds: 15 }))
    }
    const ratioOf = (peaks: readonly number[]) => statisticsOf(peaks).median / statisticsOf(one).median
    return {
      goals: [
        {
          goal: 'Peak memory at 10,000 at most 1.6 times that at 1',
          measured: `${times(ratioOf(ended))}, in progress ${times(ratioOf(inProgress))}`,
          reached: ratioOf(ended) <= 1.6 && ratioOf(inProgress) <= 1.6,
        },
      ],
    }
  },
}

/** The requests are in a file, because an environment variable cannot hold 10,000. */
async function peakOfWaitFor(requests: number, plan: Plan = { ageSeconds: 60 }): Promise<number> {
  await using simulator = await startSimulator()
  await using folder = await folderWith({ 'requests.txt': simulator.start(plan, requests).join('\n') })
  return (await observeAction(simulator, { 'request-file': join(folder.path, 'requests.txt') })).peakBytes
}
