import { expect, test } from '@jest/globals'
import { answered, expectEndingOfOne } from '../support/expectations.ts'
import { describeStatus, type Fault, waitForOne } from '../support/step.ts'

// Answers that the API allows, and nobody expects.

test.concurrent('a failure reason of 10 MB is put out whole, and shown in part', async () => {
  const failureReason = 'It failed, and says so at length. '.repeat(300_000).slice(0, 10_000_000)
  const { simulator, request, step } = await waitForOne({ status: 'FAILED', failureReason, accountsBehind: 0 })

  expectEndingOfOne(step, 'failed', answered(simulator, request, 'FAILED', { failureReason }))
  expect(Buffer.byteLength(step.summary)).toBeLessThan(2 ** 20)
  expect(step.stdout.length).toBeLessThan(100_000)
})

const decade = 10 * 365.25 * 86_400

test.concurrent.each<[string, number, unknown]>([
  ['before 1970', -decade, '1960-01-01T12:00:00.000Z'],
  ['before the year 0', -300 * decade, expect.stringMatching(/^-00\d{4}-/)],
  ['in the future', 4_102_444_800, '2100-01-01T00:00:00.000Z'],
  ['beyond all calendars', 1e300, null],
])('a date of creation %s is put out as it is, where it is one', async (_, seconds, createdDate) => {
  const fault: Fault = { kind: 'patch', patch: { CreatedDate: seconds } }
  const { simulator, request, step } = await waitForOne({ faults: [{ operation: describeStatus, fault }] })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED', { createdDate }))
})
