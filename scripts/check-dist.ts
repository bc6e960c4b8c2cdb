import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { maxBytes } from './budgets.ts'
import { buildInto } from './bundle.ts'

const committed = join(import.meta.dirname, '../dist')
const fresh = await mkdtemp(join(tmpdir(), 'dist-'))
try {
  await buildInto(fresh)
  const [expected, actual] = await Promise.all([contentsOf(fresh), contentsOf(committed)])
  const differing = [...new Set([...expected.keys(), ...actual.keys()])].filter(
    (name) => expected.get(name)?.compare(actual.get(name) ?? Buffer.alloc(0)) !== 0,
  )
  if (differing.length > 0) {
    throw new Error(
      `dist/ differs from a fresh build in ${differing.join(', ')}. Run 'npm run build' and commit dist/.`,
    )
  }

  const entryBytes = actual.get('index.js')?.length ?? 0
  const distBytes = [...actual.values()].reduce((sum, { length }) => sum + length, 0)
  console.log(`dist/ equals a fresh build: index.js ${entryBytes} bytes, all ${distBytes} bytes`)
  if (entryBytes > maxBytes.entry) throw new Error(`dist/index.js may have at most ${maxBytes.entry} bytes.`)
  if (distBytes > maxBytes.dist) throw new Error(`dist/ may have at most ${maxBytes.dist} bytes.`)
} finally {
  await rm(fresh, { recursive: true })
}

async function contentsOf(folder: string): Promise<Map<string, Buffer>> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = names.filter((entry) => entry.isFile()).map(({ name, parentPath }) => join(parentPath, name))
  return new Map(
    await Promise.all(files.map(async (file) => [file.slice(folder.length + 1), await readFile(file)] as const)),
  )
}
