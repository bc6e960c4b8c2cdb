import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { type CommentOptions, keepComment } from '../../../src/github/comment.ts'
import type { CommentMode } from '../../../src/inputs.ts'
import { TimeLimitReached } from '../../../src/polling/deadline.ts'
import type { Outcome } from '../../../src/report/outcome.ts'
import { never } from '../aws/harness.ts'
import {
  failed as aFailure,
  succeeded as aSuccess,
  inProgress,
  outcomeOf,
  permissionSetArn,
  several,
} from '../report/outcomes.ts'

interface Comment {
  id: number
  user: { login: string }
  body: string
}

const bot = 'github-actions[bot]'

/** A pull request in GitHub's API, which records the calls. */
let comments: Comment[] = []
let pullRequestsOfCommit: { number: number; merged_at: string | null }[] = []
let calls: string[] = []
let authorizations = new Set<string | undefined>()
let viewer: string | null = bot
/** Answers with this status and message to calls that match the pattern. */
let failure = { status: 0, message: 'Resource not accessible by integration', calls: /^/ }
/** Whether the connection breaks instead of an answer. */
let isBroken = false
/** Runs before a comment is created. */
let beforeCreation = () => {}

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost')
  const call = `${request.method} ${pathname}`
  calls.push(call)
  authorizations.add(request.headers.authorization)
  const answer = (body: unknown, status = 200) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
  if (isBroken) return request.socket.destroy()
  if (failure.status > 0 && failure.calls.test(call)) return answer({ message: failure.message }, failure.status)
  if (pathname === '/graphql') {
    return answer(viewer === null ? { errors: [{ message: 'No.' }] } : { data: { viewer: { login: viewer } } })
  }
  if (pathname.endsWith('/pulls')) return answer(pullRequestsOfCommit)
  if (request.method === 'GET') {
    const [page, size] = [Number(searchParams.get('page') ?? 1), Number(searchParams.get('per_page'))]
    const next = `<http://${request.headers.host}${pathname}?per_page=${size}&page=${page + 1}>; rel="next"`
    if (page * size < comments.length) response.setHeader('link', next)
    return answer(comments.slice((page - 1) * size, page * size))
  }
  const own = comments.find(({ id }) => pathname.endsWith(`/comments/${id}`))
  if (request.method === 'DELETE' && own) {
    comments.splice(comments.indexOf(own), 1)
    return response.writeHead(204).end()
  }
  const sent: unknown = await json(request)
  const body = String(Reflect.get(Object(sent), 'body'))
  if (request.method === 'POST') {
    beforeCreation()
    return answer(add(body, viewer ?? bot), 201)
  }
  if (own) own.body = body
  return answer({})
})

function add(body: string, login: string): Comment {
  const comment = { id: (comments.at(-1)?.id ?? 0) + 1, user: { login }, body }
  comments.push(comment)
  return comment
}

const environment: NodeJS.ProcessEnv = {
  GITHUB_WORKFLOW: 'Deploy --> prod',
  GITHUB_JOB: 'deploy',
  GITHUB_ACTION: 'wait',
  GITHUB_REPOSITORY: 'octo-org/octo-repo',
  GITHUB_RUN_ID: '1234',
  GITHUB_RUN_ATTEMPT: '1',
}
const before = process.env['GITHUB_API_URL']
let folder = ''

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  // The GitHub client reads it once, when it is loaded.
  process.env['GITHUB_API_URL'] = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  folder = await mkdtemp(join(tmpdir(), 'event-'))
})
afterAll(async () => {
  if (before === undefined) delete process.env['GITHUB_API_URL']
  else process.env['GITHUB_API_URL'] = before
  server.close()
  server.closeAllConnections()
  await rm(folder, { recursive: true })
})
beforeEach(async () => {
  comments = []
  pullRequestsOfCommit = []
  calls = []
  authorizations = new Set()
  viewer = bot
  failure = { status: 0, message: 'Resource not accessible by integration', calls: /^/ }
  isBroken = false
  beforeCreation = () => {}
  await startedBy('pull_request', { pull_request: { number: 7 } })
})
afterEach(() => {
  for (const comment of comments) expect(comment.body.length).toBeLessThanOrEqual(65_536)
})

