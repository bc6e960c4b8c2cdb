import { type Marker, markerIn } from './marker.ts'
import { NotFromGitHub } from './no-comment.ts'
import type { Octokit, PullRequest } from './pull-request.ts'

/** A comment that this action may have made. */
export interface MarkedComment {
  readonly id: number
  /** The login, as the REST API gives it: `github-actions[bot]` for `GITHUB_TOKEN`. */
  readonly author: string
  readonly marker: Marker
}

/**
 * The conversation on a pull request. The methods reject with Octokit's error if GitHub refuses a call, and when the signal is aborted; with
 * `NotFromGitHub` if an answer does not say what GitHub's would.
 */
export class Conversation {
  readonly #octokit: Octokit
  readonly #repository: { readonly owner: string; readonly repo: string }
  readonly #number: number
  /** Each call gets it. If the client got it, it would replace the proxy there. */
  readonly #request: { readonly signal: AbortSignal }

  constructor(octokit: Octokit, { owner, repo, number }: PullRequest, signal: AbortSignal) {
    this.#octokit = octokit
    this.#repository = { owner, repo }
    this.#number = number
    this.#request = { signal }
  }

  /** All comments with a marker, whoever wrote them, the oldest first. */
  async marked(): Promise<MarkedComment[]> {
    const found: MarkedComment[] = []
    // Octokit's own function for all pages takes no signal.
    for (let page = 1; ; page++) {
      const query = { ...this.#pullRequest, per_page: 100, page }
      const { data, headers } = await this.#octokit.rest.issues.listComments(query)
      if (!Array.isArray(data)) throw new NotFromGitHub()
      for (const comment of data) {
        const marker = markerIn(comment?.body ?? '')
        if (marker !== null) found.push({ ...writtenIn(comment), marker })
      }
      if (!headers.link?.includes('rel="next"')) return found
    }
  }

  async create(body: string): Promise<Pick<MarkedComment, 'id' | 'author'>> {
    const { data } = await this.#octokit.rest.issues.createComment({ ...this.#pullRequest, body })
    return writtenIn(data)
  }

  async update(id: number, body: string): Promise<void> {
    const { data } = await this.#octokit.rest.issues.updateComment({ ...this.#comment(id), body })
    writtenIn(data)
  }

  async remove(id: number): Promise<void> {
    await this.#octokit.rest.issues.deleteComment(this.#comment(id))
  }

  /**
   * The login of whoever writes with the token. GitHub refuses `GET /user` for `GITHUB_TOKEN`, but answers this query for every kind of
   * token (marocchino/sticky-pull-request-comment#332). Without an answer, the token counts as `GITHUB_TOKEN`.
   */
  async author(): Promise<string> {
    try {
      const query = '{viewer{login}}'
      const { viewer } = await this.#octokit.graphql<{ viewer: { login: string } }>(query, { request: this.#request })
      if (typeof viewer.login !== 'string') throw new NotFromGitHub()
      return viewer.login
    } catch {
      return 'github-actions[bot]'
    }
  }

  get #pullRequest() {
    return { ...this.#repository, issue_number: this.#number, request: this.#request }
  }

  #comment(id: number) {
    return { ...this.#repository, comment_id: id, request: this.#request }
  }
}

/** A comment in an answer of GitHub. The client promises its members, but does not look whether they are there. */
function writtenIn(comment: { readonly id: number; readonly user: { readonly login: string } | null } | null) {
  if (typeof comment?.id !== 'number') throw new NotFromGitHub()
  return { id: comment.id, author: comment.user?.login ?? '' }
}
