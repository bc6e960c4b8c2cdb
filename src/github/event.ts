import { readFile, stat } from 'node:fs/promises'
import { factsOf } from '../aws/errors/facts.ts'
import type { Secrets } from '../secrets.ts'
import { abortable } from '../wait/time/deadline.ts'
import type { Client } from './client.ts'
import { NoComment, notFromGitHub } from './no-comment.ts'

/** What started the run. */
export interface Event {
  readonly name: string
  readonly payload: Payload
  /** The commit that the run is for. */
  readonly sha: string
}

/** The parts of payloads that lead to a pull request (https://docs.github.com/webhooks/webhook-events-and-payloads). */
interface Payload {
  readonly pull_request?: { readonly number?: number }
  /** An issue with `pull_request` is a pull request. */
  readonly issue?: { readonly number?: number; readonly pull_request?: object }
  readonly merge_group?: { readonly head_ref?: string }
  /** `pull_requests` is empty if no pull request is open, or if it comes from a fork. */
  readonly workflow_run?: {
    readonly head_sha?: string
    readonly pull_requests?: readonly { readonly number?: number }[]
  }
  readonly deployment?: { readonly sha?: string }
}

/** GitHub's own limit for an event is 25 MB (https://docs.github.com/webhooks/webhook-events-and-payloads). */
const maxBytes = 32 * 2 ** 20

/** Events that are about a commit. A run for another event, such as a comment, has a commit that has nothing to do with the event. */
const eventsOfCommits = ['push', 'release', 'repository_dispatch', 'schedule', 'workflow_dispatch']

/**
 * Reads the event that started the run.
 *
 * @throws NoComment if it cannot be read, or not before the signal is aborted
 */
export async function readEvent(environment: NodeJS.ProcessEnv, secrets: Secrets, signal: AbortSignal): Promise<Event> {
  const { GITHUB_EVENT_NAME: name = '', GITHUB_EVENT_PATH: path = '', GITHUB_SHA: sha = '' } = environment
  try {
    const payload: Payload | null = JSON.parse(await abortable(signal, textOf(path, signal)))
    if (typeof payload !== 'object' || payload === null) throw new TypeError('not a JSON object')
    return { name, payload, sha }
  } catch (error) {
    throw new NoComment(
      `There is no pull request to comment on, as the event of this run cannot be read (${factsOf(error, secrets).message})`,
    )
  }
}

/** GitHub's client reads the file too, and waits for it. So what may never end, such as a named pipe, must not get there. */
async function textOf(path: string, signal: AbortSignal): Promise<string> {
  const found = await stat(path)
  if (!found.isFile()) throw new TypeError('not a regular file')
  if (found.size > maxBytes) throw new RangeError(`the file has ${found.size} bytes`)
  return readFile(path, { encoding: 'utf8', signal })
}

/** The number of the pull request that an event is about; `null` if the event does not name one. */
export function pullRequestIn({ payload }: Event): number | null {
  const { pull_request, issue, merge_group, workflow_run } = payload
  const number =
    pull_request?.number ??
    (issue?.pull_request && issue.number) ??
    workflow_run?.pull_requests?.[0]?.number ??
    numberInQueue(merge_group?.head_ref ?? '')
  return typeof number === 'number' ? number : null
}

/** The commit that an event is about, or that it deploys; `null` if the event has no commit. */
export function commitIn({ name, payload, sha }: Event): string | null {
  const { deployment, workflow_run } = payload
  return workflow_run?.head_sha ?? deployment?.sha ?? (eventsOfCommits.includes(name) ? sha : null)
}

/** The branch of a merge queue has the number of its pull request in its name, as in `gh-readonly-queue/main/pr-7-<commit>`. */
function numberInQueue(ref: string): number | null {
  const [, number] = /^refs\/heads\/gh-readonly-queue\/.+\/pr-(\d+)-[0-9a-f]+$/.exec(ref) ?? []
  return number === undefined ? null : Number(number)
}

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
  client: Client,
  environment: NodeJS.ProcessEnv,
): Promise<PullRequest> {
  const [owner = '', repo = ''] = environment['GITHUB_REPOSITORY']?.split('/') ?? []
  const number = pullRequestIn(event) ?? (await numberByCommit(client, { owner, repo, commit_sha: commitIn(event) }))
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
  { rest }: Client,
  { commit_sha, ...repository }: { owner: string; repo: string; commit_sha: string | null },
): Promise<number | null> {
  if (commit_sha === null) return null
  try {
    const { data } = await rest.repos.listPullRequestsAssociatedWithCommit({ ...repository, commit_sha })
    if (!Array.isArray(data)) throw new NoComment(notFromGitHub)
    return (data.find(({ merged_at }) => merged_at !== null) ?? data[0])?.number ?? null
  } catch (error) {
    if (error instanceof Error && 'status' in error && error.status === 422) return null
    throw error
  }
}
