import { resolve } from 'node:path'

/** When, in seconds from the process's start, look-ups of host names fail; for good where there is no second number. */
export type Failures = readonly (readonly [from: number, until?: number])[]

/** The variables that have every host name resolve to this machine, or fail now and then. */
export function resolving(
  failures: Failures = [],
  code: 'ENOTFOUND' | 'EAI_AGAIN' = 'ENOTFOUND',
): Record<string, string> {
  const inMs = failures.map((bounds) => bounds.map((seconds = 0) => seconds * 1_000))
  return {
    NODE_OPTIONS: `--require=${resolve(import.meta.dirname, 'hooks/resolver.cjs')}`,
    RESOLVER_SCHEDULE: JSON.stringify({ code, failures: inMs }),
  }
}
