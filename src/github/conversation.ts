import type { Client } from './client.ts'
import type { PullRequest } from './event.ts'
import { type Marker, markerIn } from './marker.ts'
import { NoComment, notFromGitHub } from './no-comment.ts'

/** A comment that this action may have made. */
export interface MarkedComment {
  readonly id: number
  /** The login, as the REST API gives it: `github-actions[bot]` for `GITHUB_TOKEN`. */
  readonly author: string
  readonly marker: Marker
}

export type Conversation = ReturnType<typeof conversationOn>

/**
 * The conversation on a pull request. Its functions reject with Octokit's error if GitHub refuses a call, and when the client's signal is
 * aborted; with `NoComment` if an answer does not say what GitHub's would.
 */
export function conversationOn({ owner, repo, number }: PullRequest, { graphql, rest }: Client) {
  const all = { owner, repo, issue_number: number }
  const one = (comment_id: number) => ({ owner, repo, comment_id })
  return {
    /** All comments with a marker, whoever wrote them, the oldest first. */
    async marked(): Promise<MarkedComment[]> {
      const found: MarkedComment[] = []
      // Octokit's own function for all pages takes the address of the next one from the answer.
      for (let page = 1; ; page++) {
        const { data, headers } = await rest.issues.listComments({ ...all, per_page: 100, page })
        if (!Array.isArray(data)) throw new NoComment(notFromGitHub)
        for (const comment of data) {
          const marker = markerIn(comment?.body ?? '')
          if (marker !== null) found.push({ ...writtenIn(comment), marker })
        }
        if (!headers.link?.includes('rel="next"')) return found
      }
    },
    async create(body: string): Promise<Omit<MarkedComment, 'marker'>> {
      const { data } = await rest.issues.createComment({ ...all, body })
      return writtenIn(data)
    },
    async update(id: number, body: string): Promise<void> {
      const { data } = await rest.issues.updateComment({ ...one(id), body })
      writtenIn(data)
    },
    async remove(id: number): Promise<void> {
      await rest.issues.deleteComment(one(id))
    },
    /**
     * The login of whoever writes with the token. GitHub refuses `GET /user` for `GITHUB_TOKEN`, but answers this query for every kind of
     * token (marocchino/sticky-pull-request-comment#332). Without an answer, the token counts as `GITHUB_TOKEN`.
     */
    async author(): Promise<string> {
      try {
        const { viewer } = await graphql<{ viewer: { login: string } }>('{viewer{login}}')
        if (typeof viewer.login !== 'string') throw new NoComment(notFromGitHub)
        return viewer.login
      } catch {
        return 'github-actions[bot]'
      }
    },
  }
}

/** A comment in an answer of GitHub. The client promises its members, but does not look whether they are there. */
function writtenIn(comment: { readonly id: number; readonly user: { readonly login: string } | null } | null) {
  if (typeof comment?.id !== 'number') throw new NoComment(notFromGitHub)
  return { id: comment.id, author: comment.user?.login ?? '' }
}
