import { accessSync, constants } from 'node:fs'
import type { Clock } from './wait/time/clock.ts'

/** Work that Node does in threads and cannot stop: the C library's look-up of a host name, and access to files. */
const threadWork = /^(GetAddrInfoReqWrap|FSReq)/

/** How long to wait until the reader of the log has read everything, in milliseconds. */
const readLimitMs = 1_000

/** The members of Node's `process` that `leave` needs. */
export interface Leavable {
  readonly env: NodeJS.ProcessEnv
  readonly execPath: string
  readonly pid: number
  readonly stdout: { write(text: string, onRead: () => void): unknown }
  getActiveResourcesInfo(): readonly string[]
  execve?(file: string, args: readonly string[], environment: NodeJS.ProcessEnv): void
  kill(pid: number, signal: 'SIGKILL'): unknown
  exit(code: number): void
}

/**
 * Ends the process with an exit code, once the log has been read. It does not wait for anything else that is still open.
 *
 * `process.exit` waits for Node's threads: for 10 s and more if a name server never answers, and without end if a file never answers. To
 * replace the process takes no time: the kernel drops its threads, and the new process ends at once. Windows cannot replace a process.
 * There, a step that fails kills its process, and a step that passes waits.
 */
export async function leave(process: Leavable, clock: Clock, exitCode: 0 | 1): Promise<void> {
  const over = new AbortController()
  const isRead = new Promise<void>((resolve) => process.stdout.write('', resolve))
  await Promise.race([isRead, clock.sleep(readLimitMs, over.signal)])
  over.abort()

  if (process.getActiveResourcesInfo().some((name) => threadWork.test(name))) replace(process, exitCode)
  process.exit(exitCode)
}

/**
 * Replaces the process with one that exits at once. Returns if the system cannot do that.
 *
 * If the system refuses, Node aborts, and nothing is thrown (Execve in node_process_methods.cc). So the program must be there, and the
 * variables must not be too long: the new process gets only the one that it may need to be loaded.
 */
function replace(process: Leavable, exitCode: 0 | 1): void {
  const { env, execPath, pid } = process
  const program = [execPath, '/proc/self/exe'].find(isExecutable)
  const { LD_LIBRARY_PATH = '' } = env
  try {
    if (program !== undefined)
      process.execve?.(program, [execPath, '--eval', `process.exit(${exitCode})`], { LD_LIBRARY_PATH })
  } catch {
    // On Windows.
  }
  if (exitCode !== 0) process.kill(pid, 'SIGKILL')
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
