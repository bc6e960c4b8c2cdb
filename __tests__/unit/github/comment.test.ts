import { once } from 'node:events'
import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { keepComment } from '../../../src/github/comment.ts'
import type { CommentMode } from '../../../src/inputs.ts'
import { TimeLimitReached } from '../../../src/polling/clock.ts'
import type { Outcome } from '../../../src/report/outcome.ts'
import { never } from '../aws/harness.ts'
import { outcomeOf, resultOf, resultsOf } from '../examples.ts'

interface Comment {
  id: number
  body: string
}

/** A pull request as GitHub's API has it, and what it was asked. */
let comments: Comment[] = []
let pullRequestsOfCommit: { number: number; merged_at: string | null }[] = []
let calls: string[] = []
let authorizations = new Set<string | undefined>()
let failWith = 0
let failMessage = ''
/** Whether the connection breaks instead of an answer. */
let isBroken = false

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost')
  calls.push(`${request.method} ${pathname}`)
  authorizations.add(request.headers.authorization)
  const answer = (body: unknown, status = 200) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
  if (isBroken) return request.socket.destroy()
  if (failWith > 0) return answer({ message: failMessage }, failWith)
  if (pathname.endsWith('/pulls')) return answer(pullRequestsOfCommit)
  if (request.method === 'GET') {
    const [page, size] = [Number(searchParams.get('page') ?? 1), Number(searchParams.get('per_page'))]
    const next = `<http://${request.headers.host}${pathname}?per_page=${size}&page=${page + 1}>; rel="next"`
    if (page * size < comments.length) response.setHeader('link', next)
    return answer(comments.slice((page - 1) * size, page * size))
  }
  const sent: unknown = await json(request)
  const body = String(Reflect.get(Object(sent), 'body'))
  if (request.method === 'POST') {
    comments.push({ id: comments.length + 1, body })
    return answer({}, 201)
  }
  const own = comments.find(({ id }) => pathname.endsWith(`/comments/${id}`))
  if (own) own.body = body
  return answer({})
})

const before = { ...process.env }

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  // Read once, when the GitHub client is loaded.
  process.env['GITHUB_API_URL'] = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  process.env['GITHUB_REPOSITORY'] = 'octo-org/octo-repo'
})
afterAll(() => {
  server.close()
  server.closeAllConnections()
})
beforeEach(async () => {
  comments = []
  pullRequestsOfCommit = []
  calls = []
  authorizations = new Set()
  failWith = 0
  failMessage = 'Resource not accessible by integration'
  isBroken = false
  await event('pull_request', { pull_request: { number: 7 } })
})
afterEach(() => {
  for (const name of ['GITHUB_REPOSITORY', 'GITHUB_API_URL']) if (name in before) process.env[name] = before[name]
})

/** What the workflow was started by. */
async function event(eventName: string, payload: object): Promise<void> {
  const { context } = await import('@actions/github')
  Object.assign(context, { eventName, payload, sha: 'abc123' })
}

const environment = { GITHUB_WORKFLOW: 'Deploy --> prod', GITHUB_JOB: 'deploy' }
const marker = '<!-- wait-for-permission-set-provisioning Deploy%20--%3E%20prod/deploy/provision-permission-set -->'

function keep(outcome: Outcome, mode: CommentMode = 'always', others: Partial<Parameters<typeof keepComment>[1]> = {}) {
  return keepComment(outcome, { mode, token: 'ghs_token', environment, signal: never, ...others })
}

const failure = outcomeOf({ verdict: 'failed', results: [resultOf('FAILED', { failureReason: '<b>Gremlins' })] })
const success = outcomeOf({ results: [resultOf('SUCCEEDED')] })

describe('the comment', () => {
  test('is made on the pull request of the event, with the summary behind a hidden marker', async () => {
    await keep(failure)
    expect(calls).toEqual([
      'GET /repos/octo-org/octo-repo/issues/7/comments',
      'POST /repos/octo-org/octo-repo/issues/7/comments',
    ])
    expect(comments[0]?.body.startsWith(`${marker}\n## ❌ Provisioning failed\n`)).toBe(true)
    expect(comments[0]?.body).toContain('&lt;b&gt;Gremlins')
    expect([...authorizations]).toEqual(['token ghs_token'])
  })

  test('is one, updated in place', async () => {
    comments = [{ id: 50, body: 'by somebody else' }]
    expect(await keep(failure)).toEqual({ ok: true, told: 'Commented on pull request 7' })
    expect(await keep(success)).toEqual({ ok: true, told: 'Updated the comment on pull request 7' })
    expect(comments).toHaveLength(2)
    expect(comments[1]?.body.startsWith(`${marker}\n## ✅ Provisioning succeeded\n`)).toBe(true)
    expect(calls.at(-1)).toBe('PATCH /repos/octo-org/octo-repo/issues/comments/2')
  })

  test('is found again behind a hundred others', async () => {
    comments = Array.from({ length: 230 }, (_, index) => ({ id: index + 1, body: `comment ${index}` }))
    comments.push({ id: 999, body: `${marker}\nold` })
    await keep(success)
    expect(comments).toHaveLength(231)
    expect(comments.at(-1)?.body).toContain('Provisioning succeeded')
  })

  test('of another job, workflow or operation is another', async () => {
    await keep(failure)
    await keep(failure, 'always', { environment: { ...environment, GITHUB_JOB: 'other' } })
    await keep(failure, 'always', { environment: { GITHUB_JOB: 'deploy' } })
    await keep({ ...failure, operation: 'create-account-assignment' })
    expect(new Set(comments.map(({ body }) => body.split('\n')[0])).size).toBe(4)
  })

  test('that quotes the marker is not taken for it', async () => {
    comments = [{ id: 50, body: `> ${marker}` }]
    await keep(failure)
    expect(comments).toHaveLength(2)
  })

  test('stays within the 65,536 characters that GitHub takes', async () => {
    const known = { failureReason: 'é'.repeat(10_000), permissionSetArn: '<'.repeat(300) }
    const results = resultsOf(300, 'FAILED', known)
    await keep(outcomeOf({ verdict: 'failed', results }))
    expect(comments[0]?.body.length).toBeLessThanOrEqual(65_536)
    expect(comments[0]?.body).toContain('### What to do next')
  })
})

