import type { Verdict } from '../requests/verdict.ts'
import type { Cause } from './causes.ts'
import { forJson, forMarkdown } from './escape.ts'
import { code, inMarkdown, permissionSetLink, quote } from './markdown.ts'
import { listed, within, withRest } from './phrase.ts'
import type { Story } from './story.ts'
import { requestTableOf, rolloutTableOf } from './tables.ts'
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
export function summaryOf(story: Story, limitBytes = maxBytes): string {
  const { blockers, explanation, headline, problems, reasons, steps, verdict } = story
  const sections = [
    `## ${icons[verdict]} ${inMarkdown(headline)}`,
    ...(explanation === null ? [] : [forMarkdown(explanation)]),
    ...requestTableOf(story, limitBytes / 4),
    ...rolloutTableOf(story, limitBytes / 8),
    ...ignoredSection(story),
    ...permissionSetsSection(story, limitBytes / 8),
    ...causesSection('What AWS says', reasons, limitBytes / 4),
    ...causesSection('What could not be read', blockers, limitBytes / 8),
    ...problems.map(quote),
    ...accountsSection(story, limitBytes / 8),
    ...(steps.length === 0 ? [] : ['### What to do next', steps.map((step) => `- ${forMarkdown(step)}`).join('\n')]),
    ...timelineOf(story),
  ]
  return `${within(limitBytes - 100, sections).join('\n\n')}\n`
}

/** The accounts that the workflow ignores. */
function ignoredSection({ goal: { ignoredAccounts } }: Story): string[] {
  if (ignoredAccounts.length === 0) return []
  return [`Ignored accounts, which do not count as out of date: ${listed(ignoredAccounts, code, maxAccounts)}.`]
}

/** The ARNs, below the table, because they would make it too wide. */
function permissionSetsSection({ names, permissionSetArns: arns }: Story, limitBytes: number): string[] {
  const itemOf = (arn: string) => `- ${[names.get(arn) ?? null, arn].map(code).filter(Boolean).join(' ')}`
  const items = withRest(arns, itemOf, { limitBytes }, ({ length }) => `- … and ${length} more`)
  if (arns.length < 2) return items
  return [`<details><summary>${arns.length} permission sets</summary>\n\n${items.join('\n')}\n\n</details>`]
}

function causesSection(title: string, causes: readonly Cause[], limitBytes: number): string[] {
  const restOf = ({ length }: readonly Cause[]) =>
    `… and ${length} more, which are in the file that the output \`results-file\` names.`
  const texts = withRest(causes, causeText, { limitBytes, most: maxQuotes }, restOf)
  return texts.length === 0 ? [] : [`### ${title}`, ...texts]
}

/** The requests, the text as a quote, and our advice. AWS's own words stay apart from ours. */
function causeText({ about, text, cause, remedy, snippet }: Cause): string {
  const quoted = about.length === 0 ? quote(text) : `${inMarkdown(about)}:\n\n${quote(text)}`
  if (remedy === '') return quoted
  const likely = cause === '' ? '' : `**Likely cause:** ${forMarkdown(cause)}<br>`
  const json = snippet === undefined ? '' : `\n\n\`\`\`json\n${forJson(snippet)}\n\`\`\``
  return `${quoted}\n\n${likely}**What to do:** ${forMarkdown(remedy)}${json}`
}

/** The accounts that are out of date; of several permission sets, for each. */
function accountsSection(story: Story, limitBytes: number): string[] {
  const { accountsOutOfDate: all, age, outOfDate, permissionSetArns } = story
  if (all.length === 0) return []
  const heading = `### Accounts out of date: ${all.length}${age === null ? '' : `, as ${age}`}`
  const listOf = (ids: readonly string[], most: number) =>
    `${listed(ids, code, most)}${ids.length > most ? ', which are in the output `accounts-behind`' : ''}`
  if (permissionSetArns.length === 1)
    return [heading, `These do not hold the latest version: ${listOf(all, maxAccounts)}.`]
  const items = withRest(
    [...outOfDate],
    ([arn, ids]) => `- ${permissionSetLink(arn, story)}: ${listOf(ids, maxAccountsEach)}`,
    { limitBytes, most: maxQuotes },
    ({ length }) => `- … and those of ${length} more permission sets`,
  )
  return [heading, 'For each permission set, the accounts that do not hold its latest version:', items.join('\n')]
}
