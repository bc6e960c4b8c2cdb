import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'

const root = join(import.meta.dirname, '../../..')

/** The IAM actions in a text. */
function actionsIn(text: string): string[] {
  return [...new Set(text.match(/\bsso:[A-Z]\w+/g))].sort()
}

const sources = (await readdir(join(root, 'src'), { recursive: true })).filter((file) => file.endsWith('.ts'))
const code = await Promise.all(sources.map((file) => readFile(join(root, 'src', file), 'utf8')))
const called = actionsIn(code.join('\n'))

test('the action only reads', () => {
  expect(called.length).toBeGreaterThan(0)
  expect(called.filter((action) => !/^sso:(Describe|List)/.test(action))).toEqual([])
})

test.each(['README.md', 'docs/access.md', 'examples/role.cloudformation.yml', 'examples/role.tf'])(
  '%s names each IAM action that the action calls, and no other',
  async (file) => {
    expect(actionsIn(await readFile(join(root, file), 'utf8'))).toEqual(called)
  },
)