describe('on-failure', () => {
  test('a success makes none', async () => {
    expect(await keep(success, 'on-failure')).toEqual({ ok: true, told: 'No comment is needed on pull request 7' })
    expect(comments).toEqual([])
  })

  test.each(['failed', 'timed-out', 'cancelled', 'error'] as const)('%s makes one', async (verdict) => {
    await keep(outcomeOf({ verdict, results: [resultOf('IN_PROGRESS')] }), 'on-failure')
    expect(comments).toHaveLength(1)
  })

  test('a success after a failure updates it', async () => {
    await keep(failure, 'on-failure')
    await keep(success, 'on-failure')
    expect(comments).toHaveLength(1)
    expect(comments[0]?.body).toContain('Provisioning succeeded')
  })
})

describe('the pull request', () => {
  test('of a push is the one that the commit came with, merged before open', async () => {
    await event('push', {})
    pullRequestsOfCommit = [
      { number: 3, merged_at: null },
      { number: 5, merged_at: '2026-11-20T10:00:00Z' },
    ]
    await keep(failure)
    expect(calls).toEqual([
      'GET /repos/octo-org/octo-repo/commits/abc123/pulls',
      'GET /repos/octo-org/octo-repo/issues/5/comments',
      'POST /repos/octo-org/octo-repo/issues/5/comments',
    ])
    pullRequestsOfCommit = [{ number: 3, merged_at: null }]
    await keep(failure)
    expect(calls.at(-2)).toBe('GET /repos/octo-org/octo-repo/issues/3/comments')
  })

  test.each([
    ['push', 'push'],
    ['schedule', 'schedule'],
    ['', 'run'],
  ])('of %j may not exist', async (eventName, told) => {
    await event(eventName, {})
    expect(await keep(failure)).toEqual({
      ok: false,
      told: `There is no pull request to comment on, as this ${told} event belongs to none.`,
    })
    expect(comments).toEqual([])
  })
})

describe('no comment is made, and it is told why', () => {
  test('without a token', async () => {
    expect(await keep(failure, 'always', { token: '' })).toEqual({ ok: false, told: "Input 'github-token' is blank." })
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
  ])('when GitHub answers %d', async (status, told) => {
    failWith = status
    expect(await keep(failure)).toEqual({ ok: false, told })
  })

  test.each([
    [403, 'API rate limit exceeded for installation ID 1.'],
    [403, 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.'],
    [429, 'API Rate Limit exceeded'],
  ])('when GitHub answers %d as the rate limit is used up: %s', async (status, message) => {
    failWith = status
    failMessage = message
    expect(await keep(failure)).toEqual({ ok: false, told: 'The rate limit of the token is used up.' })
  })

  test('when the token is wrong, whatever GitHub says of a rate limit', async () => {
    failWith = 401
    failMessage = 'Bad credentials, and no rate limit is left'
    expect(await keep(failure)).toMatchObject({ told: expect.stringContaining('does not accept the token (HTTP 401)') })
  })

  test('when GitHub cannot be reached, which is not taken for an answer of HTTP 500', async () => {
    isBroken = true
    const { ok, told } = await keep(failure)
    expect({ ok, told }).toEqual({ ok: false, told: expect.stringMatching(/^GitHub could not be reached \(.+\)\.$/) })
    expect(told).not.toContain('HTTP')
    expect(calls).toEqual(['GET /repos/octo-org/octo-repo/issues/7/comments'])
  })

  test.each([new TimeLimitReached(1), Object.assign(new Error('Gone'), { name: 'AbortError' })])(
    'once time has run out: $name',
    async (reason) => {
      expect(await keep(failure, 'always', { signal: AbortSignal.abort(reason) })).toEqual({
        ok: false,
        told: 'GitHub did not answer in time.',
      })
      expect(comments).toEqual([])
    },
  )
})
