import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

// The command that Stryker runs for each mutant. Stryker's own runner for Jest does not stop at the first test that fails, and takes four
// times as long.

/** Several times as long as the tests take if nothing loops. */
const ownLimitMs = 15_000
const allLimitMs = 90_000

/** Files with many simulated events, which come last. */
const slow = '(\\.property|/(run|wait/[^/]*))\\.test\\.ts$'

const id = process.env['__STRYKER_ACTIVE_MUTANT__']
const mutated = id === undefined ? null : await fileOf(id)
if (mutated === null) {
  process.exitCode = (await pass([], [], 10 * allLimitMs)) ? 0 : 1
} else {
  const own = join('__tests__/unit', mutated.slice('src/'.length).replace(/\.ts$/, '.test.ts'))
  const related = ['--findRelatedTests', mutated]
  const survives =
    (!existsSync(own) || (await pass(['--', own], [], ownLimitMs))) &&
    (await pass(related, [slow], allLimitMs)) &&
    (await pass(related, [`^(?!.*${slow})`], allLimitMs))
  process.exitCode = survives ? 0 : 1
}

/** The source file that a mutant is in. */
async function fileOf(mutant: string): Promise<string> {
  const files = (await readdir('src', { recursive: true })).filter((file) => file.endsWith('.ts'))
  for (const file of files) {
    const text = await readFile(join('src', file), 'utf8')
    if (text.includes(`("${mutant}")`)) return join('src', file)
  }
  throw new Error(`No file has the mutant ${mutant}`)
}

/** Runs unit tests until the first one fails. Tests that take too long fail too. */
function pass(selection: readonly string[], ignored: readonly string[], limitMs: number): Promise<boolean> {
  const args = [
    '--experimental-vm-modules',
    'node_modules/jest/bin/jest.js',
    ...['--selectProjects', 'unit', '--runInBand', '--silent', '--passWithNoTests'],
    ...['--env', './scripts/mutation/first-failure.mjs'],
    ...['--testPathIgnorePatterns', '/node_modules/', '/unit/(bench|docs|simulator)/', '/unit/entry.test', ...ignored],
    ...selection,
  ]
  const child = spawn(process.execPath, args, { stdio: 'ignore', timeout: limitMs, killSignal: 'SIGKILL' })
  return new Promise((resolve) => child.on('exit', (code) => resolve(code === 0)))
}
