import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { diagnose } from '../../../src/aws/diagnosis.ts'
import { messagesIn } from './messages.ts'

const root = join(import.meta.dirname, '../../..')
const page = readable(await readFile(join(root, 'docs/troubleshooting.md'), 'utf8'))
/** Headings and captions of the job summary are no messages: they only lay out what the others say. */
const layout = /^report.(summary|timeline)\.ts$/
const files = (await readdir(join(root, 'src'), { recursive: true }))
  .filter((file) => file.endsWith('.ts') && !layout.test(file))
  .sort()

/** The page's text as a search sees it: no code marks, one blank between words. */
function readable(text: string): string {
  return text.replaceAll('`', '').replace(/\s+/g, ' ')
}

test.each(files)('every message of src/%s is in docs/troubleshooting.md', async (file) => {
  const missing = (await messagesIn(file)).flatMap(({ parts }) =>
    parts.map(readable).filter((part) => !page.includes(part)),
  )
  expect(missing).toEqual([])
})

test('the messages are found where they are', async () => {
  const found = (await Promise.all(files.map(messagesIn))).flat()
  const texts = found.map(({ parts }) => parts.join(' … '))
  expect(texts).toContain('AWS knows no such request (')
  expect(texts).toContain('Access denied: the role may not call')
  expect(texts).toContain('The job may not ask for an OIDC token, which role-to-assume needs')
  expect(texts).toContain('The answer has no status')
  expect(texts).not.toContain("Set the runner's clock.")
})

test("the page's reasons of failures are diagnosed as it says", () => {
  const [, table = ''] = page.split('Likely cause | Remedy |')
  const rows = [...table.matchAll(/\| ([^|]+) \| ([^|]+) \| ([^|]+) \|/g)].slice(1)
  const known = rows.filter(([, , cause]) => cause !== '–').slice(0, 9)
  expect(known).toHaveLength(9)
  for (const [, reasons = '', cause, remedy] of known)
    for (const reason of reasons.split(', '))
      expect({ reason, ...diagnose(reason) }).toMatchObject({ reason, cause, remedy })
})
