import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { type RunResult, runAction } from '../../simulator/runner.ts'
import {
  type Call,
  type Fault,
  type Plan,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '../../simulator/simulator.ts'
import { type Command, commandsIn } from './commands.ts'
import { complaintsAbout } from './complaints.ts'
import type { GitHubApi } from './github-api.ts'

export type { Fault, FaultRule, Plan, Simulator } from '../../simulator/simulator.ts'

/** The call by which the default operation is asked about. */
export const describeStatus = 'DescribePermissionSetProvisioningStatus'
export const listAccounts = 'ListAccountsForProvisionedPermissionSet'

/** Takes the simulator's access key away. */
export const withoutKey = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined }

/** The Node that runs the action, in place of the one that runs the tests: that of an older runner. */
const node = process.env['NODE_OF_ACTION']

/** Whether that Node can use a proxy, as Node 24.5 and later can. */
export const usesProxies = !node || !/^v24\.[0-4]\./.test(execFileSync(node, ['--version'], { encoding: 'utf8' }))

/** For tests of proxies, which a Node without proxies refuses. */
export const testWithProxies = usesProxies ? test.concurrent : test.concurrent.skip

/** What a step that should have ended long ago may take before it is killed, so that it fails its test and no other. */
const patienceMs = 55_000

/** What a busy machine may add to a time that leaves little over. */
export const busyMs = 1_500

/** A simulator, and how many times as fast as the machine's its clock and those of its steps run. */
export interface TestSimulator extends Simulator {
  speed: number
  /** Milliseconds, on its clock, since it came to be: as long as its requests have had. */
  age(): number
}

export interface SimulateOptions extends SimulatorOptions {
  speed?: number
}

/**
 * A simulator that closes at the end of the block; its requests have ended already unless the options say otherwise.
 *
 * Its time stands still until the first call, so that what a process takes to start does not count. With a speed, its clock and those of
 * the steps that wait for its requests then run so many times as fast. What a step writes and what the simulator notes is in their time;
 * what the test itself measures, such as `durationMs`, stays in real time.
 */
export async function simulate({ speed = 1, ...options }: SimulateOptions = {}): Promise<TestSimulator> {
  const createdAt = fastNow(speed)
  let firstCallAt: number | undefined
  const age = () => (firstCallAt === undefined ? 0 : fastNow(speed) - firstCallAt)
  const clock: SimulatorOptions = {
    now: () => createdAt + age(),
    onArrival: (userAgent) => {
      // A test's own calls, by Node's fetch, do not count.
      if (userAgent !== 'node') firstCallAt ??= fastNow(speed)
    },
    signersNow: () => fastNow(speed),
    sleep: (ms, signal) => sleep(ms / speed, undefined, { ref: false, ...(signal ? { signal } : {}) }).catch(() => {}),
  }
  const simulator = await startSimulator({ seconds: 0, ...clock, ...options })
  return Object.assign(simulator, { speed, age, [Symbol.asyncDispose]: () => simulator.close() })
}

/** When all clocks, fast or not, show what the machine's does. */
const clockOrigin = Date.now()

/** Milliseconds since 1970, on a clock that runs so many times as fast as the machine's; as `hooks/fast-clock.cjs` has it. */
function fastNow(speed: number): number {
  return clockOrigin + (Date.now() - clockOrigin) * speed
}

/** A step that has ended, and what people and later steps see of it. */
export interface Step extends RunResult {
  /** The lines of stdout that are no commands. */
  log: string[]
  commands: Command[]
  errors: Command[]
  warnings: Command[]
  notices: Command[]
  debug: string[]
  /** What the file in the output `results-file` holds, parsed. */
  results: unknown
  /** From its first line to its end: without what a process takes to start, which is long on a busy machine. */
  ranMs: number
  /** From the first signal to the end. */
  goneAfterMs: number | undefined
  /** What the machine may add to a time, by the time that it took to start the process. */
  slackMs: number
  /** The longest time without a line in the log, by the times that its lines show; commands, debug lines among them, are none. */
  longestSilenceMs: number
  /** How many times as fast as the machine's its clock ran. */
  speed: number
  /** What is wrong with it, whatever it waited for. */
  complaints: string[]
}

export interface StepOptions {
  inputs?: Record<string, string>
  /** The input of this name. */
  timeoutMinutes?: number
  /** Comments on the pull request of this API. */
  commentsOn?: GitHubApi
  /** In addition to what leads to the simulator; undefined for removed. */
  environment?: Record<string, string | undefined>
  /** With `role-to-assume` in place of the access key. */
  assumesRole?: boolean
  /** Files of `hooks/` that are loaded into the process before the action. */
  hooks?: string[]
  /** Runs this file in place of the one that action.yml names. */
  entry?: string
  /** What must not be shown, besides the simulator's own keys and tokens. */
  secrets?: string[]
}

