import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { answered, expectEndingOfOne, expectNoEffect } from '../support/expectations.ts'
import { startGitHubApi } from '../support/github-api.ts'
import { groupsOf, hostileNames, hostileTexts, hostileVariables } from '../support/hostile.ts'
import { listen } from '../support/servers.ts'
import { simulate, waitFor, waitForOne } from '../support/step.ts'

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

/** One text for each name. */
function variables(names: readonly string[], texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name, index) => [name, texts[index] ?? '']))
}

/** A file that is gone at the end of the block. */
async function temporaryFile(content: string) {
  const folder = await mkdtemp(join(tmpdir(), 'event-'))
  const path = join(folder, 'event.json')
  await writeFile(path, content)
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}

test.concurrent.each(groupsOf(hostileNames, named.length, 2))(
  'as names that the runner gives, %s have no effect',
  async (_, texts) => {
    const { simulator, request, step } = await waitForOne({}, { environment: variables(named, texts) })

    expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
    expectNoEffect(step, [])
  },
)

test.concurrent.each(groupsOf(hostileTexts, 6))(
  'in the event of a job that comments, %s have no effect',
  async (_, [action, number, title, body, ref, login]) => {
    await using simulator = await simulate()
    await using api = await startGitHubApi()
    const user = { login }
    const event = {
      action,
      number,
      pull_request: { number, title, body, head: { ref, sha: ref }, user },
      repository: { name: title, full_name: title, owner: user },
      sender: user,
      head_commit: { message: body },
    }
    await using file = await temporaryFile(JSON.stringify(event))

    const step = await waitFor(simulator, simulator.start(), {
      inputs: { 'pull-request-comment': 'always', 'github-token': api.token },
      environment: { ...api.onPullRequest(), GITHUB_EVENT_PATH: file.path },
      secrets: [api.token],
    })

    expect(step.outputs['verdict']).toBe('succeeded')
    // There is no such pull request.
    expectNoEffect(step, ['warning'])
  },
)

test.concurrent.each(groupsOf(hostileNames, 2))(
  'as names of workflow and job, %s make a comment with one marker, which stays hidden',
  async (_, texts) => {
    await using simulator = await simulate()
    await using api = await startGitHubApi()
    const step = await waitFor(simulator, simulator.start(), {
      inputs: { 'pull-request-comment': 'always', 'github-token': api.token },
      environment: { ...api.onPullRequest(), ...variables(['GITHUB_WORKFLOW', 'GITHUB_JOB'], texts) },
      secrets: [api.token],
    })

    expectNoEffect(step, [])
    const [marker = '', ...body] = api.comments[0]?.body.split('\n') ?? []
    expect(marker).toMatch(/^<!-- wait-for-permission-set-provisioning [\w%.!~*'() /-]* -->$/)
    expect(marker.indexOf('-->')).toBe(marker.length - 3)
    expect(body.join('\n')).toBe(step.summary)
  },
)

const checked = ['AWS_REGION', 'GITHUB_RUN_ID', 'GITHUB_RUN_ATTEMPT', 'HTTPS_PROXY', 'HTTP_PROXY']
const credentials = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'NO_PROXY']

const profileAndSummary = ([profile = '', path = '']: readonly string[]) => ({
  AWS_ACCESS_KEY_ID: undefined,
  AWS_SECRET_ACCESS_KEY: undefined,
  AWS_PROFILE: profile,
  GITHUB_STEP_SUMMARY: `/nonexistent/${path}`,
})

type Setting = [texts: string, place: string, environment: Record<string, string | undefined>]

test.concurrent.each([
  ...groupsOf(hostileVariables, 5).map(([name, texts]): Setting => [name, 'settings', variables(checked, texts)]),
  ...groupsOf(hostileVariables, 4).map(([name, texts]): Setting => [name, 'keys', variables(credentials, texts)]),
  ...groupsOf(hostileVariables, 2).map(([name, texts]): Setting => [name, 'profile', profileAndSummary(texts)]),
])('%s as %s are shown without effect', async (_text, _place, environment) => {
  const { step } = await waitForOne({}, { inputs: { 'timeout-minutes': '0.01' }, environment })

  expect(['error', 'timed-out']).toContain(step.outputs['verdict'])
  const complaints = step.complaints.filter((complaint) => complaint !== 'there is no summary')
  expectNoEffect({ ...step, complaints }, ['error'])
})

test.concurrent.each(groupsOf(hostileTexts, 3))(
  'in what GitHub answers to a comment, %s are shown without effect',
  async (_, [message, documentation_url, error]) => {
    await using simulator = await simulate()
    await using api = await startGitHubApi()
    const body = JSON.stringify({ message, documentation_url, errors: [error] })
    const server = createServer((_request, response) => {
      response.writeHead(422, { 'content-type': 'application/json' }).end(body)
    })
    await using listening = await listen(server)

    const step = await waitFor(simulator, simulator.start(), {
      inputs: { 'pull-request-comment': 'always', 'github-token': api.token },
      environment: { ...api.onPullRequest(), GITHUB_API_URL: `http://127.0.0.1:${listening.port}` },
      secrets: [api.token],
    })

    expect(step.outputs['verdict']).toBe('succeeded')
    expectNoEffect(step, ['warning'])
  },
)
