const controller = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => controller.abort(new Error(`Received ${signal}`)))
}

/**
 * Aborted when the runner cancels the job. The entry imports this before all else: until there are handlers, a signal ends the process
 * without a word, and it takes a while to evaluate the rest.
 */
export const cancellation: AbortSignal = controller.signal
