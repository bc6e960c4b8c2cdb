import { beforeEach, describe, expect, test } from '@jest/globals'
import { type CommentOptions, keepComment } from '../../../src/github/comment.ts'
import { whyNoComment } from '../../../src/github/no-comment.ts'
import type { Story } from '../../../src/report/story.ts'
import { summaryOf } from '../../../src/report/summary.ts'
import { neverAborted } from '../../../src/wait/time/deadline.ts'
import { bot, commit, startGitHubApi } from '../../support/github-api.ts'
import { ofFile } from '../../support/of-file.ts'
import { noSecrets } from '../examples.ts'
import { withOwnEnvironment } from '../own-environment.ts'
import {
  failed as aFailure,
  succeeded as aSuccess,
  inProgress,
  permissionSetArn,
  several,
  storyWith,
} from '../report/outcomes.ts'

const job = {
  GITHUB_WORKFLOW: 'Deploy --> <img src=x>\n# 漢字',
  GITHUB_JOB: 'deploy',
  GITHUB_ACTION: 'wait',
  GITHUB_REPOSITORY: 'octo-org/octo-repo',
  GITHUB_RUN_ID: '1234',
  GITHUB_RUN_ATTEMPT: '1',
}
/** Nobody waits before GitHub is asked again. */
const clock = { now: () => 0, sleep: async () => {} }
const api = await ofFile(startGitHubApi())

withOwnEnvironment()
beforeEach(() => {
  api.reset()
  // GitHub's client reads it only once, when it is loaded.
  process.env['GITHUB_API_URL'] = api.onPullRequest()['GITHUB_API_URL']
})

type Options = Partial<CommentOptions>

function keep(outcome: Story, others: Options = {}) {
  return keepComment(outcome, {
    commentMode: 'always',
    commentKey: '0',
    githubToken: api.token,
    operation: 'provision-permission-set',
    environment: { ...job, ...api.onPullRequest() },
    clock,
    secrets: noSecrets,
    signal: neverAborted,
    ...others,
  })
}

/** The options of another run, attempt, job or step. */
function elsewhere(others: Record<string, string>): Options {
  return { environment: { ...job, ...api.onPullRequest(), ...others } }
}

/** The options of a job on another event. */
async function on(event: string, payload: unknown): Promise<Options> {
  return { environment: { ...job, ...(await api.on(event, payload)) } }
}

function headlines(): (string | undefined)[] {
  return api.comments.map(({ body }) => body.split('\n')[1])
}

/** The marker of the same step in an earlier run. */
async function earlierMarker(): Promise<string> {
  await keep(succeeded, elsewhere({ GITHUB_RUN_ID: '1' }))
  const [line = ''] = api.comments[0]?.body.split('\n') ?? []
  api.reset()
  return line
}

const failed = storyWith({ verdict: 'failed', requests: [aFailure({ failureReason: '<b>Gremlins' })] })
const succeeded = storyWith({ requests: [aSuccess()] })
const succeededElsewhere = storyWith({ requests: [aSuccess({ permissionSetArn })] })
const [red, green] = [failed, succeeded].map((outcome) => summaryOf(outcome).split('\n')[0])
const noPullRequest = 'There is no pull request to comment on, as this'

