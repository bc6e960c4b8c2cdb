import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from '@jest/globals'
import { answered, expectEndingOfOne, shown, unanswered } from './expectations.ts'
import {
  callsOf,
  describeStatus,
  type Fault,
  type Simulator,
  type Step,
  simulate,
  waitFor,
  waitForOne,
} from './support.ts'

// What goes wrong before the first call to Identity Center, where the job's environment says how to get credentials.

const withoutKey = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined }
const assumeRole = 'AssumeRole'
const assumeRoleWithToken = 'AssumeRoleWithWebIdentity'

/** A folder with one file, which is gone at the end of the block. */
async function temporaryFile(name: string, content: string) {
  const folder = await mkdtemp(join(tmpdir(), 'obtaining-'))
  const path = join(folder, name)
  await writeFile(path, content)
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}

/** A server on this machine, which is closed at the end of the block. */
async function serve(listener: RequestListener) {
  const server = createServer(listener)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return Object.assign(server, { url: `http://127.0.0.1:${port}` })
}

/** A profile that assumes a role with the simulator's access key. */
function profileWithRole({ credentials }: Simulator): string {
  return `[profile base]
aws_access_key_id = ${credentials.accessKeyId}
aws_secret_access_key = ${credentials.secretAccessKey}
[profile deploy]
role_arn = arn:aws:iam::123456789012:role/Deploy
source_profile = base
`
}

/** The job's OIDC token, in a file as EKS mounts one. */
async function tokenFile({ oidc }: Simulator) {
  const headers = { authorization: `Bearer ${oidc.requestToken}` }
  const answer: unknown = await (await fetch(`${oidc.url}&audience=sts.amazonaws.com`, { headers })).json()
  return temporaryFile('token', String(Reflect.get(Object(answer), 'value')))
}

/** What the metadata services of EC2 and ECS answer for a role. */
function sessionAnswer(simulator: Simulator): string {
  const { accessKeyId, secretAccessKey, sessionToken } = simulator.issueCredentials(900)
  return JSON.stringify({
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Token: sessionToken,
    Expiration: new Date(Date.now() + 900_000).toISOString(),
  })
}

