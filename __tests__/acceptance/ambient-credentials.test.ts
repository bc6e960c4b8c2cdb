import { createServer, type RequestListener } from 'node:http'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { answered, expectEnding, unanswered } from '../support/expectations.ts'
import { folderWith } from '../support/folder.ts'
import { idTokenOf } from '../support/id-token.ts'
import { listen } from '../support/servers.ts'
import {
  calls,
  callsOf,
  describeStatus,
  type Fault,
  type SimulateOptions,
  startWaitingForOne,
  type TestSimulator,
  waitForOne,
  withoutKey,
  wrote,
} from '../support/step.ts'

// The ways in which self-hosted runners get credentials. Each of them is a part of the SDK that the bundle must hold.

/** What a job can set up for a step. All of it is gone when the step has ended. */
interface Job {
  readonly simulator: TestSimulator
  writeFile(content: string): Promise<string>
  /** The URL of a server on this machine. */
  serve(listener: RequestListener): Promise<string>
}

type Environment = Record<string, string | undefined>
type SetUp = (job: Job) => Environment | Promise<Environment>

/** Runs a step that has no access key but what the job sets up. */
async function run(setUp: SetUp, options: SimulateOptions = {}) {
  await using stack = new AsyncDisposableStack()
  const { write: writeFile } = stack.use(await folderWith())
  const serve = async (listener: RequestListener) => {
    const { port } = stack.use(await listen(createServer(listener)))
    return `http://127.0.0.1:${port}`
  }
  return await waitForOne(options, async (simulator) => ({
    environment: { ...withoutKey, ...(await setUp({ simulator, writeFile, serve })) },
  }))
}

/** A session in the JSON that credential processes, containers and the metadata service give. */
function sessionOf({ issueCredentials }: TestSimulator): string {
  const { accessKeyId, secretAccessKey, sessionToken } = issueCredentials(900)
  return JSON.stringify({
    Version: 1,
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Token: sessionToken,
    Expiration: new Date(Date.now() + 900_000).toISOString(),
  })
}

/** The job's OIDC token in a file, as EKS mounts one. */
const tokenFile: SetUp = async ({ simulator, writeFile }) => ({
  AWS_WEB_IDENTITY_TOKEN_FILE: await writeFile(await idTokenOf(simulator)),
  AWS_ROLE_ARN: simulator.roleArn,
})

/** A profile with a session. */
async function profile({ simulator, writeFile }: Pick<Job, 'simulator' | 'writeFile'>): Promise<Environment> {
  const { accessKeyId, secretAccessKey, sessionToken } = simulator.issueCredentials(900)
  const AWS_SHARED_CREDENTIALS_FILE = await writeFile(`[deploy]
aws_access_key_id = ${accessKeyId}
aws_secret_access_key = ${secretAccessKey}
aws_session_token = ${sessionToken}
`)
  return { AWS_SHARED_CREDENTIALS_FILE, AWS_PROFILE: 'deploy' }
}

/** A profile that assumes a role with the access key. */
const profileWithRole: SetUp = async ({ simulator: { credentials }, writeFile }) => {
  const AWS_CONFIG_FILE = await writeFile(`[profile base]
aws_access_key_id = ${credentials.accessKeyId}
aws_secret_access_key = ${credentials.secretAccessKey}
[profile deploy]
role_arn = arn:aws:iam::123456789012:role/Deploy
source_profile = base
`)
  return { AWS_CONFIG_FILE, AWS_PROFILE: 'deploy' }
}

function credentialProcess(commandOf: (job: Job) => Promise<string>): SetUp {
  return async (job) => ({
    AWS_CONFIG_FILE: await job.writeFile(`[default]\ncredential_process = ${await commandOf(job)}\n`),
  })
}

