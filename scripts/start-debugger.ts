import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseDemo, simulatorFor, startDemo } from '../simulator/demo-options.ts'
import { startSimulator } from '../simulator/simulator.ts'
import { parseCommandLine } from '../src/terminal/options.ts'

// Runs src/ in GitHub's debugger for actions (https://github.com/github/local-action) against a simulator in this process, without a build.
// The debugger takes the place of the toolkit: log, outputs and summary go through it. Takes the options of `npm start`
// as inputs of the action.

const debuggerPackage = '@github/local-action@7.0.1'
const root = join(import.meta.dirname, '..')

const demo = parseDemo(process.argv.slice(2))
const simulator = await startSimulator(simulatorFor(demo))
const folder = await mkdtemp(join(tmpdir(), 'local-action-'))
try {
  const { args, environment } = startDemo(demo, simulator)
  const summary = join(folder, 'summary.md')
  const given = [...parseCommandLine(args).inputs].map(
    ([name, value]) => [`INPUT_${name.toUpperCase()}`, value] as const,
  )
  const variables = [...Object.entries({ ...environment, GITHUB_STEP_SUMMARY: summary, RUNNER_TEMP: folder }), ...given]
  await writeFile(join(folder, '.env'), variables.map(lineOf).join(''))
  await writeFile(summary, '')

  const npxArgs = ['--yes', debuggerPackage, '.', 'src/main.ts', join(folder, '.env')]
  const debugging = spawn('npx', npxArgs, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' })
  const [exitCode] = await once(debugging, 'exit')
  console.log(await readFile(summary, 'utf8'))
  process.exitCode = Number(exitCode ?? 1)
} finally {
  await simulator.close()
  await rm(folder, { recursive: true, force: true })
}

/** A line of a file that dotenv reads. Inside double quotes, `\n` stands for a new line. */
function lineOf([name, value = '']: readonly [string, string | undefined]): string {
  return `${name}="${value.replaceAll('\n', '\\n')}"\n`
}
