import type { Client } from './client.ts'
import { commitIn, type Event, pullRequestIn } from './event.ts'
import { NoComment, notFromGitHub } from './no-comment.ts'

/** A pull request, as GitHub's API names it. */
export interface PullRequest {
  readonly owner: string
  readonly repo: string
  readonly number: number
}

/**
 * The pull request that an event is about, or that brought the commit of the event.
 *
 * @throws NoComment if there is no such pull request
 */
export async function pullRequestOf(
  event: Event,
  octokit: Client,
  environment: NodeJS.ProcessEnv,
): Promise<PullRequest> {
  const [owner = '', repo = ''] = environment['GITHUB_REPOSITORY']?.split('/') ?? []
  const commit = commitIn(event)
  const number =
    pullRequestIn(event) ??
    (commit === null ? null : await numberByCommit({ owner, repo, commit_sha: commit }, octokit))
  if (number !== null) return { owner, repo, number }
  throw new NoComment(
    `There is no pull request to comment on, as this ${event.name || 'run'} event belongs to no pull request`,
  )
}

/**
 * The pull request that brought a commit: of several, the one that was merged. For a commit that exists only in a fork, GitHub answers with
 * HTTP 422.
 */
async function numberByCommit(
  commit: { owner: string; repo: string; commit_sha: string },
  octokit: Client,
): Promise<number | null> {
  try {
    const { data } = await octokit.rest.repos.listPullRequestsAssociatedWithCommit(commit)
    if (!Array.isArray(data)) throw new NoComment(notFromGitHub)
    return (data.find(({ merged_at }) => merged_at !== null) ?? data[0])?.number ?? null
  } catch (error) {
    if (error instanceof Error && 'status' in error && error.status === 422) return null
    throw error
  }
}
