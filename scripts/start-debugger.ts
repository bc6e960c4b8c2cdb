import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { simulatedJob, simulatorFor } from '../simulator/demo-job.ts'
import { parseDemoOptions } from '../simulator/demo-options.ts'
import { startSimulator } from '../simulator/simulator.ts'

// Runs src/ in GitHub's debugger for actions (https://github.com/github/local-action) against a simulator in this process, without a build.
// The debugger takes the place of the toolkit: log, outputs and summary go through it. Takes the options of `npm start`, except
// `--role-to-assume`, because the debugger has no OIDC tokens.

const debuggerPackage = '@github/local-action@7.0.1'
const root = join(import.meta.dirname, '..')

const command = parseDemoOptions(process.argv.slice(2))
if (command.assumesRole) {
  console.error('@github/local-action has no OIDC tokens. Leave out --role-to-assume.')
  process.exit(2)
}
const simulator = await startSimulator(simulatorFor(command))
const folder = await mkdtemp(join(tmpdir(), 'local-action-'))
try {
  const { environment, inputs = {} } = simulatedJob(command, simulator)
  const summary = join(folder, 'summary.md')
  const given = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value] as const)
  const variables = [...Object.entries({ ...environment, GITHUB_STEP_SUMMARY: summary, RUNNER_TEMP: folder }), ...given]
  await writeFile(join(folder, '.env'), variables.map(lineOf).join(''))
  await writeFile(summary, '')

  const args = ['--yes', debuggerPackage, '.', 'src/main.ts', join(folder, '.env')]
  const debugging = spawn('npx', args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' })
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