/** Sets the event that started the run. */
async function startedBy(event: string, payload: unknown): Promise<void> {
  const path = join(folder, 'event.json')
  await writeFile(path, JSON.stringify(payload))
  Object.assign(environment, { GITHUB_EVENT_NAME: event, GITHUB_EVENT_PATH: path, GITHUB_SHA: 'abc123' })
}

function keep(outcome: Outcome, commentMode: CommentMode = 'always', others: Partial<CommentOptions> = {}) {
  return keepComment(outcome, {
    commentMode,
    commentKey: '0',
    githubToken: 'ghs_token',
    operation: 'provision-permission-set',
    environment,
    signal: never,
    ...others,
  })
}

/** The environment of another run, attempt, job or step. */
function elsewhere(others: Record<string, string>): Partial<CommentOptions> {
  return { environment: { ...environment, ...others } }
}

function headlines(): (string | undefined)[] {
  return comments.map(({ body }) => body.split('\n')[1])
}

const line =
  '<!-- wait-for-permission-set-provisioning Deploy%20--%3E%20prod/deploy/wait/0/provision-permission-set 0123456789abcdef 1/1 -->'
const failed = outcomeOf({ verdict: 'failed', requests: [aFailure({ failureReason: '<b>Gremlins' })] })
const succeeded = outcomeOf({ requests: [aSuccess()] })
const succeededElsewhere = outcomeOf({ requests: [aSuccess({ permissionSetArn })] })

describe('the comment', () => {
  test('is created on the pull request of the event, with the summary after a hidden marker', async () => {
    expect(await keep(failed)).toEqual({ ok: true, text: 'Commented on pull request 7' })
    expect(calls).toEqual([
      'GET /repos/octo-org/octo-repo/issues/7/comments',
      'POST /repos/octo-org/octo-repo/issues/7/comments',
      'GET /repos/octo-org/octo-repo/issues/7/comments',
    ])
    expect(comments[0]?.body).toMatch(
      /^<!-- wait-for-permission-set-provisioning Deploy%20--%3E%20prod\/deploy\/wait\/0\/provision-permission-set [0-9a-f]{16} 1234\/1 -->\n## ❌ Provisioning failed\n/,
    )
    expect(comments[0]?.body).toContain('&lt;b&gt;Gremlins')
    expect([...authorizations]).toEqual(['token ghs_token'])
  })

  test('is updated in place', async () => {
    add('by somebody else', 'octocat')
    await keep(failed)
    expect(await keep(succeeded)).toEqual({ ok: true, text: 'Updated the comment on pull request 7' })
    expect(headlines()).toEqual([undefined, '## ✅ Provisioning succeeded'])
    expect(calls.slice(-2)).toEqual(['POST /graphql', 'PATCH /repos/octo-org/octo-repo/issues/comments/2'])
  })

  test('is found again after hundreds of others', async () => {
    for (let count = 0; count < 230; count++) add(`comment ${count}`, 'octocat')
    add(`${line}\nold`, bot)
    await keep(succeeded)
    expect(comments).toHaveLength(231)
    expect(headlines().at(-1)).toBe('## ✅ Provisioning succeeded')
  })

  test.each<[string, () => Partial<CommentOptions>]>([
    ['job', () => elsewhere({ GITHUB_JOB: 'other' })],
    ['workflow', () => elsewhere({ GITHUB_WORKFLOW: 'Other' })],
    ['step', () => elsewhere({ GITHUB_ACTION: 'wait_2' })],
    ['leg of a matrix', () => ({ commentKey: '1' })],
    ['operation', () => ({ operation: 'create-account-assignment' })],
  ])('is a different one for another %s', async (_, others) => {
    await keep(failed)
    await keep(succeeded, 'always', others())
    await keep(succeeded, 'always', others())
    expect(headlines()).toEqual(['## ❌ Provisioning failed', '## ✅ Provisioning succeeded'])
  })

  test.each([`> ${line}\n`, `${line} \n`, line, line.replace('1/1', '1/1 2/2')])(
    'that only quotes the marker is left alone: %j',
    async (body) => {
      add(body, bot)
      await keep(failed)
      expect(comments).toHaveLength(2)
    },
  )

  test('of somebody else with the marker is left alone', async () => {
    add(`${line}\nplanted`, 'octocat')
    await keep(failed)
    expect(headlines()).toEqual(['planted', '## ❌ Provisioning failed'])
  })

  test.each([['octocat'], [null]])('is found if the owner of the token is %j', async (login) => {
    viewer = login
    add(`${line}\nold`, login ?? bot)
    await keep(succeeded)
    expect(headlines()).toEqual(['## ✅ Provisioning succeeded'])
  })

  test('stays within the 65,536 characters that GitHub takes', async () => {
    const known = { failureReason: 'é'.repeat(10_000), permissionSetArn: '<'.repeat(300) }
    await keep(outcomeOf({ verdict: 'failed', requests: several(300, aFailure, known) }))
    expect(comments[0]?.body.length).toBeLessThanOrEqual(65_536)
    expect(comments[0]?.body).toContain('### What to do next')
  })
})

