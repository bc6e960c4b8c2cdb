import * as files from 'node:fs/promises'
import packageJson from '../package.json' with { type: 'json' }
import { limitAnswers } from './aws/answer-limit.ts'
import { factsOf } from './aws/errors/facts.ts'
import { cancellation } from './cancellation.ts'
import { githubRunner } from './github/runner.ts'
import { agreedNoProxy } from './no-proxy.ts'
import { defect, reportPlainly } from './plain-report.ts'
import type { Verdict } from './polling/verdict.ts'
import { forLog } from './report/escape.ts'
import { run as runIn } from './run.ts'
import { systemClock } from './system-clock.ts'

/** What `runs.using` in action.yml names. */
const leastNode = 24

/**
 * Runs the action in this process, and leaves the process to its caller: to the entry, or to @github/local-action, GitHub's debugger, which
 * wants a function of this name. Never rejects: whatever is thrown ends in a report.
 */
export async function run(): Promise<Verdict> {
  try {
    return await start()
  } catch (error) {
    return reportDefect(error)
  }
}

async function start(): Promise<Verdict> {
  // Deprecation warnings are for the authors of packages, not for the readers of a job's log. With --no-deprecation, Node has set this
  // itself, and nobody else may.
  if (!process.noDeprecation) process.noDeprecation = true

  // Outputs and summary are written even when nobody reads the log any more (EPIPE).
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

  if (Number.parseInt(process.versions.node, 10) < leastNode) return refuseNode()
  for (const name of ['no_proxy', 'NO_PROXY']) {
    const value = process.env[name]
    if (value) process.env[name] = agreedNoProxy(value)
  }
  limitAnswers()
  return runIn({
    environment: process.env,
    runner: await githubRunner(process.env, write),
    files,
    clock: systemClock,
    random: Math.random,
    date: () => new Date(),
    cancel: cancellation,
    version: packageJson.version,
  })
}

/** GitHub's runner starts the Node that action.yml names. act starts the one on its PATH, with which the report would fail too. */
function refuseNode(): Verdict {
  const text = `This action needs Node ${leastNode}, but was started with Node ${process.versions.node}. Install Node ${leastNode} where act finds it: on the PATH, or in its image.`
  return report(`Node ${leastNode} is needed`, text)
}

/** Reports something that was thrown where nothing else could make a report of it. Never throws. */
export function reportDefect(error: unknown): Verdict {
  return report(defect.title, `${defect.title} (${shown(error)}). ${defect.remedy}`)
}

/** What was thrown, in one line. Where it was thrown goes to the debug log. What reads the error can itself be what has the defect. */
function shown(error: unknown): string {
  try {
    const { name, message } = factsOf(error)
    const places = error instanceof Error ? error.stack?.match(/^ +at .*/gm) : null
    write(`::debug::${forLog(`${name}: ${places?.join('').trim()}`)}\n`)
    return forLog(`${name}: ${message}`)
  } catch {
    return 'unknown error'
  }
}

function report(title: string, message: string): Verdict {
  reportPlainly(title, message, { outputFile: process.env['GITHUB_OUTPUT'], write })
  return 'error'
}

function write(text: string): void {
  process.stdout.write(text)
}
