import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import MarkdownIt from 'markdown-it'
import { readDefinition } from '../../../scripts/check-definition.ts'
import { outputsOf } from '../../../src/report/outputs.ts'
import { passes, type Verdict, verdicts } from '../../../src/requests/verdict.ts'
import { outcomeOf } from '../report/outcomes.ts'

const root = join(import.meta.dirname, '../../..')
const definition = await readDefinition(root)
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))

describe.each(['README.md', 'docs/behaviour.md'])('%s', (file) => {
  test('has every verdict once, in order, with the result of the step', async () => {
    const rows = await rowsUnder(file, 'Verdicts')
    expect(rows.map(([verdict, , step]) => [verdict, step])).toEqual(
      verdicts.map((verdict: Verdict) => [`\`${verdict}\``, passes(verdict) ? 'passes' : 'fails']),
    )
  })
})

describe('README.md', () => {
  // The usual ones come first.
  test('has every input once, with its default', async () => {
    const rows = new Map((await rowsUnder('README.md', 'Inputs')).map(([name, value]) => [name, value]))
    expect([...rows.keys()].sort()).toEqual([...definition.inputs.keys()].map((name) => `\`${name}\``).sort())
    for (const [name, fallback] of definition.inputs)
      if (fallback !== null) expect(rows.get(`\`${name}\``)).toBe(`\`${fallback}\``)
  })

  test('has every output once, in the order of action.yml, and the action sets exactly these', async () => {
    const rows = await rowsUnder('README.md', 'Outputs')
    expect(rows.map(([name]) => name)).toEqual([...definition.outputs].map((name) => `\`${name}\``))
    expect(Object.keys(outputsOf(outcomeOf({}), ''))).toEqual([...definition.outputs])
  })

  test('has a heading for each link within it', async () => {
    const text = await readFile(join(root, 'README.md'), 'utf8')
    const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading))
    const anchors = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor)
    expect(anchors.filter((anchor) => !headings.includes(anchor))).toEqual([])
  })
})

test('the newest version in CHANGELOG.md is that of package.json', async () => {
  const changelog = await readFile(join(root, 'CHANGELOG.md'), 'utf8')
  expect(/^## (?!Unreleased$)(\S+)/m.exec(changelog)?.[1]).toBe(version)
})

/** The cells of the first table under a heading, without its header. */
async function rowsUnder(file: string, heading: string): Promise<string[][]> {
  const tokens = new MarkdownIt().parse(await readFile(join(root, file), 'utf8'), {})
  const start = tokens.findIndex(({ type, content }, index) => {
    return type === 'inline' && content === heading && tokens[index - 1]?.type === 'heading_open'
  })
  if (start < 0) throw new Error(`${file} has no heading '${heading}'`)
  const rest = tokens.slice(start)
  const table = rest.slice(
    0,
    rest.findIndex(({ type }) => type === 'table_close'),
  )
  const rows: string[][] = []
  table.forEach(({ type, content }, index) => {
    if (type === 'tr_open') rows.push([])
    if (type === 'inline' && table[index - 1]?.type === 'td_open') rows.at(-1)?.push(content)
  })
  return rows.slice(1)
}

/** The anchor that GitHub makes of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-')
}
