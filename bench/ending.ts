import { startSimulator } from '../simulator/simulator.ts'
import { milliseconds, type Topic } from './page.ts'
import { observeAction } from './processes.ts'
import { statisticsOf } from './statistics.ts'

const goalMs = 100

/** How soon after the answer that ends the wait does the process end? */
export const ending: Topic = {
  name: 'ending',
  async measure(quick) {
    const runs: Ended[] = []
    for (let run = 0; run < (quick ? 5 : 25); run++) runs.push(await endOnce())
    const { max, median } = statisticsOf(runs.map(({ delayMs }) => delayMs))
    const clean = runs.filter(({ open }) => open.length === 0).length
    return {
      isOfMachine: true,
      goals: [
        {
          goal: `At most ${goalMs} ms`,
          measured: `median ${milliseconds(median)}, worst ${milliseconds(max)}`,
          reached: max <= goalMs,
        },
        {
          goal: 'No socket or timer stays open',
          measured: `none in ${clean} of ${runs.length} runs`,
          reached: clean === runs.length,
        },
      ],
    }
  },
}

interface Ended {
  readonly delayMs: number
  /** Sockets and timers. */
  readonly open: readonly string[]
}

/** A request that ends after a few looks, so that there were connections and timers that could stay open. */
async function endOnce(): Promise<Ended> {
  let lastCallAt = 0
  await using simulator = await startSimulator({}, () => {
    lastCallAt = Date.now()
  })
  const requestIds = simulator.start({ seconds: 0.9 })
  const { goneAt, open } = await observeAction(simulator, { 'request-id': requestIds.join() })
  return { delayMs: goneAt - lastCallAt, open }
}
