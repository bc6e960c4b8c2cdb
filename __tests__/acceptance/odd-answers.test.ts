import { expect, test } from '@jest/globals'
import { answered, expectEnding, expectEndingOfOne } from '../support/expectations.ts'
import { describeStatus, type FaultRule, simulate, waitFor, waitForOne } from '../support/step.ts'

// Answers that the API allows, and nobody expects.

test.concurrent('a failure reason of 10 MB is put out whole, and shown in part', async () => {
  const failureReason = 'It failed, and says so at length. '.repeat(300_000).slice(0, 10_000_000)
  const { simulator, request, step } = await waitForOne({ status: 'FAILED', failureReason, accountsBehind: 0 })

  expectEndingOfOne(step, 'failed', answered(simulator, request, 'FAILED', { failureReason }))
  expect(Buffer.byteLength(step.summary)).toBeLessThan(2 ** 20)
  expect(step.stdout.length).toBeLessThan(100_000)
})

const decade = 10 * 365.25 * 86_400

test.concurrent('a date of creation is put out as it is, where it is one', async () => {
  const dates: [number, unknown][] = [
    [-decade, '1960-01-01T12:00:00.000Z'],
    [-300 * decade, expect.stringMatching(/^-00\d{4}-/)],
    [4_102_444_800, '2100-01-01T00:00:00.000Z'],
    [1e300, null],
  ]
  await using simulator = await simulate()
  const requests = simulator.start({}, dates.length)
  const faults = dates.map(([CreatedDate], index): FaultRule => {
    return {
      operation: describeStatus,
      requestId: requests[index] ?? '',
      fault: { kind: 'patch', patch: { CreatedDate } },
    }
  })
  simulator.configure({ faults })

  const step = await waitFor(simulator, requests)

  const results = requests.map((request, index) =>
    answered(simulator, request, 'SUCCEEDED', { createdDate: dates[index]?.[1] }),
  )
  expectEnding(step, 'succeeded', { 'created-date': expect.any(String) }, results)
})
