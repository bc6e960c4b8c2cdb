import { beforeAll, describe, expect, test } from '@jest/globals'
import {
  calls,
  describeStatus,
  type Plan,
  type Step,
  type StepOptions,
  simulate,
  startWaitingFor,
} from '../../support/step.ts'
import { seenOf } from './stable.ts'

/** A step that some reader opens the page of. */
interface Scenario {
  requests: Plan[]
  /** Given in place of the IDs of the requests. */
  requestId?: string
  deny?: string[]
  step?: StepOptions
  /** After so many calls, what ends `later` ends. */
  endAfter?: number
  /** After so many calls, the job is cancelled. */
  cancelAfter?: number
}

const databaseAdministrator = 'arn:aws:sso:::permissionSet/ssoins-7223a1b2c3d4e5f6/ps-0000000000000002'
const billing = 'arn:aws:sso:::permissionSet/ssoins-7223a1b2c3d4e5f6/ps-0000000000000003'
const names = new Map([
  [databaseAdministrator, 'DatabaseAdministrator'],
  [billing, 'Billing'],
])

const suspended =
  "AWS SSO is unable to complete your request at this time. Obtaining permissions to manage your AWS account '111122223334' is taking longer than usual. This is usually temporary. Please try again in a few minutes."
const noSuchPolicy = 'Received a 404 status error: Not supported policy arn:aws:iam::aws:policy/NoSuchPolicy.'
const denied = `sso:${describeStatus}`
const deniedLists = 'sso:ListPermissionSetProvisioningStatus'

// Requests have ended before the first look, or end when the test says so, so that the log has the same lines on any machine.
const ended: Plan = { seconds: 0 }
const later: Plan = { seconds: 1 }
const never: Plan = { seconds: 600 }
const soon: StepOptions = { inputs: { 'timeout-minutes': '0.03' } }
const lookOnce: StepOptions = { inputs: { wait: 'false' } }

const several: Plan[] = [
  { ...ended, permissionSetArn: databaseAdministrator },
  later,
  { ...ended, permissionSetArn: billing, accountId: '111122223335' },
  { ...later, permissionSetArn: billing, accountId: '111122223334' },
]
const severalUnfinished = several.map((plan) => (plan.seconds === later.seconds ? { ...plan, ...never } : plan))

const one: Record<string, Scenario> = {
  succeeded: { requests: [later], endAfter: 3 },
  'in-progress': { requests: [never], step: lookOnce },
  'succeeded, without its name': { requests: [later], deny: ['sso:DescribePermissionSet'], endAfter: 3 },
  failed: { requests: [{ ...later, status: 'FAILED', accountsBehind: 2 }], endAfter: 3 },
  'failed for a reason that is not known': {
    requests: [{ ...ended, status: 'FAILED', failureReason: 'The moon is in the seventh house.', accountsBehind: 1 }],
  },
  'failed, an assignment': {
    requests: [{ ...ended, operation: 'create-account-assignment', status: 'FAILED' }],
    step: { inputs: { operation: 'create-account-assignment' } },
  },
  'timed-out': { requests: [never], step: soon },
  cancelled: { requests: [never], cancelAfter: 3 },
  'error by bad input': {
    requests: [],
    requestId: 'not-a-request-id',
    step: { inputs: { 'timeout-minutes': '30m', 'aws-region': 'Frankfurt' } },
  },
  'error by denial': { requests: [ended], deny: [denied] },
  'nothing to wait for': { requests: [], requestId: '[]' },
}

const set: Record<string, Scenario> = {
  succeeded: { requests: several, endAfter: 7 },
  'in-progress': { requests: severalUnfinished, step: lookOnce },
  failed: {
    requests: [
      ...several,
      { ...ended, status: 'FAILED', permissionSetArn: databaseAdministrator, failureReason: noSuchPolicy },
      { ...ended, status: 'FAILED', accountId: '111122223334', failureReason: suspended },
      { ...ended, status: 'FAILED', permissionSetArn: billing, failureReason: noSuchPolicy },
    ],
    endAfter: 11,
  },
  'timed-out': { requests: severalUnfinished, step: soon },
  cancelled: { requests: severalUnfinished, cancelAfter: 7 },
  'error by bad input': {
    requests: [],
    requestId: 'not-a-request-id, 5A1B2C3D-0123-4567-89AB-000000000001 "5a1b2c3d-0123-4567-89ab-000000000001"',
    step: { inputs: { operation: 'provision' } },
  },
  'error by denial': { requests: several, deny: [denied, deniedLists] },
  'error by denial of the details': { requests: several, deny: [denied] },
}

const byName = { 'one request': one, 'several requests': set }
const ran = new Map<Scenario, Step>()

// Snapshots are counted by the test that runs, which is not known where tests run side by side: so the steps do, and the tests do not.
beforeAll(async () => {
  const waiting = Object.values(byName).flatMap((scenarios) => Object.values(scenarios))
  const work = async () => {
    for (let scenario = waiting.shift(); scenario; scenario = waiting.shift()) ran.set(scenario, await run(scenario))
  }
  await Promise.all([work(), work(), work(), work()])
}, 60_000)

describe.each(Object.entries(byName))('%s', (_, scenarios) => {
  test.each(Object.entries(scenarios))('%s', (_name, scenario) => {
    const step = ran.get(scenario)
    if (step === undefined) throw new Error('The step did not run')
    const { log, summary } = seenOf(step)

    expect(`\n${log}\n`).toMatchSnapshot('log')
    expect(`\n${summary}`).toMatchSnapshot('summary')
  })
})

async function run({ requests, requestId, deny = [], step, endAfter, cancelAfter }: Scenario): Promise<Step> {
  const startMs = Date.now()
  let passedMs = 0
  await using simulator = await simulate({
    deny,
    now: () => startMs + passedMs,
    faults: [{ operation: 'DescribePermissionSet', fault: { kind: 'patch', patch: named } }],
  })
  const ids = simulator.start((index) => ({ ...requests[index], requestId: fixedId(index + 1) }), requests.length)

  const { cancel, finished } = await startWaitingFor(simulator, requestId === undefined ? ids : [requestId], step)
  if (endAfter !== undefined) {
    await calls(simulator, endAfter)
    passedMs = 2000
  }
  if (cancelAfter !== undefined) {
    await calls(simulator, cancelAfter)
    cancel('SIGINT')
  }
  return await finished
}

function fixedId(count: number): string {
  return `5a1b2c3d-0123-4567-89ab-${String(count).padStart(12, '0')}`
}

/** The simulator's answer, with a name for those permission sets that it has only because a request is about them. */
function named(answer: unknown): unknown {
  const permissionSet: unknown = Reflect.get(Object(answer), 'PermissionSet')
  const name = names.get(Reflect.get(Object(permissionSet), 'PermissionSetArn'))
  return name === undefined ? answer : { PermissionSet: { ...Object(permissionSet), Name: name } }
}
