import { isNothing } from '../requests/goal.ts'
import type { Verdict } from '../requests/verdict.ts'
import { detailsOf } from '../wait/state/request-state.ts'
import { affected, blockersOf, type Cause, reasonsOf } from './causes.ts'
import { formatDuration } from './duration.ts'
import { forCode, forHtml, forJson, forMarkdown } from './escape.ts'
import { headlineOf } from './headline.ts'
import { explanationOf, nextStepsOf } from './next-steps.ts'
import type { Outcome } from './outcome.ts'
import { everyAccountOutOfDate } from './selection.ts'
import { listed } from './subject.ts'
import { code, permissionSetLink, rolloutTableOf, tableOf, within } from './summary-table.ts'
import { timelineOf } from './timeline.ts'

const icons: Record<Verdict, string> = {
  succeeded: '✅',
  'in-progress': '⏳',
  failed: '❌',
  incomplete: '⚠️',
  'timed-out': '⌛',
  cancelled: '🛑',
  error: '❗',
}

/** The runner drops the whole summary if it has more than 1 MiB. */
const maxBytes = 1_000_000
/** The rest is only counted, because nobody reads that many. */
const maxQuotes = 50
const maxAccounts = 50
const maxAccountsEach = 20

/**
 * The job summary, as GitHub-flavoured Markdown of at most `limitBytes` bytes. The most urgent parts come first, and what has no room is
 * counted. Every text of AWS is in code style.
 */
export function summaryOf(outcome: Outcome, limitBytes = maxBytes): string {
  const sections = [
    `## ${icons[outcome.verdict]} ${headlineOf(outcome, { name: forCode, title: forMarkdown })}`,
    ...explanationSection(outcome),
    ...tableOf(outcome, limitBytes / 4),
    ...rolloutTableOf(outcome, limitBytes / 8),
    ...ignoredSection(outcome),
    ...permissionSetsSection(outcome, limitBytes / 8),
    ...causesSection('What AWS says', reasonsOf(outcome), outcome, limitBytes / 4),
    ...causesSection('What could not be read', blockersOf(outcome), outcome, limitBytes / 8),
    ...outcome.problems.map(quote),
    ...accountsSection(outcome, limitBytes / 8),
    ...nextStepsSection(outcome),
    ...timelineOf(outcome),
  ]
  return `${within(limitBytes - 100, sections).join('\n\n')}\n`
}

function explanationSection(outcome: Outcome): string[] {
  const explanation = explanationOf(outcome)
  if (explanation !== null) return [forMarkdown(explanation)]
  const { goal, requests, verdict } = outcome
  return verdict === 'succeeded' && isNothing(goal, requests)
    ? ['The deploy changed nothing: `request-id` or `request-file` holds `[]`.']
    : []
}

/** The ARNs of all permission sets. */
function permissionSetsOf({ permissionSets, requests }: Outcome): Set<string> {
  const arns = requests.flatMap((request) => detailsOf(request).permissionSetArn ?? [])
  return new Set([...arns, ...permissionSets.map(({ arn }) => arn)])
}

/** The accounts that the workflow ignores. */
function ignoredSection({ goal: { ignoredAccounts } }: Outcome): string[] {
  if (ignoredAccounts.length === 0) return []
  return [`Ignored accounts, which do not count as out of date: ${listed(ignoredAccounts, code, maxAccounts)}.`]
}

/** The ARNs, below the table, because they would make it too wide. */
function permissionSetsSection(outcome: Outcome, limitBytes: number): string[] {
  const arns = permissionSetsOf(outcome)
  const items = [...arns].map((arn) => `- ${[outcome.names.get(arn) ?? null, arn].map(code).filter(Boolean).join(' ')}`)
  const shown = within(limitBytes, items)
  if (arns.size < 2) return shown
  const more = arns.size > shown.length ? `\n- … and ${arns.size - shown.length} more` : ''
  return [`<details><summary>${arns.size} permission sets</summary>\n\n${shown.join('\n')}${more}\n\n</details>`]
}

/** Each cause: its requests, the text as a quote, and our advice. AWS's own words stay apart from ours. */
function causesSection(title: string, causes: readonly Cause[], outcome: Outcome, limitBytes: number): string[] {
  if (causes.length === 0) return []
  const shown = within(
    limitBytes,
    causes.slice(0, maxQuotes).map((cause) => causeText(cause, outcome)),
  )
  const more = causes.length - shown.length
  return [
    `### ${title}`,
    ...shown,
    ...(more > 0 ? [`… and ${more} more, which are in the file that the output \`results-file\` names.`] : []),
  ]
}

function causeText(cause: Cause, outcome: Outcome): string {
  const requests = affected(cause, outcome, forCode)
  const { cause: likely = null, remedy, snippet } = cause.advice ?? {}
  const advice = [
    ...(likely === null ? [] : [`**Likely cause:** ${forMarkdown(likely)}`]),
    ...(remedy === undefined ? [] : [`**What to do:** ${forMarkdown(remedy)}`]),
  ]
  return [
    ...(requests === '' ? [] : [`${requests}:`]),
    quote(cause.text),
    ...(advice.length === 0 ? [] : [advice.join('<br>')]),
    ...(snippet === undefined ? [] : [`\`\`\`json\n${forJson(snippet)}\n\`\`\``]),
  ].join('\n\n')
}

/** The accounts that are out of date; of several permission sets, for each. */
function accountsSection(outcome: Outcome, limitBytes: number): string[] {
  const { outOfDate, outOfDateAgeMs } = outcome
  const all = everyAccountOutOfDate(outcome)
  if (all.length === 0) return []
  const age = outOfDateAgeMs === 0 ? '' : `, as read ${formatDuration(outOfDateAgeMs)} before the last look`
  const heading = `### Accounts out of date: ${all.length}${age}`
  const listOf = (accounts: readonly string[], most: number) => {
    const more = accounts.length - most
    const shown = accounts.slice(0, most).map(code).join(', ')
    return more > 0 ? `${shown} and ${more} more, which are in the output \`accounts-behind\`` : shown
  }
  if (permissionSetsOf(outcome).size < 2 && outOfDate.size === 1) {
    return [heading, `These do not hold the latest version: ${listOf(all, maxAccounts)}.`]
  }
  const items = [...outOfDate].map(
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
  return steps.length === 0 ? [] : ['### What to do next', steps.join('\n')]
}

/** A quote that wraps, unlike `<pre>`. */
function quote(text: string): string {
  return `<blockquote><code>${forHtml(text)}</code></blockquote>`
}
