import { describe, expect, test } from '@jest/globals'
import type { Fault, SimulatorOptions } from '../../../simulator/simulator.ts'
import { factsOf } from '../../../src/aws/errors/facts.ts'
import { type AssumeRole, assumeRoleThrough, openSession } from '../../../src/aws/role-session.ts'
import type { RoleToAssume } from '../../../src/inputs/role.ts'
import { idTokenOf } from '../../support/id-token.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'
import { noSecrets } from '../examples.ts'
import { withOwnEnvironment } from '../own-environment.ts'
import { simulate } from '../simulator/harness.ts'

withOwnEnvironment()

const role: RoleToAssume = {
  roleArn: 'arn:aws:iam::123456789012:role/WaitForProvisioning',
  sessionName: 'github-1-1',
  durationSeconds: 900,
  audience: 'sts.amazonaws.com',
}
const never = () => new Promise<never>(() => {})

test.each<[string, () => Promise<string>, AssumeRole]>([
  ['oidc-token', never, never],
  ['role', async () => 'token', never],
])('a step that hangs is given up after 8 s, as a failure of that step: %s', async (kind, getIdToken, assumeRole) => {
  const clock = new VirtualClock()
  const tokens = { available: true, secrets: noSecrets, setSecret: () => {}, getIdToken }
  const failure = await clock.run(openSession(role, tokens, assumeRole, clock).catch((error: unknown) => error))
  expect(failure).toMatchObject({ source: { kind } })
  expect([factsOf(failure, noSecrets).name, clock.now()]).toEqual(['TimeLimitReached', 8_000])
})

describe('STS', () => {
  async function assumeWith(options: SimulatorOptions, fault?: Fault) {
    const simulator = await simulate(options)
    const token = await idTokenOf(simulator)
    simulator.configure({ faults: fault === undefined ? [] : [{ fault }] })
    process.env['AWS_ENDPOINT_URL'] = simulator.endpoint
    const before = simulator.calls.length
    const session = assumeRoleThrough({ region: 'us-east-1' }, {})(role, token)
    return { session, callsMade: () => simulator.calls.length - before }
  }

  /** An answer with these credentials, and without the time at which it was given. */
  const answerWith = (credentials: string): Fault => ({
    kind: 'http',
    status: 200,
    headers: { date: '' },
    body: `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>${credentials}</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
  })
  const key = '<AccessKeyId>A</AccessKeyId><SecretAccessKey>S</SecretAccessKey>'

  test.each([0, 7_200_000, -7_200_000])(
    "says how long a session lasts, also if the machine's clock is %d ms off",
    async (clockOffsetMs) => {
      const { lifetimeMs } = await (await assumeWith({ clockOffsetMs, sessionSeconds: 600 })).session
      expect(lifetimeMs).toBeGreaterThan(597_000)
      expect(lifetimeMs).toBeLessThanOrEqual(600_000)
    },
  )

  test('that answers without a time gives a session for the duration that was asked for', async () => {
    const expiration = '<Expiration>2999-11-20T10:00:00Z</Expiration>'
    const { session } = await assumeWith({}, answerWith(`${key}<SessionToken>T</SessionToken>${expiration}`))
    expect(await session).toMatchObject({ lifetimeMs: 900_000 })
  })

  test('that answers without a session is an error', async () => {
    const { session } = await assumeWith({}, answerWith(key))
    await expect(session).rejects.toThrow('STS returned credentials without a session')
  })

  test('gets only one call, because the wait decides about the next one', async () => {
    const { callsMade, session } = await assumeWith({}, { kind: 'http', status: 503 })
    await expect(session).rejects.toThrow()
    expect(callsMade()).toBe(1)
  })
})
