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

const withoutKey = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined }

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

/** The places that hold a session: the text of each, and the variables that lead to it. */
const places = {
  profile: {
    textOf: ({ accessKeyId, secretAccessKey, sessionToken }: Session) => `[default]
aws_access_key_id = ${accessKeyId}
aws_secret_access_key = ${secretAccessKey}
aws_session_token = ${sessionToken}
`,
    variablesFor: async (file: string) => ({ AWS_SHARED_CREDENTIALS_FILE: file }),
  },
  'credential process': {
    textOf: ({ accessKeyId, secretAccessKey, sessionToken }: Session) =>
      JSON.stringify({
        Version: 1,
        AccessKeyId: accessKeyId,
        SecretAccessKey: secretAccessKey,
        SessionToken: sessionToken,
      }),
    variablesFor: async (file: string) => {
      const config = `${file}.config`
      await writeFile(config, `[default]\ncredential_process = cat ${file}\n`)
      return { AWS_CONFIG_FILE: config }
    },
  },
}

test.concurrent.each(['profile', 'credential process'] as const)(
  'the wait goes on if a %s has a new session by then',
  async (place) => {
    const { textOf, variablesFor } = places[place]
    await using folder = await mkdtempDisposable(join(tmpdir(), 'credentials-'))
    await using simulator = await simulate({ seconds: 5 })
    const [request = ''] = simulator.start()
    const file = join(folder.path, 'session')
    const session = simulator.issueCredentials(900)
    await writeFile(file, textOf(session))
    const environment = { ...withoutKey, ...(await variablesFor(file)) }
    const { finished } = await startWaitingFor(simulator, [request], { environment })
    await calls(simulator, 1)

    await writeFile(file, textOf(simulator.issueCredentials(900)))
    simulator.expire(session.accessKeyId)

    expectEndingOfOne(await finished, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
    const keys = callsOf(simulator, describeStatus).map(({ accessKeyId }) => accessKeyId)
    expect(new Set(keys).size).toBe(2)
  },
)
