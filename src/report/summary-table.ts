import { operations } from '../aws/operations.ts'
import { consoleUrlOf } from '../aws/permission-sets.ts'
import { detailsOf, isGiven, type RequestState, statusOf } from '../wait/state/request-state.ts'
import { formatDuration } from './duration.ts'
import { forCode } from './escape.ts'
import type { Outcome, PermissionSet } from './outcome.ts'
import { outOfDateText } from './rollout-text.ts'
import { byUrgency } from './selection.ts'
import { isToEveryAccount, listed, permissionSetLabel } from './subject.ts'

/** Further rows are only counted, because nobody reads that many. */
const maxRows = 200

/** A row for each request: what it is about, how it ended and how long it took. The most urgent come first. */
export function tableOf(outcome: Outcome, limitBytes: number): string[] {
  const { region, requests } = outcome
  if (requests.length === 0) return []
  const apis = new Set(requests.map(({ key }) => operations[key.operation].startedBy))
  const columns: [string, (request: RequestState) => string][] = [
    ['Status', statusCell],
    ['Started by', ({ key }) => (apis.size > 1 ? code(operations[key.operation].startedBy) : '')],
    ['Permission set', (request) => permissionSetCell(request, outcome)],
    ['Account', (request) => (isToEveryAccount(request) ? 'all' : code(detailsOf(request).accountId))],
    ['Principal', principalCell],
    ['Took', (request) => tookCell(request, outcome)],
    ['Created (UTC)', (request) => createdCell(request, outcome)],
    ['Request', ({ key }) => code(key.requestId)],
  ]
  const ordered = byUrgency(requests)
  const cells = ordered.slice(0, maxRows).map((request) => columns.map(([, cellOf]) => cellOf(request)))
  const isUsed = columns.map((_, column) => cells.some((row) => row[column] !== ''))
  const lineOf = (row: readonly string[]) => `| ${row.filter((_, column) => isUsed[column]).join(' | ')} |`
  const shown = within(limitBytes, cells.map(lineOf))
  return [
    `${[...apis].map(code).join(', ')} in ${region}:`,
    [lineOf(columns.map(([title]) => title)), lineOf(columns.map(() => '---')), ...shown].join('\n'),
    ...remainderOf(ordered.slice(shown.length)),
  ]
}

/** Of more permission sets than this, those that are up to date are only counted. */
const maxListedSets = 20

/** A row for each permission set that was to be rolled out: how many of its accounts hold the latest version. */
export function rolloutTableOf(outcome: Outcome, limitBytes: number): string[] {
  const { permissionSets, region } = outcome
  if (permissionSets.length === 0) return []
  const isDone = ({ outOfDate }: PermissionSet) => outOfDate?.length === 0
  const open = permissionSets.filter((set) => !isDone(set))
  const listedSets = permissionSets.length > maxListedSets ? open : permissionSets
  const done = permissionSets.length - listedSets.length
  const doneText = `${done} permission sets are up to date${open.length === 0 ? '' : ', and these are not'}`
  if (listedSets.length === 0) return [`${doneText}, in ${region}.`]
  const rows = listedSets.map((set) => `| ${permissionSetLink(set.arn, outcome)} | ${accountsCell(set)} |`)
  const shown = within(limitBytes, rows)
  return [
    `${done > 0 ? `${doneText}. ` : ''}Accounts that hold the latest version, in ${region}:`,
    ['| Permission set | Accounts |', '| --- | --- |', ...shown].join('\n'),
    ...(shown.length < rows.length ? [`… and ${rows.length - shown.length} more permission sets.`] : []),
  ]
}

function accountsCell({ ignored, outOfDate, readAgoMs, targets, total }: PermissionSet): string {
  if (outOfDate === null && readAgoMs === null) return '❗&nbsp;not&nbsp;read'
  if (outOfDate === null)
    return `❔&nbsp;none out of date ${formatDuration(readAgoMs ?? 0)} before the end, not read since`
  if (outOfDate.length > 0) return `⚠️&nbsp;${outOfDateText({ outOfDate, total })}`
  if (targets !== null) return `✅&nbsp;${listed(targets, code)}`
  if (ignored.length > 0) return `✅&nbsp;all but ${ignored.length} ignored`
  return total === null ? '✅&nbsp;all' : `✅&nbsp;${total === 0 ? 'none holds it' : `all ${total}`}`
}

/** The first of some texts that together have at most this many bytes. */
export function within(limitBytes: number, texts: readonly string[]): string[] {
  let bytes = 0
  return texts.filter((text) => {
    bytes += Buffer.byteLength(text) + 2
    return bytes <= limitBytes
  })
}

/** A value in code style; empty if there is no value. */
export function code(text: string | null): string {
  return text ? forCode(text) : ''
}

/** The name of a permission set, or its ID if the name is not known, with a link to the console. */
export function permissionSetLink(arn: string, { names, region }: Outcome): string {
  const url = consoleUrlOf(arn, region)
  const label = code(permissionSetLabel(arn, names))
  return url === null ? label : `[${label}](${url})`
}

function statusCell(request: RequestState): string {
  switch (statusOf(request)) {
    case 'SUCCEEDED':
      return '✅&nbsp;SUCCEEDED'
    case 'FAILED':
      return '❌&nbsp;FAILED'
    case 'IN_PROGRESS':
      return '⏳&nbsp;IN_PROGRESS'
    case null:
      return '❗&nbsp;not&nbsp;read'
  }
}

function permissionSetCell(request: RequestState, outcome: Outcome): string {
  const { permissionSetArn } = detailsOf(request)
  return permissionSetArn === null ? '' : permissionSetLink(permissionSetArn, outcome)
}

function principalCell(request: RequestState): string {
  const { principalType, principalId } = detailsOf(request)
  return code([principalType, principalId].filter(Boolean).join(' '))
}

/** The time, with the date if that is not the day of the wait. */
function createdCell(request: RequestState, { startedAt }: Outcome): string {
  const { createdDate } = detailsOf(request)
  if (createdDate === null) return ''
  const [date = '', time = ''] = createdDate.toISOString().slice(0, 19).split('T')
  return startedAt.toISOString().startsWith(date) ? time : `${date}&nbsp;${time}`
}

function tookCell(request: RequestState, { startedAt, elapsedMs }: Outcome): string {
  const { createdDate } = detailsOf(request)
  if (createdDate === null) return ''
  const hasEnded = request.phase === 'ended'
  const tookMs = startedAt.getTime() + (hasEnded ? request.endedAtMs : elapsedMs) - createdDate.getTime()
  // The runner's clock may differ from AWS's. Requests of others can have ended long before.
  if (tookMs < 0 || (hasEnded && request.endedBefore && !isGiven(request))) return ''
  const bound = hasEnded ? (request.endedBefore ? 'at most ' : '') : 'more than '
  return `${bound}${formatDuration(tookMs)}`.replaceAll(' ', '&nbsp;')
}

/** How many requests are not in the table, by their status. */
function remainderOf(left: readonly RequestState[]): string[] {
  if (left.length === 0) return []
  const alike = Map.groupBy(left, (request) => statusOf(request) ?? 'not read')
  const counts = [...alike].map(([status, requests]) => `${requests.length} ${status}`)
  return [
    `… and ${left.length} more requests, which are in the file that the output \`results-file\` names: ${counts.join(', ')}.`,
  ]
}
