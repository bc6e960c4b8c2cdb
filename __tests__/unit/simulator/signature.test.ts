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
    [301_000, 'Signature expired: '],
    [-301_000, 'Signature not yet current: '],
  ])('with a clock %d ms off are refused, until the SDK knows the time', async (clockOffsetMs, message) => {
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
