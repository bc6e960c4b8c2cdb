import { consoleUrlOf } from '../aws/permission-sets.ts'
import type { Trouble } from '../polling/api.ts'
import { detailsOf, isUnfinished, isUnreadable, statusOf } from '../polling/request-state.ts'
import type { AccountCount, Progress, Snapshot } from '../polling/snapshot.ts'
import { isReadFailure } from './causes.ts'
import { isBlocked } from './log-troubles.ts'
import { permissionSetLabel, plain } from './subject.ts'

/**
 * The name of the permission set, with a link to the console. Of several permission sets, the names of those that failed, because earlier
 * lines show them by ID.
 */
export function nameLines(before: Snapshot, after: Snapshot, region: string): string[] {
  if (before.names === after.names) return []
  const known = new Set(after.requests.flatMap((request) => detailsOf(request).permissionSetArn ?? []))
  const inLog = new Set(after.requests.filter(isReadFailure).map((request) => request.details.permissionSetArn))
  return [...after.names].flatMap(([arn, name]) => {
    if (before.names.has(arn)) return []
    if (known.size < 2) return [`Permission set ${[plain(name), consoleUrlOf(arn, region)].filter(Boolean).join(': ')}`]
    const id = permissionSetLabel(arn, new Map())
    return inLog.has(arn) && before.ending === null ? [`Permission set ${plain(id)} is ${plain(name)}`] : []
  })
}

/** How many accounts hold the latest permission set, if that has changed. */
export function accountLines(before: Snapshot, after: Snapshot): string[] {
  if (before.accounts === after.accounts || before.ending !== null) return []
  const advanced = [...after.accounts].filter(([arn, count]) => !isSame(before.accounts.get(arn), count))
  if (advanced.length === 0) return []
  if (after.requests.length === 1) return [positionText(after)]
  return advanced.map(([arn, count]) => `${plain(permissionSetLabel(arn, after.names))}: ${countText(count)}`)
}

function isSame(a: AccountCount | undefined, b: AccountCount): boolean {
  return a?.latest === b.latest && a.total === b.total
}

function countText({ latest, total }: AccountCount): string {
  return `${latest} of ${total} accounts hold the latest permission set`
}

/** How far several requests are, if a look has changed that. */
export function progressLines(before: Snapshot, after: Snapshot): string[] {
  if (after.looks === before.looks || after.requests.length === 1) return []
  const isFirstAnswer = before.looks === 0 && after.requests.some(({ phase }) => phase !== 'unanswered')
  return isFirstAnswer || differ(before.progress, after.progress) ? [positionText(after)] : []
}

function differ(a: Progress, b: Progress): boolean {
  return a.ended !== b.ended || a.failed !== b.failed || a.unconfirmed !== b.unconfirmed
}

/** How far things are, after 30 s without news. Without such a line, a quiet wait looks like a hung one. */
export function heartbeatLines(before: Snapshot, after: Snapshot): string[] {
  if (after.heartbeats === before.heartbeats) return []
  const trouble = troubleOf(after)
  return [trouble === null ? positionText(after) : `${positionText(after)}; still trying: ${trouble.message}`]
}

function troubleOf({ outage, requests }: Snapshot): Trouble | null {
  return (
    outage?.trouble ??
    requests.find((request) => isUnfinished(request) && isBlocked(request))?.obstacle?.trouble ??
    null
  )
}

/** How far things are. */
function positionText({ requests, progress, accounts }: Snapshot): string {
  const [only] = requests
  if (requests.length === 1 && only !== undefined) {
    const count = accounts.get(detailsOf(only).permissionSetArn ?? '')
    return [statusOf(only) ?? 'No status yet', ...(count === undefined ? [] : [countText(count)])].join(', ')
  }
  const ended = requests.filter(({ phase }) => phase === 'ended').length
  const failed = requests.filter((request) => statusOf(request) === 'FAILED').length
  const unreadable = requests.filter(isUnreadable).length
  // The count is from the end of the last look. If more requests have ended since, it may count some of them.
  const unconfirmed = ended === progress.ended ? progress.unconfirmed : 0
  return [
    `${ended} of ${requests.length} done`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(unreadable > 0 ? [`${unreadable} cannot be read`] : []),
    ...(unconfirmed > 0 ? [unconfirmedText(unconfirmed)] : []),
  ].join(', ')
}

function unconfirmedText(count: number): string {
  return count === 1
    ? "1 more is no longer on AWS's list of requests in progress, and its end is being confirmed"
    : `${count} more are no longer on AWS's list of requests in progress, and their end is being confirmed`
}
