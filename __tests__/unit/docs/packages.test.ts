import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import packageJson from '../../../package.json' with { type: 'json' }
import { writeLicences } from '../../../scripts/licences.ts'
import { folderWith } from '../../support/folder.ts'

test('licenses.txt has every dependency with its licence', async () => {
  await using folder = await folderWith()
  await writeLicences(folder.path)
  const text = await readFile(join(folder.path, 'licenses.txt'), 'utf8')
  for (const [name, version] of Object.entries(packageJson.dependencies))
    expect(text).toContain(`\n${name} ${version} (`)
  // Packages that only other packages need, one of them twice.
  expect(text).toMatch(/^undici \S+ \(MIT\)$/m)
  expect(text.match(/^@actions\/http-client /gm)?.length).toBeGreaterThan(1)
  expect(text).not.toContain('(unknown)')
})

test('every package is locked by version and hash', async () => {
  const { packages }: { packages: Record<string, { version?: string; integrity?: string }> } = JSON.parse(
    await readFile('package-lock.json', 'utf8'),
  )
  const { '': _, ...installed } = packages
  expect(Object.keys(installed).length).toBeGreaterThan(100)
  const unlocked = Object.entries(installed).filter(([, { version, integrity }]) => !version || !integrity)
  expect(unlocked).toEqual([])
})
