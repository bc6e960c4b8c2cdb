import { factsOf } from '../aws/errors/facts.ts'
import type { CommentMode } from '../inputs.ts'
import { abortable, TimeLimitReached } from '../polling/clock.ts'
import type { Outcome } from '../report/outcome.ts'
import { summaryOf } from '../report/summary.ts'
import type { OperationName } from '../request.ts'
import { passes } from '../verdict.ts'

/** GitHub refuses a longer body. */
const maxBodyLength = 65_536

export interface CommentOptions {
  readonly mode: CommentMode
  readonly token: string
  readonly environment: NodeJS.ProcessEnv
  readonly signal: AbortSignal
}

/** What became of the comment, in a sentence for the log, or why there is none, in one for a warning. */
export type CommentResult = { readonly ok: true; readonly told: string } | { readonly ok: false; readonly told: string }

/**
 * Keeps one comment on the pull request that brought the change: made when the mode asks for it, found again by a hidden marker, and
 * updated in place, also by a success after a failure. Never rejects: without a comment, the verdict stands as it is.
 *
 * The GitHub client is loaded only here, since few jobs need it.
 */
export async function keepComment(outcome: Outcome, options: CommentOptions): Promise<CommentResult> {
  try {
    return { ok: true, told: await abortable(options.signal, keep(outcome, options)) }
  } catch (error) {
    return { ok: false, told: whyNot(error) }
  }
}

async function keep(outcome: Outcome, { mode, token, environment, signal }: CommentOptions): Promise<string> {
  if (token === '') throw new NoComment("Input 'github-token' is blank")
  const { context, getOctokit } = await import('@actions/github')
  const octokit = getOctokit(token)
  // Given to each call, since given to the client it would take the place of the proxy.
  const request = { signal }
  const { repo } = context

  const number = context.payload.pull_request?.number ?? (await numberByCommit())
  if (number === undefined) {
    throw new NoComment(
      `There is no pull request to comment on, as this ${context.eventName || 'run'} event belongs to none`,
    )
  }

  const marker = markerOf(environment, outcome.operation)
  const body = `${marker}\n${summaryOf(outcome, maxBodyLength - marker.length - 1)}`
  const pages = octokit.paginate.iterator(octokit.rest.issues.listComments, {
    ...repo,
    issue_number: number,
    per_page: 100,
    request,
  })
  for await (const { data } of pages) {
    const own = data.find((comment) => comment.body?.startsWith(marker))
    if (own) {
      await octokit.rest.issues.updateComment({ ...repo, comment_id: own.id, body, request })
      return `Updated the comment on pull request ${number}`
    }
  }
  if (mode === 'on-failure' && passes(outcome.verdict)) return `No comment is needed on pull request ${number}`
  await octokit.rest.issues.createComment({ ...repo, issue_number: number, body, request })
  return `Commented on pull request ${number}`

  /** A push to a branch carries no pull request in its event; the commit tells which one it came with. */
  async function numberByCommit(): Promise<number | undefined> {
    if (context.eventName !== 'push') return undefined
    const query = { ...repo, commit_sha: context.sha, request }
    const { data } = await octokit.rest.repos.listPullRequestsAssociatedWithCommit(query)
    return (data.find(({ merged_at }) => merged_at !== null) ?? data[0])?.number
  }
}

function whyNot(error: unknown): string {
  if (error instanceof TimeLimitReached || (error instanceof Error && error.name === 'AbortError')) {
    return 'GitHub did not answer in time.'
  }
  const { message } = factsOf(error)
  const status = statusOf(error)
  if (status === 401) return "GitHub does not accept the token (HTTP 401). Check 'github-token'."
  if (/rate limit/i.test(message)) return 'The rate limit of the token is used up.'
  if (status === 403 || status === 404) {
    return `GitHub does not allow it (HTTP ${status}). The job needs 'permissions: pull-requests: write'; pull requests from forks never have it.`
  }
  if (status !== null) return `GitHub failed (HTTP ${status}).`
  return error instanceof NoComment ? `${message}.` : `GitHub could not be reached (${message}).`
}

/** The HTTP status of GitHub's answer; `null` where there was none, for which Octokit says 500. */
function statusOf(error: unknown): number | null {
  if (!(error instanceof Error && 'response' in error && error.response && 'status' in error)) return null
  return typeof error.status === 'number' ? error.status : null
}

/** There is no comment to keep, for a reason that has nothing to do with GitHub's API. */
class NoComment extends Error {
  override readonly name = 'NoComment'
}

/** One comment for each job and operation. Percent-encoded, so that no name can end the HTML comment. */
function markerOf(environment: NodeJS.ProcessEnv, operation: OperationName): string {
  const { GITHUB_WORKFLOW: workflow = '', GITHUB_JOB: job = '' } = environment
  return `<!-- wait-for-permission-set-provisioning ${[workflow, job, operation].map(encodeURIComponent).join('/')} -->`
}
