import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface AwsCli {
  readonly path: string
  /** The version of the CLI and of its Python. */
  readonly version: string
  readonly majorVersion: number
}

/** The AWS CLIs on this machine: of each major version the first on the path, the newest version first. */
export async function findAwsClis(): Promise<AwsCli[]> {
  const found = new Map<number, AwsCli>()
  for (const path of await pathsOf('aws')) {
    const { stdout } = await run(path, ['--version'])
    // The rest describes the machine.
    const version = stdout.split(' ').slice(0, 2).join(', ')
    const majorVersion = Number(/^aws-cli\/(\d+)/.exec(version)?.[1])
    if (!found.has(majorVersion)) found.set(majorVersion, { path, version, majorVersion })
  }
  return [...found.values()].toSorted((a, b) => b.majorVersion - a.majorVersion)
}

async function pathsOf(command: string): Promise<string[]> {
  const [finder, ...all] = process.platform === 'win32' ? ['where'] : ['which', '-a']
  try {
    const paths = (await run(finder, [...all, command])).stdout.split(/\r?\n/).filter(Boolean)
    return await Promise.all(paths.map((path) => withoutShim(command, path)))
  } catch {
    return []
  }
}

/** pyenv puts a shell script before each command, which takes time of its own. Only the CLI is to be measured. */
async function withoutShim(command: string, path: string): Promise<string> {
  return path.includes('shims') ? (await run('pyenv', ['which', command])).stdout.trim() : path
}
