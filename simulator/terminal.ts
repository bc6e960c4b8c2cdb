import { styleText } from 'node:util'

/** Shows text in a style, if whoever reads it can see that. */
export type Paint = (style: 'bold' | 'cyan' | 'dim' | 'green' | 'red' | 'yellow', text: string) => string

/** Colours for a terminal, and none for a file. Honours NO_COLOR and FORCE_COLOR. */
export const paintTerminal: Paint = (style, text) => styleText(style, text, { stream: process.stdout })

/** A result beyond this many is only counted. */
const maxResults = 3

/** Outputs with their names in a column. Results are shown a line for each member. */
export function outputsText(outputs: Readonly<Record<string, string>>, paint: Paint): string {
  const width = Math.max(0, ...Object.keys(outputs).map((name) => name.length))
  return Object.entries(outputs)
    .map(([name, value]) => {
      const text = printable(name === 'results' ? resultsText(value) : value)
      return `${paint('cyan', name.padEnd(width))}  ${text.replaceAll('\n', `\n${' '.repeat(width + 2)}`)}`
    })
    .join('\n')
}

function resultsText(json: string): string {
  const results: unknown = JSON.parse(json || '[]')
  if (!Array.isArray(results) || results.length === 0) return json
  const more = results.length - maxResults
  return `${JSON.stringify(results.slice(0, maxResults), null, 2)}${more > 0 ? `\n… and ${more} more` : ''}`
}

/** Colours the statuses in a text. */
export function paintStatuses(text: string, paint: Paint): string {
  return text.replaceAll('FAILED', (word) => paint('red', word)).replaceAll('SUCCEEDED', (word) => paint('green', word))
}

/** Without characters that could control the terminal, because AWS's words are in outputs as they are. */
function printable(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]/gu, '\ufffd')
}

/** A job summary for a terminal: headings in bold, tables in columns, and no links or marks. */
export function summaryText(markdown: string, paint: Paint): string {
  const blocks = markdown.trim().split(/\n{2,}/)
  return blocks
    .map((block) => blockText(block, paint))
    .filter((text) => text !== '')
    .join('\n\n')
}

function blockText(block: string, paint: Paint): string {
  const [, heading] = /^#+ (.*)/.exec(block) ?? []
  if (heading !== undefined) return paint('bold', plain(heading))
  if (block.startsWith('|')) return tableText(block, paint)
  if (block.startsWith('```')) return paint('dim', block.replace(/^```.*\n|\n```$/g, ''))
  if (block.startsWith('<blockquote>')) return `  ${paint('yellow', plain(block))}`
  return paintStatuses(plain(block), paint)
}

function tableText(block: string, paint: Paint): string {
  const rows = block
    .split('\n')
    .filter((line) => !/^\|( --- \|)+$/.test(line))
    .map((line) => line.slice(2, -2).split(' | ').map(plain))
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return lines.map((line, index) => (index === 0 ? paint('dim', line) : paintStatuses(line, paint))).join('\n')
}

const characters: Readonly<Record<string, string>> = { nbsp: ' ', lt: '<', gt: '>', quot: '"', amp: '&' }

/** What a reader sees of a text in Markdown with the HTML that the action uses. */
function plain(markdown: string): string {
  const text = markdown
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/<br>/g, '\n')
    .replace(/<\/?[a-z][^>]*>/g, '')
    .replace(/`([^`]*)`/g, '$1')
    .replace(/\*\*([^*]+)\*\*/g, '$1')
    .replace(/\\([^a-z\d\s])/gi, '$1')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&(nbsp|lt|gt|quot|amp);/g, (_, name: string) => characters[name] ?? '')
  return printable(text)
}