export type Signal = 'SIGHUP' | 'SIGINT' | 'SIGTERM'

export interface RunningStep {
  /** What it has written to stdout so far. */
  readonly written: string
  /** Whether it has begun to set its outputs. */
  readonly reports: boolean
  /** What the runner does when the job is cancelled. */
  cancel(signal: Signal): void
  finished: Promise<Step>
}

/** Runs the committed action to its end, to wait for requests of the simulator. */
export async function waitFor(
  simulator: Simulator & { speed?: number },
  requests: string[],
  options: StepOptions = {},
): Promise<Step> {
  const { finished } = await startWaitingFor(simulator, requests, options)
  return finished
}

/** A wait for one request of a simulator of its own. */
export interface WaitForOne extends SimulateOptions, StepOptions {
  readonly plan?: Plan
}

/** What else is so for a step, where that depends on its simulator. */
type OptionsOf = (simulator: TestSimulator) => StepOptions | Promise<StepOptions>

/** Runs the committed action to its end, to wait for one request of a simulator of its own. */
export async function waitForOne(options: WaitForOne = {}, optionsOf?: OptionsOf) {
  await using wait = await startWaitingForOne(options, optionsOf)
  const { request, simulator, step } = wait
  return { simulator, request, step: await step.finished }
}

/** The same, for those who want to do something meanwhile. The simulator closes at the end of the block. */
export async function startWaitingForOne({ plan, ...options }: WaitForOne = {}, optionsOf: OptionsOf = () => ({})) {
  const simulator = await simulate(options)
  const [request = ''] = simulator.start(plan)
  const step = await startWaitingFor(simulator, [request], { ...options, ...(await optionsOf(simulator)) })
  return { simulator, request, step, [Symbol.asyncDispose]: () => simulator.close() }
}

/** The same, for those who want to do something meanwhile. */
export async function startWaitingFor(
  simulator: Simulator & { speed?: number },
  requests: string[],
  options: StepOptions = {},
): Promise<RunningStep> {
  const { assumesRole = false, commentsOn, entry, hooks = [], inputs, timeoutMinutes } = options
  const { speed = 1 } = simulator
  const loaded = [...(speed === 1 ? [] : ['fast-clock.cjs']), ...hooks]
  const nodeOptions = loaded.map((name) => `--require=${resolve(import.meta.dirname, 'hooks', name)}`).join(' ')
  const secrets = [...(options.secrets ?? []), ...(commentsOn ? [commentsOn.token] : [])]
  let written = ''
  let spokeAt: number | undefined
  const startedAt = performance.now()
  const { child, finished, outputFile } = await runAction({
    ...(entry === undefined ? {} : { entry }),
    node,
    onOutput: (text, stream) => {
      spokeAt ??= performance.now()
      if (stream === 'stdout') written += text
    },
    inputs: {
      'instance-arn': simulator.instanceArn,
      'request-id': requests.join('\n'),
      ...(assumesRole ? { 'role-to-assume': simulator.roleArn } : {}),
      ...(timeoutMinutes === undefined ? {} : { 'timeout-minutes': String(timeoutMinutes) }),
      ...(commentsOn ? { 'pull-request-comment': 'always', 'github-token': commentsOn.token } : {}),
      ...inputs,
    },
    environment: withoutUndefined({
      ...(nodeOptions === '' ? {} : { NODE_OPTIONS: nodeOptions }),
      ...(speed === 1 ? {} : { CLOCK_SPEED: String(speed), CLOCK_ORIGIN: String(clockOrigin) }),
      // The code that V8 has compiled. It changes nothing but the processor time of a start.
      NODE_COMPILE_CACHE: resolve(import.meta.dirname, '../../node_modules/.cache/compiled'),
      ...(assumesRole ? simulator.oidcEnvironment() : simulator.environment()),
      ...commentsOn?.onPullRequest(),
      ...options.environment,
    }),
  })
  const impatience = setTimeout(() => child.kill('SIGKILL'), patienceMs)
  let cancelledAt: number | undefined
  let exitedAt = 0
  child.once('exit', () => {
    exitedAt = performance.now()
    clearTimeout(impatience)
  })
  return {
    get written() {
      return written
    },
    get reports() {
      return statSync(outputFile).size > 0
    },
    cancel(signal) {
      cancelledAt ??= performance.now()
      child.kill(signal)
    },
    finished: finished.then((result) => ({
      ...result,
      ...readLog(result),
      results: JSON.parse(result.resultsFile || 'null'),
      ranMs: exitedAt - (spokeAt ?? exitedAt),
      goneAfterMs: cancelledAt === undefined ? undefined : exitedAt - cancelledAt,
      slackMs: busyMs + 2 * ((spokeAt ?? exitedAt) - startedAt),
      speed,
      complaints: complaintsAbout(
        result,
        { all: [...simulator.secrets, ...secrets], obtained: assumesRole ? simulator.obtainedSecrets : [] },
        mayShowFailures(inputs) ? 'others' : 'no others',
      ),
    })),
  }
}

