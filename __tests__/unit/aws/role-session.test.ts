import { expect, test } from '@jest/globals'
import { factsOf } from '../../../src/aws/errors/facts.ts'
import { type AssumeRole, assumeRoleThrough, openSession } from '../../../src/aws/role-session.ts'
import type { RoleToAssume } from '../../../src/inputs.ts'
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

/** What comes of an answer of STS with these credentials, and without the time at which it was given. */
async function assumeWith(credentials: string) {
  const body = `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>${credentials}</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`
  const simulator = await simulate()
  const token = await idTokenOf(simulator)
  simulator.configure({ faults: [{ fault: { kind: 'http', status: 200, headers: { date: '' }, body } }] })
  process.env['AWS_ENDPOINT_URL'] = simulator.endpoint
  return assumeRoleThrough({ region: 'us-east-1' }, {})(role, token)
}

const key = '<AccessKeyId>A</AccessKeyId><SecretAccessKey>S</SecretAccessKey>'

test('a session that STS gives without a time lasts for the duration that was asked for', async () => {
  const expiration = '<Expiration>2999-11-20T10:00:00Z</Expiration>'
  expect(await assumeWith(`${key}<SessionToken>T</SessionToken>${expiration}`)).toMatchObject({ lifetimeMs: 900_000 })
})

test('credentials of STS without a session are an error', async () => {
  await expect(assumeWith(key)).rejects.toThrow('STS returned credentials without a session')
})
