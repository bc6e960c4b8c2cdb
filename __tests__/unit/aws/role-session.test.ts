import { describe, expect, test } from '@jest/globals'
import { CredentialsFailure, factsOf } from '../../../src/aws/errors/facts.ts'
import { type AssumeRole, assumeRoleThrough, openSession, type TokenSource } from '../../../src/aws/role-session.ts'
import type { RoleToAssume } from '../../../src/inputs.ts'
import { idTokenOf } from '../../support/id-token.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'
import { noSecrets } from '../examples.ts'
import { simulate } from '../simulator/harness.ts'

const role: RoleToAssume = {
  roleArn: 'arn:aws:iam::123456789012:role/WaitForProvisioning',
  sessionName: 'github-1-1',
  durationSeconds: 900,
  audience: 'sts.amazonaws.com',
}

const session = {
  credentials: { accessKeyId: 'key', secretAccessKey: 'secret', sessionToken: 'session' },
  lifetimeMs: 900_000,
}

const never = new Promise<never>(() => {})

/** Opens a session, with the given answers of runner and STS, on a virtual clock. */
async function open(known: Partial<TokenSource> = {}, assumeRole: AssumeRole = async () => session) {
  const secrets: string[] = []
  const clock = new VirtualClock()
  const tokens: TokenSource = {
    available: true,
    secrets: noSecrets,
    setSecret: (value) => void secrets.push(value),
    getIdToken: async (audience) => `token for ${audience}`,
    ...known,
  }
  const opened = openSession(role, tokens, assumeRole, clock).then(
    (lease) => ({ lease, failure: null }),
    (failure: unknown) => ({ lease: null, failure }),
  )
  const result = await clock.run(opened)
  return { ...result, secrets, tookMs: clock.now() }
}

describe('a session', () => {
  test("is opened with the job's OIDC token, for the role's audience, and its credentials are secrets", async () => {
    const asked: unknown[] = []
    const { lease, secrets } = await open({}, async (...all) => {
      asked.push(all)
      return session
    })
    expect(lease).toBe(session)
    expect(asked).toEqual([[role, 'token for sts.amazonaws.com']])
    expect(secrets).toEqual(['token for sts.amazonaws.com', 'key', 'secret', 'session'])
  })

  test('is not requested if the job may not ask for a token', async () => {
    const { failure, secrets } = await open({ available: false })
    expect(failure).toBeInstanceOf(CredentialsFailure)
    expect(failure).toMatchObject({ source: { kind: 'oidc-token', permitted: false }, cause: undefined })
    expect(secrets).toEqual([])
  })

  test('without a token is a failure of the token', async () => {
    const cause = new Error('Error Code : 401')
    const { failure } = await open({ getIdToken: () => Promise.reject(cause) })
    expect(failure).toBeInstanceOf(CredentialsFailure)
    expect(failure).toMatchObject({ source: { kind: 'oidc-token', permitted: true }, cause })
  })

  test('that STS does not give is a failure of the role', async () => {
    const cause = Object.assign(new Error('no'), { name: 'AccessDenied' })
    const { failure } = await open({}, () => Promise.reject(cause))
    expect(failure).toBeInstanceOf(CredentialsFailure)
    expect(failure).toMatchObject({
      source: { kind: 'role', roleArn: role.roleArn, audience: 'sts.amazonaws.com' },
      cause,
    })
  })

  test.each<[string, Partial<TokenSource>, AssumeRole]>([
    ['oidc-token', { getIdToken: () => never }, async () => session],
    ['role', {}, () => never],
  ])('that hangs at one step is given up after 8 s, as a failure of that step: %s', async (kind, known, assumeRole) => {
    const { failure, tookMs } = await open(known, assumeRole)
    expect(failure).toMatchObject({ source: { kind } })
    expect(factsOf(failure, noSecrets).name).toBe('TimeLimitReached')
    expect(tookMs).toBe(8_000)
  })
})

describe('STS', () => {
  async function stsOf(options: Parameters<typeof simulate>[0] = {}) {
    const simulator = await simulate(options)
    const own = await idTokenOf(simulator)
    const assume = async (environment: NodeJS.ProcessEnv = {}, token = own) => {
      process.env['AWS_ENDPOINT_URL'] = simulator.endpoint
      try {
        const through = assumeRoleThrough({ region: 'us-east-1', customUserAgent: [['waiting', '1.2.3']] }, environment)
        return await through(role, token)
      } finally {
        delete process.env['AWS_ENDPOINT_URL']
      }
    }
    return { assume, simulator }
  }

  test("gives a session for the job's token, without an end by the machine's clock", async () => {
    const { assume, simulator } = await stsOf()
    const { credentials } = await assume()
    expect(credentials).toMatchObject({
      accessKeyId: expect.stringMatching(/^ASIA/),
      secretAccessKey: expect.any(String),
      sessionToken: expect.any(String),
    })
    expect(credentials).not.toHaveProperty('expiration')
    expect(simulator.calls.at(-1)).toMatchObject({
      operation: 'AssumeRoleWithWebIdentity',
      input: { RoleArn: role.roleArn, RoleSessionName: 'github-1-1', DurationSeconds: '900' },
      userAgent: expect.stringContaining('waiting/1.2.3'),
    })
  })

  test.each([0, 7_200_000, -7_200_000])(
    "says how long it lasts, whatever the machine's clock: %d ms off",
    async (clockOffsetMs) => {
      const { assume } = await stsOf({ clockOffsetMs, sessionSeconds: 600 })
      const { lifetimeMs } = await assume()
      expect(lifetimeMs).toBeGreaterThan(597_000)
      expect(lifetimeMs).toBeLessThanOrEqual(600_000)
    },
  )

  test('that answers without a time gives a session for the duration that was asked for', async () => {
    const { assume, simulator } = await stsOf()
    const credentials = `<AccessKeyId>A</AccessKeyId><SecretAccessKey>S</SecretAccessKey><SessionToken>T</SessionToken><Expiration>2999-11-20T10:00:00Z</Expiration>`
    simulator.configure({
      faults: [{ fault: { kind: 'http', status: 200, headers: { date: '' }, body: answerWith(credentials) } }],
    })
    expect(await assume()).toMatchObject({ lifetimeMs: 900_000 })
  })

  test('gets only one call, because the wait decides about the next one', async () => {
    const { assume, simulator } = await stsOf()
    await expect(assume({}, 'forged')).rejects.toMatchObject({ name: expect.stringMatching(/^InvalidIdentityToken/) })
    const before = simulator.calls.length
    simulator.configure({ faults: [{ fault: { kind: 'http', status: 503 } }] })
    await expect(assume()).rejects.toThrow()
    expect(simulator.calls.length - before).toBe(1)
  })

  test('that answers without a session is an error', async () => {
    const { assume, simulator } = await stsOf()
    const body = answerWith('<AccessKeyId>A</AccessKeyId><SecretAccessKey>S</SecretAccessKey>')
    simulator.configure({ faults: [{ fault: { kind: 'http', status: 200, body } }] })
    await expect(assume()).rejects.toThrow('STS returned credentials without a session')
  })
})

function answerWith(credentials: string): string {
  return `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>${credentials}</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`
}
