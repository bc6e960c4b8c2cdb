import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from '@jest/globals'
import { answered, expectEndingOfOne } from './expectations.ts'
import { callsOf, describeStatus, simulate, waitFor, waitForOne } from './support.ts'

// How long a session lasts is AWS's to say; what the runner's clock shows has no part in it.

const twoHoursMs = 2 * 3_600_000

test.concurrent.each([
  ['two hours ahead of', -twoHoursMs],
  ['two hours behind', twoHoursMs],
])("a runner's clock %s AWS's assumes the role once for a session", async (_, clockOffsetMs) => {
  const { simulator, request, step } = await waitForOne({ seconds: 4, clockOffsetMs }, { assumesRole: true })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(callsOf(simulator, describeStatus).length).toBeGreaterThan(2)
  expect(callsOf(simulator, 'AssumeRoleWithWebIdentity')).toHaveLength(1)
})

test.concurrent("a runner's clock two hours ahead of AWS's assumes the role of a token file once", async () => {
  await using simulator = await simulate({ seconds: 4, clockOffsetMs: -twoHoursMs })
  const headers = { authorization: `Bearer ${simulator.oidc.requestToken}` }
  const answer: unknown = await (await fetch(`${simulator.oidc.url}&audience=sts.amazonaws.com`, { headers })).json()
  await using folder = await mkdtempDisposable(join(tmpdir(), 'clock-'))
  const token = join(folder.path, 'token')
  await writeFile(token, String(Reflect.get(Object(answer), 'value')))
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], {
    environment: {
      AWS_ACCESS_KEY_ID: undefined,
      AWS_SECRET_ACCESS_KEY: undefined,
      AWS_WEB_IDENTITY_TOKEN_FILE: token,
      AWS_ROLE_ARN: simulator.roleArn,
    },
  })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(callsOf(simulator, describeStatus).length).toBeGreaterThan(2)
  expect(callsOf(simulator, 'AssumeRoleWithWebIdentity')).toHaveLength(1)
})

test.concurrent("a runner's clock that jumps ahead assumes the role once for a session", async () => {
  await using simulator = await simulate({ seconds: 4 })
  const [request = ''] = simulator.start()
  const hook = resolve(import.meta.dirname, 'hooks/jumping-clock.cjs')

  const step = await waitFor(simulator, [request], {
    assumesRole: true,
    environment: { NODE_OPTIONS: `--require=${hook}` },
  })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(callsOf(simulator, describeStatus).length).toBeGreaterThan(2)
  expect(callsOf(simulator, 'AssumeRoleWithWebIdentity')).toHaveLength(1)
})

test.concurrent("a runner's clock two hours behind AWS's renews a session before it ends", async () => {
  const { simulator, request, step } = await waitForOne(
    { seconds: 5, sessionSeconds: 3, clockOffsetMs: twoHoursMs },
    { assumesRole: true },
  )

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(callsOf(simulator, 'AssumeRoleWithWebIdentity').length).toBeGreaterThan(1)
  const outcomes = callsOf(simulator, describeStatus).map(({ outcome }) => outcome)
  expect(outcomes).not.toContain('ExpiredTokenException')
})
