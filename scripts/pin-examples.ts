import { execFile } from 'node:child_process'
import { glob, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { repository } from './check-definition.ts'

// Pins this action in all examples to the commit of a release: `npm run pin:examples -- v1.2.3`.

const root = join(import.meta.dirname, '..')
const [tag = ''] = process.argv.slice(2)
if (!/^v\d+\.\d+\.\d+$/.test(tag)) {
  console.error(`Give the tag of a release, as in v1.2.3, not '${tag}'.`)
  process.exit(2)
}

const { stdout } = await promisify(execFile)('git', ['rev-parse', '--verify', `${tag}^{commit}`], { cwd: root })
const use = new RegExp(`(uses: ${repository}@).*$`, 'gm')
for await (const file of glob('examples/*.yml', { cwd: root })) {
  const path = join(root, file)
  await writeFile(path, (await readFile(path, 'utf8')).replace(use, `$1${stdout.trim()} # ${tag}`))
}
