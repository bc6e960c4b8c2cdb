import { type Environment, parseBoolean, parseNumber } from './input.ts'
import { all, map, type Parsed } from './parsed.ts'

/** How long to wait, and how often to ask. */
export interface TimingInputs {
  readonly timeoutMs: number
  /** `null`: the adaptive interval. */
  readonly pollIntervalMs: number | null
  /** `false`: look once and return. */
  readonly wait: boolean
}

export function parseTiming(environment: Environment): Parsed<TimingInputs> {
  const timeout = { above: 0, max: 7_200, unit: 'minutes' }
  const interval = { min: 0.5, max: 300, unit: 'seconds' }
  const parts = all({
    timeoutMinutes: parseNumber(environment, 'timeout-minutes', timeout, 30),
    pollIntervalSeconds: parseNumber(environment, 'poll-interval-seconds', interval, null),
    wait: parseBoolean(environment, 'wait', true),
  })
  return map(parts, ({ timeoutMinutes, pollIntervalSeconds, wait }) => ({
    timeoutMs: timeoutMinutes * 60_000,
    pollIntervalMs: pollIntervalSeconds === null ? null : pollIntervalSeconds * 1_000,
    wait,
  }))
}
