import type { Status } from '../requests/request.ts'
import { type RequestState, statusOf } from '../wait/state/request-state.ts'
import { byUrgency } from './selection.ts'
import type { Story } from './story.ts'
import { onlyRequest } from './subject.ts'

/** Mermaid draws more tasks too small to read. */
const maxTasks = 50

/** How Mermaid colours a task: red, grey and blue. */
const tags: Record<Status, string> = { FAILED: 'crit', SUCCEEDED: 'done', IN_PROGRESS: 'active' }

/**
 * A Mermaid Gantt chart (https://mermaid.js.org/syntax/gantt.html) of several requests, each from its creation until its end was seen. Of
 * many requests, it shows the most urgent. The only texts of AWS in it are names that were checked.
 */
export function timelineOf(story: Story): string[] {
  const { requests } = story
  const ordered = requests.length > maxTasks ? byUrgency(requests) : requests
  const tasks = ordered.flatMap((request) => taskOf(request, story))
  if (onlyRequest(requests) !== null || tasks.length === 0) return []
  const shown = tasks.slice(0, maxTasks)
  const more = tasks.length - shown.length
  return [
    '### Timeline',
    ['```mermaid', 'gantt', '  dateFormat x', '  axisFormat %H:%M:%S', '  todayMarker off', ...shown, '```'].join('\n'),
    `From when AWS took a request until it was seen to have ended, in your time zone: red has failed, grey has succeeded, blue goes on${more > 0 ? `; ${more} more are not drawn` : ''}.`,
  ]
}

function taskOf(request: RequestState, { names, startedAt, elapsedMs }: Story): string[] {
  const { createdDate, permissionSetArn } = request.details
  const status = statusOf(request)
  if (createdDate === null || status === null) return []
  const createdMs = createdDate.getTime()
  const endMs = startedAt.getTime() + (request.phase === 'ended' ? request.endedAtMs : elapsedMs)
  // Characters of a name mean something to Mermaid. Words do only at the start of a line, where the ID stands.
  const name = names.get(permissionSetArn ?? '')?.replace(/[^\w.@-]/g, ' ')
  const label = `${request.key.requestId.slice(0, 8)} ${name ?? ''}`.trim()
  return [`  ${label} :${tags[status]}, ${createdMs}, ${Math.max(Math.round(endMs), createdMs + 1_000)}`]
}
