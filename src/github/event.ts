import { readFile, stat } from 'node:fs/promises'
import { factsOf } from '../aws/errors/facts.ts'
import type { Secrets } from '../secrets.ts'
import { abortable } from '../wait/time/deadline.ts'
import { NoComment } from './no-comment.ts'

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
