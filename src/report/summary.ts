import { operations } from '../aws/operations.ts'
import { consoleUrlOf } from '../aws/permission-sets.ts'
import type { RequestState } from '../request.ts'
import type { RequestResult, Verdict } from '../verdict.ts'
import { formatDuration } from './duration.ts'
import { forCode, forHtml, forMarkdown } from './escape.ts'
import { everyAccountBehind, failuresOf, headlineOf, listed, nextStepsOf, type Outcome, unreadOf } from './outcome.ts'
import { timelineOf } from './timeline.ts'

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
const maxAccountsEach = 20

/**
 * The job summary, as GitHub-flavoured Markdown of at most so many bytes. What needs a person's eye comes first, and the rest is counted.
 * Every text of AWS's is in code style.
 */
export function summaryOf(outcome: Outcome, limitBytes = maxBytes): string {
  const sections = [
    `## ${icons[outcome.verdict]} ${headlineOf(outcome, forCode)}`,
    ...tableSection(outcome, limitBytes / 4),
    ...permissionSetsSection(outcome, limitBytes / 8),
    ...failuresSection(outcome, limitBytes / 4),
    ...unreadSection(outcome, limitBytes / 8),
    ...problemsSection(outcome.problems),
    ...accountsSection(outcome, limitBytes / 8),
    ...nextStepsSection(outcome),
    ...timelineOf(outcome),
  ]
  return `${within(limitBytes - 100, sections).join('\n\n')}\n`
}

function tableSection(outcome: Outcome, limitBytes: number): string[] {
  const { operation, region, results } = outcome
  if (results.length === 0) {
    return outcome.verdict === 'succeeded' ? ['The deploy changed nothing: `request-id` is `[]`.'] : []
  }
  const rows = [...results].sort((a, b) => urgency(a) - urgency(b)).slice(0, maxRows)
  const columns: [string, (result: RequestResult) => string][] = [
    ['Status', statusCell],
    [
      'Permission set',
      ({ state }) => (state.permissionSetArn ? permissionSetLink(state.permissionSetArn, outcome) : ''),
    ],
    ['Account', ({ state }) => accountCell(state, outcome)],
    ['Principal', ({ state }) => code([state.principalType, state.principalId].filter(Boolean).join(' '))],
    ['Took', (result) => tookCell(result, outcome)],
    ['Created (UTC)', ({ state }) => createdCell(state, outcome)],
    ['Request', ({ state }) => code(state.requestId)],
  ]
  const used = columns.filter(([, cell]) => rows.some((row) => cell(row) !== ''))
  const lines = rows.map((row) => `| ${used.map(([, cell]) => cell(row)).join(' | ')} |`)
  const shown = within(limitBytes, lines)
  const more = results.length - shown.length
  return [
    `\`${operations[operation].startedBy}\` in ${region}:`,
    [`| ${used.map(([title]) => title).join(' | ')} |`, `| ${used.map(() => '---').join(' | ')} |`, ...shown].join(
      '\n',
    ),
    ...(more > 0 ? [`… and ${more} more requests, which are in the output \`results\`.`] : []),
  ]
}

function urgency({ state, givenUp }: RequestResult): number {
  if (state.status === 'FAILED') return 0
  if (givenUp) return 1
  return state.status === 'SUCCEEDED' ? 3 : 2
}

function statusCell({ state, givenUp }: RequestResult): string {
  switch (state.status) {
    case 'SUCCEEDED':
      return '✅&nbsp;SUCCEEDED'
    case 'FAILED':
      return '❌&nbsp;FAILED'
    case 'IN_PROGRESS':
      return '⏳&nbsp;IN_PROGRESS'
    case null:
      return givenUp ? '❗&nbsp;not&nbsp;learnt' : '❗&nbsp;no&nbsp;answer'
  }
}

/** The name, or the ID where no name is known, with the way to the console; the ARN is told below. */
function permissionSetLink(arn: string, { names, region }: Outcome): string {
  const url = consoleUrlOf(arn, region)
  const label = code(names.get(arn) ?? arn.split('/').at(-1) ?? arn)
  return url === null ? label : `[${label}](${url})`
}

/** Of a provisioning, AWS names the account only where it is the only target. */
function accountCell({ accountId, permissionSetArn }: RequestState, { operation }: Outcome): string {
  const toAll = operation === 'provision-permission-set' && permissionSetArn !== null && accountId === null
  return toAll ? 'all' : code(accountId)
}

/** The time, with the date where that is not the day of the wait. */
function createdCell({ createdDate }: RequestState, { startedAt }: Outcome): string {
  if (createdDate === null) return ''
  const [date = '', time = ''] = createdDate.toISOString().slice(0, 19).split('T')
  return startedAt.toISOString().startsWith(date) ? time : `${date}&nbsp;${time}`
}

