import type { Inputs } from '../inputs.ts'
import type { Outcome } from '../report/outcome.ts'
import { summaryOf } from '../report/summary.ts'
import { passes } from '../verdict.ts'
import { Conversation, type MarkedComment } from './conversation.ts'
import { readEvent } from './event.ts'
import { lineOf, type Marker, markerOf, previousOf } from './marker.ts'
import { NoComment, whyNoComment } from './no-comment.ts'
import { pullRequestOf } from './pull-request.ts'

/** GitHub refuses a longer body. */
const maxBodyLength = 65_536

export interface CommentOptions extends Pick<Inputs, 'commentMode' | 'commentKey' | 'githubToken' | 'operation'> {
  readonly environment: NodeJS.ProcessEnv
  readonly signal: AbortSignal
}

/** What became of the comment, in a sentence for the log; or why there is none, in one for a warning. */
export interface CommentResult {
  readonly ok: boolean
  readonly text: string
}

/**
 * Keeps one comment for each step on the pull request that brought the change: made when the mode asks for it, found again by a hidden
 * marker, and updated in place, also by a success after a failure. Never rejects: without a comment, the verdict stands as it is.
 */
export async function keepComment(outcome: Outcome, options: CommentOptions): Promise<CommentResult> {
  try {
    return { ok: true, text: await keep(outcome, options) }
  } catch (error) {
    return { ok: false, text: whyNoComment(error, options.signal) }
  }
}

async function keep(outcome: Outcome, options: CommentOptions): Promise<string> {
  const { commentMode, environment, githubToken, signal } = options
  if (githubToken === '') throw new NoComment("Input 'github-token' is blank")
  // The client reads the event as well, and cannot be loaded where that fails. Few jobs need it.
  const event = await readEvent(environment)
  const { getOctokit } = await import('@actions/github')
  const octokit = getOctokit(githubToken)

  const pullRequest = await pullRequestOf(event, octokit, environment, signal)
  const conversation = new Conversation(octokit, pullRequest, signal)
  const marker = markerOf({ ...options, subjects: outcome.results.map(({ state }) => state) })
  const body = `${lineOf(marker)}${summaryOf(outcome, maxBodyLength - lineOf(marker).length)}`

  const previous = await previousComment(conversation, marker)
  if (previous) {
    await conversation.update(previous.id, body)
    return `Updated the comment on pull request ${pullRequest.number}`
  }
  if (commentMode === 'on-failure' && passes(outcome.verdict)) {
    return `No comment is needed on pull request ${pullRequest.number}`
  }
  await createComment(conversation, marker, body)
  return `Commented on pull request ${pullRequest.number}`
}

/** The step's comment that a run before has left, of those that the owner of the token has written: anybody can write a marker. */
async function previousComment(conversation: Conversation, marker: Marker): Promise<MarkedComment | undefined> {
  const candidates = (await conversation.marked()).filter((comment) => comment.marker.step === marker.step)
  if (candidates.length === 0) return undefined
  const author = await conversation.author()
  return previousOf(
    candidates.filter((comment) => comment.author === author),
    marker,
  )
}

/** Where another run has made its comment at the same moment, the older of the two stays, with the report that came last. */
async function createComment(conversation: Conversation, marker: Marker, body: string): Promise<void> {
  const created = await conversation.create(body)
  try {
    const others = (await conversation.marked()).filter(
      ({ id, author }) => id < created.id && author === created.author,
    )
    const older = previousOf(others, marker)
    if (older === undefined) return
    await conversation.update(older.id, body)
    await conversation.remove(created.id)
  } catch {
    // The comment has been made. A second one beside it does less harm than a warning that there is none.
  }
}
