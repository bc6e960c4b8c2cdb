import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'

const root = join(import.meta.dirname, '../../..')
const pages = (await Promise.all(['.', 'docs'].map(pagesIn))).flat()

/** Files that a command makes, and that may be missing. */
const madeElsewhere = /^docs\/(job-summary\.png|benchmarks\.md)$/

test.each(pages)('every link of %s leads somewhere', async (page) => {
  const text = await readFile(join(root, page), 'utf8')
  const links = [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(#[^)\s]+)?\)/g)]
  const broken: string[] = []
  for (const [whole, path = '', anchor] of links) {
    const target = path === '' ? page : join(page, '..', path)
    if (madeElsewhere.test(target.replaceAll('\\', '/'))) continue
    const isThere = existsSync(join(root, target))
    if (!isThere || (anchor && !anchorsIn(await readFile(join(root, target), 'utf8')).includes(anchor)))
      broken.push(whole)
  }
  expect(broken).toEqual([])
})

test.each(pages)('every npm script that %s names exists', async (page) => {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(
    await readFile(join(root, 'package.json'), 'utf8'),
  )
  const named = (await readFile(join(root, page), 'utf8')).matchAll(/\bnpm run ([\w:]+)/g)
  expect([...named].map(([, name = '']) => name).filter((name) => !(name in scripts))).toEqual([])
})

test('every file that CONTRIBUTING.md says to change exists', async () => {
  const text = await readFile(join(root, 'CONTRIBUTING.md'), 'utf8')
  const named = [...text.matchAll(/`((?:src|examples|simulator)\/[\w./-]*)`/g)].map(([, path = '']) => path)
  expect(named.length).toBeGreaterThan(10)
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
})

test('every example is in docs/recipes.md or docs/access.md', async () => {
  const text = await Promise.all(
    ['docs/recipes.md', 'docs/access.md'].map((page) => readFile(join(root, page), 'utf8')),
  )
  const examples = await readdir(join(root, 'examples'))
  expect(examples.filter((example) => !text.join().includes(`../examples/${example})`))).toEqual([])
})

async function pagesIn(folder: string): Promise<string[]> {
  const names = (await readdir(join(root, folder))).filter((name) => name.endsWith('.md'))
  return names.map((name) => (folder === '.' ? name : `${folder}/${name}`))
}

/** The anchors of a page, as GitHub makes them of its headings. */
function anchorsIn(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(
    ([, heading = '']) =>
      `#${heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} -]/gu, '')
        .replaceAll(' ', '-')}`,
  )
}
