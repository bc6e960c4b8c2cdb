import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { CredentialsFailure } from '../../../src/aws/errors.ts'
import { assumeRoleThrough, RoleSession, type Session, type TokenSource } from '../../../src/aws/role-session.ts'
import type { RoleToAssume } from '../../../src/inputs.ts'
import { simulate } from '../simulator/harness.ts'

const role: RoleToAssume = {
  roleArn: 'arn:aws:iam::123456789012:role/WaitForProvisioning',
  sessionName: 'github-1-1',
  durationSeconds: 3_600,
  audience: 'sts.amazonaws.com',
}

let nowMs = 0

beforeEach(() => {
  nowMs = Date.UTC(2026, 10, 20)
  jest.spyOn(Date, 'now').mockImplementation(() => nowMs)
})
afterEach(() => {
  jest.restoreAllMocks()
})

/** A session of a role, with what it asked for and what it was told. */
function sessionOf(options: { lifeSeconds?: number; available?: boolean } = {}) {
  const asked: { audience: string; token: string; role: RoleToAssume }[] = []
  const secrets: string[] = []
  /** What the next attempts throw, in turn; `undefined` for none. */
  const tokenFailures: unknown[] = []
  const roleFailures: unknown[] = []
  let tokens = 0
  const source: TokenSource = {
    available: options.available ?? true,
    setSecret: (value) => void secrets.push(value),
    getIdToken: async (audience) => {
      tokens += 1
      const failure = tokenFailures.shift()
      if (failure !== undefined) throw failure
      return `token ${tokens} for ${audience}`
    },
  }
  const session = new RoleSession(role, source, async (role, token) => {
    const failure = roleFailures.shift()
    if (failure !== undefined) throw failure
    asked.push({ audience: role.audience, token, role })
    const number = asked.length
    return {
      accessKeyId: `key ${number}`,
      secretAccessKey: `secret ${number}`,
      sessionToken: `session ${number}`,
      expiration: new Date(nowMs + (options.lifeSeconds ?? 3_600) * 1_000),
    }
  })
  const keyAfter = async (seconds: number) => {
    nowMs += seconds * 1_000
    return (await session.provide()).accessKeyId
  }
  return { asked, keyAfter, roleFailures, secrets, session, tokenFailures }
}

/** As `core.getIDToken` throws it. */
function tokenError(code: number): Error {
  return new Error(
    `Error message: Failed to get ID Token. \n \n        Error Code : ${code}\n \n        Error Message: no`,
  )
}

/** As the SDK throws what STS says. */
function stsError(name: string, message = 'no'): Error {
  return Object.assign(new Error(message), { name, $fault: 'client', $metadata: { httpStatusCode: 400 } })
}

async function failureOf(promise: Promise<unknown>): Promise<CredentialsFailure> {
  try {
    await promise
  } catch (error) {
    if (error instanceof CredentialsFailure) return error
  }
  throw new Error('There was no CredentialsFailure')
}

