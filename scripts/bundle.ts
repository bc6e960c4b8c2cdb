import { execFile } from 'node:child_process'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { minify } from '@swc/core'
import { writeLicences } from './licences.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const runFile = promisify(execFile)

/**
 * Builds the action from `src/` into a folder, emptied before: TypeScript to `lib/` by `tsc`, then by ncc one bundle, and a chunk
 * for each `import()`, and the licences of what is in them. The same sources and lock file give the same bytes.
 *
 * @throws with the compiler's output when it does not compile
 */
export async function buildInto(folder: string): Promise<void> {
  await rm(`${root}lib`, { recursive: true, force: true })
  await rm(folder, { recursive: true, force: true })
  await tool('typescript/bin/tsc', '--project', 'tsconfig.build.json')
  await tool('@vercel/ncc/dist/ncc/cli.js', 'build', 'lib/index.js', '--minify', '--out', folder)
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.js'))) {
    const path = join(folder, name)
    const code = await readFile(path, 'utf8')
    await writeFile(path, inAscii(name === 'index.js' ? code : await minified(code)))
  }
  await writeLicences(folder)
}

/** ncc minifies the entry alone, and leaves its chunks as they are. */
async function minified(chunk: string): Promise<string> {
  return (await minify(chunk, { compress: true, mangle: true, module: true })).code
}

/** One character beyond Latin-1 makes V8 keep the whole source in two bytes a character, and take a sixth longer to compile it. */
function inAscii(code: string): string {
  return code.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

async function tool(path: string, ...args: string[]): Promise<void> {
  await runFile(process.execPath, [`${root}node_modules/${path}`, ...args], { cwd: root })
}
