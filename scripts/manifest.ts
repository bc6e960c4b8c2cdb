import { copyFile, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

// What package.json is in the package on npm: without what only this repository needs. All dependencies are in dist/, so whoever runs the
// package installs nothing else. npm runs this before it packs, and with --restore after it.

const manifest = join(import.meta.dirname, '../package.json')
const original = `${manifest}.orig`
/** What npm, and whoever looks at the package there, reads. */
const published = /^(name|version|description|keywords|homepage|bugs|repository|license|type|bin|files|publishConfig)$/

if (process.argv.includes('--restore')) await rename(original, manifest)
else {
  await copyFile(manifest, original)
  const all: Record<string, unknown> = JSON.parse(await readFile(manifest, 'utf8'))
  const kept = Object.entries(all).filter(([name]) => published.test(name))
  // As src/bin.ts checks it. The repository itself can be set up with an older Node.
  const members = { ...Object.fromEntries(kept), engines: { node: '>=24.2' } }
  await writeFile(manifest, `${JSON.stringify(members, null, 2)}\n`)
}