describe('a session', () => {
  test("is had with the job's OIDC token, for the role's audience, and its credentials are secrets", async () => {
    const { asked, secrets, session } = sessionOf()
    expect(await session.provide()).toEqual({
      accessKeyId: 'key 1',
      secretAccessKey: 'secret 1',
      sessionToken: 'session 1',
      expiration: new Date(nowMs + 3_600_000),
    } satisfies Session)
    expect(asked).toEqual([{ audience: 'sts.amazonaws.com', token: 'token 1 for sts.amazonaws.com', role }])
    expect(secrets).toEqual(['key 1', 'secret 1', 'session 1'])
  })

  test('is renewed 5 minutes before its end, with a fresh token, as often as it takes', async () => {
    const { asked, keyAfter } = sessionOf()
    expect(await keyAfter(0)).toBe('key 1')
    expect(await keyAfter(3_299.999)).toBe('key 1')
    expect(await keyAfter(0.001)).toBe('key 2')
    expect(await keyAfter(3_299)).toBe('key 2')
    expect(await keyAfter(10_000)).toBe('key 3')
    expect(asked.map(({ token }) => token.slice(0, 7))).toEqual(['token 1', 'token 2', 'token 3'])
  })

  test('that is short is renewed a tenth of its life before its end', async () => {
    const { keyAfter } = sessionOf({ lifeSeconds: 900 })
    expect(await keyAfter(0)).toBe('key 1')
    expect(await keyAfter(809.999)).toBe('key 1')
    expect(await keyAfter(0.001)).toBe('key 2')
  })

  test('is had once for calls that need it at the same time', async () => {
    const { asked, session } = sessionOf()
    const sessions = await Promise.all([session.provide(), session.provide(), session.provide()])
    expect(sessions.map(({ accessKeyId }) => accessKeyId)).toEqual(['key 1', 'key 1', 'key 1'])
    expect(asked).toHaveLength(1)
  })

  test('that AWS says is over is forgotten', async () => {
    const { keyAfter, session } = sessionOf()
    await keyAfter(0)
    session.discard()
    expect(await keyAfter(0)).toBe('key 2')
  })

  test('that cannot be renewed yet is used for as long as it is good, and renewal is tried again with each call', async () => {
    const { keyAfter, roleFailures, tokenFailures } = sessionOf()
    await keyAfter(0)
    tokenFailures.push(tokenError(500), tokenError(500))
    expect(await keyAfter(3_400)).toBe('key 1')
    expect(await keyAfter(199.999)).toBe('key 1')
    expect(await keyAfter(0)).toBe('key 2')
    roleFailures.push(stsError('IDPCommunicationError'))
    await expect(keyAfter(3_600)).rejects.toThrow('could not be assumed yet')
    expect(await keyAfter(0)).toBe('key 3')
  })

  test('that AWS says is over is not used again where it cannot be renewed', async () => {
    const { keyAfter, session, tokenFailures } = sessionOf()
    await keyAfter(0)
    session.discard()
    tokenFailures.push(tokenError(500))
    await expect(keyAfter(0)).rejects.toThrow(CredentialsFailure)
  })

  test('that AWS says is over while it is being renewed is not used again either', async () => {
    const { keyAfter, session, tokenFailures } = sessionOf()
    await keyAfter(0)
    tokenFailures.push(tokenError(500))
    const renewal = keyAfter(3_400)
    session.discard()
    await expect(renewal).rejects.toThrow(CredentialsFailure)
  })

  test('that could not be had is tried anew', async () => {
    const { keyAfter, tokenFailures } = sessionOf()
    tokenFailures.push(tokenError(500))
    await expect(keyAfter(0)).rejects.toThrow(CredentialsFailure)
    expect(await keyAfter(0)).toBe('key 1')
  })
})

describe('the OIDC token', () => {
  test('is refused where the job may not ask for one', async () => {
    const { asked, session } = sessionOf({ available: false })
    expect(await failureOf(session.provide())).toMatchObject({
      effect: 'refused',
      message: expect.stringContaining('may not ask for an OIDC token'),
      remedy: expect.stringContaining("'permissions: id-token: write'"),
    })
    expect(asked).toEqual([])
  })

  test.each([
    [400, 'refused'],
    [401, 'refused'],
    [403, 'refused'],
    [404, 'refused'],
    [499, 'refused'],
    [408, 'unclear'],
    [429, 'unclear'],
    [399, 'unclear'],
    [500, 'unclear'],
    [503, 'unclear'],
  ])('that GitHub answers with HTTP %d is %s', async (code, effect) => {
    const { session, tokenFailures } = sessionOf()
    const error = tokenError(code)
    tokenFailures.push(error)
    const failure = await failureOf(session.provide())
    expect(failure).toMatchObject({ effect, message: `GitHub gave no OIDC token (HTTP ${code})` })
    expect(failure.remedy).toContain('id-token: write')
    expect(failure.cause).toBe(error)
  })

  test('that does not come for another reason is asked for again, and the reason told in one line', async () => {
    const { session, tokenFailures } = sessionOf()
    tokenFailures.push(new Error(' connect\n  ECONNREFUSED '))
    expect(await failureOf(session.provide())).toMatchObject({
      effect: 'unclear',
      message: 'GitHub gave no OIDC token (connect ECONNREFUSED)',
    })
  })
})

