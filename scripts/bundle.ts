import { execFile } from 'node:child_process'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { minify } from '@swc/core'

const root = fileURLToPath(new URL('..', import.meta.url))
const runFile = promisify(execFile)

/**
 * Builds the action from `src/` into a folder, emptied before: TypeScript to `lib/` by `tsc`, then by ncc one bundle, and a chunk
 * for each `import()`. The same sources and lock file give the same bytes.
 *
 * @throws with the compiler's output when it does not compile
 */
export async function buildInto(folder: string): Promise<void> {
  await rm(`${root}lib`, { recursive: true, force: true })
  await rm(folder, { recursive: true, force: true })
  await tool('typescript/bin/tsc', '--project', 'tsconfig.build.json')
  await tool('@vercel/ncc/dist/ncc/cli.js', 'build', 'lib/index.js', '--minify', '--out', folder)
  await minifyChunks(folder)
}

/** ncc minifies the entry alone. */
async function minifyChunks(folder: string): Promise<void> {
  const chunks = (await readdir(folder)).filter((name) => /^\d+\.index\.js$/.test(name))
  for (const chunk of chunks) {
    const path = join(folder, chunk)
    const { code } = await minify(await readFile(path, 'utf8'), { compress: true, mangle: true, module: true })
    await writeFile(path, code)
  }
}

async function tool(path: string, ...args: string[]): Promise<void> {
  await runFile(process.execPath, [`${root}node_modules/${path}`, ...args], { cwd: root })
}
