import * as files from 'node:fs/promises'
import packageJson from '../package.json' with { type: 'json' }
import { limitAnswers } from './aws/answer-limit.ts'
import { factsOf, stackOf } from './aws/errors/facts.ts'
import { cancellation } from './cancellation.ts'
import { githubRunner } from './github/runner.ts'
import { proxiesIn } from './inputs/proxies.ts'
import { agreedNoProxy } from './no-proxy.ts'
import { defect, reportPlainly } from './plain-report.ts'
import { forLog } from './report/escape.ts'
import { publish } from './report/publish.ts'
import { invalidInputs } from './report/story.ts'
import type { Verdict } from './requests/verdict.ts'
import { run as runIn } from './run.ts'
import { Secrets } from './secrets.ts'
import { systemClock } from './system-clock.ts'

/** What `runs.using` in action.yml names. */
const leastNode = 24
/** Since then, Node's agents take the proxies of the environment. Older ones would call AWS past them (runner 2.327.1 has Node 24.4.0). */
const leastNodeForProxies = [24, 5] as const

/** Those of this process; `null` before it has looked for them. */
let secrets: Secrets | null = null

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
  secrets = new Secrets(process.env)
  const runner = await githubRunner(process.env, secrets, write)
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const [proxy] = proxiesIn(process.env)
  if (major === leastNodeForProxies[0] && minor < leastNodeForProxies[1] && proxy !== undefined)
    return publish(invalidInputs([proxyProblem(proxy[0])], new Date()), runner)
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

function proxyProblem(name: string): string {
  return `The environment variable ${name} names a proxy, which Node ${process.versions.node} cannot use: it would call AWS past the proxy. Update the runner to version 2.328.0 or later, which has Node 24.5.`
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
    const known = secrets ?? new Secrets(process.env)
    const { name, message } = factsOf(error, known)
    const places = error instanceof Error ? stackOf(error, known).match(/^ +at .*/gm) : null
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
