import { resolve } from 'node:path'
import { expect, test } from '@jest/globals'
import { answered, expectEnding, expectEndingOfOne, unanswered } from './expectations.ts'
import {
  calls,
  describeStatus,
  type Fault,
  listAccounts,
  type RunningStep,
  type Step,
  simulate,
  startWaitingFor,
  waitFor,
} from './support.ts'

const signals = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const
type Signal = (typeof signals)[number]
const hang: Fault = { kind: 'hang' }

async function cancelled(step: RunningStep, signal: Signal): Promise<Step> {
  step.cancel(signal)
  const ended = await step.finished
  expect(ended.goneAfterMs).toBeLessThan(2000)
  expect(ended.stdout).toMatch(/AWS carries on/)
  expect(ended.summary).toMatch(/AWS carries on/)
  expect(ended.errors[0]?.message).toMatch(/same request ID/)
  return ended
}

test.concurrent.each(signals)('%s while the action is still being loaded', async (signal) => {
  await using simulator = await simulate({ seconds: 600 })
  const [request = ''] = simulator.start()
  const hook = resolve(import.meta.dirname, 'hooks/signal-while-loading.cjs')
  const environment = { NODE_OPTIONS: `--require=${hook}`, SIGNAL_WHILE_LOADING: signal }

  const ended = await waitFor(simulator, [request], { environment })

  expectEndingOfOne(ended, 'cancelled', unanswered(request, null))
  expect(simulator.calls).toEqual([])
})

test.concurrent.each(signals)('%s in a long sleep', async (signal) => {
  await using simulator = await simulate({ seconds: 600 })
  const [request = ''] = simulator.start()
  const step = await startWaitingFor(simulator, [request], { inputs: { 'poll-interval-seconds': '300' } })
  await calls(simulator, 1)
  await settled()

  const ended = await cancelled(step, signal)

  expectEndingOfOne(ended, 'cancelled', answered(simulator, request, 'IN_PROGRESS'))
})

test.concurrent.each(signals)('%s in a call that hangs', async (signal) => {
  await using simulator = await simulate({
    seconds: 600,
    faults: [{ operation: describeStatus, from: 2, fault: hang }],
  })
  const [request = ''] = simulator.start()
  const step = await startWaitingFor(simulator, [request])
  await calls(simulator, 2)

  const ended = await cancelled(step, signal)

  expectEndingOfOne(ended, 'cancelled', answered(simulator, request, 'IN_PROGRESS'))
})

test.concurrent.each(signals)('%s before the first answer', async (signal) => {
  await using simulator = await simulate({ faults: [{ fault: hang }] })
  const [request = ''] = simulator.start()
  const step = await startWaitingFor(simulator, [request])
  await calls(simulator, 1)

  const ended = await cancelled(step, signal)

  expectEndingOfOne(ended, 'cancelled', unanswered(request, null))
})

test.concurrent.each(['GetIdToken', 'AssumeRoleWithWebIdentity'])('SIGINT while %s hangs', async (operation) => {
  await using simulator = await simulate({ faults: [{ operation, fault: hang }] })
  const [request = ''] = simulator.start()
  const step = await startWaitingFor(simulator, [request], { assumesRole: true })
  await calls(simulator, operation === 'GetIdToken' ? 1 : 2)

  const ended = await cancelled(step, 'SIGINT')

  expectEndingOfOne(ended, 'cancelled', unanswered(request, null))
})

test.concurrent('SIGINT while the action backs off from throttling', async () => {
  const fault: Fault = { kind: 'error', code: 'ThrottlingException' }
  await using simulator = await simulate({ faults: [{ operation: describeStatus, fault }] })
  const [request = ''] = simulator.start()
  const step = await startWaitingFor(simulator, [request])
  await calls(simulator, 3)

  const ended = await cancelled(step, 'SIGINT')

  expectEndingOfOne(ended, 'cancelled', unanswered(request, expect.stringContaining('ThrottlingException')))
})

test.concurrent('SIGINT among many requests that wait for their turn', async () => {
  await using simulator = await simulate({ seconds: 600, latencyMs: 300 })
  const requests = simulator.start({}, 200)
  const step = await startWaitingFor(simulator, requests)
  await calls(simulator, 5)

  const ended = await cancelled(step, 'SIGINT')

  expect(ended.outputs['verdict']).toBe('cancelled')
  expect(ended.exitCode).toBe(1)
  expect(JSON.parse(ended.outputs['results'] ?? '').map(({ requestId }: { requestId: string }) => requestId)).toEqual(
    requests,
  )
  expect(ended.errors).toHaveLength(1)
})

test.concurrent('SIGINT while the accounts behind are listed leaves the failure known', async () => {
  await using simulator = await simulate({
    status: 'FAILED',
    failureReason: 'No.',
    faults: [{ operation: listAccounts, fault: hang }],
  })
  const [request = ''] = simulator.start()
  const step = await startWaitingFor(simulator, [request])
  await calls(simulator, 2)
  step.cancel('SIGINT')

  const ended = await step.finished

  // The wait was over: whether that is a failure or a cancellation, the reason must not be lost.
  expect(ended.goneAfterMs).toBeLessThan(2000)
  expect(['failed', 'cancelled']).toContain(ended.outputs['verdict'])
  expect(ended.outputs['failure-reason']).toBe('No.')
  expect(ended.results).toEqual([answered(simulator, request, 'FAILED', { failureReason: 'No.' })])
  expect(ended.exitCode).toBe(1)
})

test.concurrent('SIGINT and then SIGTERM, as from an impatient runner, end it once', async () => {
  await using simulator = await simulate({ seconds: 600 })
  const [request = ''] = simulator.start()
  const step = await startWaitingFor(simulator, [request])
  await calls(simulator, 2)
  step.cancel('SIGINT')
  step.cancel('SIGTERM')

  const ended = await step.finished

  expectEndingOfOne(ended, 'cancelled', answered(simulator, request, 'IN_PROGRESS'))
  expect(ended.goneAfterMs).toBeLessThan(2000)
})

test.concurrent('of several requests, what is known of each is kept', async () => {
  await using simulator = await simulate({ accounts: 1 })
  const requests = simulator.start((index) => (index === 0 ? {} : { seconds: 600 }), 2)
  const step = await startWaitingFor(simulator, requests)
  await calls(simulator, 3)

  const ended = await cancelled(step, 'SIGTERM')

  expectEnding(
    ended,
    'cancelled',
    {
      status: 'IN_PROGRESS',
      'created-date': expect.stringContaining('T'),
      'permission-set-arn': simulator.permissionSetArn,
    },
    [answered(simulator, requests[0], 'SUCCEEDED'), answered(simulator, requests[1], 'IN_PROGRESS')],
  )
})

/** Time for an answer that was sent to have been read. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 300))
}
