import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import packageJson from '../../../package.json' with { type: 'json' }
import { writeLicences } from '../../../scripts/licences.ts'

test('licenses.txt has every dependency with its licence', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'licences-'))
  try {
    await writeLicences(folder)
    const text = await readFile(join(folder, 'licenses.txt'), 'utf8')
    for (const [name, version] of Object.entries(packageJson.dependencies))
      expect(text).toContain(`\n${name} ${version} (`)
    // Packages that only other packages need, one of them twice.
    expect(text).toMatch(/^undici \S+ \(MIT\)$/m)
    expect(text.match(/^@actions\/http-client /gm)?.length).toBeGreaterThan(1)
    expect(text).not.toContain('(unknown)')
  } finally {
    await rm(folder, { recursive: true })
  }
})