describe('the comment', () => {
  test('is found after hundreds of others, and updated in place', async () => {
    for (let count = 0; count < 230; count++) api.add(`comment ${count}`)
    await keep(failed)
    api.add('the last one')
    expect(await keep(succeeded)).toEqual({ ok: true, text: 'Updated the comment on pull request 7' })
    expect(api.writes).toEqual(['POST 201', 'PATCH 200'])
    expect(headlines().slice(230)).toEqual([green, undefined])
  })

  test.each<[string, () => Options]>([
    ['job', () => elsewhere({ GITHUB_JOB: 'other' })],
    ['workflow', () => elsewhere({ GITHUB_WORKFLOW: 'Other' })],
    ['step', () => elsewhere({ GITHUB_ACTION: 'wait_2' })],
    ['leg of a matrix', () => ({ commentKey: '1' })],
    ['operation', () => ({ operation: 'create-account-assignment' })],
  ])('is a different one for another %s, in every run', async (_, others) => {
    await keep(failed)
    for (let count = 0; count < 2; count++) await keep(succeeded, others())
    expect(headlines()).toEqual([red, green])
  })

  test('is found after somebody has edited it in a browser, which ends lines with CRLF', async () => {
    api.add(`${await earlierMarker()}\r\nedited`, bot)
    await keep(failed)
    expect(headlines()).toEqual([red])
  })

  test.each<(marker: string) => string>([
    (marker) => `> ${marker}\n`,
    (marker) => `\`\`\`\n${marker}\n`,
    (marker) => `${marker} \n`,
    (marker) => marker,
    (marker) => marker.replace('1/1', '1/1 2/2'),
    (marker) => marker.replace('wait-for', 'wait-no-more-for'),
  ])('that only quotes the marker is left alone: %s', async (quote) => {
    api.add(quote(await earlierMarker()), bot)
    await keep(failed)
    expect(api.comments).toHaveLength(2)
  })

  test.each(['octocat', 'other-app[bot]'])('of %s with the marker in it is left alone, in every run', async (login) => {
    api.add(`${await earlierMarker()}\nplanted`, login)
    await keep(failed)
    await keep(succeeded)
    expect(headlines()).toEqual(['planted', green])
  })

  test.each([
    { viewer: 'octocat' },
    { viewer: 'deploy-app[bot]' },
    { refusal: { calls: /graphql/, status: 404 } },
    { stranger: { calls: /graphql/, status: 200, body: '{"data":{"viewer":{}}}' } },
  ])('is found with the token of anybody: %j', async (options) => {
    api.reset(options)
    await keep(failed)
    await keep(succeeded)
    expect(headlines()).toEqual([green])
  })

  test('stays within the 65,536 characters that GitHub takes', async () => {
    const known = { failureReason: '<é|`😀漢> '.repeat(2_000), permissionSetArn: '<'.repeat(300) }
    const { ok } = await keep(storyWith({ verdict: 'failed', requests: several(300, aFailure, known) }))
    expect(ok).toBe(true)
    expect(api.comments[0]?.body.length).toBeGreaterThan(10_000)
    expect(api.comments[0]?.body).toContain('### What to do next')
  })
})

describe('jobs that look the same', () => {
  test('keep a comment each if they wait for different requests', async () => {
    await keep(failed)
    await keep(succeededElsewhere)
    expect(headlines()).toEqual([red, expect.stringContaining('✅')])
    const laterRun = elsewhere({ GITHUB_RUN_ID: '1235' })
    await keep(storyWith({ verdict: 'failed', requests: [aFailure({ permissionSetArn })] }), laterRun)
    await keep(succeeded, laterRun)
    expect(headlines()).toEqual([green, expect.stringContaining('❌')])
  })

  test.each<Record<string, string>>([{ GITHUB_RUN_ID: '1235' }, { GITHUB_RUN_ATTEMPT: '2' }])(
    'keep their comment in a later run that waits for different requests: %j',
    async (later) => {
      await keep(failed)
      await keep(succeededElsewhere, elsewhere(later))
      expect(headlines()).toEqual([expect.stringContaining('✅')])
    },
  )
})

