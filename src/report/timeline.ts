import { isFinished, type Status } from '../request.ts'
import type { RequestResult } from '../verdict.ts'
import type { Outcome } from './outcome.ts'

/** Mermaid draws no more in a size that can be read. */
const maxTasks = 50

/** How Mermaid colours a task: red, grey and blue. */
const tags: Record<Status, string> = { FAILED: 'crit', SUCCEEDED: 'done', IN_PROGRESS: 'active' }

/**
 * A drawing of when each of several requests was created and seen to have ended, as a Mermaid Gantt chart
 * (https://mermaid.js.org/syntax/gantt.html). Nothing in it is AWS's text but names that have been checked.
 */
export function timelineOf({ results, names, startedAt, elapsedMs }: Outcome): string[] {
  const tasks = results.flatMap((result) => taskOf(result, names, startedAt, elapsedMs))
  if (results.length < 2 || tasks.length === 0) return []
  const shown = tasks.slice(0, maxTasks)
  const more = tasks.length - shown.length
  return [
    '### Timeline',
    ['```mermaid', 'gantt', '  dateFormat x', '  axisFormat %H:%M:%S', '  todayMarker off', ...shown, '```'].join('\n'),
    `From when AWS took a request until it was seen to have ended, in your time zone: red has failed, grey has succeeded, blue goes on${more > 0 ? `; ${more} more are not drawn` : ''}.`,
  ]
}

function taskOf(
  { state, finishedAfterMs }: RequestResult,
  names: ReadonlyMap<string, string>,
  startedAt: Date,
  elapsedMs: number,
): string[] {
  const { createdDate, permissionSetArn, requestId, status } = state
  if (createdDate === null || status === null) return []
  const createdMs = createdDate.getTime()
  const endMs = startedAt.getTime() + (isFinished(status) ? (finishedAfterMs ?? elapsedMs) : elapsedMs)
  const label = `${requestId.slice(0, 8)} ${labelled(names.get(permissionSetArn ?? ''))}`.trim()
  return [`  ${label} :${tags[status]}, ${createdMs}, ${Math.max(Math.round(endMs), createdMs + 1_000)}`]
}

/** Names may hold what means something to Mermaid: characters anywhere, and words at the start of a line, where the ID stands. */
function labelled(name = ''): string {
  return name.replace(/[^\w.@-]/g, ' ')
}
