import { describe, expect, test } from '@jest/globals'
import type { Plan, SimulatorOptions } from '../../../simulator/settings.ts'
import { type Goal, toTheEnd } from '../../../src/requests/goal.ts'
import type { Verdict } from '../../../src/requests/verdict.ts'
import { permissionSetArn } from '../examples.ts'
import {
  busiestSecond,
  Model,
  type ModelOptions,
  meets,
  notFound,
  patched,
  plan,
  retried,
  unclear,
  unresolved,
} from './model.ts'

const rolledOut: Goal = { ...toTheEnd, until: 'rolled-out', permissionSetArns: [permissionSetArn] }
const ofRequests: Goal = { ...rolledOut, permissionSetArns: [] }
const idle: Goal = { ...ofRequests, until: 'idle' }
const idleNamed: Goal = { ...rolledOut, until: 'idle' }
const once = (goal: Goal): Goal => ({ ...goal, wait: false })

const otherArn = `${permissionSetArn.slice(0, -1)}0`
const assignment = { operation: 'create-account-assignment' } as const
const list = 'sso:ListPermissionSetProvisioningStatus'
const describeStatus = 'sso:DescribePermissionSetProvisioningStatus'

/** What is different in a wait: requests of others, settings of the simulator, faults, and the deadline. */
interface Scenario extends Partial<ModelOptions> {
  readonly timeoutMs?: number
  /** How many of the 12 accounts have been behind for long. */
  readonly behind?: number
}

async function waitFor(goal: Goal, { timeoutMs = 1_800_000, behind = 0, settings, ...options }: Scenario = {}) {
  const permissionSets = [{ arn: permissionSetArn, name: 'ReadOnly', behind }, { arn: otherArn }]
  const model = new Model({ plans: [], accounts: 12, ...options, settings: { permissionSets, ...settings } })
  const wait = await model.wait({ goal, timeoutMs })
  const log = wait.log.map(({ text }) => text)
  expect(busiestSecond(model.calls)).toBeLessThanOrEqual(10)
  return { ...wait, log, model, seconds: Math.floor(wait.last.elapsedMs / 1_000) }
}

const deny = (...actions: string[]): SimulatorOptions => ({ deny: actions })
/** A request of somebody that takes this long. */
const begun = (seconds: number, own: Plan = {}): Scenario => ({ foreign: [{ seconds, ...own }] })
const stream = Array.from({ length: 30 }, (_, index): Plan => ({ beginsInSeconds: 4 * index, seconds: 6 }))

// The golden files have a wait for each verdict of each goal.
test.each<[string, Verdict, number, Goal, Scenario]>([
  // The first look sees that all is done, and a second one, 2 s later, agrees.
  ['a permission set that is rolled out', 'succeeded', 2, rolledOut, {}],
  ['a permission set that is rolled out, with one look', 'succeeded', 0, once(rolledOut), {}],
  ["somebody's provisioning that fails", 'failed', 23, rolledOut, begun(20, { status: 'FAILED' })],
  [
    'a failed provisioning without accounts behind',
    'succeeded',
    22,
    rolledOut,
    begun(20, { status: 'FAILED', accountsBehind: 0 }),
  ],
  [
    'a failed provisioning that is repeated at once',
    'succeeded',
    23,
    rolledOut,
    { foreign: retried({ seconds: 10 }, 1) },
  ],
  ['a provisioning of something else', 'succeeded', 2, rolledOut, begun(600, { permissionSetArn: otherArn })],
  ['a provisioning that begins between two looks', 'succeeded', 13, rolledOut, begun(10, { beginsInSeconds: 1 })],
  ['a stream of provisionings', 'timed-out', 60, rolledOut, { foreign: stream, timeoutMs: 60_000 }],
  [
    'accounts behind that a provisioning brings up to date after 20 s',
    'succeeded',
    27,
    rolledOut,
    { behind: 2, ...begun(5, { beginsInSeconds: 20 }) },
  ],
  [
    'a request that leaves accounts behind',
    'incomplete',
    38,
    ofRequests,
    { plans: [plan(1, { seconds: 8, accountsBehind: 2 })] },
  ],
  [
    'a request whose accounts are listed 5 s late',
    'succeeded',
    15,
    ofRequests,
    { plans: [plan(1, { seconds: 8 })], settings: { accountsLagMs: 5_000 } },
  ],
  [
    'a request to one account that is still behind',
    'incomplete',
    38,
    ofRequests,
    { plans: [plan(1, { seconds: 8, accountId: '111122223333', accountsBehind: 1 })] },
  ],
  [
    'a request, and the next one by somebody else',
    'succeeded',
    23,
    ofRequests,
    { plans: [plan(1, { seconds: 8 })], ...begun(15, { beginsInSeconds: 5 }) },
  ],
  ['a stream of requests', 'timed-out', 60, idle, { foreign: stream, timeoutMs: 60_000 }],
  [
    'a permission set that is busy, on a busier instance',
    'succeeded',
    22,
    idleNamed,
    {
      foreign: [
        { ...assignment, seconds: 20, status: 'FAILED' },
        { permissionSetArn: otherArn, seconds: 600 },
      ],
    },
  ],
])('%s ends as %s after %d s', async (_, verdict, seconds, goal, scenario) => {
  const wait = await waitFor(goal, scenario)
  expect([wait.verdict, wait.seconds]).toEqual([verdict, seconds])
})

