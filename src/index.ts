import * as files from 'node:fs/promises'
import { setFlagsFromString } from 'node:v8'
import packageJson from '../package.json' with { type: 'json' }
import { cancellation } from './cancellation.ts'
import { githubRunner } from './github/runner.ts'
import { leave } from './leave.ts'
import { agreedNoProxy } from './no-proxy.ts'
import { passes } from './polling/verdict.ts'
import { run } from './run.ts'
import { systemClock } from './system-clock.ts'

// V8 doubles its space for young objects while many requests are read, and keeps that space. Without it, 10,000 requests take 100 MB in place
// of 125 (`npm run bench -- --only memory`).
setFlagsFromString('--semi-space-growth-factor=1')

// Deprecation warnings are for the authors of packages, not for the readers of a job's log.
process.noDeprecation = true

// Outputs and summary are written even when nobody reads the log any more (EPIPE).
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

for (const name of ['no_proxy', 'NO_PROXY']) {
  const value = process.env[name]
  if (value) process.env[name] = agreedNoProxy(value)
}

const verdict = await run({
  environment: process.env,
  runner: await githubRunner(process.env, (text) => process.stdout.write(text)),
  files,
  clock: systemClock,
  random: Math.random,
  date: () => new Date(),
  cancel: cancellation,
  version: packageJson.version,
})
await leave(process, systemClock, passes(verdict) ? 0 : 1)
