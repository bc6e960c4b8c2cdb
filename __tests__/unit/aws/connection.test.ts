import { ListInstancesCommand, SSOAdminClient } from '@aws-sdk/client-sso-admin'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Simulator, SimulatorOptions } from '../../../simulator/simulator.ts'
import { attemptLimitMs, type Connection, type ConnectionOptions, connect } from '../../../src/aws/connection.ts'
import { ofTheAction } from '../../../src/aws/errors/context.ts'
import type { TokenSource } from '../../../src/aws/role-session.ts'
import { systemClock } from '../../../src/system-clock.ts'
import { noSecrets } from '../examples.ts'
import { simulate } from '../simulator/harness.ts'

const before = { ...process.env }
const connections: Connection[] = []

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (/^(AWS|HTTP|NO_PROXY)/i.test(name)) delete process.env[name]
  Object.assign(process.env, { AWS_EC2_METADATA_DISABLED: 'true', HOME: '/nonexistent' })
})
afterEach(() => {
  for (const connection of connections.splice(0)) connection.close()
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
  Object.assign(process.env, before)
})

function connectionTo(simulator: Simulator, options: Partial<ConnectionOptions> = {}): Connection {
  return connectedTo({ region: simulator.region, ...options })
}

/** A connection that is closed after the test. */
function connectedTo(options: Partial<ConnectionOptions>): Connection {
  const connection = connect({
    region: 'eu-central-1',
    role: null,
    wording: ofTheAction,
    tokens: noTokens,
    environment: process.env,
    clock: systemClock,
    date: () => new Date(),
    version: '1.2.3',
    ...options,
  })
  connections.push(connection)
  return connection
}

const noTokens: TokenSource = {
  available: false,
  secrets: noSecrets,
  setSecret: () => {},
  getIdToken: () => Promise.reject(new Error('No token is needed')),
}

/** A simulator, with the environment that leads to it, and with its access key. */
async function ambient(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await simulate(options)
  Object.assign(process.env, simulator.environment())
  return simulator
}

/** The settings of a connection's calls, once a call was made. */
function settingsOf({ client }: Connection): object {
  const { requestHandler } = client.config
  const settings: unknown =
    'httpHandlerConfigs' in requestHandler && typeof requestHandler.httpHandlerConfigs === 'function'
      ? requestHandler.httpHandlerConfigs()
      : null
  if (typeof settings === 'object' && settings !== null) return settings
  throw new Error('The SDK has changed')
}

const ask = ({ client }: Connection) => client.send(new ListInstancesCommand({}))

describe('the ambient chain', () => {
  test.each<[string, Record<string, string>]>([
    [
      'octo-org/octo-repo-42-3',
      { GITHUB_REPOSITORY: 'octo-org/octo-repo', GITHUB_RUN_ID: '42', GITHUB_RUN_ATTEMPT: '3' },
    ],
    ['octo-org/octo-repo-42-1', { GITHUB_REPOSITORY: 'octo-org/octo-repo', GITHUB_RUN_ID: '42' }],
    ['', { GITHUB_REPOSITORY: 'octo-org/octo-repo' }],
    ['', { GITHUB_RUN_ID: '42' }],
  ])('sends the run in the user agent: %s', async (run, environment) => {
    const simulator = await ambient()
    await ask(connectionTo(simulator, { environment: { ...process.env, ...environment } }))
    const { userAgent = '' } = simulator.calls[0] ?? {}
    expect(userAgent.includes('github-run')).toBe(run !== '')
    if (run !== '')
      expect(decodeURIComponent(userAgent)).toMatch(new RegExp(`github-run/${run.replace('/', '.')}( |$)`))
  })

  test('is read again only on renewal', async () => {
    const simulator = await ambient()
    const connection = connectionTo(simulator)
    await ask(connection)
    const renewed = simulator.issueCredentials(3_600)
    Object.assign(process.env, {
      AWS_ACCESS_KEY_ID: renewed.accessKeyId,
      AWS_SECRET_ACCESS_KEY: renewed.secretAccessKey,
      AWS_SESSION_TOKEN: renewed.sessionToken,
    })
    await ask(connection)
    connection.renewCredentials()
    await ask(connection)
    expect(simulator.calls.map(({ accessKeyId }) => accessKeyId)).toEqual([
      simulator.credentials.accessKeyId,
      simulator.credentials.accessKeyId,
      renewed.accessKeyId,
    ])
  })
})