describe('without all rights', () => {
  test.each<[string, Verdict, number, Goal, Scenario]>([
    // Without the list of requests, the accounts decide. Nobody can say that nothing is in progress.
    [
      'lists of requests, with accounts behind and one look',
      'incomplete',
      0,
      once(rolledOut),
      { behind: 1, settings: deny(list) },
    ],
    ['Describe', 'succeeded', 22, rolledOut, { ...begun(20), settings: deny(describeStatus) }],
    ['Describe, for one permission set', 'error', 0, idleNamed, { ...begun(20), settings: deny(describeStatus) }],
  ])('%s: %s after %d s', async (_, verdict, seconds, goal, scenario) => {
    const wait = await waitFor(goal, scenario)
    expect([wait.verdict, wait.seconds]).toEqual([verdict, seconds])
    expect(wait.last.state.extras.primaryRegion).toBe(
      scenario.settings?.primaryRegion ?? (verdict === 'error' ? 'eu-central-1' : null),
    )
    if (scenario.settings?.deny?.[0] !== describeStatus || verdict === 'error')
      expect(wait.log.join()).not.toMatch(/Nothing is in progress/)
  })
})

describe('with failure', () => {
  const during =
    (fromMs: number, toMs: number, fault = meets(unclear)) =>
    ({ atMs }: { atMs: number }) =>
      atMs >= fromMs && atMs < toMs ? fault : null
  test.each<[string, Verdict, number, Goal, Scenario]>([
    [
      'a permission set that is known after 10 s',
      'succeeded',
      12,
      rolledOut,
      { faults: { accounts: during(0, 10_000, meets(notFound)) } },
    ],
    [
      'a host name that does not resolve twice, 31 s apart',
      'succeeded',
      44,
      idle,
      {
        ...begun(40),
        faults: ({ atMs }) => (atMs < 500 || (atMs > 31_000 && atMs < 32_000) ? meets(unresolved) : null),
      },
    ],
    ['an outage of 10 s', 'succeeded', 19, rolledOut, { faults: during(0, 10_000) }],
    [
      'a found request that AWS refuses to describe',
      'timed-out',
      60,
      rolledOut,
      {
        ...begun(600, { accountsBehind: 0 }),
        faults: { describe: during(1_000, 100_000, meets({ ...notFound, code: 'ValidationException' })) },
        timeoutMs: 60_000,
      },
    ],
    [
      'throttled pages of 2,000 accounts',
      'succeeded',
      62,
      rolledOut,
      { ...begun(60), accounts: 2_000, settings: { throttlePerSecond: 4 } },
    ],
  ])('%s: %s after %d s', async (_, verdict, seconds, goal, scenario) => {
    const wait = await waitFor(goal, scenario)
    expect([wait.verdict, wait.seconds]).toEqual([verdict, seconds])
  })
})

test('only the accounts behind are listed again after the first count', async () => {
  const { model, verdict } = await waitFor(
    { ...rolledOut, permissionSetArns: [permissionSetArn, otherArn] },
    { ...begun(60), accounts: 2_000 },
  )
  const counts = model.calls.filter(({ name }) => name === 'accounts')
  // 20 pages are behind at first, and fewer and fewer later. The 20 pages of the accounts that hold it are listed once.
  expect([verdict, counts.length < 130]).toEqual(['succeeded', true])
})

test('a count that began before a look is no answer to it', async () => {
  const empty = patched((value) => (Array.isArray(value) ? [] : value))
  // The count beside the looks meets lists that lie for less than 2 s, and ends in the middle of the next look.
  const { verdict } = await waitFor(rolledOut, {
    plans: [plan(1, assignment)],
    accounts: 5,
    behind: 1,
    latencyMs: 2_000,
    pageSize: 2,
    faults: { accounts: ({ atMs }) => (atMs >= 6_700 && atMs < 8_600 ? empty : null) },
  })
  expect(verdict).toBe('incomplete')
})
