import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { folderWith } from './folder.ts'
import { listen, pipeTo } from './servers.ts'

/** The repository and the commit of the jobs. */
const repository = 'octo-org/octo-repo'
export const commit = '0123456789abcdef0123456789abcdef01234567'
export const bot = 'github-actions[bot]'
const maxBodyLength = 65_536

export interface Comment {
  readonly id: number
  readonly user: { readonly login: string }
  body: string
}

export interface ApiCall {
  readonly method: string
  readonly path: string
  /** Of the answer; 0 if there was none. */
  readonly status: number
}

export interface GitHubApiOptions {
  /** The pull requests that the commit belongs to. */
  readonly ofCommit?: readonly { readonly number: number; readonly merged_at: string | null }[]
  /** The owner of the token. */
  readonly viewer?: string
  /** The calls, as in `POST /graphql`, that get this status in place of an answer. With status 0, the connection breaks. */
  readonly refusal?: {
    readonly calls: RegExp
    readonly status: number
    readonly message?: string
    /** How many of them; all unless given. */
    readonly times?: number
    /** Whether what they ask for is done all the same, as when an answer gets lost. */
    readonly isDone?: boolean
  }
  /** The calls that are answered by something else than GitHub's API, with this body. */
  readonly stranger?: { readonly calls: RegExp; readonly status: number; readonly body: string }
  /** Runs before each comment is created. */
  readonly onCreation?: () => void
  /** `/api/v3` as on GitHub Enterprise Server, with GraphQL at `/api/graphql`. */
  readonly root?: '' | '/api/v3'
}

interface Response {
  readonly status: number
  readonly body: unknown
  readonly link?: string
}

/** The part of GitHub's API that comments need, for one repository with pull request 7. */
export interface GitHubApi extends AsyncDisposable {
  readonly token: string
  readonly calls: readonly ApiCall[]
  /** The calls that changed a comment, as in `PATCH 200`. */
  readonly writes: readonly string[]
  /** The comments of the pull request, the oldest first. */
  readonly comments: readonly Comment[]
  add(body: string, login?: string): Comment
  /** Removes all comments and calls, and sets the options again. */
  reset(options?: GitHubApiOptions): void
  /** From now on, connections stay open without an answer. */
  hang(): void
  /** The environment of a job on a pull request. */
  onPullRequest(): Record<string, string>
  /** The environment of a job on any event. */
  on(event: string, payload: unknown, sha?: string): Promise<Record<string, string>>
}

