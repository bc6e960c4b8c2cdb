/**
 * The runner sends SIGINT, then SIGTERM, which Windows knows as SIGBREAK (Ctrl+Break) (actions/runner, ProcessInvoker.cs). A terminal that
 * closes sends SIGHUP.
 */
const signals = ['SIGINT', 'SIGTERM', 'SIGBREAK', 'SIGHUP'] as const

const controller = new AbortController()
for (const signal of signals) {
  process.on(signal, () => controller.abort(new Error(`Received ${signal}`)))
}

/**
 * Aborted when the job is cancelled. The entry imports this module before all others: a signal without a handler ends the process before
 * it can report, and the other modules take a while to load.
 */
export const cancellation: AbortSignal = controller.signal
