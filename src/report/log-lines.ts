import { operations } from '../aws/operations.ts'
import type { Inputs } from '../inputs.ts'
import type { Goal, Until } from '../requests/goal.ts'
import type { RequestKey } from '../requests/request.ts'
import { statusOf } from '../wait/state/request-state.ts'
import type { State } from '../wait/state/state.ts'
import { formatDuration } from './duration.ts'
import { forLog } from './escape.ts'
import { goalWords } from './goal-words.ts'
import { droppedLines, failureLines, listLines, recoveryLines } from './log-failures.ts'
import { accountLines, progressLines } from './log-progress.ts'
import { foundLines, nameLines, scopeLines } from './log-state.ts'
import { aboutRequest, type Change, failureText } from './log-words.ts'
import { count, listed, plain } from './phrase.ts'
import { isReadFailure } from './selection.ts'
import { permissionSetLabel } from './subject.ts'

/** Further ignored accounts are only counted. */
const maxIgnored = 10
/** Only the first failures have a line each. The job summary is easier to read if there are many. */
const maxFailures = 50

/** The inputs that the first line shows. */
export type Opening = Goal & Pick<Inputs, 'region' | 'timeoutMs' | 'requests'> & Partial<Pick<Inputs, 'skippedLines'>>

/** A line of the log, with the time waited in a column of its own. */
export function logLine(elapsedMs: number, text: string): string {
  return `${formatDuration(elapsedMs).padStart(11)}  ${forLog(text)}`
}

/** The first lines of the log: what the step waits for, and how long at most. */
export function openingLines(opening: Opening): string[] {
  const { ignoredAccounts, region, requests, skippedLines = 0, timeoutMs, wait } = opening
  const named = listed(opening.permissionSetArns, (arn) => plain(permissionSetLabel(arn, new Map())))
  const subjects = [requestsText(requests, wait), goalWords[opening.until].opening(opening, named)]
  const subject = subjects.filter((text) => text !== null).join(', and ')
  if (subject === '') return []
  const most = wait ? `, for at most ${formatDuration(timeoutMs)}` : ''
  const ignored = count(ignoredAccounts.length, 'account')
  const names = listed(ignoredAccounts, plain, maxIgnored)
  const [hold, were] = skippedLines === 1 ? ['holds', 'was'] : ['hold', 'were']
  const skipped = `${count(skippedLines, 'line')} of the file ${hold} no request, and ${were} skipped`
  return [
    logLine(0, `${wait ? 'Waiting' : 'Looking'} ${subject} in ${region}${most}`),
    ...(skippedLines > 0 ? [logLine(0, skipped)] : []),
    ...(ignoredAccounts.length > 0 ? [logLine(0, `Ignoring ${ignored}: ${names}`)] : []),
  ]
}

function requestsText(keys: readonly RequestKey[], wait: boolean): string | null {
  const [first] = keys
  if (first === undefined) return null
  const requests = keys.length === 1 ? `request ${first.requestId}` : `${keys.length} requests`
  return `${wait ? 'for' : 'at'} ${requests} of ${apisOf(keys)}`
}

/** The API that started the requests; of several APIs, each with the number of its requests. */
function apisOf(keys: readonly RequestKey[]): string {
  const alike = [...Map.groupBy(keys, ({ operation }) => operations[operation].startedBy)]
  return alike.map(([api, { length }]) => (alike.length === 1 ? api : `${api} (${length})`)).join(', ')
}

/** What the lines of the log depend on, apart from what is known. */
export interface LogContext {
  readonly until: Until
  /** The Region of the links to the console. */
  readonly region: string
}

/** The lines of the log about what changed from one state to the next, without the time. */
export function linesBetween(before: State, after: State, context: LogContext): string[] {
  const all = after.requests.changesSince(before.requests)
  const changes: Change[] = all.flatMap(([was, is]) => (was === null ? [] : [[was, is]]))
  const news = [...statusLines(before, changes), ...failureLines(before, after, changes)]
  return [
    ...news,
    ...(news.length === 0 ? recoveryLines(before, after, changes) : []),
    ...listLines(before, after, context),
    ...droppedLines(before, after),
    ...nameLines(before, after, context),
    ...foundLines(before, after),
    ...scopeLines(before, after),
    ...accountLines(before, after),
    ...(before.judgement.finding === after.judgement.finding ? [] : goalWords[context.until].found(after)),
    ...progressLines(before, after),
  ]
}

/** For a single request, each status. For several, each failure. A failure has a line once its reason was read. */
function statusLines(before: State, changes: readonly Change[]): string[] {
  const { requests } = before
  const isNew = ([was, is]: Change) => statusOf(is) !== statusOf(was) && statusOf(is) !== 'FAILED'
  const statuses = requests.size > 1 ? [] : changes.filter(isNew).flatMap(([, is]) => statusOf(is) ?? [])
  const failed = changes.flatMap(([was, is]) => (isReadFailure(is) && !isReadFailure(was) ? [is] : []))
  if (failed.length === 0) return statuses
  const reported = requests.items.filter(isReadFailure).length
  const shown = failed.slice(0, Math.max(0, maxFailures - reported))
  const isFirstLeftOut = shown.length < failed.length && reported <= maxFailures
  return [
    ...statuses,
    ...shown.map((request) => aboutRequest(request, before, failureText(request.failureReason))),
    ...(isFirstLeftOut ? ['More failures are in the summary and the results'] : []),
  ]
}
