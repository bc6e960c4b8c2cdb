import { accessSync, constants } from 'node:fs'
import { systemClock } from './system-clock.ts'
import type { Clock } from './wait/time/clock.ts'

/** Work that Node does in threads and cannot stop: the C library's look-up of a host name, and access to files. */
const threadWork = /^(GetAddrInfoReqWrap|FSReq)/

/** How long to wait until the reader of the log has read everything, in milliseconds. */
const readLimitMs = 1_000

/** A stream that somebody reads, or not. */
interface Readable {
  write(text: string, onRead: () => void): unknown
}

/** The members of Node's `process` that `leave` needs. */
export interface Leavable extends Readonly<Pick<NodeJS.Process, 'env' | 'execPath' | 'pid'>> {
  readonly stdout: Readable
  /** Where the command has its log. The action writes nothing there. */
  readonly stderr: Readable
  getActiveResourcesInfo(): readonly string[]
  execve?(file: string, args: readonly string[], environment: NodeJS.ProcessEnv): void
  kill(pid: number, signal: 'SIGKILL'): unknown
  exit(code: number): void
}

/**
 * Runs this process's program, and ends the process. What nobody awaits can throw too, and what is preloaded can end the process.
 *
 * @param run resolves with the exit code when the report is made
 * @param onDefect reports what was thrown where nothing else could make a report of it. Never throws
 */
export async function runToTheEnd(
  run: () => Promise<number>,
  onDefect: (error: unknown) => unknown,
  defectExitCode: number,
): Promise<void> {
  let isReported = false
  const fail = (error: unknown) => {
    if (isReported) return
    isReported = true
    process.exitCode = defectExitCode
    onDefect(error)
  }
  process.on('uncaughtException', (error) => {
    fail(error)
    leave(process, systemClock, defectExitCode)
  })
  process.on('exit', () => fail(new Error('the process ended before its report')))

  const exitCode = await run()
  isReported = true
  await leave(process, systemClock, exitCode)
}

/**
 * Ends the process with an exit code, once the log has been read. It does not wait for anything else that is still open.
 *
 * `process.exit` waits for Node's threads: for 10 s and more if a name server never answers, and without end if a file never answers. To
 * replace the process takes no time: the kernel drops its threads, and the new process ends at once. Windows cannot replace a process.
 * There, a step that fails kills its process, and a step that passes waits.
 */
export async function leave(process: Leavable, clock: Clock, exitCode: number): Promise<void> {
  const over = new AbortController()
  const areRead = [process.stdout, process.stderr].map(
    (stream) => new Promise<void>((resolve) => stream.write('', () => resolve())),
  )
  await Promise.race([Promise.all(areRead), clock.sleep(readLimitMs, over.signal)])
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
function replace(process: Leavable, exitCode: number): void {
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
