import type { Clock } from './polling/clock.ts'

/** What Node has in threads, and cannot stop: the C library's look-up of a host name, and what is done with files. */
const threadWork = /^(GetAddrInfoReqWrap|FSReq)/

/** How long the reader of the log may take for what it has not read yet, in milliseconds. */
const readLimitMs = 1_000

/** The part of Node's `process` that it takes to end it. */
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
 * Ends the process with an exit code, once the log has been read. Whatever else is still open does not count any more.
 *
 * `process.exit` waits for Node's threads: 10 s and more where a name server never answers, and for ever where a file does not. Replacing
 * the process waits for nothing: the kernel drops its threads, and what takes its place ends at once. Windows cannot do that, so there a
 * step that fails is killed, and one that passes waits.
 */
export async function leave(process: Leavable, clock: Clock, exitCode: 0 | 1): Promise<void> {
  const over = new AbortController()
  const isRead = new Promise<void>((resolve) => process.stdout.write('', resolve))
  await Promise.race([isRead, clock.sleep(readLimitMs, over.signal)])
  over.abort()

  if (process.getActiveResourcesInfo().some((name) => threadWork.test(name))) replace(process, exitCode)
  process.exit(exitCode)
}

/** Returns where no process can be replaced. */
function replace(process: Leavable, exitCode: 0 | 1): void {
  const { env, execPath, pid } = process
  try {
    process.execve?.(execPath, [execPath, '--eval', `process.exit(${exitCode})`], { ...env, NODE_OPTIONS: '' })
  } catch {
    if (exitCode !== 0) process.kill(pid, 'SIGKILL')
  }
}
