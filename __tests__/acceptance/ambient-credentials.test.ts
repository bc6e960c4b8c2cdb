import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { answered, expectEndingOfOne } from './expectations.ts'
import { callsOf, describeStatus, type Simulator, simulate, waitFor } from './support.ts'

// The ways that self-hosted runners get credentials; each is a part of the SDK that the bundle must hold.

const withoutKey = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined }

async function temporaryFile(name: string, content: string) {
  const folder = await mkdtemp(join(tmpdir(), 'ambient-'))
  const path = join(folder, name)
  await writeFile(path, content)
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}

async function expectToWork(simulator: Simulator, environment: Record<string, string | undefined>, key: unknown) {
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], { environment: { ...withoutKey, ...environment } })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(callsOf(simulator, describeStatus).map(({ accessKeyId }) => accessKeyId)).toEqual([key])
}

test.concurrent('credentials come from a named profile', async () => {
  await using simulator = await simulate()
  const { accessKeyId, secretAccessKey, sessionToken } = simulator.issueCredentials(900)
  await using file = await temporaryFile(
    'credentials',
    `[deploy]
aws_access_key_id = ${accessKeyId}
aws_secret_access_key = ${secretAccessKey}
aws_session_token = ${sessionToken}
`,
  )
  await expectToWork(simulator, { AWS_SHARED_CREDENTIALS_FILE: file.path, AWS_PROFILE: 'deploy' }, accessKeyId)
})

test.concurrent('credentials come from a credential process', async () => {
  await using simulator = await simulate()
  const { accessKeyId, secretAccessKey, sessionToken } = simulator.issueCredentials(900)
  const answer = { Version: 1, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken }
  await using session = await temporaryFile('session.json', JSON.stringify(answer))
  await using file = await temporaryFile('config', `[default]\ncredential_process = cat ${session.path}\n`)

  await expectToWork(simulator, { AWS_CONFIG_FILE: file.path }, accessKeyId)
})

test.concurrent('credentials come from a web identity token file', async () => {
  await using simulator = await simulate()
  const { url, requestToken } = simulator.oidc
  const headers = { authorization: `Bearer ${requestToken}` }
  const response = await fetch(`${url}&audience=sts.amazonaws.com`, { headers })
  const token: unknown = await response.json()
  const value = typeof token === 'object' && token !== null && 'value' in token ? String(token.value) : ''
  await using file = await temporaryFile('token', value)

  const environment = { AWS_WEB_IDENTITY_TOKEN_FILE: file.path, AWS_ROLE_ARN: simulator.roleArn }
  await expectToWork(simulator, environment, expect.stringMatching(/^ASIA/))
})

test.concurrent('credentials come from the endpoint of a container', async () => {
  await using simulator = await simulate()
  const { accessKeyId, secretAccessKey, sessionToken } = simulator.issueCredentials(900)
  const expiration = new Date(Date.now() + 900_000).toISOString()
  const answer = {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Token: sessionToken,
    Expiration: expiration,
  }
  await using server = createServer((_, response) => void response.end(JSON.stringify(answer)))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0

  const environment = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/credentials` }
  await expectToWork(simulator, environment, accessKeyId)
})
