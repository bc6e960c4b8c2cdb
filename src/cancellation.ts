/**
 * The runner sends SIGINT, then SIGTERM (actions/runner, ProcessInvoker.cs). On Windows, SIGBREAK (Ctrl+Break) takes the place of SIGTERM.
 * A terminal that closes sends SIGHUP.
 */
const signals = ['SIGINT', 'SIGTERM', 'SIGBREAK', 'SIGHUP'] as const

const controller = new AbortController()
for (const signal of signals) {
  process.on(signal, () => controller.abort(new Error(`Received ${signal}`)))
}

/**
 * Aborted when the job is cancelled. The entry imports this module first, because the other modules take a while to load: a signal that
 * comes before its handler ends the process without a report.
 */
export const cancellation: AbortSignal = controller.signal
