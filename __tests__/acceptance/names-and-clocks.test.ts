import { expect, test } from '@jest/globals'
import { answered, expectEndingOfOne, unanswered } from './expectations.ts'
import { type StepOptions, simulate, type TestSimulator, waitFor, waitForOne } from './support.ts'

/**
 * AWS's host names lead to the simulator, by a resolver that fails now and then: in the spans, in seconds since the first look-up, for good
 * where there is no second number.
 */
function resolvedBy(
  { endpoint }: TestSimulator,
  failures: (readonly [from: number, until?: number])[],
  code = 'ENOTFOUND',
): StepOptions {
  const inMs = failures.map((span) => span.map((seconds = 0) => seconds * 1_000))
  return {
    environment: {
      AWS_ENDPOINT_URL: endpoint.replace('127.0.0.1', 'aws.example.com'),
      LOOK_UPS: JSON.stringify({ code, failures: inMs }),
    },
    hooks: ['look-ups.cjs'],
  }
}

test.concurrent.each(['ENOTFOUND', 'EAI_AGAIN'])('look-ups that fail with %s at first are made again', async (code) => {
  await using simulator = await simulate({ speed: 5 })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], resolvedBy(simulator, [[0, 5]], code))

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(step.log.filter((line) => line.includes('does not resolve'))).toHaveLength(1)
})

test.concurrent('look-ups that fail in the middle of the wait are made again', async () => {
  // Every connection is closed soon, so that the name is looked up again.
  await using simulator = await simulate({ speed: 5, seconds: 20, connectionMs: 500 })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], resolvedBy(simulator, [[5, 10]]))

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(step.log.filter((line) => line.includes('does not resolve'))).toHaveLength(1)
})

test.concurrent('look-ups that fail for more than 30 s in all, but with an answer in between, are tolerated', async () => {
  await using simulator = await simulate({ speed: 5, seconds: 75, connectionMs: 500 })
  const [request = ''] = simulator.start()

  const step = await waitFor(
    simulator,
    [request],
    resolvedBy(simulator, [
      [0, 20],
      [45, 60],
    ]),
  )

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(step.log.filter((line) => line.includes('asking again for up to 30 s'))).toHaveLength(2)
})

test.concurrent('look-ups that never work are an error after 30 s that names the Region', async () => {
  await using simulator = await simulate({ speed: 5 })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], resolvedBy(simulator, [[0]]))

  expectEndingOfOne(step, 'error', unanswered(request, expect.stringContaining('does not resolve')))
  expect(step.errors[0]?.message).toMatch(/'aws-region'/)
  expect(Number(step.outputs['elapsed-seconds'])).toBeGreaterThanOrEqual(30)
  expect(Number(step.outputs['elapsed-seconds'])).toBeLessThan(40)
})

const hourMs = 3_600_000

test.concurrent.each([
  ['an hour late', hourMs, false],
  ['an hour early', -hourMs, false],
  ['an hour late, with a role to assume', hourMs, true],
  ['an hour early, with a role to assume', -hourMs, true],
])("a runner's clock that is %s is made up for", async (_, clockOffsetMs, assumesRole) => {
  const { simulator, request, step } = await waitForOne({ clockOffsetMs }, { assumesRole })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
})