function tookCell(result: RequestResult, { startedAt, elapsedMs }: Outcome): string {
  const { state, finishedAfterMs, finishedBefore } = result
  if (state.status === null || state.createdDate === null) return ''
  const tookMs = startedAt.getTime() + (finishedAfterMs ?? elapsedMs) - state.createdDate.getTime()
  // The runner's clock is not AWS's.
  if (tookMs < 0) return ''
  const bound = finishedAfterMs === null ? 'more than ' : finishedBefore ? 'at most ' : ''
  return `${bound}${formatDuration(tookMs)}`.replaceAll(' ', '&nbsp;')
}

/** By their ARNs. */
function permissionSetsOf({ results }: Outcome): Set<string> {
  return new Set(results.flatMap(({ state }) => state.permissionSetArn ?? []))
}

/** The ARNs, which would make the table too wide. */
function permissionSetsSection(outcome: Outcome, limitBytes: number): string[] {
  const { names } = outcome
  const arns = permissionSetsOf(outcome)
  const items = [...arns].map(
    (arn) => `- ${[names.get(arn), arn].flatMap((text) => (text ? [code(text)] : [])).join(' ')}`,
  )
  const shown = within(limitBytes, items)
  if (arns.size < 2) return shown
  const more = arns.size > shown.length ? `\n- … and ${arns.size - shown.length} more` : ''
  return [`<details><summary>${arns.size} permission sets</summary>\n\n${shown.join('\n')}${more}\n\n</details>`]
}

/** AWS's own words, each apart from ours and with what we make of them. */
function failuresSection(outcome: Outcome, limitBytes: number): string[] {
  const failures = failuresOf(outcome)
  if (failures.length === 0) return []
  const told = failures
    .slice(0, maxQuotes)
    .map(({ requestIds, reason, diagnosis }) =>
      [
        ...of(requestIds, outcome),
        quote(reason),
        ...(diagnosis ? [`**Likely cause:** ${diagnosis.cause}<br>**What to do:** ${diagnosis.remedy}`] : []),
      ].join('\n\n'),
    )
  const shown = within(limitBytes, told)
  return ['### What AWS says', ...shown, ...moreThan(shown.length, failures.length)]
}

function unreadSection(outcome: Outcome, limitBytes: number): string[] {
  const unread = unreadOf(outcome)
  if (unread.length === 0) return []
  const told = unread
    .slice(0, maxQuotes)
    .map(({ error, requestIds }) => [...of(requestIds, outcome), quote(error)].join('\n\n'))
  const shown = within(limitBytes, told)
  return ['### What could not be learnt', ...shown, ...moreThan(shown.length, unread.length)]
}

function problemsSection(problems: readonly string[]): string[] {
  return problems.map(quote)
}

/** Which of several requests something is about. */
function of(requestIds: readonly string[], { results }: Outcome): string[] {
  return results.length > 1 && requestIds.length > 0 ? [`Of ${listed(requestIds)}:`] : []
}

function moreThan(shown: number, total: number): string[] {
  return total > shown ? [`… and ${total - shown} more, which are in the output \`results\`.`] : []
}

/** Which accounts are behind; of several permission sets, for each. */
function accountsSection(outcome: Outcome, limitBytes: number): string[] {
  const { accountsBehind } = outcome
  const all = everyAccountBehind(outcome)
  if (all.length === 0) return []
  const heading = `### Accounts behind: ${all.length}`
  const listOf = (accounts: readonly string[], most: number) => {
    const more = accounts.length - most
    const shown = accounts.slice(0, most).map(code).join(', ')
    return more > 0 ? `${shown} and ${more} more, which are in the output \`accounts-behind\`` : shown
  }
  if (permissionSetsOf(outcome).size < 2 && accountsBehind.size === 1) {
    return [heading, `These do not hold the latest permission set: ${listOf(all, maxAccounts)}.`]
  }
  const items = [...accountsBehind].map(
    ([arn, accounts]) => `- ${permissionSetLink(arn, outcome)}: ${listOf(accounts, maxAccountsEach)}`,
  )
  const shown = within(limitBytes, items.slice(0, maxQuotes))
  const more = items.length - shown.length
  return [
    heading,
    'For each permission set, the accounts that do not hold its latest version:',
    [...shown, ...(more > 0 ? [`- … and those of ${more} more permission sets`] : [])].join('\n'),
  ]
}

function nextStepsSection(outcome: Outcome): string[] {
  const steps = nextStepsOf(outcome).map((step) => `- ${forMarkdown(step)}`)
  const { snippet } = outcome.trouble ?? {}
  if (steps.length === 0) return []
  return ['### What to do next', steps.join('\n'), ...(snippet ? [`\`\`\`json\n${snippet}\n\`\`\``] : [])]
}

/** A quote that wraps, unlike `<pre>`. */
function quote(text: string): string {
  return `<blockquote><code>${forHtml(text)}</code></blockquote>`
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