describe('the role', () => {
  test.each([
    ['AccessDenied', 'trust policy'],
    ['AccessDeniedException', 'trust policy'],
    ['InvalidIdentityToken', "audience 'sts.amazonaws.com'"],
    ['InvalidIdentityTokenException', "audience 'sts.amazonaws.com'"],
    ['ValidationError', "'role-duration-seconds'"],
    ['RegionDisabledException', "'aws-region'"],
  ])('is refused: %s', async (name, remedy) => {
    const { roleFailures, session } = sessionOf()
    const error = stsError(name, 'because')
    roleFailures.push(error)
    const failure = await failureOf(session.provide())
    expect(failure).toMatchObject({
      effect: 'refused',
      message: `The role ${role.roleArn} could not be assumed (${name}: because)`,
      remedy: expect.stringContaining(remedy),
    })
    expect(failure.cause).toBe(error)
  })

  test.each(['ExpiredTokenException', 'ExpiredToken', 'IDPCommunicationError', 'IDPCommunicationErrorException'])(
    'is asked for again: %s',
    async (name) => {
      const { roleFailures, session } = sessionOf()
      roleFailures.push(stsError(name, 'because'))
      expect(await failureOf(session.provide())).toMatchObject({
        effect: 'unclear',
        message: `The role could not be assumed yet (${name}: because)`,
        remedy: '',
      })
    },
  )

  test.each(['Throttling', 'InternalFailure', 'Error'])('%s is for others to judge', async (name) => {
    const { roleFailures, session } = sessionOf()
    const error = stsError(name)
    roleFailures.push(error)
    await expect(session.provide()).rejects.toBe(error)
  })
})

describe('STS', () => {
  test("gives a session for the job's token, as long as asked for", async () => {
    jest.restoreAllMocks()
    const simulator = await simulate()
    const answer = await fetch(`${simulator.oidc.url}&audience=${role.audience}`, {
      headers: { authorization: `Bearer ${simulator.oidc.requestToken}` },
    })
    const { value }: { value: string } = JSON.parse(await answer.text())
    process.env['AWS_ENDPOINT_URL'] = simulator.endpoint
    try {
      const assumeRole = assumeRoleThrough({ region: 'us-east-1', customUserAgent: [['waiting', '1.2.3']] })
      const session = await assumeRole({ ...role, durationSeconds: 900 }, value)
      expect(session).toEqual({
        accessKeyId: expect.stringMatching(/^ASIA/),
        secretAccessKey: expect.any(String),
        sessionToken: expect.any(String),
        expiration: expect.any(Date),
      })
      expect(Math.abs(session.expiration.getTime() - Date.now() - 900_000)).toBeLessThan(5_000)
      expect(simulator.calls.at(-1)).toMatchObject({
        operation: 'AssumeRoleWithWebIdentity',
        input: { RoleArn: role.roleArn, RoleSessionName: 'github-1-1', DurationSeconds: '900' },
        userAgent: expect.stringContaining('waiting/1.2.3'),
      })

      await expect(assumeRole(role, 'forged')).rejects.toMatchObject({
        name: expect.stringMatching(/^InvalidIdentityToken/),
      })
      const attempts = simulator.calls.length
      simulator.configure({ faults: [{ fault: { kind: 'http', status: 503 } }] })
      await expect(assumeRole(role, value)).rejects.toThrow()
      expect(simulator.calls.length - attempts).toBe(1)

      const credentials = '<AccessKeyId>A</AccessKeyId><SecretAccessKey>S</SecretAccessKey>'
      const body = `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>${credentials}</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`
      simulator.configure({ faults: [{ fault: { kind: 'http', status: 200, body } }] })
      await expect(assumeRole(role, value)).rejects.toThrow('STS returned credentials without a session')
    } finally {
      delete process.env['AWS_ENDPOINT_URL']
    }
  })
})
