import { factsOf } from '../aws/errors/facts.ts'

/** There is no comment, for a reason other than an error of GitHub's API. */
export class NoComment extends Error {
  override readonly name = 'NoComment'
}

/** Why no comment was made, in a sentence. It may quote GitHub, so it is untrusted where it is shown. */
export function whyNoComment(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'GitHub did not answer in time.'
  const { message } = factsOf(error)
  if (error instanceof NoComment) return `${message}.`
  const status = statusOf(error)
  if (status === null) return `GitHub could not be reached (${message}).`
  if (status === 401) return "GitHub does not accept the token (HTTP 401). Check 'github-token'."
  if (/rate limit/i.test(message)) return 'The rate limit of the token is used up.'
  if (status === 403 || status === 404) {
    return `GitHub does not allow it (HTTP ${status}). The job needs 'permissions: pull-requests: write'; pull requests from forks never have it.`
  }
  return `GitHub failed (HTTP ${status}).`
}

/** The HTTP status of GitHub's answer; `null` if there was no answer, for which Octokit gives 500. */
function statusOf(error: unknown): number | null {
  if (!(error instanceof Error && 'response' in error && error.response && 'status' in error)) return null
  return typeof error.status === 'number' ? error.status : null
}