/** An `error` at once which is about the credentials: Identity Center was not asked, and no policy for it is shown. */
function expectRefusal(step: Step, simulator: Simulator, request: string, title: RegExp, words: readonly RegExp[]) {
  expectEndingOfOne(step, 'error', unanswered(request, expect.any(String)))
  expect(step.errors[0]?.title).toMatch(title)
  for (const word of words) expect(step.errors[0]?.message).toMatch(word)
  expect(callsOf(simulator, describeStatus)).toEqual([])
  expect(`${step.errors[0]?.message}${step.summary}`).not.toMatch(/Allow sso:|```json/)
  expect(step.durationMs).toBeLessThan(5_000)
}

test.concurrent('a profile whose role may not be assumed is an error that names sts:AssumeRole', async () => {
  const message =
    'User: arn:aws:iam::123456789012:user/ci is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/Deploy'
  const fault: Fault = { kind: 'error', code: 'AccessDenied', message, httpStatus: 403 }
  await using simulator = await simulate({ faults: [{ operation: assumeRole, fault }] })
  await using config = await temporaryFile('config', profileWithRole(simulator))
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], {
    environment: { ...withoutKey, AWS_CONFIG_FILE: config.path, AWS_PROFILE: 'deploy' },
  })

  expectRefusal(step, simulator, request, /^Access denied: sts:AssumeRole$/, [
    /role\/Deploy/,
    /'deploy'/,
    /trust policy/,
  ])
  expect(callsOf(simulator, assumeRole)).toHaveLength(1)
})

test.concurrent('a trust policy that refuses the token of a file is an error that says so', async () => {
  await using simulator = await simulate()
  await using token = await tokenFile(simulator)
  const [request = ''] = simulator.start()
  const role = 'arn:aws:iam::123456789012:role/somebody-elses'

  const step = await waitFor(simulator, [request], {
    environment: { ...withoutKey, AWS_WEB_IDENTITY_TOKEN_FILE: token.path, AWS_ROLE_ARN: role },
  })

  expectRefusal(step, simulator, request, /^Access denied: sts:AssumeRoleWithWebIdentity$/, [
    /somebody-elses/,
    /trust policy/,
  ])
})

test.concurrent.each<[string, RegExp]>([
  ['ValidationError', /AWS_ROLE_ARN/],
  ['InvalidParameterValue', /AWS_ROLE_ARN/],
  ['InvalidIdentityToken', /AWS_WEB_IDENTITY_TOKEN_FILE/],
  ['ExpiredTokenException', /AWS_WEB_IDENTITY_TOKEN_FILE/],
  ['RegionDisabledException', /aws-region/],
])('%s from STS, for the token of a file, is an error at once that says what to change', async (code, remedy) => {
  const fault: Fault = { kind: 'error', code, message: 'That will not do' }
  await using simulator = await simulate({ faults: [{ operation: assumeRoleWithToken, fault }] })
  await using token = await tokenFile(simulator)
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], {
    environment: { ...withoutKey, AWS_WEB_IDENTITY_TOKEN_FILE: token.path, AWS_ROLE_ARN: simulator.roleArn },
  })

  expectRefusal(step, simulator, request, /\S/, [new RegExp(`${code}(Exception)?: That will not do`), remedy])
})

test.concurrent('a token file that is missing is an error at once that names the variable', async () => {
  await using simulator = await simulate()
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], {
    environment: { ...withoutKey, AWS_WEB_IDENTITY_TOKEN_FILE: '/nonexistent/token', AWS_ROLE_ARN: simulator.roleArn },
  })

  expectRefusal(step, simulator, request, /cannot be read/, [/ENOENT/, /AWS_WEB_IDENTITY_TOKEN_FILE/])
})

test.concurrent.each<[string, Fault]>([
  ['throttles', { kind: 'error', code: 'Throttling', message: 'Rate exceeded' }],
  ['is unavailable', { kind: 'error', code: 'ServiceUnavailable', httpStatus: 503 }],
  ['times out', { kind: 'error', code: 'RequestTimeout', httpStatus: 408 }],
  ['resets the connection', { kind: 'reset', when: 'before-headers' }],
])('STS that %s for the token of a file is asked again', async (_, fault) => {
  await using simulator = await simulate({ faults: [{ operation: assumeRoleWithToken, to: 4, fault }] })
  await using token = await tokenFile(simulator)
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], {
    environment: { ...withoutKey, AWS_WEB_IDENTITY_TOKEN_FILE: token.path, AWS_ROLE_ARN: simulator.roleArn },
  })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
})

test.concurrent('STS that is unavailable until the deadline is timed-out, and the reason is that of the credentials', async () => {
  const fault: Fault = { kind: 'error', code: 'ServiceUnavailable', message: 'Later', httpStatus: 503 }
  await using simulator = await simulate({ faults: [{ operation: assumeRoleWithToken, fault }] })
  await using token = await tokenFile(simulator)
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], {
    inputs: { 'timeout-minutes': '0.02' },
    environment: { ...withoutKey, AWS_WEB_IDENTITY_TOKEN_FILE: token.path, AWS_ROLE_ARN: simulator.roleArn },
  })

  expectEndingOfOne(step, 'timed-out', unanswered(request, expect.stringMatching(/could not be assumed yet.*Later/)))
})

test.concurrent("a metadata service that answers 503 at the start is asked again, for an instance's role", async () => {
  await using simulator = await simulate()
  const answer = sessionAnswer(simulator)
  let asked = 0
  await using metadata = await serve(({ url = '' }, response) => {
    asked += 1
    if (asked === 1) response.writeHead(503).end()
    else if (url.includes('/token')) response.end('metadata-token')
    else response.end(url.endsWith('/') ? 'runner-role' : answer)
  })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], {
    environment: {
      ...withoutKey,
      AWS_EC2_METADATA_DISABLED: undefined,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: metadata.url,
      // As on most instances: without a token of the service there are no credentials.
      AWS_EC2_METADATA_V1_DISABLED: 'true',
    },
  })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
})

test.concurrent.each<[string, string | undefined]>([
  ['an instance without a role', undefined],
  ['a metadata service that is switched off', 'true'],
])('%s has no credentials, which is an error at once', async (_, disabled) => {
  await using simulator = await simulate()
  await using metadata = await serve((_request, response) => void response.writeHead(404).end())
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], {
    environment: {
      ...withoutKey,
      AWS_EC2_METADATA_DISABLED: disabled,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: metadata.url,
    },
  })

  expectRefusal(step, simulator, request, /^There are no AWS credentials$/, [/configure-aws-credentials/])
})

test.concurrent('a container whose endpoint answers 503 twice is asked again', async () => {
  await using simulator = await simulate()
  const answer = sessionAnswer(simulator)
  let asked = 0
  await using endpoint = await serve((_, response) => {
    asked += 1
    if (asked <= 2) response.writeHead(503).end()
    else response.end(answer)
  })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], {
    environment: { ...withoutKey, AWS_CONTAINER_CREDENTIALS_FULL_URI: `${endpoint.url}/credentials` },
  })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
})

test.concurrent('a container whose endpoint refuses is an error at once that names it', async () => {
  await using simulator = await simulate()
  await using endpoint = await serve((_, response) => void response.writeHead(403).end('{"Code":"AccessDenied"}'))
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], {
    environment: { ...withoutKey, AWS_CONTAINER_CREDENTIALS_FULL_URI: `${endpoint.url}/credentials` },
  })

  expectRefusal(step, simulator, request, /\S/, [/HTTP 403/, /AWS_CONTAINER_CREDENTIALS_FULL_URI/])
})

test.concurrent('a credential process that fails is an error at once, and shows nothing of what it wrote', async () => {
  await using simulator = await simulate()
  const secret = 'topsecret'
  await using config = await temporaryFile(
    'config',
    `[default]\ncredential_process = sh -c 'echo password ${secret} >&2; exit 3'\n`,
  )
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], { environment: { ...withoutKey, AWS_CONFIG_FILE: config.path } })

  expectRefusal(step, simulator, request, /'default'/, [/credential_process/])
  expect(`${shown(step)}${JSON.stringify(step.outputs)}`).not.toContain(secret)
})

test.concurrent('the keys of an earlier step come before AWS_PROFILE', async () => {
  const { simulator, request, step } = await waitForOne({}, { environment: { AWS_PROFILE: 'nonexistent' } })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(callsOf(simulator, describeStatus)[0]?.accessKeyId).toBe(simulator.credentials.accessKeyId)
})

test.concurrent('AWS_PROFILE that names no profile, without keys, is an error that names it', async () => {
  const { simulator, request, step } = await waitForOne(
    {},
    { environment: { ...withoutKey, AWS_PROFILE: 'nonexistent' } },
  )

  expectRefusal(step, simulator, request, /^There are no AWS credentials$/, [/AWS_PROFILE.*'nonexistent'/])
})

test.concurrent.each([
  ['AWS_ENDPOINT_URL', 'not a url'],
  ['AWS_ENDPOINT_URL', 'localhost:4566'],
  ['AWS_ENDPOINT_URL_SSO_ADMIN', 'https//sso.example.com'],
])('%s that is %j is an error at once that names it', async (name, value) => {
  const { simulator, request, step } = await waitForOne({}, { environment: { [name]: value } })

  expectRefusal(step, simulator, request, new RegExp(`^Invalid setting: ${name}$`), [new RegExp(`${name} `)])
})

test.concurrent('AWS_ENDPOINT_URL_STS that is no address is an error at once that names it, with role-to-assume', async () => {
  const { simulator, request, step } = await waitForOne(
    {},
    { assumesRole: true, environment: { AWS_ENDPOINT_URL_STS: 'sts.example.com' } },
  )

  expectRefusal(step, simulator, request, /^Invalid setting: AWS_ENDPOINT_URL_STS$/, [/https:/])
})

test.concurrent('a user without a home directory is an error at once that names HOME', async () => {
  await using simulator = await simulate()
  const [request = ''] = simulator.start()
  const hook = resolve(import.meta.dirname, 'hooks/no-home.cjs')

  const step = await waitFor(simulator, [request], { environment: { NODE_OPTIONS: `--require=${hook}` } })

  expectRefusal(step, simulator, request, /no home directory/, [/HOME/])
})
