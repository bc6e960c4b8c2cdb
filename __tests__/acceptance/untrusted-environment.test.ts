import { createServer } from 'node:http'
import { expect, test } from '@jest/globals'
import { expectNoEffect } from '../support/expectations.ts'
import { startGitHubApi } from '../support/github-api.ts'
import { spread, spreadVariables } from '../support/hostile.ts'
import { listen } from '../support/servers.ts'
import { simulate, waitFor, waitForOne, withoutKey } from '../support/step.ts'

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

/** A step that comments, with these texts in the event of its job. */
async function comment(texts: readonly string[], environment: Record<string, string>, hostileNumber?: string) {
  const [action, title, body, ref, login] = texts
  await using simulator = await simulate()
  await using api = await startGitHubApi()
  const user = { login }
  const event = {
    action,
    pull_request: { number: hostileNumber ?? 7, title, body, head: { ref, sha: ref }, user },
    repository: { name: title, full_name: title, owner: user },
    sender: user,
    head_commit: { message: body },
  }

  const step = await waitFor(simulator, simulator.start(), {
    commentsOn: api,
    environment: { ...environment, ...(await api.on('pull_request', event)) },
  })

  expect(step.outputs['verdict']).toBe('succeeded')
  return { step, comments: api.comments }
}

/** What becomes part of a URL or a header must fit in one. */
const longestName = 1_000
const rows = (values: string[][]) => values.map((texts, index) => [index + 1, texts] as const)

test.concurrent.each(rows(spreadVariables(named.length, 3, longestName)))(
  'as names that the runner and the event give, texts have no effect, and leave the marker of the comment hidden (%i)',
  async (_, texts) => {
    const { step, comments } = await comment(texts, variables(named, texts))

    expectNoEffect(step, [])
    const [marker = '', ...body] = comments[0]?.body.split('\n') ?? []
    expect(marker).toMatch(/^<!-- wait-for-permission-set-provisioning [\w%.!~*'() /-]* -->$/)
    expect(marker.indexOf('-->')).toBe(marker.length - 3)
    expect(body.join('\n')).toBe(step.summary)
  },
)

test.concurrent.each(rows(spreadVariables(7, 2, longestName)))(
  'as number of the pull request and name of the repository, texts have no effect (%i)',
  async (_, [number = '', repository = '', ...texts]) => {
    const { step } = await comment(texts, { GITHUB_REPOSITORY: repository }, number)

    // There is no such pull request.
    expectNoEffect(step, ['warning'])
  },
)

const keys = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'NO_PROXY']
const settings = ['AWS_REGION', 'GITHUB_RUN_ID', 'GITHUB_RUN_ATTEMPT', 'HTTPS_PROXY', 'HTTP_PROXY']

const asSettings = ([path = '', ...texts]: readonly string[]) => ({
  GITHUB_STEP_SUMMARY: `/nonexistent/${path}`,
  ...variables(settings, texts),
})
const asProfile = ([profile = '']: readonly string[]) => ({ ...withoutKey, AWS_PROFILE: profile })

type Setting = [place: string, number: number, environment: Record<string, string | undefined>]

test.concurrent.each([
  ...rows(spreadVariables(6, 2)).map(([number, texts]): Setting => ['settings', number, asSettings(texts)]),
  ...rows(spreadVariables(4, 3)).map(([number, texts]): Setting => ['keys', number, variables(keys, texts)]),
  ...rows(spreadVariables(1, 1)).map(([number, texts]): Setting => ['profile', number, asProfile(texts)]),
])('texts as %s are shown without effect (%i)', async (_place, _number, environment) => {
  const { step } = await waitForOne({ timeoutMinutes: 0.01, environment })

  expect(['error', 'timed-out']).toContain(step.outputs['verdict'])
  const complaints = step.complaints.filter((complaint) => complaint !== 'there is no summary')
  expectNoEffect({ ...step, complaints }, ['error'])
})

test.concurrent.each(rows(spread(6, 3)))(
  'in what GitHub answers to a comment, texts are shown without effect (%i)',
  async (_, [message, documentation_url, ...errors]) => {
    await using simulator = await simulate()
    await using api = await startGitHubApi()
    const body = JSON.stringify({ message, documentation_url, errors })
    const server = createServer((_request, response) => {
      response.writeHead(422, { 'content-type': 'application/json' }).end(body)
    })
    await using listening = await listen(server)

    const step = await waitFor(simulator, simulator.start(), {
      commentsOn: api,
      environment: { GITHUB_API_URL: `http://127.0.0.1:${listening.port}` },
    })

    expect(step.outputs['verdict']).toBe('succeeded')
    expectNoEffect(step, ['warning'])
  },
)
