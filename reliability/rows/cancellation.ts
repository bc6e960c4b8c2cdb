import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { startGitHubApi } from '../../__tests__/acceptance/github-api.ts'
import { callsOf, describeStatus } from '../../__tests__/acceptance/support.ts'
import type { Fault, SimulatorOptions } from '../../simulator/simulator.ts'
import { type RunningStep, until } from '../action.ts'
import { startRawServer, unusedPort } from '../raw-server.ts'
import { resolving } from '../resolver.ts'
import type { Expected, Row, Scene } from '../row.ts'

const topic = 'Cancellation'
const idToken = 'GetIdToken'
const assumeRole = 'AssumeRoleWithWebIdentity'
const listAccounts = 'ListAccountsForProvisionedPermissionSet'
const hang: Fault = { kind: 'hang' }
const throttling: Fault = { kind: 'error', code: 'ThrottlingException' }
const signals = ['SIGINT', 'SIGTERM'] as const
type Signal = (typeof signals)[number]

/** What a cancelled step tells, and within how many seconds of the first signal it must be gone. */
const gone = {
  verdict: 'cancelled',
  status: 'IN_PROGRESS',
  seconds: 2,
  told: /same request IDs/,
} as const satisfies Expected
const goneUnknowing = { ...gone, status: null } as const satisfies Expected

interface Stage extends Partial<Omit<Row, 'topic' | 'meanwhile'>> {
  readonly name: string
  /** Resolves when the stage is reached. */
  readonly reached: (step: RunningStep, scene: Scene) => Promise<void>
  readonly expected: Expected
}

const called =
  (operation: string, count: number) =>
  (_: RunningStep, { simulator }: Scene) =>
    until(() => callsOf(simulator, operation).length >= count)

/** Time for an answer that was sent to have been read. */
const andThen =
  (reached: Stage['reached'], ms = 300): Stage['reached'] =>
  async (step, scene) => {
    await reached(step, scene)
    await sleep(ms)
  }

const spoke =
  (pattern: RegExp): Stage['reached'] =>
  (step) =>
    until(() => pattern.test(step.written))

const faulty = (
  fault: Fault,
  more: Partial<{ operation: string; from: number; seconds: number; sessionSeconds: number }> = {},
): SimulatorOptions => {
  const { operation = describeStatus, from = 1, ...rest } = more
  return { seconds: 600, ...rest, faults: [{ operation, from, fault }] }
}

/** Every stage at which a signal can come while there is something to wait for. */
const stages: readonly Stage[] = [
  {
    name: 'before the first call',
    simulator: { seconds: 600, latencyMs: 1_000 },
    reached: spoke(/Waiting for/),
    expected: goneUnknowing,
  },
  { name: 'in the first call', simulator: faulty(hang), reached: called(describeStatus, 1), expected: goneUnknowing },
  { name: 'in a later call', simulator: faulty(hang, { from: 3 }), reached: called(describeStatus, 3), expected: gone },
  {
    name: 'in an answer that drips',
    simulator: faulty({ kind: 'drip' }, { from: 2 }),
    reached: andThen(called(describeStatus, 2)),
    expected: gone,
  },
  {
    name: 'in a sleep',
    simulator: { seconds: 600 },
    inputs: { 'poll-interval-seconds': '300' },
    reached: andThen(called(describeStatus, 1)),
    expected: gone,
  },
  {
    name: 'in a retry after throttling',
    simulator: faulty(throttling),
    reached: andThen(called(describeStatus, 2)),
    expected: goneUnknowing,
  },
  {
    name: 'in a retry after broken connections',
    simulator: faulty({ kind: 'reset', when: 'before-headers' }),
    reached: andThen(called(describeStatus, 3)),
    expected: goneUnknowing,
  },
  {
    name: 'in a retry after an answer',
    simulator: faulty({ kind: 'error', code: 'InternalServerException' }, { from: 2 }),
    reached: andThen(called(describeStatus, 3)),
    expected: gone,
  },
  {
    name: 'in a retry after a refused connection',
    arrange: async ({ environment }) => {
      environment['AWS_ENDPOINT_URL'] = `http://127.0.0.1:${await unusedPort()}`
    },
    reached: andThen(spoke(/ECONNREFUSED/), 700),
    expected: goneUnknowing,
  },
  {
    name: 'in a retry after a name that does not resolve',
    arrange: async ({ environment, wire }) => {
      Object.assign(environment, { AWS_ENDPOINT_URL: `http://aws.example.com:${wire.port}` }, resolving([[0]]))
    },
    reached: andThen(spoke(/does not resolve/), 700),
    expected: goneUnknowing,
  },
  {
    name: 'in a TLS handshake',
    arrange: async (scene, started) => {
      const server = started.use(await startRawServer(() => scene.asked.push('connection')))
      scene.environment['AWS_ENDPOINT_URL'] = `https://127.0.0.1:${server.port}`
    },
    reached: (_, { asked }) => until(() => asked.length > 0),
    expected: goneUnknowing,
  },
  {
    name: 'while a proxy is asked for a tunnel',
    arrange: async (scene, started) => {
      const server = started.use(await startRawServer(() => scene.asked.push('connection')))
      Object.assign(scene.environment, { AWS_ENDPOINT_URL: undefined, HTTPS_PROXY: `http://127.0.0.1:${server.port}` })
    },
    reached: (_, { asked }) => until(() => asked.length > 0),
    expected: goneUnknowing,
  },
  {
    name: "while asking for the job's token",
    credentials: 'role',
    simulator: faulty(hang, { operation: idToken }),
    reached: called(idToken, 1),
    expected: goneUnknowing,
  },
  {
    name: 'while assuming the role',
    credentials: 'role',
    simulator: faulty(hang, { operation: assumeRole }),
    reached: called(assumeRole, 1),
    expected: goneUnknowing,
  },
  {
    name: "while renewing credentials, asking for the job's token",
    credentials: 'role',
    simulator: faulty(hang, { operation: idToken, from: 2, sessionSeconds: 2 }),
    reached: called(idToken, 2),
    expected: gone,
  },
  {
    name: 'while renewing credentials, assuming the role',
    credentials: 'role',
    simulator: faulty(hang, { operation: assumeRole, from: 2, sessionSeconds: 2 }),
    reached: called(assumeRole, 2),
    expected: gone,
  },
  {
    name: 'in the last look at the deadline',
    inputs: { 'timeout-minutes': '0.02' },
    simulator: faulty(hang, { from: 2 }),
    reached: andThen(called(describeStatus, 3)),
    expected: gone,
  },
  {
    name: 'among many requests that wait for their turn',
    requests: Array.from({ length: 200 }, () => ({ accountId: '111122223333' })),
    // Each is then asked about by itself, ten a second.
    simulator: { seconds: 600, latencyMs: 200, deny: ['sso:ListPermissionSetProvisioningStatus'] },
    reached: called(describeStatus, 15),
    expected: {
      ...gone,
      outputs: () => ({
        status: /^(IN_PROGRESS)?$/,
        'created-date': /^/,
        'permission-set-arn': /^/,
        'account-id': /^/,
      }),
    },
  },
]