/** A container whose endpoint answers first with these statuses, and then with a session. */
function container(...statuses: number[]): SetUp {
  return async ({ simulator, serve }) => {
    const session = sessionOf(simulator)
    const url = await serve((_, response) => {
      const status = statuses.shift()
      if (status === undefined) response.end(session)
      else response.writeHead(status).end('{"Code":"AccessDenied"}')
    })
    return { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/credentials` }
  }
}

/** An instance whose metadata service answers its first call with HTTP 503. */
const instance: SetUp = async ({ simulator, serve }) => {
  const session = sessionOf(simulator)
  let asked = 0
  const url = await serve(({ url = '' }, response) => {
    asked += 1
    if (asked === 1) response.writeHead(503).end()
    else if (url.includes('/token')) response.end('metadata-token')
    else response.end(url.endsWith('/') ? 'runner-role' : session)
  })
  return {
    AWS_EC2_METADATA_DISABLED: undefined,
    AWS_EC2_METADATA_SERVICE_ENDPOINT: url,
    // As on most instances: the service gives no credentials without a token of its own.
    AWS_EC2_METADATA_V1_DISABLED: 'true',
  }
}

const assumeRoleWithToken = 'AssumeRoleWithWebIdentity'
const fromSts = (fault: Fault, to = Number.POSITIVE_INFINITY): SimulateOptions => ({
  faults: ['AssumeRole', assumeRoleWithToken].map((operation) => ({ operation, to, fault })),
})

test.concurrent.each<[string, SetUp, SimulateOptions?]>([
  ['a named profile', profile],
  ['a credential process', credentialProcess(async (job) => `cat ${await job.writeFile(sessionOf(job.simulator))}`)],
  [
    'a token file, if STS breaks connections at first',
    tokenFile,
    fromSts({ kind: 'reset', when: 'before-headers' }, 4),
  ],
  ['the endpoint of a container that answers 503 at first', container(503, 503)],
  ['the metadata service of an instance that answers 503 at first', instance],
])('credentials come from %s', async (_, setUp, options) => {
  const { simulator, request, step } = await run(setUp, options)

  expectEnding(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(callsOf(simulator, describeStatus).map(({ accessKeyId }) => accessKeyId)).toEqual([
    expect.stringMatching(/^ASIA/),
  ])
})

test.concurrent('the keys of an earlier step come before AWS_PROFILE', async () => {
  const { simulator, request, step } = await run(({ simulator }) => ({
    ...simulator.environment(),
    AWS_PROFILE: 'nonexistent',
  }))

  expectEnding(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(callsOf(simulator, describeStatus)[0]?.accessKeyId).toBe(simulator.credentials.accessKeyId)
})

const noCredentials = 'There are no AWS credentials'
const sts = (code: string, message = 'That will not do'): SimulateOptions => fromSts({ kind: 'error', code, message })
const noAssumeRole =
  'User: arn:aws:iam::123456789012:user/ci is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/Deploy'

test.concurrent.each<[string, SetUp, SimulateOptions, string, RegExp]>([
  ['nothing is set up', () => ({}), {}, noCredentials, /role-to-assume.*configure-aws-credentials/s],
  [
    'a profile may not assume its role',
    profileWithRole,
    sts('AccessDenied', noAssumeRole),
    'Access denied: sts:AssumeRole',
    /'deploy'.*role\/Deploy.*trust policy/s,
  ],
  [
    'a token file is missing',
    ({ simulator }) => ({ AWS_WEB_IDENTITY_TOKEN_FILE: '/nonexistent/token', AWS_ROLE_ARN: simulator.roleArn }),
    {},
    'The token file cannot be read',
    /ENOENT.*AWS_WEB_IDENTITY_TOKEN_FILE/s,
  ],
  [
    'the endpoint of a container refuses',
    container(403, 403, 403),
    {},
    "The container's endpoint gave no credentials",
    /HTTP 403.*AWS_CONTAINER_CREDENTIALS_FULL_URI/s,
  ],
  [
    'the user has no home directory',
    () => ({ NODE_OPTIONS: `--require=${join(import.meta.dirname, '../support/hooks/no-home.cjs')}` }),
    {},
    "The runner's user has no home directory",
    /HOME/,
  ],
])('the step is an error at once that says what to change if %s', async (_, setUp, options, title, words) => {
  const { simulator, request, step } = await run(setUp, options)

  expectEnding(step, 'error', unanswered(request, expect.any(String)))
  expect(step.errors[0]?.title).toBe(title)
  expect(step.errors[0]?.message).toMatch(words)
  expect(callsOf(simulator, describeStatus)).toEqual([])
  // A policy for Identity Center would not help.
  expect(`${step.errors[0]?.message}${step.summary}`).not.toMatch(/Allow sso:|```json/)
})

test.concurrent('a session of an earlier step that expires is an error that names both ways out', async () => {
  await using wait = await startWaitingForOne({ seconds: 60 }, ({ issueCredentials }) => {
    const { accessKeyId, secretAccessKey, sessionToken } = issueCredentials(900)
    const keys = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey }
    return { environment: { ...keys, AWS_SESSION_TOKEN: sessionToken } }
  })
  const { simulator, request, step } = wait
  await wrote(step, /IN_PROGRESS$/)

  simulator.expire(simulator.calls[0]?.accessKeyId ?? '')

  const ended = await step.finished
  const error = expect.stringContaining('ExpiredTokenException')
  expectEnding(ended, 'error', answered(simulator, request, 'IN_PROGRESS', { error }))
  expect(ended.errors[0]?.title).toBe('The credentials have expired')
  expect(ended.errors[0]?.message).toContain('role-duration-seconds')
  expect(ended.errors[0]?.message).toContain('role-to-assume')
  const refused = callsOf(simulator, describeStatus).filter(({ outcome }) => outcome === 'ExpiredTokenException')
  expect(refused.length).toBeLessThanOrEqual(2)
})

test.concurrent('the wait goes on if a profile has a new session by then', async () => {
  await using folder = await folderWith()
  const writeFile = (content: string) => folder.write(content, 'profiles')
  await using wait = await startWaitingForOne({ seconds: 5 }, async (simulator) => ({
    environment: { ...withoutKey, ...(await profile({ simulator, writeFile })) },
  }))
  const { simulator, request, step } = wait
  await calls(simulator, 1)

  await profile({ simulator, writeFile })
  simulator.expire(simulator.calls[0]?.accessKeyId ?? '')

  expectEnding(await step.finished, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  const keys = callsOf(simulator, describeStatus).map(({ accessKeyId }) => accessKeyId)
  expect(new Set(keys).size).toBe(2)
})
