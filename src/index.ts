import { cancellation } from './cancellation.ts'
import { githubRunner } from './github/runner.ts'
import { agreedNoProxy } from './no-proxy.ts'
import { systemClock } from './polling/clock.ts'
import { run } from './run.ts'
import { passes } from './verdict.ts'

/** Kept equal to package.json's by a test. */
const version = '1.0.0'

/** What is still open once the report is made has no say any more. */
const lingerMs = 250

// What the code of others is warned of helps nobody who reads a job's log.
process.noDeprecation = true

for (const name of ['no_proxy', 'NO_PROXY']) {
  const value = process.env[name]
  if (value) process.env[name] = agreedNoProxy(value)
}

const verdict = await run({
  environment: process.env,
  runner: githubRunner(process.env, (text) => process.stdout.write(text)),
  clock: systemClock,
  random: Math.random,
  date: () => new Date(),
  cancel: cancellation,
  version,
})
process.exitCode = passes(verdict) ? 0 : 1
setTimeout(() => process.exit(), lingerMs).unref()
