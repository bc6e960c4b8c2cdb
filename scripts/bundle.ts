import { execFile } from 'node:child_process'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type ModuleItem, minify, parse, type VariableDeclarator } from '@swc/core'
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
    await writeFile(path, await compiledAtOnce(inAscii(code)))
  }
  await writeLicences(folder)
}

/** One character beyond Latin-1 makes V8 keep the whole source in two bytes a character, and take a sixth longer to compile it. */
function inAscii(code: string): string {
  return code.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/**
 * Puts each module's function in parentheses, by which V8 knows that it will be called at once, and compiles it at once. It would
 * otherwise skim it first and compile it when it is called, which makes a plain wait a twelfth longer. `code` is in ASCII.
 */
async function compiledAtOnce(code: string): Promise<string> {
  const { body } = await parse(code, { syntax: 'ecmascript', target: 'es2024' })
  const functions = body.flatMap(declaratorsIn).flatMap(moduleFunctionsIn)
  if (functions.length === 0) throw new Error('The bundle has no table of modules')
  const pieces = functions.flatMap(([start, end], index) => [
    code.slice(functions[index - 1]?.[1] ?? 0, start),
    `(${code.slice(start, end)})`,
  ])
  return [...pieces, code.slice(functions.at(-1)?.[1])].join('')
}

function declaratorsIn(item: ModuleItem): VariableDeclarator[] {
  const declaration = item.type === 'ExportDeclaration' ? item.declaration : item
  return declaration.type === 'VariableDeclaration' ? declaration.declarations : []
}

/** Where the functions begin and end in the bundler's table of modules, which has numbers for keys. */
function moduleFunctionsIn({ init }: VariableDeclarator): [start: number, end: number][] {
  if (init?.type !== 'ObjectExpression') return []
  return init.properties.flatMap((property) => {
    if (property.type !== 'KeyValueProperty' || property.key.type !== 'NumericLiteral') return []
    const { value } = property
    // The parser counts from 1.
    return value.type === 'ArrowFunctionExpression' ? [[value.span.start - 1, value.span.end - 1]] : []
  })
}

async function tool(path: string, cwd: string, ...args: string[]): Promise<void> {
  await runFile(process.execPath, [join(root, 'node_modules', path), ...args], { cwd })
}
