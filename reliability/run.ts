import { startSimulator } from '../simulator/simulator.ts'
import { type EndedStep, startStep } from './action.ts'
import { complaintsAbout, expectedVerdicts, secondsOf } from './judge.ts'
import type { Row, Scene } from './row.ts'
import { startWire } from './wire.ts'

/** What came of one run of a row. */
export interface RowRun {
  readonly verdict: string
  readonly seconds: number
  /** What was not as expected. */
  readonly complaints: readonly string[]
}

/** Runs a row once. Never rejects: what goes wrong with the run itself is a complaint. */
export async function runRow(row: Row, action: string): Promise<RowRun> {
  try {
    await using started = new AsyncDisposableStack()
    const scene = await setUp(row, started)
    await row.arrange?.(scene, started)
    const { inputs, environment } = scene
    const patienceMs = (row.expected.seconds + 15) * 1_000
    const step = await startStep({ action, inputs, environment: withoutUndefined(environment), patienceMs })
    const [result] = await Promise.all([step.finished, row.meanwhile?.(step, scene)])
    const ended = { ...result, summary: scene.summary ?? result.summary }
    const complaints = complaintsAbout(ended, row.expected, scene)
    if (complaints.length > 0 && process.env['RELIABILITY_LOG']) show(row, ended)
    return { verdict: ended.outputs['verdict'] ?? 'none', seconds: secondsOf(ended), complaints }
  } catch (error) {
    return {
      verdict: 'none',
      seconds: 0,
      complaints: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
    }
  }
}

async function setUp(row: Row, started: AsyncDisposableStack): Promise<Scene> {
  const { credentials = 'key', requests: plans = [{}] } = row
  const simulator = await startSimulator({ seconds: 0, ...row.simulator })
  started.defer(() => simulator.close())
  const wire = started.use(await startWire(Number(new URL(simulator.endpoint).port)))
  const requests = plans.flatMap((plan) => simulator.start(plan))

  const { accessKeyId, secretAccessKey } = simulator.credentials
  const secrets = new Set([accessKeyId, secretAccessKey, simulator.oidc.requestToken])
  const location = credentials === 'role' ? simulator.oidcEnvironment() : simulator.environment()
  const environment: Scene['environment'] = { ...location }
  if (credentials === 'session') {
    const session = simulator.issueCredentials(900)
    Object.assign(environment, environmentOfSession(session))
    for (const secret of Object.values(session)) secrets.add(secret)
  }
  if (credentials === 'none')
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) delete environment[name]
  const endpoint = `http://127.0.0.1:${wire.port}`
  for (const [name, value] of Object.entries(environment))
    environment[name] = value?.replace(simulator.endpoint, endpoint)
  return {
    simulator,
    wire,
    requests,
    inputs: {
      'instance-arn': simulator.instanceArn,
      'request-id': requests.join('\n'),
      ...(credentials === 'role' ? { 'role-to-assume': simulator.roleArn } : {}),
      ...row.inputs,
    },
    environment: { ...environment, ...row.environment },
    secrets,
    comments: [],
    summary: null,
    asked: [],
  }
}

/** As `aws-actions/configure-aws-credentials` leaves a session for later steps. */
export function environmentOfSession(session: { accessKeyId: string; secretAccessKey: string; sessionToken: string }) {
  return {
    AWS_ACCESS_KEY_ID: session.accessKeyId,
    AWS_SECRET_ACCESS_KEY: session.secretAccessKey,
    AWS_SESSION_TOKEN: session.sessionToken,
  }
}

function withoutUndefined(variables: Scene['environment']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

/** For whoever mends something: what the step wrote. */
function show(row: Row, { stdout, stderr, outputs }: EndedStep): void {
  console.error(
    `--- ${row.name} (expected ${expectedVerdicts(row.expected).join(' or ')})\n${stdout}${stderr}${JSON.stringify(outputs)}\n---`,
  )
}
