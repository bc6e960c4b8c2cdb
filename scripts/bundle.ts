import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { writeLicences } from './licences.ts'

const root = join(import.meta.dirname, '..')

/**
 * Builds the action from `src/` into a folder, which is emptied first: `tsc` compiles to `lib/`, `ncc` makes a bundle of it with a chunk
 * for each `import()`, `esbuild` minifies, and the licences of what is in it are added. The same sources and lock file give the same bytes.
 *
 * @throws with the compiler's output when it does not compile
 */
export async function buildInto(folder: string): Promise<void> {
  const out = resolve(root, folder)
  await rm(join(root, 'lib'), { recursive: true, force: true })
  await rm(out, { recursive: true, force: true })
  await run(root, 'typescript/bin/tsc', '--project', 'tsconfig.build.json')
  await run(join(root, 'scripts/ncc'), '@vercel/ncc/dist/ncc/cli.js', 'build', '../../lib/src/index.js', '--out', out)
  // In place of ncc's own --minify, which drops the parentheses that ncc puts around modules, and leaves the chunks as they are. By the
  // parentheses V8 knows that a function is called at once, and does not read it twice: a whole run takes a tenth less.
  // Without a tsconfig of its own, esbuild would take that of a folder above, where there is one.
  const inPlace = { absWorkingDir: out, entryPoints: ['./*.js'], outdir: '.', allowOverwrite: true }
  await build({ ...inPlace, minify: true, tsconfigRaw: {} })
  await writeLicences(out)
}

async function run(cwd: string, script: string, ...args: string[]): Promise<void> {
  await promisify(execFile)(process.execPath, [join(root, 'node_modules', script), ...args], { cwd })
}
