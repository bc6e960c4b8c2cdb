import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { pages, withParts } from '../../../scripts/reference.ts'
import { diagnose, diagnoses } from '../../../src/aws/diagnosis.ts'

const root = join(import.meta.dirname, '../../..')

test.each(pages)("the parts of %s that are made from the code are up to date: 'npm run reference'", async (page) => {
  const text = await readFile(join(root, page), 'utf8')
  expect(text).toBe(withParts(page, text))
})

test.each(diagnoses.map(({ says, cause }) => ({ says, cause })))('$says leads to its own cause', ({ says, cause }) => {
  expect(diagnose(says)?.cause).toBe(cause)
})

test('every message that docs/troubleshooting.md quotes is one of the action', async () => {
  const files = (await readdir(join(root, 'src'), { recursive: true })).filter((file) => file.endsWith('.ts'))
  const code = (await Promise.all(files.map((file) => readFile(join(root, 'src', file), 'utf8')))).join('\n')
  const page = (await readFile(join(root, 'docs/troubleshooting.md'), 'utf8')).replace(
    /<!-- (\w+) -->.*<!-- \/\1 -->/gs,
    '',
  )
  const quoted = [...page.matchAll(/`([A-Z][a-z']+ [^`]+)`/g)].flatMap(([, text = '']) => text.split(/…|: /))
  expect(quoted.length).toBeGreaterThan(10)
  expect(quoted.filter((part) => !code.includes(part.trim()))).toEqual([])
})
