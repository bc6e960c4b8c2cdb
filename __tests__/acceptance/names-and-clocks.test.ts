import { expect, test } from '@jest/globals'
import { answered, expectEnding, unanswered } from '../support/expectations.ts'
import { folderWith } from '../support/folder.ts'
import { idTokenOf } from '../support/id-token.ts'
import {
  callsOf,
  describeStatus,
  type SimulateOptions,
  type StepOptions,
  type TestSimulator,
  waitForOne,
  withoutKey,
} from '../support/step.ts'

/** AWS's host names lead to the simulator, by a resolver that fails: in the span, in seconds since the first look-up, or from then on. */
function resolvedBy(
  { endpoint }: TestSimulator,
  span: readonly [from: number, until?: number],
  code = 'ENOTFOUND',
): StepOptions {
  const inMs = span.map((seconds = 0) => seconds * 1_000)
  return {
    environment: {
      AWS_ENDPOINT_URL: endpoint.replace('127.0.0.1', 'aws.example.com'),
      LOOK_UPS: JSON.stringify({ code, failures: [inMs] }),
    },
    hooks: ['look-ups.cjs'],
  }
}

// A connection that ends soon lets the name be looked up again.
const shortConnections = { connectionMs: 500 }

test.concurrent.each<[string, SimulateOptions, readonly [from: number, until: number], string?]>([
  ['at first, for the moment,', {}, [0, 5], 'EAI_AGAIN'],
  ['in the middle of the wait', { seconds: 20, ...shortConnections }, [5, 10]],
])('look-ups that fail %s are made again', async (_, options, span, code) => {
  const { simulator, request, step } = await waitForOne({ speed: 5, ...options }, (own) => resolvedBy(own, span, code))

  expectEnding(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(step.log.filter((line) => /does not resolve .*asking again for up to 30 s/.test(line))).toHaveLength(1)
})

test.concurrent('look-ups that never work are an error after 30 s that names the Region', async () => {
  const { request, step } = await waitForOne({ speed: 5 }, (own) => resolvedBy(own, [0]))

  expectEnding(step, 'error', unanswered(request, expect.stringContaining('does not resolve')))
  expect(step.errors[0]?.message).toMatch(/'aws-region'/)
  expect(Number(step.outputs['elapsed-seconds'])).toBeGreaterThanOrEqual(30)
  expect(Number(step.outputs['elapsed-seconds'])).toBeLessThan(40)
})

const hourMs = 3_600_000

test.concurrent("a runner's clock that is an hour late does not matter", async () => {
  const { simulator, request, step } = await waitForOne({ clockOffsetMs: hourMs })

  expectEnding(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
})

// AWS says how long a session lasts. The runner's clock does not matter.

const twoHoursMs = 2 * hourMs
const withRole: StepOptions = { assumesRole: true }

test.concurrent("if the runner's clock jumps ahead, the role is assumed once for a session", async () => {
  const { simulator, request, step } = await waitForOne({ seconds: 4, ...withRole, hooks: ['jumping-clock.cjs'] })

  expectEnding(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(callsOf(simulator, describeStatus).length).toBeGreaterThan(2)
  expect(callsOf(simulator, 'AssumeRoleWithWebIdentity')).toHaveLength(1)
})

test.concurrent("if the runner's clock is two hours ahead, a role of a token file is assumed once for a session", async () => {
  await using folder = await folderWith()
  const options = { seconds: 4, clockOffsetMs: -twoHoursMs }
  const { simulator, request, step } = await waitForOne(options, async (own) => ({
    environment: {
      ...withoutKey,
      AWS_WEB_IDENTITY_TOKEN_FILE: await folder.write(await idTokenOf(own)),
      AWS_ROLE_ARN: own.roleArn,
    },
  }))

  expectEnding(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(callsOf(simulator, describeStatus).length).toBeGreaterThan(2)
  expect(callsOf(simulator, 'AssumeRoleWithWebIdentity')).toHaveLength(1)
})

test.concurrent("if the runner's clock is two hours behind, a session is renewed before it ends", async () => {
  const { simulator, request, step } = await waitForOne({
    seconds: 5,
    sessionSeconds: 3,
    clockOffsetMs: twoHoursMs,
    ...withRole,
  })

  expectEnding(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(callsOf(simulator, 'AssumeRoleWithWebIdentity').length).toBeGreaterThan(1)
  const outcomes = callsOf(simulator, describeStatus).map(({ outcome }) => outcome)
  expect(outcomes).not.toContain('ExpiredTokenException')
})
