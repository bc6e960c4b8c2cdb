import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface AwsCli {
  readonly path: string
  readonly version: string
}

/** The AWS CLI on this machine; `null` where there is none. */
export async function findAwsCli(): Promise<AwsCli | null> {
  try {
    const path = await pathOf('aws')
    const { stdout } = await run(path, ['--version'])
    // The rest tells about the machine.
    return { path, version: stdout.split(' ').slice(0, 2).join(', ') }
  } catch {
    return null
  }
}

/** pyenv puts a shell script before each command, which takes its own time: it is the CLI that is to be measured. */
async function pathOf(command: string): Promise<string> {
  const finder = process.platform === 'win32' ? 'where' : 'which'
  const [path = command] = (await run(finder, [command])).stdout.split(/\r?\n/)
  return path.includes('shims') ? (await run('pyenv', ['which', command])).stdout.trim() : path
}