/** Signals at every stage, and twice in a row. */
export const cancellation: readonly Row[] = [
  ...stages.flatMap((stage) => signals.map((signal) => cancelledAt(stage, `${signal} ${stage.name}`, [signal]))),
  ...(
    [
      ['SIGINT', 'SIGINT'],
      ['SIGINT', 'SIGTERM'],
      ['SIGTERM', 'SIGINT'],
    ] as const
  ).flatMap((twice) =>
    [0, 50].flatMap((pauseMs) =>
      stages
        .filter(({ name }) => /^(in a sleep|in a later call|before the first call)$/.test(name))
        .map((stage) =>
          cancelledAt(
            stage,
            `${twice.join(' and ')} ${stage.name}${pauseMs > 0 ? `, ${pauseMs} ms apart` : ', at once'}`,
            twice,
            pauseMs,
          ),
        ),
    ),
  ),
  cancelledAt(
    {
      name: '',
      simulator: { status: 'FAILED', failureReason: 'No.', faults: [{ operation: listAccounts, fault: hang }] },
      reached: called(listAccounts, 1),
      // The failure is known by then; which of the two is told, a person can act on.
      expected: {
        ...gone,
        verdict: ['failed', 'cancelled'],
        status: 'FAILED',
        told: /No\./,
        outputs: () => ({ 'failure-reason': 'No.' }),
      },
    },
    'SIGINT while the accounts behind are listed',
    ['SIGINT'],
  ),
  ...(['SUCCEEDED', 'FAILED'] as const).map((status) => whileWriting(status, ['SIGINT'])),
  whileWriting('SUCCEEDED', ['SIGINT', 'SIGTERM', 'SIGINT']),
  ...signals.map((signal) => whileCommenting(signal)),
]

function cancelledAt({ reached, ...stage }: Stage, name: string, sent: readonly Signal[], pauseMs = 0): Row {
  return {
    topic,
    ...stage,
    name,
    expected: { ...stage.expected, mayEndBySignal: sent.length > 1 },
    meanwhile: async (step, scene) => {
      await reached(step, scene)
      for (const signal of sent) {
        step.signal(signal)
        await sleep(pauseMs)
      }
    },
  }
}

/** The summary goes to a pipe that nobody reads from yet, so that the report is under way for as long as it takes. */
function whileWriting(status: 'SUCCEEDED' | 'FAILED', sent: readonly Signal[]): Row {
  return {
    topic,
    name: `${sent.join(', ')} while the report of what has ${status} is written`,
    simulator: { status, accountsBehind: 0 },
    arrange: async ({ environment }, started) => {
      const folder = await mkdtemp(join(tmpdir(), 'summary-'))
      started.defer(() => rm(folder, { recursive: true, force: true }))
      environment['GITHUB_STEP_SUMMARY'] = join(folder, 'pipe')
      await promisify(execFile)('mkfifo', [environment['GITHUB_STEP_SUMMARY']])
    },
    meanwhile: async (step, scene) => {
      await until(() => callsOf(scene.simulator, describeStatus).length > 0)
      await sleep(500)
      for (const signal of sent) step.signal(signal)
      await sleep(300)
      scene.summary = await readFile(scene.environment['GITHUB_STEP_SUMMARY'] ?? '', 'utf8')
    },
    // It had ended before the job was cancelled.
    expected: { verdict: status === 'FAILED' ? 'failed' : 'succeeded', status, seconds: 2 },
  }
}

/** GitHub takes the comment and does not answer. */
function whileCommenting(signal: Signal): Row {
  return {
    topic,
    name: `${signal} while GitHub is asked for a comment on the pull request`,
    simulator: { status: 'FAILED', accountsBehind: 0 },
    arrange: async (scene, started) => {
      const api = started.use(await startGitHubApi())
      api.hang()
      scene.secrets.add(api.token)
      Object.assign(scene.environment, api.onPullRequest())
      Object.assign(scene.inputs, { 'pull-request-comment': 'always', 'github-token': api.token })
      const watch = setInterval(() => api.calls.length > 0 && scene.asked.push('comment'), 10)
      started.defer(() => clearInterval(watch))
    },
    meanwhile: async (step, { asked }) => {
      await until(() => asked.length > 0)
      step.signal(signal)
    },
    expected: { verdict: ['failed', 'cancelled'], status: 'FAILED', seconds: 2 },
  }
}