export async function startGitHubApi(initial: GitHubApiOptions = {}): Promise<GitHubApi> {
  const token = 'ghs_0123456789abcdefghijABCDEFGHIJ012345'
  const comments: Comment[] = []
  const calls: ApiCall[] = []
  let options = initial
  let hangs = false
  let refused = 0
  let nextId = 100

  const server = createServer((request, response) => {
    if (hangs) calls.push({ method: request.method ?? '', path: request.url ?? '', status: 0 })
    else answer(request, response).catch((error: Error) => response.destroy(error))
  })
  // A client behind a proxy asks for a tunnel first. This tunnel leads back here, whatever host it is for.
  server.on('connect', (_, client) => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n')
    pipeTo(listening.port, client)
  })
  const listening = await listen(server)
  const url = `http://127.0.0.1:${listening.port}`
  const folder = await folderWith()

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { root = '' } = options
    const { pathname, searchParams } = new URL(request.url ?? '', url)
    const { method = '', headers } = request
    const sent = await text(request)
    const path = pathname.startsWith(`${root}/repos/`) ? pathname.slice(root.length) : pathname
    const { stranger } = options
    if (stranger?.calls.test(`${method} ${path}`)) {
      calls.push({ method, path, status: stranger.status })
      const type = stranger.body.startsWith('<') ? 'text/html' : 'application/json; charset=utf-8'
      response.writeHead(stranger.status, { 'content-type': type }).end(stranger.body)
      return
    }
    const respondTo = () => respond(method, path, searchParams, sent, headers.authorization)
    const refusal = refusalTo(`${method} ${path}`)
    if (refusal?.isDone) respondTo()
    const { status, body, link } = refusal ? refusalOf(refusal.status, refusal.message) : respondTo()
    calls.push({ method, path, status })
    if (status === 0) return void request.socket.destroy()
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...(link ? { link } : {}) })
    response.end(JSON.stringify(body))
  }

  /** How the next such call is refused, if it is. */
  function refusalTo(call: string): GitHubApiOptions['refusal'] {
    const { refusal } = options
    const applies = refusal?.calls.test(call) && refused++ < (refusal.times ?? Number.POSITIVE_INFINITY)
    return applies ? refusal : undefined
  }

  function respond(method: string, path: string, query: URLSearchParams, text: string, authorization = ''): Response {
    const { ofCommit = [{ number: 7, merged_at: '2026-11-23T09:00:00Z' }], viewer = bot, root = '' } = options
    const { onCreation } = options
    if (![`token ${token}`, `Bearer ${token}`].includes(authorization)) return refusalOf(401, 'Bad credentials')
    const conversation = `/repos/${repository}/issues/7/comments`
    const comment = comments.find(({ id }) => path === `/repos/${repository}/issues/comments/${id}`)
    const graphQl = `${root.replace('/v3', '')}/graphql`
    const { body }: { body?: unknown } = text === '' ? {} : JSON.parse(text)
    const isTooLong = typeof body === 'string' && body.length > maxBodyLength
    if (method === 'POST' && path === graphQl) return { status: 200, body: { data: { viewer: { login: viewer } } } }
    if (method === 'GET' && path === `/repos/${repository}/commits/${commit}/pulls`)
      return { status: 200, body: ofCommit }
    if (method === 'GET' && path.includes('/commits/')) return refusalOf(422, 'No commit found for SHA')
    if (method === 'GET' && path === conversation) return pageOf(path, query)
    if (isTooLong) return refusalOf(422, `body is too long (maximum is ${maxBodyLength} characters)`)
    if (method === 'POST' && path === conversation) {
      onCreation?.()
      return { status: 201, body: add(String(body), viewer) }
    }
    if (method === 'PATCH' && comment) return { status: 200, body: Object.assign(comment, { body }) }
    if (method === 'DELETE' && comment) {
      comments.splice(comments.indexOf(comment), 1)
      return { status: 204, body: null }
    }
    return refusalOf(404, 'Not Found')
  }

  function pageOf(path: string, query: URLSearchParams): Response {
    const { root = '' } = options
    const perPage = Math.min(Number(query.get('per_page') ?? 30), 100)
    const page = Number(query.get('page') ?? 1)
    const next = `<${url}${root}${path}?per_page=${perPage}&page=${page + 1}>; rel="next"`
    const body = comments.slice((page - 1) * perPage, page * perPage)
    return { status: 200, body, ...(comments.length > page * perPage && { link: next }) }
  }

  function add(body: string, login = 'octocat'): Comment {
    const comment: Comment = { id: nextId++, user: { login }, body }
    comments.push(comment)
    return comment
  }

  async function on(name: string, payload: unknown, sha = commit): Promise<Record<string, string>> {
    const path = await folder.write(JSON.stringify(payload))
    const { root = '' } = options
    return { GITHUB_API_URL: `${url}${root}`, GITHUB_EVENT_NAME: name, GITHUB_EVENT_PATH: path, GITHUB_SHA: sha }
  }
  const pullRequestEvent = await on('pull_request', { pull_request: { number: 7 } })

  return {
    token,
    calls,
    comments,
    get writes() {
      return calls
        .filter(({ method, path }) => method !== 'GET' && !path.endsWith('/graphql'))
        .map(({ method, status }) => `${method} ${status}`)
    },
    add,
    on,
    reset: (next = {}) => {
      options = next
      refused = 0
      comments.splice(0)
      calls.splice(0)
    },
    hang: () => {
      hangs = true
    },
    onPullRequest: () => pullRequestEvent,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([listening, folder].map((own) => own[Symbol.asyncDispose]()))
    },
  }
}

function refusalOf(status: number, message = 'Resource not accessible by integration'): Response {
  return { status, body: { message, documentation_url: 'https://docs.github.com/rest' } }
}
