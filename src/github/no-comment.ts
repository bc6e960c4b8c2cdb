import { factsOf, isUntrusted } from '../aws/errors/facts.ts'
import { certificateRemedy } from '../aws/errors/row.ts'
import type { Secrets } from '../secrets.ts'
import { TimeLimitReached } from '../wait/time/deadline.ts'

/** There is no comment, for a reason other than an error of GitHub's API. */
export class NoComment extends Error {
  override readonly name = 'NoComment'
}

/** Of an answer without what GitHub's API promises. Whatever its status says, nothing was done. */
export const notFromGitHub = "The answer is not one of GitHub's API; a proxy may have sent it"

/** Why no comment was made, in a sentence. It may quote GitHub, so it is untrusted where it is shown. */
export function whyNoComment(error: unknown, signal: AbortSignal, secrets: Secrets): string {
  const facts = factsOf(error, secrets)
  const { message } = facts
  if (error instanceof NoComment) return `${message}.`
  if (signal.aborted) {
    const isLate = signal.reason instanceof TimeLimitReached
    return isLate ? 'GitHub did not answer in time.' : 'The job was cancelled before GitHub answered.'
  }
  const refusal = refusalIn(error, secrets)
  if (refusal === null)
    return `GitHub could not be reached (${message}).${isUntrusted(facts) ? ` ${certificateRemedy}` : ''}`
  const { status, words } = refusal
  if (status < 500 && words === '') return `${notFromGitHub}.`
  const quote = words === '' ? `HTTP ${status}` : `HTTP ${status}: ${words}`
  if (status === 401) return "GitHub does not accept the token (HTTP 401). Check 'github-token'."
  if (/rate limit/i.test(words)) return 'The rate limit of the token is used up.'
  if (status !== 403 && status !== 404) return `GitHub failed (${quote}).`
  // GitHub refuses with the same status if a conversation is locked, a repository archived, or an address not on a list.
  const isPermission = status === 404 || /not accessible by/i.test(words)
  return `GitHub does not allow it (${quote}).${isPermission ? ` ${permissionAdvice}` : ''}`
}

const permissionAdvice = "The job needs 'permissions: pull-requests: write'; pull requests from forks never have it."

/**
 * GitHub's answer; `null` if there was none, for which Octokit gives the status 500. `words`: GitHub's own; blank if the answer is not in
 * the form of its API.
 */
function refusalIn(error: unknown, secrets: Secrets): { status: number; words: string } | null {
  if (!(error instanceof Error && 'response' in error && 'status' in error)) return null
  const { response, status } = error
  if (typeof response !== 'object' || response === null || typeof status !== 'number') return null
  const data = 'data' in response ? response.data : null
  const hasWords = typeof data === 'object' && data !== null && 'message' in data
  return { status, words: hasWords ? factsOf(data, secrets).message.replace(/\.$/, '') : '' }
}
