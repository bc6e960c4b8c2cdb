import { expect, test } from '@jest/globals'
import { answered, expectEnding, expectInTime } from '../support/expectations.ts'
import { listAccounts, waitForOne } from '../support/step.ts'

test.concurrent('the deadline is kept although a call waits for a slow server at the end', async () => {
  const { step } = await waitForOne({ speed: 5, seconds: 60, latencyMs: 8000, timeoutMinutes: 0.1 })

  expect(step.outputs['verdict']).toBe('timed-out')
  expect(step.exitCode).toBe(1)
  expect(Number(step.outputs['elapsed-seconds'])).toBeGreaterThanOrEqual(6)
  expectInTime(step, 6000)
})

test.concurrent('accounts that are never listed delay a failure by no more than 5 s after the deadline', async () => {
  const failed = { status: 'FAILED', failureReason: 'No.' } as const
  const { simulator, request, step } = await waitForOne({
    ...failed,
    faults: [{ operation: listAccounts, fault: { kind: 'hang' } }],
    timeoutMinutes: 0.02,
  })

  expectEnding(step, 'failed', answered(simulator, request, 'FAILED', { failureReason: 'No.' }))
  expectInTime(step, 1_200)
})

test.concurrent('a summary file that is not there loses neither outputs nor verdict', async () => {
  const { simulator, request, step } = await waitForOne({
    status: 'FAILED',
    failureReason: 'No.',
    accountsBehind: 0,
    environment: { GITHUB_STEP_SUMMARY: '/no-such-folder/summary' },
  })

  expect(step.outputs).toMatchObject({ verdict: 'failed', status: 'FAILED', 'failure-reason': 'No.' })
  expect(step.results).toEqual([answered(simulator, request, 'FAILED', { failureReason: 'No.' })])
  expect(step.complaints).toEqual(['there is no summary'])
})
