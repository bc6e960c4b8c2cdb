/** What runs in a thread that Node cannot stop: the C library's look-up of a host name. */
const nameLookup = 'GetAddrInfoReqWrap'

/** How long the reader of the log may take for what it has not read yet, in milliseconds. */
const flushLimitMs = 1_000

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
 * `process.exit` waits for the threads that look up host names: where a name server never answers, for 10 s and more. Replacing the
 * process waits for nothing: the kernel drops its threads, and what takes its place ends at once. Windows cannot do that, so there a step
 * that fails is killed, and one that passes waits.
 */
export async function leave(process: Leavable, exitCode: 0 | 1): Promise<void> {
  await flush(process.stdout)
  if (process.getActiveResourcesInfo().includes(nameLookup)) replace(process, exitCode)
  process.exit(exitCode)
}

function replace(process: Leavable, exitCode: 0 | 1): void {
  const { env, execPath, pid } = process
  try {
    process.execve?.(execPath, [execPath, '--eval', `process.exit(${exitCode})`], { ...env, NODE_OPTIONS: '' })
  } catch {
    if (exitCode !== 0) process.kill(pid, 'SIGKILL')
  }
}

/** Resolves once everything that was written has been read, or has been waited for long enough. */
async function flush(stdout: Leavable['stdout']): Promise<void> {
  await new Promise<void>((resolve) => {
    setTimeout(resolve, flushLimitMs)
    stdout.write('', () => resolve())
  })
}