/** Whether a step with these inputs can succeed although a request among its results FAILED: one of others, or of an ignored account. */
function mayShowFailures(inputs: StepOptions['inputs'] = {}): boolean {
  const { until: goal, 'ignore-accounts': ignored, 'permission-set-arn': arns } = inputs
  return goal === 'idle' || Boolean(ignored) || Boolean(arns)
}

/** Waits until something is so. @throws Error when it does not come about in time */
export async function until(condition: () => boolean, seconds = 20): Promise<void> {
  const giveUpAt = performance.now() + seconds * 1_000
  while (!condition()) {
    if (performance.now() > giveUpAt) throw new Error(`Not so within ${seconds} s: ${condition}`)
    await sleep(10)
  }
}

/** Waits until a step has written something, so many times. Its log says what it has taken notice of, and its debug log of each call. */
export async function wrote(step: RunningStep, pattern: RegExp, times = 1): Promise<void> {
  const everywhere = new RegExp(pattern, 'gm')
  await until(() => (step.written.match(everywhere) ?? []).length >= times).catch(() => {
    throw new Error(`There is no ${pattern}, ${times} times, in\n${step.written}`)
  })
}

/** Waits until the simulator has got so many calls, of one operation or of all. */
export async function calls(simulator: Simulator, count: number, operation?: string): Promise<void> {
  const made = () => (operation === undefined ? simulator.calls : callsOf(simulator, operation)).length
  await until(() => made() >= count).catch(() => {
    throw new Error(`Only ${made()} of ${count} calls came`)
  })
}

/** Has something go wrong with each call about a request, for one request after the other. */
export function faultEach(simulator: Simulator, requests: readonly string[], faults: readonly Fault[]): void {
  const ruleOf = (fault: Fault, index: number) => ({
    operation: describeStatus,
    requestId: requests[index] ?? '',
    fault,
  })
  simulator.configure({ faults: faults.map(ruleOf) })
}

/** The calls of one operation that the simulator got. */
export function callsOf(simulator: Simulator, operation: string): Call[] {
  return simulator.calls.filter((call) => call.operation === operation)
}

function gaps(times: readonly number[]): number[] {
  return times.slice(1).map((time, index) => time - (times[index] ?? 0))
}

/**
 * No more than 10 calls in any second, as far as that can be seen from outside: on a busy machine a call takes its time to arrive, so that
 * those of two seconds come closer together. To the millisecond it is tested on a virtual clock.
 */
export function expectSparing(calls: readonly Call[]): void {
  const soonAfter = calls.map(({ at }) => calls.filter((other) => other.at >= at && other.at < at + 700).length)
  expect(Math.max(...soonAfter)).toBeLessThanOrEqual(10)
  const seconds = ((calls.at(-1)?.at ?? 0) - (calls[0]?.at ?? 0)) / 1_000
  expect(calls.length).toBeLessThanOrEqual(10 * (seconds + 1))
}

function readLog({ outputs, stdout }: RunResult) {
  const lines = stdout.split('\n').filter((line) => line !== '')
  const commands = lines.flatMap(commandsIn)
  const named = (name: string) => commands.filter((command) => command.name === name)
  const log = lines.filter((line) => commandsIn(line).length === 0)
  const times = log.flatMap((line) => /^ *([\d.]+) s /.exec(line)?.[1] ?? [])
  const end = outputs['elapsed-seconds'] ?? '0'
  return {
    log,
    longestSilenceMs: 1_000 * Math.max(...gaps(['0', ...times, end].map(Number))),
    commands,
    errors: named('error'),
    warnings: named('warning'),
    notices: named('notice'),
    debug: named('debug').map(({ message }) => message),
  }
}

function withoutUndefined(variables: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}
