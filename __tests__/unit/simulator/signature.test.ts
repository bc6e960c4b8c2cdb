import { ListInstancesCommand } from '@aws-sdk/client-sso-admin'
import { describe, expect, test } from '@jest/globals'
import { clientOf, simulate } from './harness.ts'

const ask = new ListInstancesCommand({})

describe('signatures', () => {
  test('of a long-lived access key and of a session are accepted', async () => {
    const simulator = await simulate()
    const session = simulator.issueCredentials(60)
    await clientOf(simulator).send(ask)
    await clientOf(simulator, session).send(ask)
    expect(simulator.calls.map(({ accessKeyId, outcome }) => [accessKeyId, outcome])).toEqual([
      [simulator.credentials.accessKeyId, 'ok'],
      [session.accessKeyId, 'ok'],
    ])
  })

  test.each([
    ['a wrong secret', { secretAccessKey: 'wrong' }, 'InvalidSignatureException'],
    ['an unknown key', { accessKeyId: 'AKIA0000000000000000' }, 'UnrecognizedClientException'],
    ['a session token that is not of the key', { sessionToken: 'wrong' }, 'UnrecognizedClientException'],
  ])('%s is refused', async (_, change, name) => {
    const simulator = await simulate()
    const client = clientOf(simulator, { ...simulator.credentials, ...change })
    await expect(client.send(ask)).rejects.toMatchObject({ name })
  })

  test('for another Region are refused', async () => {
    const simulator = await simulate()
    const client = clientOf({ ...simulator, region: 'eu-west-1' })
    await expect(client.send(ask)).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      message: expect.stringContaining("region 'us-east-1' and service 'sso'"),
    })
  })

  test('of a session past its end are refused', async () => {
    const simulator = await simulate()
    await expect(clientOf(simulator, simulator.issueCredentials(0)).send(ask)).rejects.toMatchObject({
      name: 'ExpiredTokenException',
      message: 'The security token included in the request is expired',
    })
  })

  test.each([
    [301_000, 'Signature expired: '],
    [-301_000, 'Signature not yet current: '],
  ])('with a clock %d ms off are refused, until the SDK has learnt the time', async (clockOffsetMs, message) => {
    const simulator = await simulate({ clockOffsetMs })
    const client = clientOf(simulator)
    await expect(client.send(ask)).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      message: expect.stringContaining(message),
    })
    await client.send(ask)
  })

  test('cover the body', async () => {
    const simulator = await simulate()
    const client = clientOf(simulator)
    client.middlewareStack.add(
      (next) => (args) => {
        const { request } = args
        if (typeof request === 'object' && request && 'body' in request) request.body = '[]'
        return next(args)
      },
      { step: 'finalizeRequest', priority: 'low', name: 'tamper' },
    )
    await expect(client.send(ask)).rejects.toMatchObject({ name: 'InvalidSignatureException' })
  })

  test('are needed', async () => {
    const simulator = await simulate()
    const headers = { 'x-amz-target': 'SWBExternalService.ListInstances' }
    const answer = await fetch(simulator.endpoint, { method: 'POST', headers, body: '{}' })
    expect(answer.status).toBe(400)
    expect(answer.headers.get('content-type')).toBe('application/x-amz-json-1.1')
    expect(answer.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/)
    expect(await answer.json()).toEqual({
      __type: 'MissingAuthenticationTokenException',
      Message: 'Missing Authentication Token',
    })
  })
})
