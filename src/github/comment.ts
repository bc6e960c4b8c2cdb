import type { CommentRequest } from '../inputs/comment.ts'
import { withoutValues } from '../inputs/input.ts'
import type { Story } from '../report/story.ts'
import { summaryOf } from '../report/summary.ts'
import { type OperationName, operationNames } from '../requests/request.ts'
import { passes } from '../requests/verdict.ts'
import type { Secrets } from '../secrets.ts'
import type { Clock } from '../wait/time/clock.ts'
import { clientFor } from './client.ts'
import { type Conversation, conversationOn, type MarkedComment } from './conversation.ts'
import { pullRequestOf, readEvent } from './event.ts'
import { lineOf, type Marker, markerOf, previousOf } from './marker.ts'
import { NoComment, whyNoComment } from './no-comment.ts'

/** GitHub refuses a longer body. */
const maxBodyLength = 65_536

export interface CommentOptions extends CommentRequest {
  readonly environment: NodeJS.ProcessEnv
  readonly clock: Clock
  readonly secrets: Secrets
  readonly signal: AbortSignal
}

/**
 * Keeps one comment for each step on the pull request that brought the change. It is created when the mode asks for it. Later runs find it
 * by a hidden marker and update it in place, also when a success follows a failure. Never rejects: a missing comment does not change the
 * verdict.
 *
 * @returns what was done, for the log, or why there is no comment, for a warning
 */
export async function keepComment(story: Story, options: CommentOptions): Promise<{ ok: boolean; text: string }> {
  try {
    return { ok: true, text: await keep(story, options) }
  } catch (error) {
    return { ok: false, text: whyNoComment(error, options.signal, options.secrets) }
  }
}

async function keep(story: Story, options: CommentOptions): Promise<string> {
  const { clock, commentMode, environment, githubToken, secrets, signal } = options
  if (githubToken === '') throw new NoComment("Input 'github-token' is blank")
  if (!/^[!-~]+$/.test(githubToken)) {
    throw new NoComment(
      "Input 'github-token' has a character that no token has, such as a line break, a blank or a typographic quote",
    )
  }
  // GitHub's client reads the event too, and cannot be loaded if that fails.
  const event = await readEvent(environment, secrets, signal)
  const client = await clientFor(githubToken, clock, signal)
  const pullRequest = await pullRequestOf(event, client, environment)
  const conversation = conversationOn(pullRequest, client)
  const ofSets = story.permissionSets.map(({ arn }) => ({ permissionSetArn: arn }))
  const subjects = [...story.requests.map(({ details }) => details), ...ofSets]
  const markerFor = (operation: OperationName) => markerOf({ ...options, operation, subjects })
  const marker = markerFor(options.operation ?? 'provision-permission-set')
  // Without the operation, an earlier comment may be of any.
  const markers = options.operation === null ? operationNames.map(markerFor) : [marker]

  const previous = await previousComment(conversation, markers)
  const line = lineOf({ ...marker, step: previous?.marker.step ?? marker.step })
  const problems = story.problems.map(withoutValues)
  const summary = secrets.hideUnmistakable(summaryOf({ ...story, problems }, maxBodyLength - line.length))
  const body = `${line}${summary}`
  if (previous) {
    await conversation.update(previous.id, body)
    return `Updated the comment on pull request ${pullRequest.number}`
  }
  if (commentMode === 'on-failure' && passes(story.verdict)) {
    return `No comment is needed on pull request ${pullRequest.number}`
  }
  await createComment(conversation, marker, body)
  return `Commented on pull request ${pullRequest.number}`
}

/**
 * The comment that an earlier run of this step left, by the first marker that has one. Only comments of the token's owner count, because
 * anybody can write a marker.
 */
async function previousComment(
  conversation: Conversation,
  markers: readonly Marker[],
): Promise<MarkedComment | undefined> {
  const steps = new Set(markers.map(({ step }) => step))
  const candidates = (await conversation.marked()).filter(({ marker }) => steps.has(marker.step))
  if (candidates.length === 0) return undefined
  const author = await conversation.author()
  const own = candidates.filter((comment) => comment.author === author)
  return markers.map((marker) => previousOf(own, marker)).find((comment) => comment !== undefined)
}

/** Creates the comment. If another run created one at the same moment, the older comment gets this report, and the new one is removed. */
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
    // The comment exists. A second one beside it does less harm than a warning that there is no comment.
  }
}
