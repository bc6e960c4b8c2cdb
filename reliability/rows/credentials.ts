import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { callsOf, describeStatus } from '../../__tests__/acceptance/support.ts'
import type { Fault } from '../../simulator/simulator.ts'
import { until } from '../action.ts'
import type { Row, Scene } from '../row.ts'
import { environmentOfSession } from '../run.ts'
import { first, lasting, passing } from './patterns.ts'

const topic = 'Credentials'
const idToken = 'GetIdToken'
const assumeRole = 'AssumeRoleWithWebIdentity'
const throttling: Fault = { kind: 'error', code: 'Throttling', message: 'Rate exceeded' }
const expired: Fault = {
  kind: 'error',
  code: 'ExpiredTokenException',
  message: 'The security token included in the request is expired',
}
const role = { credentials: 'role' } as const
/** The toolkit asks GitHub's token service for itself, up to ten times with pauses of its own. */
const toolkitTries = 12

/** Both services that stand between the job and its role, with every fault that passes. */
function ofBoth(name: string, fault: Fault, seconds = 8): Row[] {
  return [idToken, assumeRole].map((operation) =>
    passing(
      topic,
      `${operation === idToken ? "GitHub's token service" : 'STS'} ${name} twice, and then works`,
      first(2, fault, operation),
      {
        ...role,
        expected: { seconds },
      },
    ),
  )
}

function lastingOf(operation: string, name: string, fault: Fault, told: RegExp): Row {
  return lasting(topic, name, fault, told, { ...role, simulator: { faults: [{ operation, fault }] } })
}

/** A session of an earlier step, in the environment or in a profile. */
function sessionOf(scene: Scene, seconds: number): ReturnType<Scene['simulator']['issueCredentials']> {
  const session = scene.simulator.issueCredentials(seconds)
  for (const secret of Object.values(session)) scene.secrets.add(secret)
  return session
}

function profileOf(session: ReturnType<typeof sessionOf>): string {
  return [
    '[default]',
    `aws_access_key_id = ${session.accessKeyId}`,
    `aws_secret_access_key = ${session.secretAccessKey}`,
    `aws_session_token = ${session.sessionToken}`,
    '',
  ].join('\n')
}

/** Credentials that end while the wait goes on, and services that hand out new ones. */
export const credentials: readonly Row[] = [
  {
    topic,
    name: "an earlier step's session that expires while the wait lasts",
    credentials: 'none',
    simulator: { seconds: 60 },
    arrange: async (scene) => void Object.assign(scene.environment, environmentOfSession(sessionOf(scene, 2))),
    expected: {
      verdict: 'error',
      status: 'IN_PROGRESS',
      seconds: 8,
      secondsAtLeast: 1.5,
      told: /role-duration-seconds.*role-to-assume|role-to-assume.*role-duration-seconds/s,
    },
  },
  {
    topic,
    name: 'a profile whose session expires, and that holds a new one by then',
    credentials: 'none',
    simulator: { seconds: 5 },
    arrange: async (scene, started) => {
      const folder = await mkdtemp(join(tmpdir(), 'profile-'))
      started.defer(() => rm(folder, { recursive: true, force: true }))
      const profile = join(folder, 'credentials')
      scene.environment['AWS_SHARED_CREDENTIALS_FILE'] = profile
      await writeFile(profile, profileOf(sessionOf(scene, 2)))
    },
    meanwhile: async (_, scene) => {
      await until(() => scene.simulator.calls.length > 0)
      await writeFile(scene.environment['AWS_SHARED_CREDENTIALS_FILE'] ?? '', profileOf(sessionOf(scene, 900)))
    },
    expected: { verdict: 'succeeded', status: 'SUCCEEDED', seconds: 10, secondsAtLeast: 4 },
  },
  {
    topic,
    name: 'an assumed role whose sessions last 2 s',
    ...role,
    simulator: { seconds: 8, sessionSeconds: 2 },
    expected: {
      verdict: 'succeeded',
      status: 'SUCCEEDED',
      seconds: 14,
      secondsAtLeast: 7,
      check: (_, { simulator }) => {
        const refused = callsOf(simulator, describeStatus).filter(({ outcome }) => outcome !== 'ok')
        return refused.length > 0 ? [`${refused.length} calls with a session that was over`] : []
      },
    },
  },
  passing(
    topic,
    "an assumed role's session that AWS calls expired, twice in a row",
    [{ operation: describeStatus, from: 2, to: 3, fault: expired }],
    {
      ...role,
      simulator: { seconds: 3, faults: [{ operation: describeStatus, from: 2, to: 3, fault: expired }] },
      expected: { seconds: 12 },
    },
  ),
  {
    topic,
    name: "an assumed role's session that expires while STS is down for 6 s",
    ...role,
    simulator: {
      seconds: 10,
      sessionSeconds: 2,
      faults: [
        {
          operation: assumeRole,
          between: [1_500, 7_500],
          fault: { kind: 'error', code: 'ServiceUnavailable', httpStatus: 503 },
        },
      ],
    },
    expected: { verdict: 'succeeded', status: 'SUCCEEDED', seconds: 26, secondsAtLeast: 9 },
  },
  lasting(topic, "an assumed role's session that AWS always calls expired", expired, /expired/, role),
  ...ofBoth('answers 503', { kind: 'error', code: 'ServiceUnavailable', httpStatus: 503 }, toolkitTries),
  ...ofBoth('answers 500 with a page', { kind: 'http', status: 500, body: '<html>' }, toolkitTries),
  ...ofBoth('resets the connection', { kind: 'reset', when: 'before-headers' }, toolkitTries),
  ...ofBoth('cuts its answer short', { kind: 'http', status: 200, body: '{"val' }, toolkitTries),
  ...ofBoth(
    'answers with a portal',
    { kind: 'http', status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' },
    toolkitTries,
  ),
  ...ofBoth(
    'answers {}',
    { kind: 'http', status: 200, headers: { 'content-type': 'application/json' }, body: '{}' },
    toolkitTries,
  ),
  passing(topic, 'STS throttles three times, and then works', first(3, throttling, assumeRole), {
    ...role,
    expected: { seconds: 14 },
  }),
  lastingOf(assumeRole, 'STS throttles', throttling, /Rate exceeded/),
  lastingOf(assumeRole, 'STS is taken and never answers', { kind: 'hang' }, /did not answer/),
  lastingOf(idToken, "GitHub's token service hangs", { kind: 'hang' }, /did not answer|token/),
  lastingOf(idToken, "GitHub's token service drips", { kind: 'drip' }, /did not answer|token/),
  passing(topic, "GitHub's token service hangs once, and then works", first(1, { kind: 'hang' }, idToken), {
    ...role,
    slow: true,
    expected: { seconds: 16, secondsAtLeast: 5 },
  }),
  passing(topic, 'STS hangs once, and then works', first(1, { kind: 'hang' }, assumeRole), {
    ...role,
    slow: true,
    expected: { seconds: 16, secondsAtLeast: 10 },
  }),
  {
    topic,
    name: 'a role whose trust policy does not let the job in',
    ...role,
    inputs: { 'role-to-assume': 'arn:aws:iam::123456789012:role/somebody-elses' },
    expected: { verdict: 'error', status: null, seconds: 5, told: /trust policy/ },
  },
  {
    topic,
    name: 'a request token that GitHub refuses',
    ...role,
    arrange: async (scene) => {
      scene.environment['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] = 'a-stale-request-token'
      scene.secrets.add('a-stale-request-token')
    },
    expected: { verdict: 'error', status: null, seconds: 5, told: /id-token: write/ },
  },
]
