import { execFile } from 'node:child_process'
import { copyFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { writeLicences } from './licences.ts'

const root = join(import.meta.dirname, '..')

/**
 * Builds the action and the command from `src/` into a folder, which is emptied first. `tsc` compiles to `lib/`, `ncc` makes one bundle of it and a chunk
 * for each `import()`, and `esbuild` minifies. Then the licences of the packages in it are added. The same sources and lock file give the
 * same bytes.
 *
 * @throws with the compiler's output when it does not compile
 */
export async function buildInto(folder: string): Promise<void> {
  const out = resolve(root, folder)
  await rm(join(root, 'lib'), { recursive: true, force: true })
  await rm(out, { recursive: true, force: true })
  await run(root, 'typescript/bin/tsc', '--project', 'tsconfig.build.json')
  await run(join(root, 'scripts/ncc'), '@vercel/ncc/dist/ncc/cli.js', 'build', '../../lib/src/index.js', '--out', out)
  // What `npx` starts; it imports the bundle beside it.
  await copyFile(join(root, 'lib/src/bin.js'), join(out, 'command.js'))
  // This replaces ncc's own --minify, which drops the parentheses that ncc puts around modules, and does not minify the chunks. The
  // parentheses show V8 that a function is called at once, so that V8 does not parse it twice. A whole run takes a tenth less time.
  // `tsconfigRaw` keeps esbuild from reading the tsconfig of a folder above.
  const inPlace = { absWorkingDir: out, entryPoints: ['./*.js'], outdir: '.', allowOverwrite: true }
  await build({ ...inPlace, minify: true, tsconfigRaw: {} })
  await writeLicences(out)
}

async function run(cwd: string, script: string, ...args: string[]): Promise<void> {
  await promisify(execFile)(process.execPath, [join(root, 'node_modules', script), ...args], { cwd })
}

if (import.meta.main) await buildInto('dist')