describe('a call', () => {
  test('is made only once, because the wait decides about the next one', async () => {
    const simulator = await ambient({ faults: [{ fault: { kind: 'error', code: 'InternalServerException' } }] })
    await expect(ask(connectionTo(simulator))).rejects.toMatchObject({ name: 'InternalServerException' })
    expect(simulator.calls).toHaveLength(1)
  })

  test('is not delayed by AWS_RETRY_MODE and AWS_DEFAULTS_MODE', async () => {
    const simulator = await ambient()
    Object.assign(process.env, { AWS_RETRY_MODE: 'adaptive', AWS_MAX_ATTEMPTS: '5', AWS_DEFAULTS_MODE: 'auto' })
    const connection = connectionTo(simulator)
    await ask(connection)
    const { config } = connection.client
    const { defaultsMode } = config
    expect(typeof defaultsMode === 'function' ? await defaultsMode() : defaultsMode).toBe('standard')
    expect(await config.retryStrategy()).toMatchObject({ mode: 'standard' })
    expect(await config.maxAttempts()).toBe(1)
  })

  test('does not copy its answer for a logger', async () => {
    const simulator = await ambient()
    const { client } = connectionTo(simulator)
    expect(new SSOAdminClient({}).middlewareStack.identify().join()).toMatch(/logger/i)
    expect(client.middlewareStack.identify().join()).not.toMatch(/logger/i)
  })

  test('ends after 10 s', async () => {
    const simulator = await ambient()
    expect(attemptLimitMs).toBe(10_000)
    const connection = connectionTo(simulator)
    await ask(connection)
    expect(await connection.client.config.maxAttempts()).toBe(1)
    expect(settingsOf(connection)).toMatchObject({
      connectionTimeout: 5_000,
      requestTimeout: 10_000,
      throwOnRequestTimeout: true,
    })
  })

  test('reuses its socket', async () => {
    const simulator = await ambient()
    const connection = connectionTo(simulator)
    await ask(connection)
    await ask(connection)
    const httpAgent: unknown = Reflect.get(settingsOf(connection), 'httpAgent')
    expect(httpAgent).toMatchObject({ keepAlive: true, totalSocketCount: 1 })
    connection.renewCredentials()
    await ask(connection)
    expect(httpAgent).toMatchObject({ totalSocketCount: 1 })
    connection.close()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(httpAgent).toMatchObject({ totalSocketCount: 0 })
  })
})

test.each<[string | null, Record<string, string>]>([
  [null, {}],
  ['proxy:3128', { HTTPS_PROXY: 'http://user:secret@proxy:3128' }],
  ['proxy:3128', { https_proxy: 'http://proxy:3128/', HTTPS_PROXY: 'http://other:1' }],
  ['other:1', { https_proxy: '', HTTPS_PROXY: 'http://other:1', HTTP_PROXY: 'http://third:1' }],
  ['third:1', { HTTP_PROXY: 'http://third:1' }],
])('the proxy %s is known without its password from %j', (proxy, environment) => {
  expect(connectedTo({ environment }).proxy).toBe(proxy)
})

test('calls go to AWS_ENDPOINT_URL_SSO_ADMIN', async () => {
  const simulator = await ambient()
  process.env['AWS_ENDPOINT_URL_SSO_ADMIN'] = simulator.endpoint
  process.env['AWS_ENDPOINT_URL'] = 'http://127.0.0.1:1'
  await ask(connectionTo(simulator))
  expect(simulator.calls).toHaveLength(1)
})

test.each([
  ['eu-central-1', {}, 'sso.eu-central-1.amazonaws.com'],
  ['cn-north-1', {}, 'sso.cn-north-1.amazonaws.com.cn'],
  ['us-gov-west-1', {}, 'sso.us-gov-west-1.amazonaws.com'],
  ['us-east-1', { AWS_USE_FIPS_ENDPOINT: 'true' }, 'sso-fips.us-east-1.amazonaws.com'],
  ['us-east-1', { AWS_USE_DUALSTACK_ENDPOINT: 'true' }, 'sso.us-east-1.api.aws'],
])('in %s with %j, calls go to %s', async (region, environment, host) => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'A', AWS_SECRET_ACCESS_KEY: 'S', ...environment })
  const { client } = connectedTo({ region })
  const hosts: unknown[] = []
  client.middlewareStack.add(
    () =>
      async ({ request }) => {
        hosts.push(Reflect.get(Object(request), 'hostname'))
        throw new Error('far enough')
      },
    { step: 'finalizeRequest', priority: 'low' },
  )
  await expect(client.send(new ListInstancesCommand({}))).rejects.toThrow('far enough')
  expect(hosts).toEqual([host])
})
