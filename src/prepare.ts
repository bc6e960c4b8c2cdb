import * as files from 'node:fs/promises'
import packageJson from '../package.json' with { type: 'json' }
import { limitAnswers } from './aws/answer-limit.ts'
import type { Wording } from './aws/errors/context.ts'
import { factsOf, stackOf } from './aws/errors/facts.ts'
import { cancellation } from './cancellation.ts'
import type { Runner } from './github/runner.ts'
import { proxiesIn } from './inputs/variables.ts'
import { agreedNoProxy } from './no-proxy.ts'
import { forLog } from './report/escape.ts'
import type { World } from './run.ts'
import { Secrets } from './secrets.ts'
import { systemClock } from './system-clock.ts'

/** The version in package.json. */
export const { version } = packageJson

/** Since then, Node's agents take the proxies of the environment. Older ones would call AWS past them (runner 2.327.1 has Node 24.4.0). */
const leastNodeForProxies = [24, 5] as const

/** Prepares streams and warnings of this process, before anything is written. */
export function prepareOutput(): void {
  // Deprecation warnings are for the authors of packages, not for the readers of a job's log. With --no-deprecation, Node has set this
  // itself, and nobody else may.
  if (!process.noDeprecation) process.noDeprecation = true

  // Outputs and summary are written even when nobody reads the log any more (EPIPE).
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
}

/** Those of this process; `null` before it has looked for them. */
let secrets: Secrets | null = null

/** Prepares this process for calls to AWS. @returns the secrets in its environment, and those that are added to them later */
export function prepareCalls(): Secrets {
  for (const name of ['no_proxy', 'NO_PROXY']) {
    const value = process.env[name]
    if (value) process.env[name] = agreedNoProxy(value)
  }
  limitAnswers()
  secrets = new Secrets(process.env)
  return secrets
}

/** What was thrown that nobody expected, and where, each in a line for the log. Never throws: what reads the error can have the defect. */
export function defectIn(error: unknown): { readonly what: string; readonly places: readonly string[] } {
  try {
    const known = secrets ?? new Secrets(process.env)
    const { name, message } = factsOf(error, known)
    const places = error instanceof Error ? stackOf(error, known).match(/^ +at .*/gm) : null
    return { what: forLog(`${name}: ${message}`), places: (places ?? []).map((place) => forLog(place.trim())) }
  } catch {
    return { what: 'unknown error', places: [] }
  }
}

/** Why this Node cannot use the proxy that the environment names; `null` if it can, or if there is no proxy. */
export function proxyProblem(update: string): string | null {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const [proxy] = proxiesIn(process.env)
  if (proxy === undefined || major !== leastNodeForProxies[0] || minor >= leastNodeForProxies[1]) return null
  return `The environment variable ${proxy[0]} names a proxy, which Node ${process.versions.node} cannot use: it would call AWS past the proxy. ${update}`
}

/** Everything outside of the program that it uses, in this process. */
export function worldOf(runner: Runner, environment: NodeJS.ProcessEnv, wording: Wording): World {
  return {
    environment,
    runner,
    wording,
    files,
    clock: systemClock,
    random: Math.random,
    date: () => new Date(),
    cancel: cancellation,
    version,
  }
}
