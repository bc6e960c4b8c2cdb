import { expect, test } from '@jest/globals'
import { rulesOf } from '../../../src/goals/goal-rules.ts'
import { startLog } from '../../../src/report/log.ts'
import { publish, type ReportingRunner } from '../../../src/report/publish.ts'
import { toTheEnd } from '../../../src/requests/goal.ts'
import { initialState } from '../../../src/wait/state/state.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'
import { failed, storyWith } from './outcomes.ts'
import { silentRunner } from './page.ts'

const failure = storyWith({ verdict: 'failed', requests: [failed({ failureReason: 'Gremlins' })] })
const throws = () => {
  throw new Error('No space left\n::error::x')
}

// Nothing that fails in the report keeps the rest of it from the reader. Only outputs that are missing change the verdict.
test.each<[string, Partial<ReportingRunner>, string, string]>([
  ['nothing fails', {}, 'failed', 'results output summary info error'],
  ['the file cannot be written', { writeResults: throws }, 'failed', 'output summary warning info error'],
  ['the summary cannot be written', { writeSummary: async () => throws() }, 'failed', 'results output info info error'],
  ['the outputs cannot be written', { setOutput: throws }, 'error', 'results summary info error error'],
])('outputs come first, then the summary, log and annotation, if %s', async (_, failing, verdict, order) => {
  const calls: string[] = []
  const note = (name: string) => (): void => {
    if (name !== 'output' || calls.at(-1) !== name) calls.push(name)
  }
  const runner: ReportingRunner = {
    ...silentRunner,
    info: note('info'),
    notice: note('notice'),
    warning: note('warning'),
    error: note('error'),
    setOutput: note('output'),
    writeResults() {
      calls.push('results')
      return silentRunner.writeResults('')
    },
    writeSummary: async () => void calls.push('summary'),
    ...failing,
  }
  expect([await publish(failure, runner), calls.join(' ')]).toEqual([verdict, order])
})

test('a line that cannot be printed is a defect, and does not end the wait', () => {
  const defects: unknown[] = []
  const onDefect = (error: unknown) => void defects.push(error)
  const log = startLog({ clock: new VirtualClock(), info: throws, onDefect, until: 'idle', region: 'eu-central-1' })
  const state = initialState([], rulesOf({ ...toTheEnd, until: 'idle' }).scope)
  const judgement = { ...state.judgement, finding: 'done' } as const
  log.show(state, { ...state, judgement })
  log.stop()
  expect(defects).toEqual([new Error('No space left\n::error::x')])
})
