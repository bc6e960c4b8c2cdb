/**
 * The runner sends SIGINT, then SIGTERM (actions/runner, ProcessInvoker.cs). On Windows, SIGBREAK (Ctrl+Break) takes the place of SIGTERM.
 * A terminal that closes sends SIGHUP.
 */
const signals = ['SIGINT', 'SIGTERM', 'SIGBREAK', 'SIGHUP'] as const

export type Signal = (typeof signals)[number]

const controller = new AbortController()
let first: Signal | null = null
for (const signal of signals) {
  process.on(signal, () => {
    first ??= signal
    controller.abort(new Error(`Received ${signal}`))
  })
}

/** The signal that came first; `null` if none has come. */
export function receivedSignal(): Signal | null {
  return first
}

/** One signal can come twice: from whoever sends it to all processes of a group, as `timeout` does, and from npm, which hands it on. */
const echoMs = 300

/** Calls a function when somebody sends a second signal. */
export function onSecondSignal(act: (signal: Signal) => void): void {
  cancellation.addEventListener('abort', () => {
    setTimeout(() => {
      for (const signal of signals) process.on(signal, () => act(signal))
    }, echoMs).unref()
  })
}

/**
 * Sends this process the SIGTERM that npx got. npx sends it to a shell, which ends without a word to its own child
 * (https://github.com/npm/cli/issues/5776), and the command would go on for nobody.
 */
export function followNpx({ npm_lifecycle_event: startedBy }: NodeJS.ProcessEnv): void {
  if (startedBy !== 'npx') return
  const shell = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === shell) return
    clearInterval(timer)
    if (first === null) process.kill(process.pid, 'SIGTERM')
  }, echoMs).unref()
}

/**
 * Aborted when the job is cancelled. The entry imports this module first, because the other modules take a while to load: a signal that
 * comes before its handler ends the process without a report.
 */
export const cancellation: AbortSignal = controller.signal
