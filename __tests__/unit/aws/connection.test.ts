import { ListInstancesCommand } from '@aws-sdk/client-sso-admin'
import { afterEach, expect, test } from '@jest/globals'
import { type Connection, connect } from '../../../src/aws/connection.ts'
import { ofTheAction } from '../../../src/aws/errors/context.ts'
import { systemClock } from '../../../src/system-clock.ts'
import { noSecrets } from '../examples.ts'
import { withOwnEnvironment } from '../own-environment.ts'

withOwnEnvironment()
const connections: Connection[] = []
afterEach(() => {
  for (const connection of connections.splice(0)) connection.close()
})

/** A connection that is closed after the test. The SDK reads the process's own environment. */
function connectionWith(variables: Record<string, string>, region = 'eu-central-1'): Connection {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'A', AWS_SECRET_ACCESS_KEY: 'S', ...variables })
  const connection = connect({
    region,
    role: null,
    wording: ofTheAction,
    tokens: { available: false, secrets: noSecrets, setSecret: () => {}, getIdToken: () => Promise.reject() },
    environment: process.env,
    clock: systemClock,
    date: () => new Date(),
    version: '1.2.3',
  })
  connections.push(connection)
  return connection
}

/** The host that a call would go to. */
async function hostOf({ client }: Connection): Promise<unknown> {
  let host: unknown
  client.middlewareStack.add(
    () =>
      async ({ request }) => {
        host = Reflect.get(Object(request), 'hostname')
        throw new Error('far enough')
      },
    { step: 'finalizeRequest', priority: 'low' },
  )
  await expect(client.send(new ListInstancesCommand({}))).rejects.toThrow('far enough')
  return host
}

test.each([
  ['eu-central-1', {}, 'sso.eu-central-1.amazonaws.com'],
  ['cn-north-1', {}, 'sso.cn-north-1.amazonaws.com.cn'],
  ['us-gov-west-1', {}, 'sso.us-gov-west-1.amazonaws.com'],
  ['us-east-1', { AWS_USE_FIPS_ENDPOINT: 'true' }, 'sso-fips.us-east-1.amazonaws.com'],
  ['us-east-1', { AWS_USE_DUALSTACK_ENDPOINT: 'true' }, 'sso.us-east-1.api.aws'],
])('in %s with %j, calls go to %s', async (region, variables, host) => {
  expect(await hostOf(connectionWith(variables, region))).toBe(host)
})

test('a call to an address that is none is refused', async () => {
  const { client } = connectionWith({ AWS_ENDPOINT_URL: 'localhost:4566' })
  const failure = { name: 'InvalidSetting', message: 'AWS_ENDPOINT_URL' }
  await expect(client.send(new ListInstancesCommand({}))).rejects.toMatchObject(failure)
})

test.each<[string | null, Record<string, string>]>([
  [null, {}],
  ['proxy:3128', { HTTPS_PROXY: 'http://user:secret@proxy:3128' }],
  ['proxy:3128', { https_proxy: 'http://proxy:3128/', HTTPS_PROXY: 'http://other:1' }],
  ['other:1', { https_proxy: '', HTTPS_PROXY: 'http://other:1', HTTP_PROXY: 'http://third:1' }],
  ['third:1', { HTTP_PROXY: 'http://third:1' }],
])('the proxy %s is known without its password from %j', (proxy, variables) => {
  expect(connectionWith(variables).proxy).toBe(proxy)
})

test('a call has 5 s to connect and 10 s for its answer, and no settings of the environment delay or repeat it', async () => {
  const retries = { AWS_RETRY_MODE: 'adaptive', AWS_MAX_ATTEMPTS: '5', AWS_DEFAULTS_MODE: 'auto' }
  const { config } = connectionWith(retries).client
  expect(await config.retryStrategy()).toMatchObject({ mode: 'standard' })
  expect(await config.maxAttempts()).toBe(1)
  expect(await Reflect.get(config.requestHandler, 'configProvider')).toMatchObject({
    connectionTimeout: 5_000,
    requestTimeout: 10_000,
    throwOnRequestTimeout: true,
  })
})
