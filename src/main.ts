import * as files from 'node:fs/promises'
import packageJson from '../package.json' with { type: 'json' }
import { cancellation } from './cancellation.ts'
import { githubRunner, type Runner } from './github/runner.ts'
import { agreedNoProxy } from './no-proxy.ts'
import type { Verdict } from './polling/verdict.ts'
import { invalidInputs } from './report/outcome.ts'
import { outputsOf } from './report/outputs.ts'
import { run as runIn } from './run.ts'
import { systemClock } from './system-clock.ts'

/** What `runs.using` in action.yml names. */
const leastNode = 24

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

  const runner = await githubRunner(process.env, (text) => process.stdout.write(text))
  if (Number.parseInt(process.versions.node, 10) < leastNode) return refuseNode(runner)
  return runIn({
    environment: process.env,
    runner,
    files,
    clock: systemClock,
    random: Math.random,
    date: () => new Date(),
    cancel: cancellation,
    version: packageJson.version,
  })
}

/** GitHub's runner starts the Node that action.yml names. act starts the one on its PATH, with which the report would fail too. */
function refuseNode(runner: Runner): Verdict {
  const text = `This action needs Node ${leastNode}, but was started with Node ${process.versions.node}. Install Node ${leastNode} where act finds it: on the PATH, or in its image.`
  for (const [name, value] of Object.entries(outputsOf(invalidInputs([text], new Date()), ''))) {
    runner.setOutput(name, value)
  }
  runner.error(text, { title: `Node ${leastNode} is needed` })
  return 'error'
}
