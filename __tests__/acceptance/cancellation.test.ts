import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { answered, type ExpectedResult, expectEnding, expectGone, unanswered } from '../support/expectations.ts'
import { folderWith } from '../support/folder.ts'
import { startRawServer } from '../support/servers.ts'
import {
  calls,
  describeStatus,
  type Fault,
  listAccounts,
  type RunningStep,
  type Signal,
  type Step,
  simulate,
  startWaitingFor,
  startWaitingForOne,
  type TestSimulator,
  until,
  usesProxies,
  type WaitForOne,
  waitForOne,
  wrote,
} from '../support/step.ts'

const signals: readonly [Signal, ...Signal[]] = ['SIGHUP', 'SIGINT', 'SIGTERM']
/** One after the other. */
const turn = <T>(values: readonly [T, ...T[]], index: number): T => values[index % values.length] ?? values[0]
const hang: Fault = { kind: 'hang' }
const idToken = 'GetIdToken'
const assumeRole = 'AssumeRoleWithWebIdentity'

/** What a step is doing when the signal comes. */
interface Stage {
  name: string
  options?: WaitForOne
  /** Takes AWS's or a proxy's place, for the variables that it gives, and says of each connection. */
  instead?: (onConnection: () => void) => Promise<AsyncDisposable & { environment: Record<string, string | undefined> }>
  reached: (step: RunningStep, simulator: TestSimulator, connections: () => number) => Promise<void>
  /** Whether AWS had said that the request is in progress, and what the action has to say of the failure at that time. */
  known?: true
  error?: string
}

const called =
  (operation: string, count: number): Stage['reached'] =>
  (_, simulator) =>
    calls(simulator, count, operation)
const writes =
  (pattern: RegExp, times?: number): Stage['reached'] =>
  (step) =>
    wrote(step, pattern, times)

/** A server that takes connections and says nothing, by the variable that leads to it. */
const silent =
  (environmentOf: (port: number) => Record<string, string | undefined>): NonNullable<Stage['instead']> =>
  async (onConnection) => {
    const server = await startRawServer(onConnection)
    return { ...server, environment: environmentOf(server.port) }
  }
const connected: Stage['reached'] = (_step, _simulator, connections) => until(() => connections() > 0)

const faulty = (fault: Fault, from = 1, operation = describeStatus): WaitForOne => ({
  faults: [{ operation, from, fault }],
})
const inProgress = /IN_PROGRESS$/

const stages: Stage[] = [
  { name: 'before the first call', options: { latencyMs: 1_000 }, reached: writes(/Waiting for/) },
  { name: 'in a later call', options: faulty(hang, 3), reached: called(describeStatus, 3), known: true },
  {
    name: 'in an answer that drips',
    options: faulty({ kind: 'drip' }, 2),
    reached: called(describeStatus, 2),
    known: true,
  },
  {
    name: 'in a sleep',
    options: { inputs: { 'poll-interval-seconds': '300' } },
    reached: writes(inProgress),
    known: true,
  },
  {
    name: 'in a pause after throttling',
    options: faulty({ kind: 'error', code: 'ThrottlingException' }),
    reached: writes(/^::debug::.*ThrottlingException/, 2),
    error: 'ThrottlingException',
  },
  {
    name: 'in a pause after a name that does not resolve',
    options: {
      environment: {
        AWS_ENDPOINT_URL: 'http://aws.example.com',
        LOOK_UPS: JSON.stringify({ code: 'ENOTFOUND', failures: [[0]] }),
      },
      hooks: ['look-ups.cjs'],
    },
    reached: writes(/^::debug::.*ENOTFOUND/, 2),
    error: 'does not resolve',
  },
  {
    name: 'in a TLS handshake',
    instead: silent((port) => ({ AWS_ENDPOINT_URL: `https://127.0.0.1:${port}` })),
    reached: connected,
  },
  {
    name: 'while a proxy is asked for a tunnel',
    instead: silent((port) => ({ AWS_ENDPOINT_URL: undefined, HTTPS_PROXY: `http://127.0.0.1:${port}` })),
    reached: connected,
  },
  {
    name: "while asking for the job's token",
    options: { assumesRole: true, ...faulty(hang, 1, idToken) },
    reached: called(idToken, 1),
  },
  {
    name: 'while assuming the role',
    options: { assumesRole: true, ...faulty(hang, 1, assumeRole) },
    reached: called(assumeRole, 1),
  },
  {
    name: 'while renewing the session, assuming the role',
    // After one answer the session is over, and the call that renews it hangs.
    options: {
      assumesRole: true,
      faults: [
        { operation: describeStatus, from: 2, fault: { kind: 'error', code: 'ExpiredTokenException' } },
        { operation: assumeRole, from: 2, fault: hang },
      ],
    },
    reached: called(assumeRole, 2),
    known: true,
    error: 'ExpiredTokenException',
  },
  {
    name: 'in the last look at the deadline',
    options: { inputs: { 'timeout-minutes': '0.05', 'poll-interval-seconds': '300' }, ...faulty(hang, 2) },
    reached: called(describeStatus, 2),
    known: true,
  },
]

