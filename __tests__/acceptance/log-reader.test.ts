import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { type Run, type RunResult, runAction } from '../../simulator/runner.ts'
import { calls, type Simulator, simulate } from '../support/step.ts'

/** Starts a step, and returns once it has asked AWS for the first time. */
async function startWaiting(simulator: Simulator, requests: readonly string[]): Promise<Run> {
  const step = await runAction({
    inputs: { 'instance-arn': simulator.instanceArn, 'request-id': requests.join() },
    environment: simulator.environment(),
  })
  await calls(simulator, 1)
  return step
}

/** What the reader of a pipe does when it ends. */
function stopReading({ child }: Run): void {
  child.stdout?.destroy()
  child.stderr?.destroy()
}

/** What is left to see of a step when nobody reads its log. */
function seenOf({ exitCode, signal, outputs, summary }: RunResult) {
  return { exitCode, signal, verdict: outputs['verdict'], status: outputs['status'], headline: summary.split('\n')[0] }
}

test.concurrent.each([
  ['SUCCEEDED', 'succeeded', 0],
  ['FAILED', 'failed', 1],
] as const)('%s when nobody reads the log any more: outputs, summary and exit code are right', async (...row) => {
  const [status, verdict, exitCode] = row
  await using simulator = await simulate({ seconds: 1.5, status })
  const step = await startWaiting(simulator, simulator.start())

  stopReading(step)

  const headline = expect.stringContaining(`ReadOnlyAccess\` ${verdict}`)
  expect(seenOf(await step.finished)).toEqual({ exitCode, signal: null, verdict, status, headline })
})

test.concurrent('a terminal that closes, and so sends SIGHUP and takes no more output, cancels the wait', async () => {
  await using simulator = await simulate({ seconds: 600 })
  const step = await startWaiting(simulator, simulator.start())
  await sleep(300)

  stopReading(step)
  step.child.kill('SIGHUP')

  const headline = expect.stringMatching(/^## 🛑 Cancelled/)
  const cancelled = { exitCode: 1, signal: null, verdict: 'cancelled', status: 'IN_PROGRESS', headline }
  expect(seenOf(await step.finished)).toEqual(cancelled)
})
