import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { diagnoses } from '../src/aws/diagnosis.ts'
import { otherErrorOfCalls, rowsOfCalls } from '../src/aws/errors/call-rows.ts'
import { type ErrorContext, ofTheAction } from '../src/aws/errors/context.ts'
import { otherErrorOfCredentials, rowsOfMissingCredentials } from '../src/aws/errors/credentials-rows.ts'
import type { ErrorFacts } from '../src/aws/errors/facts.ts'
import { rowsOfSurroundings, said } from '../src/aws/errors/row.ts'
import { Secrets } from '../src/secrets.ts'
import { withPart } from './parts.ts'

// Writes the parts of pages that are made from the code: `npm run reference`.

const errors = [
  ...rowsOfSurroundings,
  ...rowsOfMissingCredentials,
  otherErrorOfCredentials,
  ...rowsOfCalls,
  otherErrorOfCalls,
]
const sampleFacts: ErrorFacts = {
  name: '…',
  code: '',
  message: '',
  reason: '',
  httpStatus: null,
  fromService: true,
  retry: null,
  source: null,
}
const sampleContext: ErrorContext = {
  action: '…',
  instanceArn: '…',
  region: '…',
  proxy: null,
  wording: ofTheAction,
  secrets: new Secrets({}),
}

interface Described {
  readonly description: string
  readonly default?: string
}

const root = join(import.meta.dirname, '..')
const action: Record<'inputs' | 'outputs', Record<string, Described>> = parse(
  await readFile(join(root, 'action.yml'), 'utf8'),
)

/** By page and name. */
const parts: Readonly<Record<string, Readonly<Record<string, () => string>>>> = {
  'docs/reference.md': {
    inputs: () => described(['Input', 'Default', 'Meaning'], action.inputs),
    outputs: () => described(['Output', 'Value'], action.outputs),
  },
  'docs/troubleshooting.md': { reasons, errors: titlesOfErrors },
}

/** The pages that have such parts. */
export const pages = Object.keys(parts)

/** The text of a page with its parts made anew. @throws Error when the page has no place for one of them */
export function withParts(page: string, text: string): string {
  return Object.entries(parts[page] ?? {}).reduce((before, [name, textOf]) => withPart(before, name, textOf()), text)
}

/** A table in Markdown. */
function table(...rows: readonly (readonly string[])[]): string {
  const [header = [], ...rest] = rows
  const lineOf = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [header, header.map(() => '---'), ...rest].map(lineOf).join('\n')
}

/** The inputs or the outputs, as action.yml describes them. */
function described(header: readonly string[], members: Record<string, Described>): string {
  const rows = Object.entries(members).map(([name, { default: value, description }]) => {
    const cells = header.length === 2 ? [description] : [value === undefined ? '' : `\`${value}\``, description]
    return [`\`${name}\``, ...cells]
  })
  return table(header, ...rows)
}

/** Why requests fail. Rows with the same cause become one. */
function reasons(): string {
  const byCause = [...Map.groupBy(diagnoses, ({ cause }) => cause).values()]
  const rows = byCause.map((same) => {
    const [{ cause = '', remedy = '' } = {}] = same
    return [same.map(({ says }) => `\`${says}\``).join(', '), cause, remedy]
  })
  return table(['AWS says', 'Likely cause', 'Remedy'], ...rows)
}

/** The titles of errors after which the step asks again. What ends the wait with another error of the same title is not among them. */
function titlesOfErrors(): string {
  const titlesWith = (...effects: readonly string[]) => {
    const rows = errors.filter(({ effect = 'refused' }) => effects.includes(effect))
    return new Set(rows.map(({ title }) => said(title, sampleFacts, sampleContext)))
  }
  const refused = titlesWith('refused')
  const listOf = (titles: Set<string>) =>
    [...titles].flatMap((title) => (refused.has(title) ? [] : [`\`${title}\``])).join(', ')
  return table(
    ['The step asks again', 'Titles'],
    ['for 30 seconds', listOf(titlesWith('absent'))],
    ['until `timeout-minutes` are over', listOf(titlesWith('unclear', 'throttled'))],
    ['never', 'all others'],
  )
}

if (import.meta.main) {
  for (const page of pages) {
    const path = join(root, page)
    await writeFile(path, withParts(page, await readFile(path, 'utf8')))
  }
}