describe('runs that end together', () => {
  test('keep the older comment, with the report that came last', async () => {
    const marker = await earlierMarker()
    api.reset({ onCreation: () => api.add(`${marker}\nof the other run`, bot) })
    await keep(failed)
    expect(headlines()).toEqual([red])
    expect(api.writes).toEqual(['POST 201', 'PATCH 200', 'DELETE 204'])
  })

  test.each([
    ['of somebody else', '/wait/', 'octocat'],
    ['of another step', '/other/', bot],
  ])('leave a comment %s alone', async (_, step, login) => {
    const marker = (await earlierMarker()).replace('/wait/', step)
    api.reset({ onCreation: () => api.add(`${marker}\nother`, login) })
    await keep(failed)
    expect(headlines()).toEqual(['other', red])
  })

  test('have commented, even if GitHub then refuses to list comments', async () => {
    const refusal = { calls: /^GET/, status: 500 }
    api.reset({ onCreation: () => api.reset({ refusal }) })
    expect(await keep(failed)).toEqual({ ok: true, text: 'Commented on pull request 7' })
  })
})

test('on-failure creates no comment for a success', async () => {
  const text = 'No comment is needed on pull request 7'
  expect(await keep(succeeded, { commentMode: 'on-failure' })).toEqual({ ok: true, text })
  expect(api.comments).toEqual([])
})

test.each(['failed', 'timed-out', 'cancelled', 'error'] as const)(
  'on-failure creates a comment for %s, and updates it for a later success',
  async (verdict) => {
    await keep(storyWith({ verdict, requests: [inProgress()] }), { commentMode: 'on-failure' })
    expect(api.comments).toHaveLength(1)
    await keep(succeeded, { commentMode: 'on-failure' })
    expect(headlines()).toEqual([green])
  },
)

describe('the pull request', () => {
  test('of a push is the one that brought the commit, and a merged one before an open one', async () => {
    const merged = { number: 7, merged_at: '2026-11-20T10:00:00Z' }
    api.reset({ ofCommit: [{ number: 3, merged_at: null }, merged] })
    expect(await keep(failed, await on('push', {}))).toMatchObject({ text: 'Commented on pull request 7' })
    expect(api.calls[0]?.path).toBe(`/repos/octo-org/octo-repo/commits/${commit}/pulls`)
    api.reset({ ofCommit: [{ ...merged, merged_at: null }] })
    expect(await keep(failed, await on('push', {}))).toMatchObject({ text: 'Commented on pull request 7' })
  })

  test.each([
    ['push', 'push', {}],
    ['push', 'push', { refusal: { calls: /commits/, status: 422 } }],
    ['issue_comment', 'issue_comment', {}],
    ['', 'run', {}],
  ])('of the event %j may not exist', async (event, named, options) => {
    api.reset({ ofCommit: [], ...options })
    expect(await keep(failed, await on(event, {}))).toEqual({
      ok: false,
      text: `${noPullRequest} ${named} event belongs to no pull request.`,
    })
    expect(api.comments).toEqual([])
  })

  test.each([{ pull_request: { number: '7' } }, null, [], 7, 'event'])(
    'is not known if the event is %j',
    async (payload) => {
      const result = await keep(failed, await on('pull_request', payload))
      expect(result).toEqual({ ok: false, text: expect.stringContaining('no pull request') })
      expect(api.calls).toEqual([])
    },
  )

  test('is not known if the event cannot be read', async () => {
    const text = expect.stringMatching(/the event of this run cannot be read \(ENOENT.*\)\.$/)
    expect(await keep(failed, elsewhere({ GITHUB_EVENT_PATH: '/nonexistent/event.json' }))).toEqual({ ok: false, text })
  })
})

