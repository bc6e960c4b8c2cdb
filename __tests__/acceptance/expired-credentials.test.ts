import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { answered, expectEndingOfOne } from '../support/expectations.ts'
import { calls, callsOf, describeStatus, type Simulator, simulate, startWaitingFor, wrote } from '../support/step.ts'

type Session = ReturnType<Simulator['issueCredentials']>

const environmentOf = ({ accessKeyId, secretAccessKey, sessionToken }: Session) => ({
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  AWS_SESSION_TOKEN: sessionToken,
})

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
})

test.concurrent('the wait goes on if a credential process gives a new session by then', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'credentials-'))
  await using simulator = await simulate({ seconds: 5 })
  const [request = ''] = simulator.start()
  const [file, config] = [join(folder.path, 'session'), join(folder.path, 'config')]
  const give = ({ accessKeyId, secretAccessKey, sessionToken }: Session) => {
    const names = { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken }
    return writeFile(file, JSON.stringify({ Version: 1, ...names }))
  }
  const session = simulator.issueCredentials(900)
  await give(session)
  await writeFile(config, `[default]\ncredential_process = cat ${file}\n`)
  const withoutKey = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined }
  const { finished } = await startWaitingFor(simulator, [request], {
    environment: { ...withoutKey, AWS_CONFIG_FILE: config },
  })
  await calls(simulator, 1)

  await give(simulator.issueCredentials(900))
  simulator.expire(session.accessKeyId)

  expectEndingOfOne(await finished, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  const keys = callsOf(simulator, describeStatus).map(({ accessKeyId }) => accessKeyId)
  expect(new Set(keys).size).toBe(2)
})
