import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { answered, expectEndingOfOne } from './expectations.ts'
import {
  calls,
  callsOf,
  describeStatus,
  type Simulator,
  simulate,
  startWaitingFor,
  waitForOne,
  wrote,
} from './support.ts'

type Session = ReturnType<Simulator['issueCredentials']>

const environmentOf = ({ accessKeyId, secretAccessKey, sessionToken }: Session) => ({
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  AWS_SESSION_TOKEN: sessionToken,
})

const profileOf = ({ accessKeyId, secretAccessKey, sessionToken }: Session) => `[default]
aws_access_key_id = ${accessKeyId}
aws_secret_access_key = ${secretAccessKey}
aws_session_token = ${sessionToken}
`

const withoutKey = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined }

/** A folder that is gone at the end of the block. */
async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'credentials-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

test.concurrent('a session of an earlier step that expires is an error that names both ways out', async () => {
  await using simulator = await simulate({ seconds: 60 })
  const [request = ''] = simulator.start()

  const session = simulator.issueCredentials(900)
  const step = await startWaitingFor(simulator, [request], { environment: environmentOf(session) })
  await wrote(step, /IN_PROGRESS$/)

  simulator.expire(session.accessKeyId)

  const ended = await step.finished
  const error = expect.stringContaining('ExpiredTokenException')
  expectEndingOfOne(ended, 'error', answered(simulator, request, 'IN_PROGRESS', { error }))
  expect(ended.errors[0]?.title).toBe('The credentials have expired')
  expect(ended.errors[0]?.message).toContain('role-duration-seconds')
  expect(ended.errors[0]?.message).toContain('role-to-assume')
  const refused = callsOf(simulator, describeStatus).filter(({ outcome }) => outcome === 'ExpiredTokenException')
  expect(refused.length).toBeLessThanOrEqual(2)
  expect(ended.ranMs).toBeLessThan(12_000)
})

test.concurrent('the wait goes on where a profile holds a new session by then', async () => {
  await using folder = await temporaryFolder()
  await using simulator = await simulate({ seconds: 5 })
  const [request = ''] = simulator.start()
  const profile = join(folder.path, 'credentials')
  const session = simulator.issueCredentials(900)
  await writeFile(profile, profileOf(session))
  const environment = { ...withoutKey, AWS_SHARED_CREDENTIALS_FILE: profile }
  const { finished } = await startWaitingFor(simulator, [request], { environment })
  await calls(simulator, 1)

  await writeFile(profile, profileOf(simulator.issueCredentials(900)))
  simulator.expire(session.accessKeyId)

  expectEndingOfOne(await finished, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  const keys = callsOf(simulator, describeStatus).map(({ accessKeyId }) => accessKeyId)
  expect(new Set(keys).size).toBe(2)
})

test.concurrent('the wait goes on where a credential process gives a new session by then', async () => {
  await using folder = await temporaryFolder()
  await using simulator = await simulate({ seconds: 5 })
  const [request = ''] = simulator.start()
  const [config, session] = [join(folder.path, 'config'), join(folder.path, 'session.json')]
  const issue = async () => {
    const { accessKeyId, secretAccessKey, sessionToken } = simulator.issueCredentials(900)
    const answer = {
      Version: 1,
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
    }
    await writeFile(session, JSON.stringify(answer))
    return accessKeyId
  }
  const first = await issue()
  await writeFile(config, `[default]\ncredential_process = cat ${session}\n`)
  const environment = { ...withoutKey, AWS_CONFIG_FILE: config }
  const { finished } = await startWaitingFor(simulator, [request], { environment })
  await calls(simulator, 1)

  await issue()
  simulator.expire(first)

  expectEndingOfOne(await finished, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
})

test.concurrent('with role-to-assume, a session that AWS calls expired is renewed', async () => {
  const fault = { kind: 'error', code: 'ExpiredTokenException', message: 'The security token is expired' } as const
  const { simulator, request, step } = await waitForOne(
    { seconds: 2, faults: [{ operation: describeStatus, from: 2, to: 3, fault }] },
    { assumesRole: true },
  )

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(callsOf(simulator, 'AssumeRoleWithWebIdentity').length).toBeGreaterThanOrEqual(2)
})
