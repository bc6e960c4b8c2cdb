import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type AmbientOptions, readAmbientCredentials } from '../../../src/aws/ambient-credentials.ts'
import { CredentialsFailure, factsOf } from '../../../src/aws/errors/facts.ts'
import { systemClock } from '../../../src/system-clock.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'
import { noSecrets } from '../examples.ts'

// The SDK's providers read the process's own environment.
const before = { ...process.env }
let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ambient-'))
  for (const name of Object.keys(process.env)) if (/^AWS/i.test(name)) delete process.env[name]
  Object.assign(process.env, { AWS_EC2_METADATA_DISABLED: 'true', HOME: folder })
})
afterEach(async () => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
  Object.assign(process.env, before)
  await rm(folder, { recursive: true })
})

const now = new Date('2026-11-20T10:00:00Z')

function read(variables: Record<string, string>, options: Partial<AmbientOptions> = {}) {
  Object.assign(process.env, variables)
  return readAmbientCredentials({
    environment: process.env,
    clock: systemClock,
    date: () => now,
    clientConfig: {},
    region: 'eu-central-1',
    secrets: noSecrets,
    ...options,
  })
}

/** The source that failed, and the facts of its error. */
async function failureOf(variables: Record<string, string>, options: Partial<AmbientOptions> = {}) {
  const error = await read(variables, options).catch((thrown: unknown) => thrown)
  if (error instanceof CredentialsFailure) return { ...factsOf(error, noSecrets), kind: error.source.kind }
  throw new Error('There was no CredentialsFailure')
}

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

async function serving(status: number, body: string) {
  const server = createServer((_, response) => void response.writeHead(status).end(body))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  return Object.assign(server, { url })
}

const key = { AWS_ACCESS_KEY_ID: 'env', AWS_SECRET_ACCESS_KEY: 'secret' }
const profiles = `[default]
aws_access_key_id = default
aws_secret_access_key = secret
[deploy]
aws_access_key_id = deploy
aws_secret_access_key = secret
`

describe('credentials come from', () => {
  test('the environment, whatever AWS_PROFILE says', async () => {
    const AWS_SHARED_CREDENTIALS_FILE = await file('credentials', profiles)
    const { credentials, lifetimeMs } = await read({ ...key, AWS_PROFILE: 'deploy', AWS_SHARED_CREDENTIALS_FILE })
    expect(credentials.accessKeyId).toBe('env')
    expect(lifetimeMs).toBe(Number.POSITIVE_INFINITY)
  })

  test('a profile, read anew each time', async () => {
    const AWS_SHARED_CREDENTIALS_FILE = await file('credentials', profiles)
    await read({ AWS_SHARED_CREDENTIALS_FILE })
    await file('credentials', profiles.replace('= default', '= renewed'))
    const { credentials } = await read({ AWS_SHARED_CREDENTIALS_FILE })
    expect(credentials.accessKeyId).toBe('renewed')
  })
})

describe('credentials last', () => {
  test('until their expiration', async () => {
    const variables = { ...key, AWS_CREDENTIAL_EXPIRATION: '2026-11-20T11:00:00Z' }
    expect(await read(variables)).toMatchObject({ lifetimeMs: 3_600_000 })
  })

  test("until AWS says so, if they seem to have expired already by the machine's clock", async () => {
    const variables = { ...key, AWS_CREDENTIAL_EXPIRATION: '2026-11-20T09:00:00Z' }
    expect(await read(variables)).toMatchObject({ lifetimeMs: Number.POSITIVE_INFINITY })
  })
})

describe('the failure names', () => {
  test('no place, if nothing is set up', async () => {
    expect(await failureOf({})).toMatchObject({ source: { kind: 'none', profile: null } })
    expect(await failureOf({ AWS_PROFILE: 'gone' })).toMatchObject({ source: { kind: 'none', profile: 'gone' } })
  })

  test('the profile, even if other places are set up', async () => {
    const AWS_CONFIG_FILE = await file('config', '[default]\ncredential_process = exit 1\n')
    const failure = await failureOf({ AWS_CONFIG_FILE, AWS_WEB_IDENTITY_TOKEN_FILE: 'x', AWS_ROLE_ARN: 'y' })
    expect(failure).toMatchObject({ source: { kind: 'profile', name: 'default' }, message: 'Command failed' })
  })

  test('the profile, if the profile that it starts from has no credentials', async () => {
    const role = 'role_arn = arn:aws:iam::123456789012:role/Deploy'
    const AWS_CONFIG_FILE = await file('config', `[profile deploy]\n${role}\nsource_profile = gone\n`)
    const failure = await failureOf({ AWS_CONFIG_FILE, AWS_PROFILE: 'deploy' })
    expect(failure).toMatchObject({
      source: { kind: 'profile', name: 'deploy' },
      message: expect.stringContaining('[gone]'),
    })
  })

  test('the token file', async () => {
    const failure = await failureOf({ AWS_WEB_IDENTITY_TOKEN_FILE: '/nonexistent', AWS_ROLE_ARN: 'arn' })
    expect(failure).toMatchObject({ source: { kind: 'web-identity', roleArn: 'arn' }, code: 'ENOENT' })
  })

  test('the container, which gets only one call', async () => {
    await using server = await serving(503, '')
    let asked = 0
    server.on('request', () => {
      asked += 1
    })
    const failure = await failureOf({ AWS_CONTAINER_CREDENTIALS_FULL_URI: server.url })
    expect(failure).toMatchObject({ kind: 'container', httpStatus: 503 })
    expect(asked).toBe(1)
  })

  test('the instance', async () => {
    await using server = await serving(503, '')
    const failure = await failureOf({
      AWS_EC2_METADATA_DISABLED: 'false',
      AWS_EC2_METADATA_SERVICE_ENDPOINT: server.url,
    })
    expect(failure).toMatchObject({ kind: 'instance', httpStatus: 503 })
  })

  test.each<[string, Record<string, string>]>([
    ['AWS_CONTAINER_CREDENTIALS_FULL_URI', { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'not a url' }],
    [
      'AWS_EC2_METADATA_SERVICE_ENDPOINT',
      { AWS_EC2_METADATA_DISABLED: '', AWS_EC2_METADATA_SERVICE_ENDPOINT: 'not a url' },
    ],
    [
      'AWS_ENDPOINT_URL_STS',
      { AWS_WEB_IDENTITY_TOKEN_FILE: '/etc/hostname', AWS_ROLE_ARN: 'arn', AWS_ENDPOINT_URL_STS: 'localhost:1' },
    ],
  ])('the setting, if it makes every call impossible: %s', async (name, variables) => {
    expect(await failureOf(variables)).toMatchObject({ name: 'InvalidSetting', message: name })
  })

  test('a place that does not answer within 8 s', async () => {
    const AWS_CONFIG_FILE = await file('config', '[default]\ncredential_process = cat\n')
    const clock = new VirtualClock()
    const failure = clock.run(failureOf({ AWS_CONFIG_FILE }, { clock }))
    expect(await failure).toMatchObject({ kind: 'profile', name: 'TimeLimitReached' })
    expect(clock.now()).toBe(8_000)
  })
})
