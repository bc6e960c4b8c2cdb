import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

/** The repository and the commit that the simulated runner's jobs are about. */
const repository = 'octo-org/octo-repo'
const commit = '0123456789abcdef0123456789abcdef01234567'
const maxBodyLength = 65_536

export interface Comment {
  id: number
  user: { login: string; type: 'Bot' | 'User' }
  body: string
}

/** One call that the API got. */
export interface ApiCall {
  method: string
  path: string
  status: number
}

export interface GitHubApi extends AsyncDisposable {
  readonly token: string
  readonly calls: readonly ApiCall[]
  /** Changes to a comment: those made, and those updated. */
  readonly writes: readonly ApiCall[]
  /** The comments of the pull request, oldest first. */
  readonly comments: readonly Comment[]
  /** A comment that was there before. */
  add(body: string, login?: string): Comment
  /** Stops taking notice of calls: each connection stays open without an answer. */
  hang(): void
  /** What a job on a pull request has in its environment. */
  onPullRequest(): Record<string, string>
  /** What a job on a push has in its environment. */
  onPush(): Record<string, string>
}

export interface GitHubApiOptions {
  pullRequest?: number
  /** The pull requests that the commit belongs to; that one, merged, unless given. */
  ofCommit?: { number: number; merged_at: string | null }[]
  /** What the token may do; `read` is refused writes as GitHub refuses them. */
  permission?: 'none' | 'read' | 'write'
}

/** Starts the part of GitHub's REST API that comments on pull requests need, for one repository with one pull request. */
export async function startGitHubApi({
  pullRequest = 7,
  ofCommit = [{ number: pullRequest, merged_at: '2026-11-23T09:00:00Z' }],
  permission = 'write',
}: GitHubApiOptions = {}): Promise<GitHubApi> {
  const token = 'ghs_0123456789abcdefghijABCDEFGHIJ012345'
  const comments: Comment[] = []
  const calls: ApiCall[] = []
  let hangs = false

  const server = createServer((request, response) => {
    if (hangs) calls.push({ method: request.method ?? '', path: request.url ?? '', status: 0 })
    else answer(request, response).catch((error: Error) => response.destroy(error))
  })
  // A client behind a proxy asks for a tunnel first; this one leads back here, whatever host is asked for.
  server.on('connect', (_, client) => {
    const tunnel = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      tunnel.pipe(client).pipe(tunnel)
    })
    for (const socket of [tunnel, client]) socket.on('error', () => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  const url = `http://127.0.0.1:${port}`
  const folder = await mkdtemp(join(tmpdir(), 'github-'))

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '', url)
    const { method = '', headers } = request
    const { status, body, link } = respond(method, pathname, searchParams, headers.authorization, await text(request))
    calls.push({ method, path: pathname, status })
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...(link ? { link } : {}) })
    response.end(JSON.stringify(body))
  }

  function respond(
    method: string,
    path: string,
    query: URLSearchParams,
    authorization: string | undefined,
    text: string,
  ): { status: number; body: unknown; link?: string } {
    const ofPullRequest = `/repos/${repository}/issues/${pullRequest}/comments`
    if (authorization !== `token ${token}` && authorization !== `Bearer ${token}`)
      return refusal(401, 'Bad credentials')
    const needed = method === 'GET' ? ['read', 'write'] : ['write']
    if (!needed.includes(permission)) return refusal(403, 'Resource not accessible by integration')

    if (method === 'GET' && path === `/repos/${repository}/commits/${commit}/pulls`) {
      return { status: 200, body: ofCommit }
    }
    if (method === 'GET' && path === ofPullRequest) {
      const perPage = Math.min(Number(query.get('per_page') ?? 30), 100)
      const page = Number(query.get('page') ?? 1)
      const rows = comments.slice((page - 1) * perPage, page * perPage)
      const more = comments.length > page * perPage
      const next = `<${url}${path}?per_page=${perPage}&page=${page + 1}>; rel="next"`
      return { status: 200, body: rows, ...(more ? { link: next } : {}) }
    }
    const updated = comments.find(({ id }) => path === `/repos/${repository}/issues/comments/${id}`)
    if (method === 'PATCH' ? updated === undefined : method !== 'POST' || path !== ofPullRequest) {
      return refusal(404, 'Not Found')
    }
    const { body }: { body?: unknown } = JSON.parse(text)
    if (typeof body !== 'string' || body.length > maxBodyLength) {
      return refusal(422, `Validation Failed: body is too long (maximum is ${maxBodyLength} characters)`)
    }
    if (updated) return { status: 200, body: Object.assign(updated, { body }) }
    return { status: 201, body: add(body, 'github-actions[bot]') }
  }

  function add(body: string, login = 'octocat'): Comment {
    const type = login.endsWith('[bot]') ? 'Bot' : 'User'
    const comment: Comment = { id: 100 + comments.length, user: { login, type }, body }
    comments.push(comment)
    return comment
  }

  const event = async (name: string, payload: object): Promise<Record<string, string>> => {
    const path = join(folder, `${name}.json`)
    await writeFile(path, JSON.stringify({ ...payload, repository: { full_name: repository } }))
    return { GITHUB_API_URL: url, GITHUB_EVENT_NAME: name, GITHUB_EVENT_PATH: path, GITHUB_SHA: commit }
  }
  const [pullRequestEvent, pushEvent] = await Promise.all([
    event('pull_request', { action: 'synchronize', number: pullRequest, pull_request: { number: pullRequest } }),
    event('push', { ref: 'refs/heads/main', after: commit, head_commit: { id: commit } }),
  ])

  return {
    token,
    calls,
    comments,
    get writes() {
      return calls.filter(({ method }) => method !== 'GET')
    },
    add,
    hang: () => {
      hangs = true
    },
    onPullRequest: () => pullRequestEvent,
    onPush: () => pushEvent,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await Promise.all([closed, rm(folder, { recursive: true, force: true })])
    },
  }
}

function refusal(status: number, message: string) {
  return { status, body: { message, documentation_url: 'https://docs.github.com/rest' } }
}
