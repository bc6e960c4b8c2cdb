import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// Calls the simulator with boto3 and the AWS CLI. It installs them with pip, in a virtual environment of Python.

const clients = join(import.meta.dirname, 'clients')
const given = process.env['CLIENTS_VENV'] || undefined

/** A problem of this machine. The message says what to do. */
class MissingTool extends Error {}

const folder = given ?? (await mkdtemp(join(tmpdir(), 'test-clients-')))
try {
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
  if (!existsSync(python)) createEnvironment(folder, python)
  process.exitCode = run(python, join(clients, 'main.py')) ? 0 : 1
} catch (error) {
  if (!(error instanceof MissingTool)) throw error
  console.error(error.message)
  process.exitCode = 2
} finally {
  if (given === undefined) await rm(folder, { recursive: true, force: true })
}

/** @throws MissingTool */
function createEnvironment(environment: string, python: string): void {
  const isNewEnough = 'import sys; sys.exit(sys.version_info < (3, 10))'
  const system = ['python3', 'python'].find((name) => run(name, '-c', isNewEnough))
  if (system === undefined)
    throw new MissingTool('Python 3.10 or later is not on the path. See https://www.python.org/downloads/.')
  if (!run(system, '-m', 'venv', environment)) {
    throw new MissingTool('Python cannot make a virtual environment. On Debian and Ubuntu: apt install python3-venv.')
  }
  const packages = ['--requirement', join(clients, 'requirements.txt')]
  if (!run(python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages)) {
    throw new MissingTool(
      'pip could not install the packages in scripts/clients/requirements.txt. To use a virtual environment that has them, set CLIENTS_VENV to its folder.',
    )
  }
}

/** Whether a command is there and succeeds. */
function run(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'inherit' }).status === 0
}
