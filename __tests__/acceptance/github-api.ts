import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { listen, pipeTo } from './support/servers.ts'

/** The repository and the commit that the simulated runner's jobs are about. */
const repository = 'octo-org/octo-repo'
export const commit = '0123456789abcdef0123456789abcdef01234567'
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
  /** Changes to a comment: those made, updated and deleted. */
  readonly writes: readonly ApiCall[]
  /** The comments of the pull request, oldest first. */
  readonly comments: readonly Comment[]
  /** A comment that was there before. */
  add(body: string, login?: string): Comment
  /** Lets no comment be made before so many steps have asked to make one. */
  awaitCreations(count: number): void
  /** Stops taking notice of calls: each connection stays open without an answer. */
  hang(): void
  /** What a job on a pull request has in its environment. */
  onPullRequest(): Record<string, string>
  /** What a job on a push has in its environment. */
  onPush(): Record<string, string>
  /** What a job on any event has in its environment; on `commit` unless another is given. */
  on(event: string, payload: object, sha?: string): Promise<Record<string, string>>
}

export interface GitHubApiOptions {
  pullRequest?: number
  /** The pull requests that the commit belongs to; that one, merged, unless given. */
  ofCommit?: { number: number; merged_at: string | null }[]
  /** What the token may do; `read` is refused writes as GitHub refuses them. */
  permission?: 'none' | 'read' | 'write'
  /** Who the token belongs to, as in the author of its comments; `GITHUB_TOKEN`'s unless given. */
  viewer?: string
  /** Whether the GraphQL API answers. */
  hasGraphQl?: boolean
  /** Where the API is below its host; on GitHub Enterprise Server `/api/v3`, with GraphQL at `/api/graphql`. */
  root?: '' | '/api/v3'
}

/** Starts the part of GitHub's API that comments on pull requests need, for one repository with one pull request. */
export async function startGitHubApi({
  pullRequest = 7,
  ofCommit = [{ number: pullRequest, merged_at: '2026-11-23T09:00:00Z' }],
  permission = 'write',
  viewer = 'github-actions[bot]',
  hasGraphQl = true,
  root = '',
}: GitHubApiOptions = {}): Promise<GitHubApi> {
  const token = 'ghs_0123456789abcdefghijABCDEFGHIJ012345'
  const comments: Comment[] = []
  const calls: ApiCall[] = []
  let hangs = false
  let nextId = 100
  let creations = { awaited: 0, waiting: [] as (() => void)[] }

  const server = createServer((request, response) => {
    if (hangs) calls.push({ method: request.method ?? '', path: request.url ?? '', status: 0 })
    else answer(request, response).catch((error: Error) => response.destroy(error))
  })
  // A client behind a proxy asks for a tunnel first; this one leads back here, whatever host is asked for.
  server.on('connect', (_, client) => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n')
    pipeTo(listening.port, client)
  })
  const listening = await listen(server)
  const url = `http://127.0.0.1:${listening.port}`
  const folder = await mkdtemp(join(tmpdir(), 'github-'))

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '', url)
    const { method = '', headers } = request
    const sent = await text(request)
    if (method === 'POST' && pathname.endsWith('/comments')) await turnToCreate()
    const path = pathname.startsWith(`${root}/repos/`) ? pathname.slice(root.length) : pathname
    const { status, body, link } = respond(method, path, searchParams, headers.authorization, sent)
    calls.push({ method, path, status })
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
    if (hasGraphQl && method === 'POST' && path === `${root.replace('/v3', '')}/graphql`) {
      return { status: 200, body: { data: { viewer: { login: viewer } } } }
    }
    const needed = method === 'GET' ? ['read', 'write'] : ['write']
    if (!needed.includes(permission)) return refusal(403, 'Resource not accessible by integration')

    if (method === 'GET' && path === `/repos/${repository}/commits/${commit}/pulls`) {
      return { status: 200, body: ofCommit }
    }
    if (method === 'GET' && /\/commits\/[0-9a-f]+\/pulls$/.test(path)) {
      return refusal(422, `No commit found for SHA: ${path.split('/')[5]}`)
    }
    if (method === 'GET' && path === ofPullRequest) {
      const perPage = Math.min(Number(query.get('per_page') ?? 30), 100)
      const page = Number(query.get('page') ?? 1)
      const rows = comments.slice((page - 1) * perPage, page * perPage)
      const more = comments.length > page * perPage
      const next = `<${url}${root}${path}?per_page=${perPage}&page=${page + 1}>; rel="next"`
      return { status: 200, body: rows, ...(more ? { link: next } : {}) }
    }
    const updated = comments.find(({ id }) => path === `/repos/${repository}/issues/comments/${id}`)
    if (method === 'DELETE' && updated) {
      comments.splice(comments.indexOf(updated), 1)
      return { status: 204, body: null }
    }
    if (method === 'PATCH' ? updated === undefined : method !== 'POST' || path !== ofPullRequest) {
      return refusal(404, 'Not Found')
    }
    const { body }: { body?: unknown } = JSON.parse(text)
    if (typeof body !== 'string' || body.length > maxBodyLength) {
      return refusal(422, `Validation Failed: body is too long (maximum is ${maxBodyLength} characters)`)
    }
    if (updated) return { status: 200, body: Object.assign(updated, { body }) }
    return { status: 201, body: add(body, viewer) }
  }

  function add(body: string, login = 'octocat'): Comment {
    const type = login.endsWith('[bot]') ? 'Bot' : 'User'
    const comment: Comment = { id: nextId++, user: { login, type }, body }
    comments.push(comment)
    return comment
  }

  async function turnToCreate(): Promise<void> {
    const { awaited, waiting } = creations
    if (waiting.length + 1 < awaited) await new Promise<void>((resolve) => waiting.push(resolve))
    else creations = { awaited: 0, waiting: [] }
    for (const resolve of waiting) resolve()
  }

  const event = async (name: string, payload: object, sha = commit): Promise<Record<string, string>> => {
    const path = join(folder, `${name}.json`)
    await writeFile(path, JSON.stringify({ ...payload, repository: { full_name: repository } }))
    return { GITHUB_API_URL: `${url}${root}`, GITHUB_EVENT_NAME: name, GITHUB_EVENT_PATH: path, GITHUB_SHA: sha }
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
      return calls.filter(({ method, path }) => method !== 'GET' && !path.endsWith('/graphql'))
    },
    add,
    on: event,
    awaitCreations: (count) => {
      creations = { awaited: count, waiting: [] }
    },
    hang: () => {
      hangs = true
    },
    onPullRequest: () => pullRequestEvent,
    onPush: () => pushEvent,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([listening[Symbol.asyncDispose](), rm(folder, { recursive: true, force: true })])
    },
  }
}

function refusal(status: number, message: string) {
  return { status, body: { message, documentation_url: 'https://docs.github.com/rest' } }
}
