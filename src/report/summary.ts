import { operations } from '../identity-center/operations.ts'
import { consoleUrlOf } from '../identity-center/permission-sets.ts'
import type { RequestResult, Verdict } from '../verdict.ts'
import { formatDuration } from './duration.ts'
import { errorsOf, headlineOf, nextStepsOf, type Outcome, reasonsOf } from './outcome.ts'
import { timelineOf } from './timeline.ts'
import { forCode, forMarkdown, forPre } from './untrusted.ts'

const icons: Record<Verdict, string> = {
  succeeded: '✅',
  'in-progress': '⏳',
  failed: '❌',
  'timed-out': '⌛',
  cancelled: '🛑',
  error: '❗',
}

/** The runner drops a summary of more than 1 MiB whole. */
const maxBytes = 1_000_000
/** Past so many, the rest is counted: nobody reads on. */
const maxRows = 200
const maxQuotes = 50
const maxAccounts = 50

/**
 * The job summary, as GitHub-flavoured Markdown of at most so many bytes. What needs a person's eye comes first, and the rest is counted.
 * Every text of AWS's is in code style or in `<pre>`.
 */
export function summaryOf(outcome: Outcome, limitBytes = maxBytes): string {
  const sections = [
    `## ${icons[outcome.verdict]} ${forMarkdown(headlineOf(outcome))}`,
    ...tableSection(outcome, limitBytes / 3),
    ...quotesSection('### What AWS says', reasonsOf(outcome), limitBytes / 4),
    ...quotesSection('### What went wrong', errorsOf(outcome), limitBytes / 4),
    ...accountsSection(outcome.accountsBehind),
    ...nextStepsSection(outcome, limitBytes / 6),
    ...timelineOf(outcome),
  ]
  const kept = within(limitBytes - 100, sections)
  return `${kept.join('\n\n')}\n`
}

function tableSection({ operation, region, results, names, startedAt }: Outcome, limitBytes: number): string[] {
  if (results.length === 0) return []
  const rows = [...results].sort((a, b) => urgency(a) - urgency(b)).slice(0, maxRows)
  const columns: [string, (result: RequestResult) => string][] = [
    ['Request', ({ state }) => code(state.requestId)],
    ['Status', (result) => statusCell(result)],
    ['Permission set', ({ state }) => permissionSetCell(state.permissionSetArn, names, region)],
    ['Account', ({ state }) => code(state.accountId)],
    ['Principal', ({ state }) => code(state.principalId && `${state.principalType ?? ''} ${state.principalId}`.trim())],
    ['Created', ({ state }) => state.createdDate?.toISOString() ?? ''],
    ['Took', (result) => tookCell(result, startedAt)],
  ]
  const used = columns.filter(([, cell]) => rows.some((row) => cell(row) !== ''))
  const lines = rows.map((row) => `| ${used.map(([, cell]) => cell(row)).join(' | ')} |`)
  const shown = within(limitBytes, lines)
  const table = [
    `| ${used.map(([title]) => title).join(' | ')} |`,
    `| ${used.map(() => '---').join(' | ')} |`,
    ...shown,
  ]
  const more = results.length - shown.length
  return [
    `${operations[operation].startedBy} in ${region}:`,
    table.join('\n'),
    ...(more > 0 ? [`… and ${more} more requests, which are in the output \`results\`.`] : []),
  ]
}

function urgency({ state, givenUp }: RequestResult): number {
  if (state.status === 'FAILED') return 0
  if (givenUp) return 1
  return state.status === 'SUCCEEDED' ? 3 : 2
}

function statusCell({ state, givenUp }: RequestResult): string {
  return state.status ?? (givenUp ? 'not learnt' : 'no answer')
}

/** The name, which leads to the console, and the ARN beside it; the ARN alone where no name is known. */
function permissionSetCell(arn: string | null, names: ReadonlyMap<string, string>, region: string): string {
  const name = names.get(arn ?? '')
  if (arn === null || name === undefined) return code(arn)
  const url = consoleUrlOf(arn, region)
  return `${url === null ? code(name) : `[${forMarkdown(name)}](${url})`} ${code(arn)}`
}

function tookCell({ state, finishedAfterMs, finishedBefore }: RequestResult, startedAt: Date): string {
  if (finishedAfterMs === null || state.createdDate === null) return ''
  const tookMs = startedAt.getTime() + finishedAfterMs - state.createdDate.getTime()
  // The runner's clock is not AWS's.
  if (tookMs < 0) return ''
  return `${finishedBefore ? 'at most ' : ''}${formatDuration(tookMs)}`
}

/** Texts that quote AWS, each apart from ours. */
function quotesSection(title: string, texts: readonly string[], limitBytes: number): string[] {
  if (texts.length === 0) return []
  const quotes = texts.slice(0, maxQuotes).map((text) => `<pre>${forPre(text)}</pre>`)
  const shown = within(limitBytes, quotes)
  const more = texts.length - shown.length
  return [title, ...shown, ...(more > 0 ? [`… and ${more} more, which are in the output \`results\`.`] : [])]
}

function accountsSection(accounts: readonly string[]): string[] {
  if (accounts.length === 0) return []
  const shown = accounts.slice(0, maxAccounts).map(code).join(', ')
  const more = accounts.length - maxAccounts
  return [
    `### Accounts behind: ${accounts.length}`,
    `These do not hold the latest permission set: ${shown}${more > 0 ? ` and ${more} more, which are in the output \`accounts-behind\`` : ''}.`,
  ]
}

function nextStepsSection(outcome: Outcome, limitBytes: number): string[] {
  const shown = within(
    limitBytes,
    nextStepsOf(outcome).map((step) => `- ${forMarkdown(step)}`),
  )
  const { snippet } = outcome.trouble ?? {}
  if (shown.length === 0) return []
  return ['### What to do next', shown.join('\n'), ...(snippet ? [`\`\`\`json\n${snippet}\n\`\`\``] : [])]
}

function code(text: string | null): string {
  return text ? forCode(text) : ''
}

/** The first of some texts that together stay within so many bytes. */
function within(limitBytes: number, texts: readonly string[]): string[] {
  let bytes = 0
  return texts.filter((text) => {
    bytes += Buffer.byteLength(text) + 2
    return bytes <= limitBytes
  })
}