describe('jobs that look the same', () => {
  test('keep a comment each if they wait for different requests', async () => {
    await keep(failed)
    await keep(succeededElsewhere)
    expect(headlines()).toEqual(['## ❌ Provisioning failed', '## ✅ Provisioning succeeded'])
  })

  test.each<Record<string, string>>([{ GITHUB_RUN_ID: '1235' }, { GITHUB_RUN_ATTEMPT: '2' }])(
    'keep their comment in a later run that waits for different requests: %j',
    async (later) => {
      await keep(failed)
      await keep(succeededElsewhere, 'always', elsewhere(later))
      expect(headlines()).toEqual(['## ✅ Provisioning succeeded'])
    },
  )
})

describe('runs that end together', () => {
  test('keep the older comment, with the report that came last', async () => {
    beforeCreation = () => add(`${line}\nof the other run`, bot)
    await keep(failed)
    expect(headlines()).toEqual(['## ❌ Provisioning failed'])
    expect(comments[0]?.id).toBe(1)
  })

  test.each([
    ['of somebody else', line, 'octocat'],
    ['of another step', line.replace('/wait/', '/other/'), bot],
  ])('leave a comment %s alone', async (_, marker, login) => {
    beforeCreation = () => add(`${marker}\nother`, login)
    await keep(failed)
    expect(headlines()).toEqual(['other', '## ❌ Provisioning failed'])
  })

  test('have commented, even if GitHub refuses to list comments', async () => {
    beforeCreation = () => {
      failure = { ...failure, status: 500, calls: /^GET/ }
    }
    expect(await keep(failed)).toEqual({ ok: true, text: 'Commented on pull request 7' })
  })
})

describe('on-failure', () => {
  test('creates no comment for a success', async () => {
    expect(await keep(succeeded, 'on-failure')).toEqual({ ok: true, text: 'No comment is needed on pull request 7' })
    expect(comments).toEqual([])
  })

  test.each(['failed', 'timed-out', 'cancelled', 'error'] as const)('creates a comment for %s', async (verdict) => {
    await keep(outcomeOf({ verdict, requests: [inProgress()] }), 'on-failure')
    expect(comments).toHaveLength(1)
  })

  test('updates the comment for a success after a failure', async () => {
    await keep(failed, 'on-failure')
    await keep(succeeded, 'on-failure')
    expect(headlines()).toEqual(['## ✅ Provisioning succeeded'])
  })
})

