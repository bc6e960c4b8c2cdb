import { operations } from '../aws/operations.ts'
import type { Status } from '../requests/request.ts'
import { isGiven, type RequestState, statusOf } from '../wait/state/request-state.ts'
import { formatDuration } from './duration.ts'
import { code, permissionSetLink } from './markdown.ts'
import type { PermissionSet } from './outcome.ts'
import { listed, withRest } from './phrase.ts'
import { byUrgency } from './selection.ts'
import { outOfDateText } from './state-words.ts'
import type { Story } from './story.ts'
import { isToEveryAccount } from './subject.ts'

/** Further rows are only counted, because nobody reads that many. */
const maxRows = 200

const icons: Readonly<Record<Status, string>> = { SUCCEEDED: '✅', FAILED: '❌', IN_PROGRESS: '⏳' }
const notRead = '❗&nbsp;not&nbsp;read'

/** A row for each request: what it is about, how it ended and how long it took. The most urgent come first. */
export function requestTableOf(story: Story, limitBytes: number): string[] {
  const { region, requests } = story
  if (requests.length === 0) return []
  const apis = new Set(requests.map(({ key }) => operations[key.operation].startedBy))
  const cellsOf = (request: RequestState): Readonly<Record<string, string>> => {
    const { accountId, permissionSetArn, principalId, principalType } = request.details
    const status = statusOf(request)
    return {
      Status: status === null ? notRead : `${icons[status]}&nbsp;${status}`,
      'Started by': apis.size > 1 ? code(operations[request.key.operation].startedBy) : '',
      'Permission set': permissionSetArn === null ? '' : permissionSetLink(permissionSetArn, story),
      Account: isToEveryAccount(request) ? 'all' : code(accountId),
      Principal: code([principalType, principalId].filter(Boolean).join(' ')),
      Took: tookCell(request, story),
      'Created (UTC)': createdCell(request, story),
      Request: code(request.key.requestId),
    }
  }
  const ordered = byUrgency(requests)
  const rows = ordered.slice(0, maxRows).map(cellsOf)
  const titles = Object.keys(rows[0] ?? {}).filter((title) => rows.some((row) => row[title] !== ''))
  const lineFor = (request: RequestState) => {
    const cells = cellsOf(request)
    return lineOf(titles.map((title) => cells[title] ?? ''))
  }
  const lines = withRest(ordered, lineFor, { limitBytes, most: maxRows }, remainderOf)
  return [`${[...apis].map(code).join(', ')} in ${region}:`, tableOf(titles, lines)]
}

function tableOf(titles: readonly string[], lines: readonly string[]): string {
  return [lineOf(titles), lineOf(titles.map(() => '---')), ...lines].join('\n')
}

function lineOf(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

/** The time, with the date if that is not the day of the wait. */
function createdCell(request: RequestState, { startedAt }: Story): string {
  const [date = '', time = ''] = request.details.createdDate?.toISOString().slice(0, 19).split('T') ?? []
  return startedAt.toISOString().startsWith(date) ? time : `${date}&nbsp;${time}`
}

function tookCell(request: RequestState, { startedAt, elapsedMs }: Story): string {
  const { createdDate } = request.details
  if (createdDate === null) return ''
  const hasEnded = request.phase === 'ended'
  const tookMs = startedAt.getTime() + (hasEnded ? request.endedAtMs : elapsedMs) - createdDate.getTime()
  // The runner's clock may differ from AWS's. Requests of others can have ended long before.
  if (tookMs < 0 || (hasEnded && request.endedBefore && !isGiven(request))) return ''
  const bound = hasEnded ? (request.endedBefore ? 'at most ' : '') : 'more than '
  return `${bound}${formatDuration(tookMs)}`.replaceAll(' ', '&nbsp;')
}

/** How many requests are not in the table, by their status. */
function remainderOf(left: readonly RequestState[]): string {
  const alike = Map.groupBy(left, (request) => statusOf(request) ?? 'not read')
  const counts = [...alike].map(([status, { length }]) => `${length} ${status}`).join(', ')
  return `\n… and ${left.length} more requests, which are in the file that the output \`results-file\` names: ${counts}.`
}

/** Of more permission sets than this, those that are up to date are only counted. */
const maxListedSets = 20

/** A row for each permission set that was to be rolled out: how many of its accounts hold the latest version. */
export function rolloutTableOf(story: Story, limitBytes: number): string[] {
  const { permissionSets, region } = story
  if (permissionSets.length === 0) return []
  const open = permissionSets.filter(({ outOfDate }) => outOfDate?.length !== 0)
  const listedSets = permissionSets.length > maxListedSets ? open : permissionSets
  const done = permissionSets.length - listedSets.length
  const doneText = `${done} permission sets are up to date${open.length === 0 ? '' : ', and these are not'}`
  if (listedSets.length === 0) return [`${doneText}, in ${region}.`]
  const lineFor = (set: PermissionSet) => lineOf([permissionSetLink(set.arn, story), accountsCell(set)])
  const restOf = ({ length }: readonly PermissionSet[]) => `\n… and ${length} more permission sets.`
  return [
    `${done > 0 ? `${doneText}. ` : ''}Accounts that hold the latest version, in ${region}:`,
    tableOf(['Permission set', 'Accounts'], withRest(listedSets, lineFor, { limitBytes }, restOf)),
  ]
}

function accountsCell(permissionSet: PermissionSet): string {
  const { ignored, outOfDate, readAgoMs, targets, total } = permissionSet
  if (outOfDate === null && readAgoMs === null) return notRead
  if (outOfDate === null)
    return `❔&nbsp;none out of date ${formatDuration(readAgoMs ?? 0)} before the end, not read since`
  if (outOfDate.length > 0) return `⚠️&nbsp;${outOfDateText(permissionSet)}`
  if (targets !== null) return `✅&nbsp;${listed(targets, code)}`
  if (ignored.length > 0) return `✅&nbsp;all but ${ignored.length} ignored`
  return total === 0 ? '✅&nbsp;none holds it' : `✅&nbsp;all${total === null ? '' : ` ${total}`}`
}
