import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { portOf } from '../../../reliability/wire.ts'
import { answered, expectOutputs, isoDate } from '../expectations.ts'
import { startGitHubApi } from '../github-api.ts'
import { simulate, waitFor } from '../support.ts'
import { commandNamesIn, expectNoEffect, expectPlain, hostileNames, hostileTexts, hostileVariables } from './safety.ts'

/** What the runner tells a step, and what a branch, a workflow or a person can have named. */
const named = [
  'GITHUB_ACTION',
  'GITHUB_ACTOR',
  'GITHUB_BASE_REF',
  'GITHUB_EVENT_NAME',
  'GITHUB_HEAD_REF',
  'GITHUB_JOB',
  'GITHUB_REF',
  'GITHUB_REF_NAME',
  'GITHUB_REPOSITORY',
  'GITHUB_REPOSITORY_OWNER',
  'GITHUB_SERVER_URL',
  'GITHUB_SHA',
  'GITHUB_TRIGGERING_ACTOR',
  'GITHUB_WORKFLOW',
  'GITHUB_WORKFLOW_REF',
  'RUNNER_NAME',
]

/** A file that is gone at the end of the block. */
async function temporaryFile(content: string) {
  const folder = await mkdtemp(join(tmpdir(), 'event-'))
  const path = join(folder, 'event.json')
  await writeFile(path, content)
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}

test.concurrent.each(hostileNames)('%s in every name that the runner tells: without effect', async (_, text) => {
  await using simulator = await simulate()
  const requests = simulator.start()
  const environment = Object.fromEntries(named.map((name) => [name, text]))

  const step = await waitFor(simulator, requests, { environment })

  expectOutputs(
    step,
    'succeeded',
    { status: 'SUCCEEDED', 'created-date': isoDate, 'permission-set-arn': simulator.permissionSetArn },
    requests.map((request) => answered(simulator, request, 'SUCCEEDED')),
  )
  expectNoEffect(step, requests)
  expect(commandNamesIn(step)).toEqual([])
})

test.concurrent.each(hostileTexts)(
  '%s in all of the event, with a comment to make: without effect',
  async (_, text) => {
    await using simulator = await simulate()
    await using api = await startGitHubApi()
    const user = { login: text }
    const event = {
      action: text,
      number: text,
      pull_request: { number: text, title: text, body: text, head: { ref: text, sha: text }, user },
      repository: { name: text, full_name: text, owner: user },
      sender: user,
      head_commit: { message: text },
    }
    await using file = await temporaryFile(JSON.stringify(event))
    const requests = simulator.start()

    const step = await waitFor(simulator, requests, {
      inputs: { 'pull-request-comment': 'always', 'github-token': api.token },
      environment: {
        ...api.onPullRequest(),
        GITHUB_EVENT_PATH: file.path,
        GITHUB_WORKFLOW: text.replaceAll('\0', '').slice(0, 1_000),
        GITHUB_JOB: text.replaceAll('\0', '').slice(0, 1_000),
      },
    })

    expect(step.outputs['verdict']).toBe('succeeded')
    expectNoEffect(step, requests)
    // There is no such pull request.
    expect(commandNamesIn(step)).toEqual(['warning'])
  },
)

test.concurrent.each(hostileNames)(
  '%s as names of workflow and job: a comment with a marker that stays one',
  async (_, text) => {
    await using simulator = await simulate()
    await using api = await startGitHubApi()
    const step = await waitFor(simulator, simulator.start(), {
      inputs: { 'pull-request-comment': 'always', 'github-token': api.token },
      environment: { ...api.onPullRequest(), GITHUB_WORKFLOW: text, GITHUB_JOB: text },
    })

    expect(step.stdout).not.toContain('::warning')
    const [marker = '', ...body] = api.comments[0]?.body.split('\n') ?? []
    expect(marker).toMatch(
      /^<!-- wait-for-permission-set-provisioning [\w%.!~*'()/-]*\/provision-permission-set \w+ \d+\/\d+ -->$/,
    )
    expect(marker.indexOf('-->')).toBe(marker.length - 3)
    expect(body.join('\n')).toBe(step.summary)
  },
)

test.concurrent.each(hostileVariables)('%s where settings are checked: told without effect', async (_, text) => {
  await using simulator = await simulate()
  const names = ['AWS_REGION', 'GITHUB_RUN_ID', 'GITHUB_RUN_ATTEMPT', 'HTTPS_PROXY', 'HTTP_PROXY']

  const step = await waitFor(simulator, simulator.start(), {
    environment: Object.fromEntries(names.map((name) => [name, text])),
  })

  expect(step.outputs['verdict']).toBe('error')
  expectNoEffect(step, [])
  expect(commandNamesIn(step)).toEqual(['error'])
  expectPlain(step)
})

/** Where the SDK and the toolkit look, and the action itself does not. */
const otherVariables: Record<string, (text: string) => Record<string, string | undefined>> = {
  'where the SDK looks for credentials': (text) => ({
    AWS_ACCESS_KEY_ID: text,
    AWS_SECRET_ACCESS_KEY: text,
    AWS_SESSION_TOKEN: text,
    AWS_PROFILE: undefined,
    NO_PROXY: text,
  }),
  'as a profile and a place for the summary': (text) => ({
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    AWS_PROFILE: text,
    GITHUB_STEP_SUMMARY: `/nonexistent/${text}`,
  }),
}

describe.each(Object.entries(otherVariables))('%s', (_, environmentOf) => {
  test.concurrent.each(hostileVariables)('%s: told without effect', async (_, text) => {
    await using simulator = await simulate()
    const requests = simulator.start()

    const step = await waitFor(simulator, requests, {
      inputs: { 'timeout-minutes': '0.01' },
      environment: environmentOf(text),
    })

    expect(['error', 'timed-out']).toContain(step.outputs['verdict'])
    expectNoEffect(step, requests)
    expect(commandNamesIn(step)).toEqual(['error'])
  })
})

test.concurrent.each(hostileTexts)('%s in what GitHub answers to a comment: told without effect', async (_, text) => {
  await using simulator = await simulate()
  await using api = await startGitHubApi()
  const server = createServer((_request, response) => {
    response
      .writeHead(422, { 'content-type': 'application/json' })
      .end(JSON.stringify({ message: text, documentation_url: text, errors: [text] }))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')

  const step = await waitFor(simulator, simulator.start(), {
    inputs: { 'pull-request-comment': 'always', 'github-token': api.token },
    environment: { ...api.onPullRequest(), GITHUB_API_URL: `http://127.0.0.1:${portOf(server.address())}` },
  })
  server.close()
  server.closeAllConnections()

  expect(step.outputs['verdict']).toBe('succeeded')
  expect(commandNamesIn(step)).toEqual(['warning'])
  expectNoEffect(
    step,
    JSON.parse(step.outputs['results'] ?? '[]').map(({ requestId }: { requestId: string }) => requestId),
  )
})