describe('the pull request', () => {
  test('of a push is the one that brought the commit, and a merged one before an open one', async () => {
    await startedBy('push', {})
    pullRequestsOfCommit = [
      { number: 3, merged_at: null },
      { number: 5, merged_at: '2026-11-20T10:00:00Z' },
    ]
    expect(await keep(failed)).toMatchObject({ text: 'Commented on pull request 5' })
    expect(calls[0]).toBe('GET /repos/octo-org/octo-repo/commits/abc123/pulls')
    pullRequestsOfCommit = [{ number: 3, merged_at: null }]
    expect(await keep(failed)).toMatchObject({ text: 'Updated the comment on pull request 3' })
  })

  test.each([
    ['push', 'push', 200],
    ['push', 'push', 422],
    ['issue_comment', 'issue_comment', 200],
    ['', 'run', 200],
  ])('of the event %j may not exist', async (event, named, status) => {
    await startedBy(event, {})
    if (status !== 200) failure = { status, message: 'No commit found for SHA: abc123', calls: /commits/ }
    expect(await keep(failed)).toEqual({
      ok: false,
      text: `There is no pull request to comment on, as this ${named} event belongs to no pull request.`,
    })
    expect(comments).toEqual([])
  })

  test('is not known if its number in the event is not a number', async () => {
    await startedBy('pull_request', { pull_request: { number: '7' } })
    expect(await keep(failed)).toMatchObject({ ok: false, text: expect.stringContaining('no pull request') })
    expect(calls).toEqual([])
  })

  test.each([null, [], 7, 'event'])('is not known if the event is %j', async (payload) => {
    await startedBy('pull_request', payload)
    expect(await keep(failed)).toMatchObject({ ok: false, text: expect.stringContaining('no pull request') })
    expect(calls).toEqual([])
  })
})

describe('no comment is made, and the text says why', () => {
  test('without a token', async () => {
    expect(await keep(failed, 'always', { githubToken: '' })).toEqual({
      ok: false,
      text: "Input 'github-token' is blank.",
    })
    expect(calls).toEqual([])
  })

  test.each([
    [401, "GitHub does not accept the token (HTTP 401). Check 'github-token'."],
    [
      403,
      "GitHub does not allow it (HTTP 403). The job needs 'permissions: pull-requests: write'; pull requests from forks never have it.",
    ],
    [
      404,
      "GitHub does not allow it (HTTP 404). The job needs 'permissions: pull-requests: write'; pull requests from forks never have it.",
    ],
    [422, 'GitHub failed (HTTP 422).'],
    [500, 'GitHub failed (HTTP 500).'],
    [502, 'GitHub failed (HTTP 502).'],
  ])('when GitHub answers %d', async (status, text) => {
    failure = { ...failure, status }
    expect(await keep(failed)).toEqual({ ok: false, text })
  })

  test('when GitHub refuses to say which pull requests a commit came with', async () => {
    await startedBy('push', {})
    failure = { ...failure, status: 403 }
    expect(await keep(failed)).toMatchObject({ ok: false, text: expect.stringContaining('HTTP 403') })
  })

  test.each([
    [403, 'API rate limit exceeded for installation ID 1.'],
    [403, 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.'],
    [429, 'API Rate Limit exceeded'],
  ])('when GitHub answers %d because the rate limit is used up: %s', async (status, message) => {
    failure = { ...failure, status, message }
    expect(await keep(failed)).toEqual({ ok: false, text: 'The rate limit of the token is used up.' })
  })

  test('when the token is wrong, even if GitHub names a rate limit', async () => {
    failure = { ...failure, status: 401, message: 'Bad credentials, and no rate limit is left' }
    expect(await keep(failed)).toMatchObject({ text: expect.stringContaining('does not accept the token (HTTP 401)') })
  })

  test('when GitHub cannot be reached, which is not shown as HTTP 500', async () => {
    isBroken = true
    const { ok, text } = await keep(failed)
    expect({ ok, text }).toEqual({ ok: false, text: expect.stringMatching(/^GitHub could not be reached \(.+\)\.$/) })
    expect(text).not.toContain('HTTP')
    expect(calls).toEqual(['GET /repos/octo-org/octo-repo/issues/7/comments'])
  })

  test.each([new TimeLimitReached(1), Object.assign(new Error('Gone'), { name: 'AbortError' })])(
    'when the time is over: $name',
    async (reason) => {
      expect(await keep(failed, 'always', { signal: AbortSignal.abort(reason) })).toEqual({
        ok: false,
        text: 'GitHub did not answer in time.',
      })
      expect(comments).toEqual([])
    },
  )
})
