import { operations } from '../identity-center/operations.ts'
import type { RequestResult, Verdict } from '../verdict.ts'
import { formatDuration } from './duration.ts'
import { causesOf, headlineOf, nextStepsOf, type Outcome } from './outcome.ts'
import { forCode, forMarkdown, forPre } from './untrusted.ts'

const icons: Record<Verdict, string> = {
  succeeded: '✅',
  'in-progress': '⏳',
  failed: '❌',
  'timed-out': '⌛',
  cancelled: '🛑',
  error: '❗',
}

/** Past so many rows or reasons, the rest is counted: the runner drops a summary of more than 1 MiB whole. */
const maxRows = 200
const maxCauses = 20
const maxAccounts = 50

/** The job summary, as GitHub-flavoured Markdown. Every text of AWS's is in code style or in `<pre>`. */
export function summaryOf(outcome: Outcome): string {
  return [
    `## ${icons[outcome.verdict]} ${headlineOf(outcome)}`,
    ...tableOf(outcome),
    ...causesSection(outcome),
    ...accountsSection(outcome.accountsBehind),
    ...nextStepsSection(outcome),
  ]
    .join('\n\n')
    .concat('\n')
}

function tableOf({ operation, results, startedAt }: Outcome): string[] {
  if (results.length === 0) return []
  const rows = [...results].sort((a, b) => urgency(a) - urgency(b))
  const columns: [string, (result: RequestResult) => string][] = [
    ['Request', ({ state }) => code(state.requestId)],
    ['Status', (result) => statusCell(result)],
    ['Permission set', ({ state }) => code(state.permissionSetArn)],
    ['Account', ({ state }) => code(state.accountId)],
    ['Principal', ({ state }) => code(state.principalId && `${state.principalType ?? ''} ${state.principalId}`.trim())],
    ['Created', ({ state }) => state.createdDate?.toISOString() ?? ''],
    ['Took', (result) => tookCell(result, startedAt)],
  ]
  const used = columns.filter(([, cell]) => rows.some((row) => cell(row) !== ''))
  const table = [
    `| ${used.map(([title]) => title).join(' | ')} |`,
    `| ${used.map(() => '---').join(' | ')} |`,
    ...rows.slice(0, maxRows).map((row) => `| ${used.map(([, cell]) => cell(row)).join(' | ')} |`),
  ].join('\n')
  const more =
    rows.length > maxRows ? [`… and ${rows.length - maxRows} more requests, which are in the output \`results\`.`] : []
  return [`${operations[operation].startedBy}, waited for by request ID:`, table, ...more]
}

/** What needs a person's eye comes first. */
function urgency({ state, givenUp }: RequestResult): number {
  if (state.status === 'FAILED') return 0
  if (givenUp) return 1
  return state.status === 'SUCCEEDED' ? 3 : 2
}

function statusCell({ state, givenUp }: RequestResult): string {
  if (givenUp && state.status === null) return 'not learnt'
  return state.status ?? 'no answer'
}

function tookCell({ state, finishedAfterMs, finishedBefore }: RequestResult, startedAt: Date): string {
  if (finishedAfterMs === null || state.createdDate === null) return ''
  const tookMs = startedAt.getTime() + finishedAfterMs - state.createdDate.getTime()
  // The runner's clock is not AWS's.
  if (tookMs < 0) return ''
  return `${finishedBefore ? 'at most ' : ''}${formatDuration(tookMs)}`
}

function causesSection(outcome: Outcome): string[] {
  const causes = causesOf(outcome)
  if (causes.length === 0) return []
  const title = outcome.verdict === 'failed' ? '### What AWS says' : '### What happened'
  const shown = causes.slice(0, maxCauses).map((cause) => `<pre>${forPre(cause)}</pre>`)
  const more = causes.length > maxCauses ? [`… and ${causes.length - maxCauses} more.`] : []
  return [title, ...shown, ...more]
}

function accountsSection(accounts: readonly string[]): string[] {
  if (accounts.length === 0) return []
  const shown = accounts.slice(0, maxAccounts).map((account) => `\`${account}\``)
  const more =
    accounts.length > maxAccounts
      ? ` and ${accounts.length - maxAccounts} more, which are in the output \`accounts-behind\``
      : ''
  return [
    `### Accounts behind: ${accounts.length}`,
    `These do not hold the latest permission set: ${shown.join(', ')}${more}.`,
  ]
}

function nextStepsSection(outcome: Outcome): string[] {
  const steps = nextStepsOf(outcome)
  return steps.length === 0 ? [] : ['### What to do next', steps.map((step) => `- ${forMarkdown(step)}`).join('\n')]
}

function code(text: string | null): string {
  return text ? forCode(text) : ''
}
