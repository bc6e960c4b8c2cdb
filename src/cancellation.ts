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

/** Calls a function for each signal after the first. */
export function onSecondSignal(act: (signal: Signal) => void): void {
  cancellation.addEventListener('abort', () => {
    for (const signal of signals) process.on(signal, () => act(signal))
  })
}

/**
 * Aborted when the job is cancelled. The entry imports this module first, because the other modules take a while to load: a signal that
 * comes before its handler ends the process without a report.
 */
export const cancellation: AbortSignal = controller.signal
