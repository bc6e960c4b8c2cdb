import { ListInstancesCommand } from '@aws-sdk/client-sso-admin'
import { fromWebToken } from '@aws-sdk/credential-provider-web-identity'
import { expect, test } from '@jest/globals'
import { clientOf, simulate } from './harness.ts'

// What the acceptance tests of credentials rest on: the simulator takes nothing that AWS would refuse.

test('a call needs a signature, which covers the body', async () => {
  const simulator = await simulate()
  const headers = { 'x-amz-target': 'SWBExternalService.ListInstances' }
  const unsigned = await fetch(simulator.endpoint, { method: 'POST', headers, body: '{}' })
  expect(await unsigned.json()).toMatchObject({ __type: 'MissingAuthenticationTokenException' })

  const client = clientOf(simulator)
  client.middlewareStack.add(
    (next) => (args) => next({ ...args, request: Object.assign(Object(args.request), { body: '[]' }) }),
    {
      step: 'finalizeRequest',
      priority: 'low',
    },
  )
  await expect(client.send(new ListInstancesCommand({}))).rejects.toMatchObject({ name: 'InvalidSignatureException' })
})

test('a role trusts only tokens that are for it, are not forged and have not expired', async () => {
  const simulator = await simulate()
  const { endpoint, oidc, region, roleArn } = simulator
  const tokenFor = async (audience: string): Promise<string> => {
    const answer = await fetch(`${oidc.url}&audience=${audience}`, {
      headers: { authorization: `Bearer ${oidc.requestToken}` },
    })
    return Object(await answer.json()).value
  }
  const outcome = (webIdentityToken: string) =>
    fromWebToken({ roleArn, webIdentityToken, clientConfig: { endpoint, region, maxAttempts: 1 } })().then(
      () => 'trusted',
      ({ Code }) => Code,
    )
  const token = await tokenFor('sts.amazonaws.com')
  const [header, payload = '', signature] = token.split('.')
  const claims = Buffer.from(payload, 'base64url').toString().replace('octo-org', 'evil-org')
  const forged = `${header}.${Buffer.from(claims).toString('base64url')}.${signature}`

  expect(await outcome(token)).toBe('trusted')
  expect(await outcome(await tokenFor('elsewhere'))).toBe('InvalidIdentityToken')
  expect(await outcome(forged)).toBe('InvalidIdentityToken')
  simulator.configure({ clockOffsetMs: 301_000 })
  expect(await outcome(token)).toBe('ExpiredTokenException')
  expect((await fetch(oidc.url, { headers: { authorization: 'Bearer wrong' } })).status).toBe(401)
})
