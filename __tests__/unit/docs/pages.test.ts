import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path/posix'
import { describe, expect, test } from '@jest/globals'
import packageJson from '../../../package.json' with { type: 'json' }
import { readDefinition } from '../../../scripts/check-definition.ts'
import { pages as generated, withParts } from '../../../scripts/reference.ts'
import { diagnose, diagnoses } from '../../../src/aws/diagnosis.ts'
import { outputsOf } from '../../../src/report/outputs.ts'
import { untils } from '../../../src/requests/goal.ts'
import { passes, verdicts } from '../../../src/requests/verdict.ts'
import { storyWith } from '../report/outcomes.ts'

/** The texts of a folder's files, by their paths. */
async function textsIn(folder: string, extension: string): Promise<Map<string, string>> {
  const files = (await readdir(folder, { recursive: true })).map((file) => join(folder, file.replaceAll('\\', '/')))
  const named = files.filter((file) => file.endsWith(extension))
  return new Map(await Promise.all(named.map(async (file) => [file, await readFile(file, 'utf8')] as const)))
}

const roots = (await readdir('.')).filter((name) => name.endsWith('.md'))
const pages = await textsIn('docs', '.md')
for (const page of roots) pages.set(page, await readFile(page, 'utf8'))
const { inputs, outputs } = await readDefinition('.')
const code = [...(await textsIn('src', '.ts')).values()].join('\n')
const pageOf = (name: string) => pages.get(name) ?? ''
/** What a pattern captures in a text. */
const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, captured = '']) => captured)

describe('every link and every npm script leads somewhere', () => {
  // As GitHub makes anchors of headings.
  const anchorOf = (heading: string) =>
    `#${heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-')}`
  const anchorsIn = (text: string) => all(text, /^#+ (.+)$/gm).map(anchorOf)

  test.each([...pages.keys()])('in %s', (page) => {
    const links = [...pageOf(page).matchAll(/\]\((?!https?:)([^)#\s]*)(#[^)\s]+)?\)/g)]
    const broken = links.filter(([, path = '', anchor]) => {
      const target = path === '' ? page : join(page, '..', path)
      return !existsSync(target) || (anchor && !anchorsIn(pageOf(target)).includes(anchor))
    })
    const scripts = all(pageOf(page), /\bnpm run ([\w:]+)/g).filter((name) => !(name in packageJson.scripts))
    expect([...broken.map(([link]) => link), ...scripts]).toEqual([])
  })
})

test('every file that CONTRIBUTING.md names exists', () => {
  const named = all(pageOf('CONTRIBUTING.md'), /`((?:src|examples|simulator|__tests__)\/[\w./-]*)`/g)
  expect(named.length).toBeGreaterThan(10)
  expect(named.filter((path) => !existsSync(path))).toEqual([])
})

test('every example is in docs/recipes.md or docs/access.md', async () => {
  const text = pageOf('docs/recipes.md') + pageOf('docs/access.md')
  const examples = await readdir('examples')
  expect(examples.filter((example) => !text.includes(`../examples/${example})`))).toEqual([])
})

test.each(generated)("the parts of %s that are made from the code are up to date: 'npm run reference'", (page) => {
  expect(pageOf(page)).toBe(withParts(page, pageOf(page)))
})

test('figures that README takes from the benchmarks stand there', () => {
  const paragraphs = pageOf('README.md').split(/\n{2,}/)
  const measured = paragraphs.filter((paragraph) => paragraph.includes('](docs/benchmarks.md'))
  const figures = all(measured.join('\n'), /(\d+\.\d+)/g)
  expect(figures.length).toBeGreaterThan(0)
  expect(figures.filter((figure) => !pageOf('docs/benchmarks.md').includes(` ${figure} s`))).toEqual([])
})

test('the newest version in CHANGELOG.md is that of package.json', () => {
  expect(/^## (?!Unreleased$)(\S+)/m.exec(pageOf('CHANGELOG.md'))?.[1]).toBe(packageJson.version)
})

describe('the rights of the role', () => {
  const actionsIn = (text: string) => [...new Set(text.match(/\bsso:[A-Z]\w+/g))].sort()
  const called = actionsIn(code)

  test('only read', () => {
    expect(called.length).toBeGreaterThan(0)
    expect(called.filter((action) => !/^sso:(Describe|List)/.test(action))).toEqual([])
  })

  test.each(['README.md', 'docs/access.md', 'examples/role.cloudformation.yml', 'examples/role.tf'])(
    'are in %s, each that the action needs, and no other',
    async (file) => expect(actionsIn(await readFile(file, 'utf8'))).toEqual(called),
  )
})

describe('troubleshooting', () => {
  test.each(diagnoses.map(({ says, cause }) => ({ says, cause })))('$says leads to its own cause', (row) => {
    expect(diagnose(row.says)?.cause).toBe(row.cause)
  })

  test('quotes only messages of the action', () => {
    const page = pageOf('docs/troubleshooting.md').replace(/<!-- (\w+) -->.*<!-- \/\1 -->/gs, '')
    const quoted = all(page, /`([A-Z][a-z']+ [^`]+)`/g).flatMap((text) => text.split(/…|: /))
    expect(quoted.length).toBeGreaterThan(10)
    expect(quoted.filter((part) => !code.includes(part.trim()))).toEqual([])
  })
})

describe('README.md has once', () => {
  const quote = (name: string) => `\`${name}\``
  /** The cells of the next table, in rows that begin with code. */
  const rowsAfter = (start: string, page = 'README.md') => {
    const [, rest = ''] = pageOf(page).split(start)
    const rows = all(/^(\|.*\n)+/m.exec(rest)?.[0] ?? '', /^\| (`.*)\|$/gm)
    return rows.map((row) => row.split(/(?<!\\)\|/).map((cell) => cell.trim()))
  }

  test('every verdict, in order, with the result of the step, as docs/behaviour.md has', () => {
    const expected = verdicts.map((verdict) => [quote(verdict), passes(verdict) ? 'passes' : 'fails'])
    for (const page of ['README.md', 'docs/behaviour.md'])
      expect(rowsAfter('# Verdicts\n', page).map(([verdict, , step]) => [verdict, step])).toEqual(expected)
  })

  test('every goal, in order, as docs/behaviour.md has', () => {
    expect(rowsAfter('| The step waits until |\n').map(([name]) => name)).toEqual(untils.map(quote))
    expect(all(pageOf('docs/behaviour.md'), /^\*\*`([\w-]+)`\*\*: /gm)).toEqual(untils)
  })

  test('every input, with its default', () => {
    // The usual ones come first.
    const rows = new Map(rowsAfter('# Inputs\n').map(([name, value]) => [name, value]))
    expect([...rows.keys()].sort()).toEqual([...inputs.keys()].map(quote).sort())
    for (const [name, fallback] of inputs) if (fallback !== null) expect(rows.get(quote(name))).toBe(quote(fallback))
  })

  test('every output, in the order of action.yml, and the action sets exactly these', () => {
    expect(rowsAfter('# Outputs\n').map(([name]) => name)).toEqual([...outputs].map(quote))
    expect(Object.keys(outputsOf(storyWith({}), ''))).toEqual([...outputs])
  })
})
