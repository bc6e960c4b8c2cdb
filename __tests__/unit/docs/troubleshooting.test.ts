import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { diagnose } from '../../../src/aws/diagnosis.ts'
import { messagesIn, titlesIn } from './messages.ts'

const root = join(import.meta.dirname, '../../..')
const source = await readFile(join(root, 'docs/troubleshooting.md'), 'utf8')
const page = readable(source)
/** The texts in code style on the page: texts as people see them. */
const styled = [...source.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text)
/** Files with headings and captions of the job summary. These are not messages. */
const layout = /^report.(summary|summary-table|timeline)\.ts$/
const files = (await readdir(join(root, 'src'), { recursive: true }))
  .filter((file) => file.endsWith('.ts') && !layout.test(file))
  .sort()

/** The page's text as a search sees it: without code marks, with one blank between words. */
function readable(text: string): string {
  return text.replaceAll('`', '').replace(/\s+/g, ' ')
}

test.each(files)('every message of src/%s is in docs/troubleshooting.md', async (file) => {
  const missing = (await messagesIn(file)).flatMap(({ parts }) =>
    parts.map(readable).filter((part) => !page.includes(part)),
  )
  expect(missing).toEqual([])
})

test.each(files)('every title of src/%s is in docs/troubleshooting.md, in code style', async (file) => {
  const titles = await titlesIn(file)
  expect(titles.filter((parts) => !styled.some((text) => parts.every((part) => text.includes(part))))).toEqual([])
})

test('the titles of errors are found, and each row has a cause and a remedy', async () => {
  const titles = (await titlesIn('aws/errors/advice.ts')).map((parts) => parts.join(' … '))
  expect(titles).toEqual(expect.arrayContaining(['AWS knows no such request', 'Access denied:', 'Invalid setting:']))
  const rows = source.split('\n').filter((line) => /^\| `[^`]+`.*\|$/.test(line))
  expect(rows.length).toBeGreaterThan(60)
  expect(rows.filter((row) => row.split(' | ').some((cell) => cell.trim() === ''))).toEqual([])
})

test('the messages in src/ are found', async () => {
  const found = (await Promise.all(files.map(messagesIn))).flat()
  const texts = found.map(({ parts }) => parts.join(' … '))
  expect(texts).toContain('AWS knows no such request (')
  expect(texts).toContain('Access denied: the role may not call')
  expect(texts).toContain('The job may not ask for an OIDC token, which role-to-assume needs')
  expect(texts).toContain('The answer has no status')
  expect(texts).not.toContain("Set the runner's clock.")
})

test('the reasons on the page have the diagnoses on the page', () => {
  const [, table = ''] = page.split('Likely cause | Remedy |')
  const rows = [...table.matchAll(/\| ([^|]+) \| ([^|]+) \| ([^|]+) \|/g)].slice(1)
  const known = rows.filter(([, , cause]) => cause !== '–').slice(0, 13)
  expect(known).toHaveLength(13)
  for (const [, reasons = '', cause, remedy] of known)
    for (const reason of reasons.split(', '))
      expect({ reason, ...diagnose(reason) }).toMatchObject({ reason, cause, remedy })
})
