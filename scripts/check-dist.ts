import { spawnSync } from 'node:child_process'
import { globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { folderWith } from '../__tests__/support/folder.ts'
import { maxBytes } from './budgets.ts'
import { buildInto } from './bundle.ts'

const committed = join(import.meta.dirname, '../dist')
await using fresh = await folderWith()
await buildInto(fresh.path)
const comparing = ['-c', 'core.autocrlf=false', 'diff', '--no-index', '--stat', committed, fresh.path]
const { status, stdout } = spawnSync('git', comparing, { encoding: 'utf8' })
if (status !== 0) throw new Error(`${stdout}dist/ differs from a fresh build. Run 'npm run build' and commit dist/.`)

const bytesOf = (pattern: string) =>
  globSync(pattern, { cwd: committed }).reduce((sum, name) => sum + statSync(join(committed, name)).size, 0)
const [entryBytes, distBytes] = [bytesOf('index.js'), bytesOf('*')]
console.log(`dist/ equals a fresh build: index.js ${entryBytes} bytes, all ${distBytes} bytes`)
if (entryBytes > maxBytes.entry) throw new Error(`dist/index.js may have at most ${maxBytes.entry} bytes.`)
if (distBytes > maxBytes.dist) throw new Error(`dist/ may have at most ${maxBytes.dist} bytes.`)
