import * as files from 'node:fs/promises'
import packageJson from '../package.json' with { type: 'json' }
import { cancellation } from './cancellation.ts'
import { githubRunner } from './github/runner.ts'
import { agreedNoProxy } from './no-proxy.ts'
import type { Verdict } from './polling/verdict.ts'
import { run as runIn } from './run.ts'
import { systemClock } from './system-clock.ts'

/**
 * Runs the action in this process, and leaves the process to its caller: to the entry, or to @github/local-action, GitHub's debugger, which
 * wants a function of this name. Never rejects.
 */
export async function run(): Promise<Verdict> {
  // Deprecation warnings are for the authors of packages, not for the readers of a job's log.
  process.noDeprecation = true

  // Outputs and summary are written even when nobody reads the log any more (EPIPE).
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

  for (const name of ['no_proxy', 'NO_PROXY']) {
    const value = process.env[name]
    if (value) process.env[name] = agreedNoProxy(value)
  }

  return runIn({
    environment: process.env,
    runner: await githubRunner(process.env, (text) => process.stdout.write(text)),
    files,
    clock: systemClock,
    random: Math.random,
    date: () => new Date(),
    cancel: cancellation,
    version: packageJson.version,
  })
}
