import { execFile } from 'node:child_process'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { minify } from '@swc/core'
import { writeLicences } from './licences.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const lib = join(root, 'lib')
const runFile = promisify(execFile)

/**
 * Where ncc finds the SDK's ES modules. The SDK offers them under the condition `module`, which ncc does not ask for; it does follow the
 * `paths` of a tsconfig. From ES modules it takes what is used alone, and makes a chunk of each `import()`: a plain wait loads a third of
 * the code, which is a fifth of its time.
 */
const paths = {
  '@aws-sdk/core/*': ['node_modules/@aws-sdk/core/dist-es/submodules/*/index.js'],
  '@aws-sdk/nested-clients/*': ['node_modules/@aws-sdk/nested-clients/dist-es/submodules/*/index.js'],
  '@aws-sdk/*': ['node_modules/@aws-sdk/*/dist-es/index.js'],
  '@smithy/core/*': ['node_modules/@smithy/core/dist-es/submodules/*/index.js'],
  '@smithy/*': ['node_modules/@smithy/*/dist-es/index.js'],
}

/**
 * Builds the action from `src/` into a folder, emptied before: TypeScript to `lib/` by `tsc`, then one bundle and its chunks by ncc,
 * minified, and the licences of what is in them. The same sources and lock file give the same bytes.
 *
 * @throws with the compiler's output when it does not compile
 */
export async function buildInto(folder: string): Promise<void> {
  await rm(lib, { recursive: true, force: true })
  await rm(folder, { recursive: true, force: true })
  await tool('typescript/bin/tsc', root, '--project', 'tsconfig.build.json')
  await writeFile(
    join(lib, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { allowJs: true, baseUrl: root, paths } }),
  )
  await tool('@vercel/ncc/dist/ncc/cli.js', lib, 'build', 'index.js', '--out', resolve(root, folder))
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.js'))) {
    const path = join(folder, name)
    // ncc's own minifier leaves the chunks as they are, and a sixth more of the entry.
    const { code } = await minify(await readFile(path, 'utf8'), { compress: true, mangle: true, module: true })
    await writeFile(path, inAscii(code))
  }
  await writeLicences(folder)
}

/** One character beyond Latin-1 makes V8 keep the whole source in two bytes a character, and take a sixth longer to compile it. */
function inAscii(code: string): string {
  return code.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

async function tool(path: string, cwd: string, ...args: string[]): Promise<void> {
  await runFile(process.execPath, [join(root, 'node_modules', path), ...args], { cwd })
}
