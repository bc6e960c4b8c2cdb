import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { type AmbientOptions, readAmbientCredentials } from '../../../src/aws/ambient-credentials.ts'
import { CredentialsFailure, factsOf } from '../../../src/aws/errors/facts.ts'
import { systemClock } from '../../../src/system-clock.ts'
import { folderWith } from '../../support/folder.ts'
import { listen } from '../../support/servers.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'
import { noSecrets } from '../examples.ts'
import { withOwnEnvironment } from '../own-environment.ts'

// The SDK's providers read the process's own environment.
withOwnEnvironment()

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

/** The facts of the error, with the source that failed. */
async function failureOf(variables: Record<string, string>, options: Partial<AmbientOptions> = {}) {
  const error = await read(variables, options).catch((thrown: unknown) => thrown)
  if (error instanceof CredentialsFailure) return factsOf(error, noSecrets)
  throw new Error('There was no CredentialsFailure')
}

test.each([
  ['until their expiration', '2026-11-20T11:00:00Z', 3_600_000],
  ["until AWS says so, if they seem to have expired by the machine's clock", '2026-11-20T09:00:00Z', Infinity],
])('credentials last %s', async (_, AWS_CREDENTIAL_EXPIRATION, lifetimeMs) => {
  const key = { AWS_ACCESS_KEY_ID: 'env', AWS_SECRET_ACCESS_KEY: 'secret' }
  expect(await read({ ...key, AWS_CREDENTIAL_EXPIRATION })).toMatchObject({ lifetimeMs })
})

test.each<[string, Record<string, string>, object]>([
  ['nothing is set up', {}, { kind: 'none', profile: null }],
  ['AWS_PROFILE names no profile', { AWS_PROFILE: 'gone' }, { kind: 'none', profile: 'gone' }],
  ['a token file is missing', { AWS_WEB_IDENTITY_TOKEN_FILE: '/nonexistent', AWS_ROLE_ARN: 'y' }, { roleArn: 'y' }],
])('if %s, the failure says so', async (_, variables, source) => {
  expect(await failureOf(variables)).toMatchObject({ source })
})

test('an instance without a role is a failure of the instance', async () => {
  await using server = await listen(createServer((_, response) => void response.writeHead(404).end()))
  const AWS_EC2_METADATA_SERVICE_ENDPOINT = `http://127.0.0.1:${server.port}`
  const failure = await failureOf({ AWS_EC2_METADATA_DISABLED: 'false', AWS_EC2_METADATA_SERVICE_ENDPOINT })
  expect(failure).toMatchObject({ source: { kind: 'instance' }, httpStatus: 404 })
})

describe('a profile that fails is named', () => {
  const role = 'role_arn = arn:aws:iam::123456789012:role/Deploy'
  test.each([
    ['also if other places are set up', '[profile x]\ncredential_process = exit 1\n', 'Command failed'],
    ['also if that is by a profile that it starts from', `[profile x]\n${role}\nsource_profile = gone\n`, '[gone]'],
  ])('%s', async (_, config, message) => {
    await using folder = await folderWith({ config })
    const token = { AWS_WEB_IDENTITY_TOKEN_FILE: 'x', AWS_ROLE_ARN: 'y' }
    const variables = { AWS_CONFIG_FILE: join(folder.path, 'config'), AWS_PROFILE: 'x', ...token }
    expect(await failureOf(variables)).toMatchObject({
      source: { kind: 'profile', name: 'x' },
      message: expect.stringContaining(message),
    })
  })

  test('after 8 s without an answer', async () => {
    await using folder = await folderWith({ config: '[default]\ncredential_process = sleep 1\n' })
    const clock = new VirtualClock()
    const failure = clock.run(failureOf({ AWS_CONFIG_FILE: join(folder.path, 'config') }, { clock }))
    expect(await failure).toMatchObject({ source: { kind: 'profile' }, name: 'TimeLimitReached' })
    expect(clock.now()).toBe(8_000)
  })
})

const tokenFile = { AWS_WEB_IDENTITY_TOKEN_FILE: '/etc/hostname', AWS_ROLE_ARN: 'arn' }
test.each<[string, Record<string, string>]>([
  ['AWS_CONTAINER_CREDENTIALS_FULL_URI', {}],
  ['AWS_EC2_METADATA_SERVICE_ENDPOINT', { AWS_EC2_METADATA_DISABLED: '' }],
  ['AWS_ENDPOINT_URL_STS', tokenFile],
])('a setting that makes every call impossible is named: %s', async (name, others) => {
  const variables = { ...others, [name]: 'not a url' }
  expect(await failureOf(variables)).toMatchObject({ name: 'InvalidSetting', message: name })
})
