import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path/posix'
import { expect, test } from '@jest/globals'
import packageJson from '../../../package.json' with { type: 'json' }

const pages = [...(await readdir('.')), ...(await readdir('docs')).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
)

test.each(pages)('every link and every npm script in %s leads somewhere', async (page) => {
  const text = await readFile(page, 'utf8')
  const broken: string[] = []
  for (const [whole, path = '', anchor] of text.matchAll(/\]\((?!https?:)([^)#\s]*)(#[^)\s]+)?\)/g)) {
    const target = path === '' ? page : join(page, '..', path)
    const isThere = existsSync(target)
    if (!isThere || (anchor && !anchorsIn(await readFile(target, 'utf8')).includes(anchor))) broken.push(whole)
  }
  const named = [...text.matchAll(/\bnpm run ([\w:]+)/g)].filter(([, name = '']) => !(name in packageJson.scripts))
  expect([...broken, ...named]).toEqual([])
})

test('every file that CONTRIBUTING.md names exists', async () => {
  const text = await readFile('CONTRIBUTING.md', 'utf8')
  const named = [...text.matchAll(/`((?:src|examples|simulator|__tests__)\/[\w./-]*)`/g)].map(([, path = '']) => path)
  expect(named.length).toBeGreaterThan(10)
  expect(named.filter((path) => !existsSync(path))).toEqual([])
})

test('every example is in docs/recipes.md or docs/access.md', async () => {
  const text = (await readFile('docs/recipes.md', 'utf8')) + (await readFile('docs/access.md', 'utf8'))
  const examples = await readdir('examples')
  expect(examples.filter((example) => !text.includes(`../examples/${example})`))).toEqual([])
})

/** The anchors of a page, as GitHub makes them of its headings. */
function anchorsIn(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => {
    const words = heading.toLowerCase().replace(/[^\p{L}\p{N} -]/gu, '')
    return `#${words.replaceAll(' ', '-')}`
  })
}
