/** Time, as polling needs it: the machine's clock in the action, a virtual clock in tests and benchmarks. */
export interface Clock {
  /** Milliseconds on a clock that never goes back. Only the difference between two times has a meaning. */
  now(): number
  /** Resolves after `ms` milliseconds, or as soon as the signal is aborted. Never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}
