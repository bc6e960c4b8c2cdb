import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { startGitHubApi } from '../github-api.ts'
import { answered, expectEndingOfOne, expectNoEffect } from './expectations.ts'
import { groupsOf, hostileNames, hostileTexts, hostileVariables } from './support/hostile.ts'
import { listen } from './support/servers.ts'
import { simulate, waitFor, waitForOne } from './support.ts'

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

test.concurrent.each(groupsOf(hostileVariables, checked.length))(
  'where settings are checked, %s are shown without effect',
  async (_, texts) => {
    await using simulator = await simulate()

    const step = await waitFor(simulator, simulator.start(), { environment: variables(checked, texts) })

    expect(step.outputs['verdict']).toBe('error')
    expectNoEffect(step, ['error'])
  },
)

test.concurrent.each(groupsOf(hostileVariables, 4))(
  'where the SDK looks for credentials, %s are shown without effect',
  async (_, texts) => {
    await using simulator = await simulate()
    const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'NO_PROXY']

    const step = await waitFor(simulator, simulator.start(), {
      inputs: { 'timeout-minutes': '0.01' },
      environment: variables(names, texts),
    })

    expect(['error', 'timed-out']).toContain(step.outputs['verdict'])
    expectNoEffect(step, ['error'])
  },
)

test.concurrent.each(groupsOf(hostileVariables, 2))(
  'as a profile and a place for the summary, %s are shown without effect',
  async (_, [profile, place]) => {
    await using simulator = await simulate()

    const step = await waitFor(simulator, simulator.start(), {
      inputs: { 'timeout-minutes': '0.01' },
      environment: {
        AWS_ACCESS_KEY_ID: undefined,
        AWS_SECRET_ACCESS_KEY: undefined,
        AWS_PROFILE: profile,
        GITHUB_STEP_SUMMARY: `/nonexistent/${place}`,
      },
    })

    expect(['error', 'timed-out']).toContain(step.outputs['verdict'])
    expectNoEffect(
      { ...step, complaints: step.complaints.filter((complaint) => complaint !== 'there is no summary') },
      ['error'],
    )
  },
)

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
