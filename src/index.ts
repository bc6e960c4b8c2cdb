import { forLog } from './report/untrusted.ts'
import { run } from './run.ts'
import { passes } from './verdict.ts'
import { systemClock } from './wait/clock.ts'

/** Kept equal to package.json's by a test. */
const version = '1.0.0'

/** What is still open once the report is made has no say any more. */
const lingerMs = 250

// A chunk of its own, so that the entry stays small.
const core = await import('@actions/core')

const cancellation = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => cancellation.abort(new Error(`Received ${signal}`)))

const verdict = await run({
  environment: process.env,
  runner: {
    info: core.info,
    debug: (message) => core.debug(forLog(message)),
    notice: core.notice,
    warning: core.warning,
    error: core.error,
    setOutput: core.setOutput,
    setSecret: core.setSecret,
    getIdToken: core.getIDToken,
    available: Boolean(process.env['ACTIONS_ID_TOKEN_REQUEST_URL'] && process.env['ACTIONS_ID_TOKEN_REQUEST_TOKEN']),
    writeSummary: async (markdown) => {
      await core.summary.addRaw(markdown).write()
    },
  },
  clock: systemClock,
  random: Math.random,
  date: () => new Date(),
  cancel: cancellation.signal,
  version,
})
process.exitCode = passes(verdict) ? 0 : 1
setTimeout(() => process.exit(), lingerMs).unref()
