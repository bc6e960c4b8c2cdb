import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { operations } from '../../../src/aws/operations.ts'

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

test.each(['docs/access.md', 'examples/role.cloudformation.yml', 'examples/role.tf'])(
  '%s names each IAM action that the action calls, and no other',
  async (file) => {
    expect(actionsIn(await readFile(join(root, file), 'utf8'))).toEqual(called)
  },
)

test('the policy in README.md is for provisionings and permission sets', async () => {
  const ofOthers = Object.values(operations)
    .slice(1)
    .flatMap(({ describeAction, listAction }) => [describeAction, listAction])
  const [, policy = ''] = /```json\n(.*?)```/s.exec(await readFile(join(root, 'README.md'), 'utf8')) ?? []
  expect(actionsIn(policy)).toEqual(called.filter((action) => !ofOthers.includes(action)))
})
