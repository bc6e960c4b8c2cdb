import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, test } from '@jest/globals'
import { folderWith } from '../support/folder.ts'
import { startGitHubApi } from '../support/github-api.ts'
import { listen } from '../support/servers.ts'
import { type StepOptions, simulate, waitFor, withoutKey } from '../support/step.ts'

const chunk = Buffer.alloc(64 * 1024, 'a')

/** A server whose answers never end, for as long as anybody reads them. */
async function startEndlessServer() {
  const server = createServer((_, response) => {
    const endless = new Readable({ read: () => endless.push(chunk) })
    response.writeHead(200, { 'content-type': 'application/json' }).on('close', () => endless.destroy())
    endless.pipe(response)
  })
  const listening = await listen(server)
  return { url: `http://127.0.0.1:${listening.port}`, [Symbol.asyncDispose]: listening[Symbol.asyncDispose] }
}

const tooLong = /The answer is longer than 16 MiB/

test.concurrent.each<[name: string, options: (url: string) => StepOptions, verdict: string, said: RegExp]>([
  ['AWS', (url) => ({ environment: { AWS_ENDPOINT_URL_SSO_ADMIN: url } }), 'timed-out', tooLong],
  ['STS', (url) => ({ assumesRole: true, environment: { AWS_ENDPOINT_URL_STS: url } }), 'timed-out', /STS/],
  [
    'the OIDC provider',
    (url) => ({ assumesRole: true, environment: { ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/?` } }),
    'timed-out',
    /in time|longer than 16 MiB/,
  ],
  [
    'a container',
    (url) => ({ environment: { ...withoutKey, AWS_CONTAINER_CREDENTIALS_FULL_URI: url } }),
    'timed-out',
    tooLong,
  ],
  [
    'an instance',
    (AWS_EC2_METADATA_SERVICE_ENDPOINT) => ({
      environment: { ...withoutKey, AWS_EC2_METADATA_DISABLED: undefined, AWS_EC2_METADATA_SERVICE_ENDPOINT },
    }),
    'error',
    /no AWS credentials/,
  ],
  ['GitHub', (GITHUB_API_URL) => ({ environment: { GITHUB_API_URL } }), 'succeeded', tooLong],
])('an answer of %s that never ends is given up, and takes little memory', async (_, optionsFor, verdict, said) => {
  await using simulator = await simulate()
  await using github = await startGitHubApi()
  await using server = await startEndlessServer()
  await using folder = await folderWith()
  const memory = join(folder.path, 'memory')
  const options = optionsFor(server.url)

  const step = await waitFor(simulator, simulator.start(), {
    ...options,
    timeoutMinutes: 0.05,
    commentsOn: github,
    environment: { ...options.environment, MEMORY_FILE: memory },
    hooks: ['memory.cjs'],
  })
  const mb = Number(await readFile(memory, 'utf8'))

  expect(step.complaints).toEqual([])
  expect(step.outputs['verdict']).toBe(verdict)
  expect([...step.errors, ...step.warnings][0]?.message).toMatch(said)
  expect(mb).toBeLessThan(300)
})
