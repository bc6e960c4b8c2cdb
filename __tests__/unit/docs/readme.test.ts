import { readFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import packageJson from '../../../package.json' with { type: 'json' }
import { readDefinition } from '../../../scripts/check-definition.ts'
import { outputsOf } from '../../../src/report/outputs.ts'
import { untils } from '../../../src/requests/goal.ts'
import { passes, verdicts } from '../../../src/requests/verdict.ts'
import { storyWith } from '../report/outcomes.ts'

const { inputs, outputs } = await readDefinition('.')
const code = (name: string) => `\`${name}\``

test.each(['README.md', 'docs/behaviour.md'])(
  '%s has every verdict once, in order, with the result of the step',
  async (file) => {
    const rows = await rowsUnder(file, 'Verdicts')
    const expected = verdicts.map((verdict) => [code(verdict), passes(verdict) ? 'passes' : 'fails'])
    expect(rows.map(([verdict, , step]) => [verdict, step])).toEqual(expected)
  },
)

test('README.md and docs/behaviour.md have every goal once, in order', async () => {
  const [readme, behaviour] = await Promise.all(
    ['README.md', 'docs/behaviour.md'].map((file) => readFile(file, 'utf8')),
  )
  const [, rows = ''] = readme?.split('| `until` | The step waits until |\n') ?? []
  const paragraphs = behaviour?.matchAll(/^\*\*`([\w-]+)`\*\*: /gm) ?? []
  expect([...(/^(\|.*\n)+/.exec(rows)?.[0].matchAll(/^\| `([\w-]+)`/gm) ?? [])].map(([, name]) => name)).toEqual(untils)
  expect([...paragraphs].map(([, name]) => name)).toEqual(untils)
})

test('README.md has every input once, with its default', async () => {
  // The usual ones come first.
  const rows = new Map((await rowsUnder('README.md', 'Inputs')).map(([name, value]) => [name, value]))
  expect([...rows.keys()].sort()).toEqual([...inputs.keys()].map(code).sort())
  for (const [name, fallback] of inputs) if (fallback !== null) expect(rows.get(code(name))).toBe(code(fallback))
})

test('README.md has every output once, in the order of action.yml, and the action sets exactly these', async () => {
  const rows = await rowsUnder('README.md', 'Outputs')
  expect(rows.map(([name]) => name)).toEqual([...outputs].map(code))
  expect(Object.keys(outputsOf(storyWith({}), ''))).toEqual([...outputs])
})

test('the newest version in CHANGELOG.md is that of package.json', async () => {
  const changelog = await readFile('CHANGELOG.md', 'utf8')
  expect(/^## (?!Unreleased$)(\S+)/m.exec(changelog)?.[1]).toBe(packageJson.version)
})

/** The cells of the first table under a heading, without its header. */
async function rowsUnder(file: string, heading: string): Promise<string[][]> {
  const [, section = ''] = (await readFile(file, 'utf8')).split(new RegExp(`^#+ ${heading}$`, 'm'))
  const [table = ''] = /^(\|.*\n)+/m.exec(section) ?? []
  const rows = table.trim().split('\n').slice(2)
  return rows.map((row) =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}
