import type { CommentMode } from '../inputs.ts'
import type { OperationName } from '../request-state.ts'
import { passes } from '../verdict.ts'
import type { Outcome } from './outcome.ts'
import { summaryOf } from './summary.ts'

/** GitHub refuses a longer body. */
const maxBodyLength = 65_536

export interface CommentOptions {
  readonly mode: CommentMode
  readonly token: string
  readonly environment: NodeJS.ProcessEnv
  readonly signal: AbortSignal
}

/**
 * Keeps one comment on the pull request that brought the change: made when the mode asks for it, found again by a hidden marker, and
 * updated in place, also by a success after a failure.
 *
 * The GitHub client is loaded only here, since few jobs need it.
 *
 * @throws when there is no pull request, no permission, or no answer in time
 */
export async function keepComment(
  outcome: Outcome,
  { mode, token, environment, signal }: CommentOptions,
): Promise<void> {
  if (token === '') throw new Error("input 'github-token' is blank")
  const { context, getOctokit } = await import('@actions/github')
  const octokit = getOctokit(token, { request: { signal } })
  const { repo } = context

  const pullRequest = context.payload.pull_request?.number ?? (await ofCommit())
  if (pullRequest === undefined) throw new Error(`no pull request belongs to this ${context.eventName || 'run'}`)

  const marker = markerOf(environment, outcome.operation)
  const body = `${marker}\n${summaryOf(outcome, maxBodyLength - marker.length - 1)}`
  const comments = octokit.paginate.iterator(octokit.rest.issues.listComments, {
    ...repo,
    issue_number: pullRequest,
    per_page: 100,
  })
  for await (const { data } of comments) {
    const own = data.find((comment) => comment.body?.startsWith(marker))
    if (own) {
      await octokit.rest.issues.updateComment({ ...repo, comment_id: own.id, body })
      return
    }
  }
  if (mode === 'on-failure' && passes(outcome.verdict)) return
  await octokit.rest.issues.createComment({ ...repo, issue_number: pullRequest, body })

  /** A push to a branch carries no pull request in its event; the commit tells which one it came with. */
  async function ofCommit(): Promise<number | undefined> {
    if (context.eventName !== 'push') return undefined
    const { data } = await octokit.rest.repos.listPullRequestsAssociatedWithCommit({ ...repo, commit_sha: context.sha })
    return (data.find(({ merged_at }) => merged_at !== null) ?? data[0])?.number
  }
}

/** One comment for each job and operation. Percent-encoded, so that no name can end the HTML comment. */
function markerOf(environment: NodeJS.ProcessEnv, operation: OperationName): string {
  const { GITHUB_WORKFLOW: workflow = '', GITHUB_JOB: job = '' } = environment
  return `<!-- wait-for-permission-set-provisioning ${[workflow, job, operation].map(encodeURIComponent).join('/')} -->`
}
