import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { answered, expectEndingOfOne } from '../support/expectations.ts'
import { idTokenOf } from '../support/id-token.ts'
import { callsOf, describeStatus, type StepOptions, simulate, waitFor, waitForOne } from '../support/step.ts'

// AWS says how long a session lasts. The runner's clock does not matter.

const twoHoursMs = 2 * 3_600_000
const withRole: StepOptions = { assumesRole: true }

test.concurrent.each<[string, number, StepOptions | 'token file']>([
  ['is two hours ahead', -twoHoursMs, withRole],
  ['is two hours behind', twoHoursMs, withRole],
  ['jumps ahead', 0, { ...withRole, hooks: ['jumping-clock.cjs'] }],
  ['is two hours ahead, and a token file is set up', -twoHoursMs, 'token file'],
])("if the runner's clock %s, the role is assumed once for a session", async (_, clockOffsetMs, given) => {
  await using simulator = await simulate({ seconds: 4, clockOffsetMs })
  await using folder = await mkdtempDisposable(join(tmpdir(), 'clock-'))
  const token = join(folder.path, 'token')
  if (given === 'token file') await writeFile(token, await idTokenOf(simulator))
  const withoutKey = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined }
  const environment = { ...withoutKey, AWS_WEB_IDENTITY_TOKEN_FILE: token, AWS_ROLE_ARN: simulator.roleArn }
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], given === 'token file' ? { environment } : given)

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(callsOf(simulator, describeStatus).length).toBeGreaterThan(2)
  expect(callsOf(simulator, 'AssumeRoleWithWebIdentity')).toHaveLength(1)
})

test.concurrent("if the runner's clock is two hours behind, a session is renewed before it ends", async () => {
  const { simulator, request, step } = await waitForOne(
    { seconds: 5, sessionSeconds: 3, clockOffsetMs: twoHoursMs },
    withRole,
  )

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(callsOf(simulator, 'AssumeRoleWithWebIdentity').length).toBeGreaterThan(1)
  const outcomes = callsOf(simulator, describeStatus).map(({ outcome }) => outcome)
  expect(outcomes).not.toContain('ExpiredTokenException')
})
