import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { writeLicences } from '../../../scripts/licences.ts'
import { softwareBill } from '../../../scripts/sbom.ts'

const root = join(import.meta.dirname, '../../..')

test('licenses.txt has every dependency with its licence, and is the same each time', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'licences-'))
  try {
    await writeLicences(folder)
    const text = await readFile(join(folder, 'licenses.txt'), 'utf8')
    await writeLicences(folder)
    expect(await readFile(join(folder, 'licenses.txt'), 'utf8')).toBe(text)

    const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
      await readFile(join(root, 'package.json'), 'utf8'),
    )
    for (const [name, version] of Object.entries(dependencies)) expect(text).toContain(`\n${name} ${version} (`)
    // One package that only other packages need, and one package that is there twice.
    expect(text).toMatch(/^undici \S+ \(MIT\)$/m)
    expect(text.match(/^@actions\/http-client /gm)?.length).toBeGreaterThan(1)
    expect(text).not.toContain('(unknown)')
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('the software bill of materials has the packages that licenses.txt has', async () => {
  const licences = await readFile(join(root, 'dist/licenses.txt'), 'utf8')
  const listed = [...licences.matchAll(/^(\S+) (\d\S*) \(.*\)$/gm)].map(([, name, version]) => `${name} ${version}`)
  const { components }: { components: { name: string; version: string; hashes: { content: string }[] }[] } = JSON.parse(
    await softwareBill(),
  )
  expect(components.map(({ name, version }) => `${name} ${version}`).sort()).toEqual(listed.sort())
  for (const { hashes } of components) expect(hashes[0]?.content).toMatch(/^[0-9a-f]{128}$/)
})
