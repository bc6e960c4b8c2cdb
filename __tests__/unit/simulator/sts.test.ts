import { ListInstancesCommand } from '@aws-sdk/client-sso-admin'
import { fromWebToken } from '@aws-sdk/credential-provider-web-identity'
import { describe, expect, test } from '@jest/globals'
import type { Simulator } from '../../../simulator/simulator.ts'
import { clientOf, simulate } from './harness.ts'

async function idToken({ oidc }: Simulator, audience = 'sts.amazonaws.com'): Promise<string> {
  const headers = { authorization: `Bearer ${oidc.requestToken}` }
  const answer = await fetch(`${oidc.url}&audience=${audience}`, { headers })
  const { value }: { value: string } = JSON.parse(await answer.text())
  return value
}

function assume(simulator: Simulator, webIdentityToken: string, change: { durationSeconds?: number } = {}) {
  return fromWebToken({
    roleArn: simulator.roleArn,
    roleSessionName: 'github-1-1',
    webIdentityToken,
    clientConfig: { endpoint: simulator.endpoint, region: simulator.region, maxAttempts: 1 },
    ...change,
  })()
}

describe('OIDC', () => {
  test('gives a JWT of five minutes for the audience asked for', async () => {
    const token = await idToken(await simulate(), 'sts.amazonaws.com.cn')
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    expect(claims).toMatchObject({ aud: 'sts.amazonaws.com.cn', sub: expect.stringContaining('octo-org/octo-repo') })
    expect(claims.exp - claims.iat).toBe(300)
  })

  test('refuses a wrong request token', async () => {
    const { oidc } = await simulate()
    expect((await fetch(oidc.url, { headers: { authorization: 'Bearer wrong' } })).status).toBe(401)
  })
})

describe('AssumeRoleWithWebIdentity', () => {
  test('gives credentials that work until their session ends', async () => {
    const simulator = await simulate({ sessionSeconds: 1 })
    const credentials = await assume(simulator, await idToken(simulator))
    expect(credentials.accessKeyId).toMatch(/^ASIA[0-9A-F]{16}$/)
    expect(credentials.expiration?.getTime()).toBeLessThanOrEqual(Date.now() + 1000)
    const session = { ...credentials, sessionToken: credentials.sessionToken ?? '' }
    await clientOf(simulator, session).send(new ListInstancesCommand({}))

    simulator.configure({ clockOffsetMs: 1000 })
    await expect(clientOf(simulator, session).send(new ListInstancesCommand({}))).rejects.toMatchObject({
      name: 'ExpiredTokenException',
    })
    simulator.configure({ deny: ['sso:ListInstances'], clockOffsetMs: 0 })
    await expect(clientOf(simulator, session).send(new ListInstancesCommand({}))).rejects.toThrow(
      'User: arn:aws:sts::123456789012:assumed-role/WaitForProvisioning/github-1-1 is not authorized',
    )
    expect(simulator.calls.map(({ service, operation }) => [service, operation]).slice(0, 2)).toEqual([
      ['oidc', 'GetIdToken'],
      ['sts', 'AssumeRoleWithWebIdentity'],
    ])
  })

  test('lasts as long as asked, unless set otherwise', async () => {
    const simulator = await simulate()
    const { expiration } = await assume(simulator, await idToken(simulator), { durationSeconds: 900 })
    expect(Math.abs((expiration?.getTime() ?? 0) - Date.now() - 900_000)).toBeLessThan(5000)
  })

  test('refuses a token that is for others, forged or expired', async () => {
    const simulator = await simulate()
    const refusal = (token: string) => assume(simulator, token).catch(({ Code }) => Code)
    const token = await idToken(simulator)
    const [header, payload = '', signature] = token.split('.')
    const claims = Buffer.from(payload, 'base64url').toString().replace('octo-org', 'evil-org')
    const forged = Buffer.from(claims).toString('base64url')
    expect(await refusal(await idToken(simulator, 'elsewhere'))).toBe('InvalidIdentityToken')
    expect(await refusal(`${header}.${forged}.${signature}`)).toBe('InvalidIdentityToken')
    simulator.configure({ clockOffsetMs: 301_000 })
    expect(await refusal(token)).toBe('ExpiredTokenException')
  })
})
