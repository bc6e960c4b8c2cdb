import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { type RunResult, runAction } from '../../simulator/runner.ts'
import { type Call, type Simulator, type SimulatorOptions, startSimulator } from '../../simulator/simulator.ts'

export type { Fault, Plan, Simulator } from '../../simulator/simulator.ts'

/** The call by which the default operation is asked about. */
export const describeStatus = 'DescribePermissionSetProvisioningStatus'
export const listAccounts = 'ListAccountsForProvisionedPermissionSet'

/** What a step that should have ended long ago may take before it is killed, so that it fails its test and no other. */
const patienceMs = 28_000

/** A simulator that closes at the end of the block; its requests have ended already unless the options say otherwise. */
export async function simulate(options: SimulatorOptions = {}): Promise<Simulator & AsyncDisposable> {
  const simulator = await startSimulator({ seconds: 0, ...options })
  return Object.assign(simulator, { [Symbol.asyncDispose]: () => simulator.close() })
}

/** `::name key=value::message`, unescaped as the runner does it. */
export interface Command {
  name: string
  title: string | undefined
  message: string
}

/** A step that has ended, and what people and later steps see of it. */
export interface Step extends RunResult {
  /** The lines of stdout that are no commands. */
  log: string[]
  commands: Command[]
  errors: Command[]
  notices: Command[]
  debug: string[]
  /** The output `results`, parsed. */
  results: unknown
  /** From the first signal to the end. */
  goneAfterMs: number | undefined
  /** The longest time without a line in the log; commands, debug lines among them, are none. */
  longestSilenceMs: number
}

export interface StepOptions {
  inputs?: Record<string, string>
  /** In addition to what leads to the simulator; undefined for removed. */
  environment?: Record<string, string | undefined>
  /** With `role-to-assume` in place of the access key. */
  assumesRole?: boolean
  patienceMs?: number
}

export interface RunningStep {
  /** What the runner does when the job is cancelled. */
  cancel(signal: 'SIGHUP' | 'SIGINT' | 'SIGTERM'): void
  finished: Promise<Step>
}

/** Runs the committed action to its end, to wait for requests of the simulator. */
export async function waitFor(simulator: Simulator, requests: string[], options: StepOptions = {}): Promise<Step> {
  const { finished } = await startWaitingFor(simulator, requests, options)
  return finished
}

/** The same, for those who want to do something meanwhile. */
export async function startWaitingFor(
  simulator: Simulator,
  requests: string[],
  options: StepOptions = {},
): Promise<RunningStep> {
  const { inputs, environment, assumesRole = false } = options
  const location = assumesRole ? simulator.oidcEnvironment() : simulator.environment()
  const spokenAt = [performance.now()]
  const { child, finished } = await runAction({
    onOutput: (text) => {
      if (readLog(text).log.length > 0) spokenAt.push(performance.now())
    },
    inputs: {
      'instance-arn': simulator.instanceArn,
      'request-id': requests.join('\n'),
      ...(assumesRole ? { 'role-to-assume': simulator.roleArn } : {}),
      ...inputs,
    },
    environment: withoutUndefined({ ...location, ...environment }),
  })
  const impatience = setTimeout(() => child.kill('SIGKILL'), options.patienceMs ?? patienceMs)
  let cancelledAt: number | undefined
  let exitedAt = 0
  child.once('exit', () => {
    exitedAt = performance.now()
    clearTimeout(impatience)
  })
  return {
    cancel(signal) {
      cancelledAt ??= performance.now()
      child.kill(signal)
    },
    finished: finished.then((result) => ({
      ...result,
      ...readLog(result.stdout),
      results: JSON.parse(result.outputs['results'] ?? 'null'),
      goneAfterMs: cancelledAt === undefined ? undefined : exitedAt - cancelledAt,
      longestSilenceMs: Math.max(...gaps([...spokenAt, exitedAt])),
    })),
  }
}

/** Waits until the simulator has got so many calls. @throws Error when they do not come within 10 s */
export async function calls(simulator: Simulator, count: number): Promise<void> {
  const giveUpAt = performance.now() + 10_000
  while (simulator.calls.length < count) {
    if (performance.now() > giveUpAt) throw new Error(`Only ${simulator.calls.length} of ${count} calls came`)
    await sleep(10)
  }
}

/** The calls of one operation that the simulator got. */
export function callsOf(simulator: Simulator, operation: string): Call[] {
  return simulator.calls.filter((call) => call.operation === operation)
}

/** Milliseconds between one call and the next. */
export function gapsBetween(calls: readonly Call[]): number[] {
  return gaps(calls.map(({ at }) => at))
}

function gaps(times: readonly number[]): number[] {
  return times.slice(1).map((time, index) => time - (times[index] ?? 0))
}

/** The most calls in any second. */
export function peakPerSecond(calls: readonly Call[]): number {
  return Math.max(...calls.map(({ at }) => calls.filter((other) => other.at >= at && other.at < at + 1000).length))
}

function readLog(stdout: string) {
  const lines = stdout.split('\n').filter((line) => line !== '')
  const commands = lines.flatMap((line) => parseCommand(line) ?? [])
  const named = (name: string) => commands.filter((command) => command.name === name)
  return {
    log: lines.filter((line) => parseCommand(line) === undefined),
    commands,
    errors: named('error'),
    notices: named('notice'),
    debug: named('debug').map(({ message }) => message),
  }
}

/** As the runner reads a line: leading blanks do not keep a command from being one. */
function parseCommand(line: string): Command | undefined {
  const [, name, properties = '', data = ''] = /^\s*::([^\s:]+)(?: (.*?))?::(.*)$/s.exec(line) ?? []
  if (name === undefined) return undefined
  const title = /(?:^|,)title=([^,]*)/.exec(properties)?.[1]
  return { name, title: title === undefined ? undefined : unescaped(title), message: unescaped(data) }
}

function unescaped(text: string): string {
  const characters: Record<string, string> = { '%25': '%', '%0D': '\r', '%0A': '\n', '%3A': ':', '%2C': ',' }
  return text.replace(/%(25|0D|0A|3A|2C)/g, (code) => characters[code] ?? code)
}

function withoutUndefined(variables: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}