describe('no comment is made, and the text says why', () => {
  const notAllowed = (words: string) =>
    `GitHub does not allow it (HTTP ${words}). The job needs 'permissions: pull-requests: write'; pull requests from forks never have it.`
  const otherwise = (words: string) => `GitHub does not allow it (HTTP ${words}).`
  const wrongToken = "GitHub does not accept the token (HTTP 401). Check 'github-token'."
  const noRate = 'The rate limit of the token is used up.'

  test.each<[status: number, message: string, text: string]>([
    [401, 'Bad credentials, and no rate limit is left', wrongToken],
    [403, 'Resource not accessible by integration', notAllowed('403: Resource not accessible by integration')],
    [404, 'Not Found', notAllowed('404: Not Found')],
    // https://github.com/renovatebot/renovate/issues/6215
    [403, 'Unable to comment because issue is locked.', otherwise('403: Unable to comment because issue is locked')],
    [403, 'Repository was archived so is read-only.', otherwise('403: Repository was archived so is read-only')],
    [410, 'Issues are disabled for this repo', 'GitHub failed (HTTP 410: Issues are disabled for this repo).'],
    [422, 'No', 'GitHub failed (HTTP 422: No).'],
    [500, 'No', 'GitHub failed (HTTP 500: No).'],
    [403, 'API rate limit exceeded for installation ID 1.', noRate],
    [403, 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.', noRate],
    [429, 'API Rate Limit exceeded', noRate],
  ])('when GitHub answers %d: %s', async (status, message, text) => {
    api.reset({ refusal: { calls: /repos/, status, message } })
    expect(await keep(failed)).toEqual({ ok: false, text })
  })

  test.each([
    ['a token that may only read', { pull_request: { number: 7 } }, { calls: /^(POST|PATCH) .repos/, status: 403 }],
    ['a token that may not read commits', {}, { calls: /commits/, status: 403 }],
  ])('with %s', async (_, payload, refusal) => {
    api.reset({ refusal })
    const result = await keep(failed, await on('push', payload))
    expect(result).toEqual({ ok: false, text: notAllowed('403: Resource not accessible by integration') })
  })

  test.each([
    ['', "Input 'github-token' is blank."],
    ['ghs_wrong', wrongToken],
    ['ghs_one\nghs_two', expect.stringMatching(/^Input 'github-token' has a character [^_]+$/)],
    ['“ghs_one”', expect.stringMatching(/^Input 'github-token' has a character [^_]+$/)],
  ])('with the token %j', async (githubToken, text) => {
    expect(await keep(failed, { githubToken })).toEqual({ ok: false, text })
    expect(api.writes).toEqual([])
  })

  test.each([
    ['a lookup', { calls: /^GET/, status: 502, times: 2 }],
    ['a new comment', { calls: /^POST .repos/, status: 503, times: 2 }],
    ['a new comment, which is there all the same', { calls: /^POST .repos/, status: 502, times: 1, isDone: true }],
    ['any call, without an answer', { calls: /^/, status: 0, times: 2 }],
  ])('unless GitHub answers when it is asked again: %s', async (_, refusal) => {
    api.reset({ refusal })
    expect(await keep(failed)).toMatchObject({ ok: true })
    expect(api.comments).toHaveLength(1)
  })

  test('when the certificate is not trusted', () => {
    const cause = Object.assign(new Error('self-signed certificate'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
    expect(whyNoComment(new Error('fetch failed', { cause }), neverAborted, noSecrets)).toMatch(
      /^GitHub could not be reached \(.+\)\. .*set NODE_EXTRA_CA_CERTS/,
    )
  })

  const page = '<html>Sign in</html>'
  describe.each([
    ['the search for the pull request', /^GET .*commits/],
    ['the list of comments', /^GET .*comments/],
    ['a new comment', /^POST .repos/],
    ['an update', /^PATCH/],
  ])('when something else than GitHub answers %s', (what, calls) => {
    test.each([
      [204, ''],
      [200, page],
      [200, '{}'],
      [200, 'null'],
      [401, page],
      [403, page],
    ])('with %d %s', async (status, body) => {
      const marker = await earlierMarker()
      api.reset({ stranger: { calls, status, body } })
      if (what === 'an update') api.add(`${marker}\n`, bot)
      const before = api.comments.length
      const result = await keep(failed, await on('push', {}))
      expect(result).toEqual({ ok: false, text: "The answer is not one of GitHub's API; a proxy may have sent it." })
      expect(api.comments).toHaveLength(before)
    })
  })
})