/** A step for one request that goes on, with signals once the stage is reached. */
async function cancelAt(
  stage: Stage,
  sent: readonly Signal[],
  pauseMs = 0,
): Promise<{ ended: Step; result: ExpectedResult }> {
  let connections = 0
  const onConnection = () => {
    connections += 1
  }
  await using instead = await (stage.instead ?? silent(() => ({})))(onConnection)
  const environment = { ...instead.environment, ...stage.options?.environment }
  await using wait = await startWaitingForOne({ seconds: 600, ...stage.options, environment })
  const { simulator, request, step } = wait
  await stage.reached(step, simulator, () => connections)
  for (const signal of sent) {
    step.cancel(signal)
    await sleep(pauseMs)
  }

  const unheard = stage.known ? null : expect.stringMatching(/cancelled before AWS answered/)
  const error = stage.error === undefined ? unheard : expect.stringContaining(stage.error)
  const result = stage.known ? answered(simulator, request, 'IN_PROGRESS', { error }) : unanswered(request, error)
  const ended = await step.finished
  expectGone(ended)
  return { ended, result }
}

/** Each stage with one signal, in turn, and a pause with all three: what a signal does, it does to the same listener. */
const once = stages
  .filter(({ name }) => usesProxies || !/proxy/.test(name))
  .flatMap((stage, index) =>
    (stage.name === 'in a sleep' ? signals : [turn(signals, index)]).map((signal) => ({
      signal,
      name: stage.name,
      stage,
    })),
  )

test.concurrent.each(once)('$signal $name ends the step as cancelled within 2 s', async ({ signal, stage }) => {
  const { ended, result } = await cancelAt(stage, [signal])

  expectEnding(ended, 'cancelled', result)
  for (const text of [ended.stdout, ended.summary]) expect(text).toMatch(/AWS carries on/)
  expect(ended.errors[0]?.message).toMatch(/same request ID/)
})

const twice = [
  { pair: ['SIGINT', 'SIGINT'], pauseMs: 0, name: 'before the first call' },
  { pair: ['SIGINT', 'SIGTERM'], pauseMs: 50, name: 'in a later call' },
  { pair: ['SIGTERM', 'SIGINT'], pauseMs: 0, name: 'in a sleep' },
] as const

test.concurrent.each(twice)('$pair, $pauseMs ms apart, $name end the step once', async ({ pair, pauseMs, name }) => {
  const stage = stages.find((each) => each.name === name)
  if (stage === undefined) throw new Error(`There is no stage ${name}`)
  const { ended, result } = await cancelAt(stage, pair, pauseMs)

  expect(ended.outputs['verdict']).toBe('cancelled')
  expect(ended.results).toEqual([result])
  expect(ended.errors).toHaveLength(1)
  // The second signal may find the process on its way out, with everything said, and end it there.
  expect(ended.complaints.filter((complaint) => !complaint.startsWith('cancelled ended with SIG'))).toEqual([])
})

test.concurrent('a signal while the action is still being loaded ends the step as cancelled', async () => {
  const { simulator, request, step } = await waitForOne({
    seconds: 600,
    hooks: ['signal-while-loading.cjs'],
    environment: { SIGNAL_WHILE_LOADING: 'SIGTERM' },
  })

  expectEnding(step, 'cancelled', unanswered(request, expect.stringMatching(/cancelled before AWS answered/)))
  expect(simulator.calls).toEqual([])
})

test.concurrent('a signal among many requests that wait for their turn keeps all of them', async () => {
  // Each is asked about by itself, ten a second.
  await using simulator = await simulate({
    seconds: 600,
    latencyMs: 200,
    deny: ['sso:ListPermissionSetProvisioningStatus'],
  })
  const requests = simulator.start({}, 200)
  const step = await startWaitingFor(simulator, requests)
  await calls(simulator, 15)
  step.cancel('SIGTERM')

  const ended = await step.finished

  expectGone(ended)
  expect(ended.outputs['verdict']).toBe('cancelled')
  expect(ended.complaints).toEqual([])
  expect(JSON.parse(ended.outputs['results'] ?? '').map(({ requestId }: { requestId: string }) => requestId)).toEqual(
    requests,
  )
})

test.concurrent('a signal while the accounts out of date are listed leaves the failure known', async () => {
  const failed = { status: 'FAILED', failureReason: 'No.' } as const
  await using wait = await startWaitingForOne({ ...failed, ...faulty(hang, 1, listAccounts) })
  const { simulator, request, step } = wait
  await calls(simulator, 1, listAccounts)

  step.cancel('SIGHUP')

  // The wait was over: whether that is a failure or a cancellation, the reason must not be lost.
  const ended = await step.finished
  expectGone(ended)
  expect(['failed', 'cancelled']).toContain(ended.outputs['verdict'])
  expect(ended.errors[0]?.message).toContain('No.')
  expect(ended.results).toEqual([answered(simulator, request, 'FAILED', { failureReason: 'No.' })])
  expect(ended.complaints).toEqual([])
})

test.concurrent.each([
  ['SUCCEEDED', 'succeeded', ['SIGINT', 'SIGTERM', 'SIGINT']],
  ['FAILED', 'failed', ['SIGINT']],
] as const)('of what has %s, the step is %s although %j comes while the report is written', async (...row) => {
  const [status, verdict, sent] = row
  await using simulator = await simulate({ status, accountsBehind: 0 })
  await using folder = await folderWith()
  const pipe = join(folder.path, 'pipe')
  await promisify(execFile)('mkfifo', [pipe])
  // The summary goes to a pipe that nobody reads from yet, so that the report is under way for as long as it takes.
  const step = await startWaitingFor(simulator, simulator.start(), { environment: { GITHUB_STEP_SUMMARY: pipe } })
  await until(() => step.reports)
  for (const signal of sent) step.cancel(signal)
  await sleep(300)
  const summary = await readFile(pipe, 'utf8')

  const ended = await step.finished

  expect(ended.outputs).toMatchObject({ verdict, status })
  expectGone(ended)
  expect(summary).toContain(status)
  expect(ended.complaints).toEqual(['there is no summary'])
})
