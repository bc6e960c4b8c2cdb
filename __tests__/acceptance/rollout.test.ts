import { expect, test } from '@jest/globals'
import { isRolledOut } from '../../simulator/truth.ts'
import { answered, expectGone, expectOutputs, isoDate, type Verdict } from '../support/expectations.ts'
import {
  callsOf,
  describeStatus,
  expectSparing,
  listAccounts,
  type Plan,
  type SimulateOptions,
  type StepOptions,
  simulate,
  startWaitingFor,
  waitFor,
  wrote,
} from '../support/step.ts'

const listStatus = 'ListPermissionSetProvisioningStatus'

interface Scenario extends SimulateOptions, Pick<StepOptions, 'inputs'> {
  /** Requests of others. */
  others?: Plan[]
  /** Requests that the step waits for. */
  given?: Plan[]
}

/** Waits, at eight times the speed, for what the inputs say: without requests, until the simulator's permission set is rolled out. */
async function waitForState({ others = [], given = [], inputs, ...options }: Scenario) {
  await using simulator = await simulate({ speed: 8, accounts: 4, ...options })
  const found = simulator.start(others)
  const requests = simulator.start(given)
  const goal =
    given.length > 0
      ? { until: 'rolled-out' }
      : inputs?.['until'] === 'idle'
        ? {}
        : { 'permission-set-arn': [...simulator.instance.permissionSets.keys()].join() }
  const step = await waitFor(simulator, requests, { inputs: { ...goal, ...inputs } })
  expect(step.complaints).toEqual([])
  expectSparing(simulator.calls)
  return { simulator, step, found, requests }
}

const failureReason = 'Received a 404 status error: Permission set provision not found in AWS account 111122223335.'
const drift = { permissionSets: [{ name: 'ReadOnly', behind: 2 }] }
const deny = (action: string) => ({ deny: [`sso:${action}`] })
const once = { inputs: { wait: 'false' } }
const idle = { inputs: { until: 'idle' } }
const shortly = { inputs: { 'timeout-minutes': '0.6' } }
const assignment = { operation: 'create-account-assignment' } as const
const all = (
  permissionSets: NonNullable<SimulateOptions['permissionSets']>,
  inputs?: StepOptions['inputs'],
): Scenario => ({
  permissionSets,
  inputs: { 'permission-set-arn': 'all', ...inputs },
})
const ignoring = (...ids: string[]) => ({ inputs: { 'ignore-accounts': ids.join() } })
const unknown = { unknownForSeconds: Number.POSITIVE_INFINITY }

/** The first line of the summary, and the title of the annotation; what the annotation says; the output `accounts-behind`. */
interface Seen {
  verdict: Verdict
  headline: string | RegExp
  says?: RegExp[]
  behind?: unknown
  /** What the log, notices and warnings say, and the summary. */
  shows?: RegExp[]
}

/** At this speed, the report has an eighth of a second to count the accounts. */
const rolledOut: Seen = { verdict: 'succeeded', headline: /^ReadOnlyAccess is rolled out( to all 4 accounts)?$/ }
const lastTwo = ['111122223335', '111122223336']
const accounts = /^(ReadOnly: )?2 accounts do not hold the latest version: 111122223335, 111122223336\.$/m

test.concurrent.each<[string, Scenario, Seen]>([
  [
    'a permission set that is rolled out already',
    { speed: 1 },
    { verdict: 'succeeded', headline: 'ReadOnlyAccess is rolled out to all 4 accounts' },
  ],
  ["somebody's provisioning, found in the list", { others: [{ seconds: 8 }] }, rolledOut],
  [
    'provisionings that others begin meanwhile',
    { others: [{ seconds: 5 }, { beginsInSeconds: 4, seconds: 6 }] },
    rolledOut,
  ],
  [
    'accounts behind for 30 s',
    drift,
    {
      verdict: 'incomplete',
      headline: 'ReadOnly is not rolled out: 2 of 4 accounts are out of date, and nothing is in progress',
      says: [accounts, /provision again: call ProvisionPermissionSet with .* ALL_PROVISIONED_ACCOUNTS/],
      behind: lastTwo,
    },
  ],
  [
    'accounts behind, with a single look',
    { ...drift, ...once },
    {
      verdict: 'incomplete',
      headline: 'ReadOnly is not rolled out: 2 of 4 accounts are out of date, and nothing is in progress',
      says: [accounts],
      behind: lastTwo,
    },
  ],
  [
    'accounts behind since a failure 10 min ago',
    { others: [{ status: 'FAILED', failureReason, seconds: 2, ageSeconds: 600 }] },
    {
      verdict: 'failed',
      headline: 'Provisioning of ReadOnlyAccess failed',
      says: [/not found in AWS account 111122223335/, accounts],
      behind: lastTwo,
    },
  ],
  [
    "somebody's provisioning, with a single look",
    { ...once, speed: 1, others: [{ seconds: 600 }] },
    { verdict: 'in-progress', headline: 'ReadOnlyAccess is not rolled out yet: 4 accounts are out of date' },
  ],
  [
    'two permission sets, of which one has accounts behind',
    { ...once, permissionSets: [{ name: 'ReadOnly', behind: 2 }, { name: 'Admin' }] },
    {
      verdict: 'incomplete',
      headline: '1 of 2 permission sets is not rolled out, and nothing is in progress for it: ReadOnly',
      says: [accounts],
      behind: lastTwo,
    },
  ],
  [
    'a stream of provisionings, until the deadline',
    { ...shortly, others: Array.from({ length: 20 }, (_, index) => ({ beginsInSeconds: 3 * index, seconds: 5 })) },
    {
      verdict: 'timed-out',
      headline: /^ReadOnlyAccess is not rolled out after \d+\.\d s: \d of 4 accounts (is|are) out of date$/,
      says: [/AWS carries on with what was started\. Run this step again/],
      behind: expect.arrayContaining(['111122223336']),
    },
  ],
  [
    'a permission set that no account holds',
    { accounts: 0, speed: 1 },
    { verdict: 'succeeded', headline: 'No account holds ReadOnlyAccess' },
  ],
  [
    'a permission set that AWS does not know for 30 s',
    { permissionSets: [unknown] },
    { verdict: 'error', headline: 'AWS knows no such permission set', says: [/'permission-set-arn'/] },
  ],

  [
    'a request that was given, and account lists that are 4 s late',
    { given: [{ seconds: 3 }], accountsLagMs: 4_000 },
    rolledOut,
  ],
  [
    'a request that was given, SUCCEEDED, and left an account behind',
    { given: [{ seconds: 3, accountsBehind: 1 }] },
    {
      verdict: 'incomplete',
      headline: 'ReadOnlyAccess is not rolled out: 1 of 4 accounts is out of date, and nothing is in progress',
      says: [/^1 account does not hold the latest version: 111122223336\.$/m],
      behind: ['111122223336'],
    },
  ],
  [
    'a request that left an account behind, which the lists of accounts do not show at first',
    { given: [{ seconds: 1, accountsBehind: 1 }], accountsLagMs: 1_900 },
    {
      verdict: 'incomplete',
      headline: 'ReadOnlyAccess is not rolled out: 1 of 4 accounts is out of date, and nothing is in progress',
      behind: ['111122223336'],
    },
  ],
  [
    'a request to one account, while others are behind',
    { ...drift, given: [{ seconds: 3, accountId: '111122223333' }] },
    { verdict: 'succeeded', headline: 'ReadOnly is rolled out to 111122223333' },
  ],

  ['a role without the list of requests', { ...deny(listStatus), others: [{ seconds: 8 }] }, rolledOut],
  [
    'a role without the list of requests, and accounts behind',
    { ...drift, ...shortly, ...deny(listStatus) },
    {
      verdict: 'timed-out',
      headline: /^ReadOnly is not rolled out after \d+\.\d s: 2 of 4 accounts are out of date$/,
      says: [/The role may not see which requests are in progress/, accounts],
      behind: lastTwo,
    },
  ],
  [
    'a role without the lists of accounts, denied on two resources',
    { ...deny(listAccounts), denialText: 'every-resource' },
    {
      verdict: 'error',
      headline: `Access denied: sso:${listAccounts}`,
      says: [/Allow sso:\w+ on arn:\S+:instance\S+ and arn:\S+:permissionSet\S+ in the role's policy/],
    },
  ],
  [
    'lists of requests that cannot be read',
    { ...shortly, faults: [{ operation: listStatus, fault: { kind: 'reset', when: 'before-headers' } }] },
    // On a busy machine, the last call can reach its time limit before the connection breaks.
    {
      verdict: 'timed-out',
      headline: /^(The connection to AWS failed|AWS did not answer in time)$/,
      says: [/ECONNRESET|in time/],
    },
  ],

  [
    'a busy instance, whatever comes of the requests',
    {
      ...idle,
      others: [
        { seconds: 4, status: 'FAILED' },
        { ...assignment, seconds: 6 },
        { ...assignment, operation: 'delete-account-assignment', seconds: 5 },
      ],
    },
    { verdict: 'succeeded', headline: 'Nothing is in progress' },
  ],
  [
    'a busy instance, with a single look',
    { inputs: { until: 'idle', wait: 'false' }, others: [{ ...assignment, seconds: 600 }] },
    { verdict: 'in-progress', headline: '1 request is still in progress' },
  ],
  [
    'an instance that is busy until the deadline',
    { inputs: { until: 'idle', 'timeout-minutes': '0.1' }, others: [{ seconds: 600 }, { seconds: 600 }] },
    {
      verdict: 'timed-out',
      headline: /^2 requests are still in progress after \d+\.\d s$/,
      says: [/Run this step again before the deploy/],
    },
  ],
  [
    'idle, for a role without one of the three lists, denied without a word',
    { ...idle, ...deny('ListAccountAssignmentDeletionStatus'), denialText: 'empty' },
    { verdict: 'error', headline: 'Access denied: sso:ListAccountAssignmentDeletionStatus' },
  ],
  [
    'idle, on a replica',
    { ...idle, primaryRegion: 'eu-west-1' },
    {
      verdict: 'error',
      headline: "Wrong Region: the instance's primary Region is eu-west-1",
      says: [/Set 'aws-region' to eu-west-1/],
    },
  ],

  [
    'all permission sets, of which one appears meanwhile',
    { ...all([{}, {}, { unknownForSeconds: 5 }]), others: [{ seconds: 10 }] },
    {
      verdict: 'succeeded',
      headline: 'All 3 permission sets are rolled out',
      shows: [/The instance has 2 permission sets/, /New permission sets: \S+/],
    },
  ],
  [
    'all permission sets, of which one has accounts behind, and one with others is deleted',
    all([{ name: 'ReadOnly', behind: 2 }, { name: 'Admin' }, { behind: 4, deletedAfterSeconds: 5 }]),
    {
      verdict: 'incomplete',
      headline: '1 of 2 permission sets is not rolled out, and nothing is in progress for it: ReadOnly',
      says: [accounts],
      behind: lastTwo,
      shows: [/Deleted permission sets, which count no more: \S+/],
    },
  ],
  [
    'all permission sets, for a role that may not list them',
    { ...all([{}]), ...deny('ListPermissionSets') },
    {
      verdict: 'error',
      headline: 'Access denied: sso:ListPermissionSets',
      says: [/Allow sso:ListPermissionSets on arn:\S+:instance\S+ in the role's policy/],
    },
  ],
  [
    'all permission sets of no instance',
    all([{}], { 'instance-arn': '' }),
    { verdict: 'error', headline: 'Wrong input: instance-arn', says: [/^Input 'instance-arn' is /] },
  ],

  [
    'accounts behind, of which one is ignored',
    { ...drift, ...ignoring('111122223335') },
    {
      verdict: 'incomplete',
      headline: /^ReadOnly is not rolled out: 1 of 4 accounts is out of date/,
      behind: ['111122223336'],
      shows: [
        /Ignoring 1 account: 111122223335/,
        /Ignored accounts, which do not count as out of date: `111122223335`/,
      ],
    },
  ],
  [
    'accounts behind that are ignored, and an account that is ignored in vain',
    { ...drift, speed: 1, ...ignoring(...lastTwo, '999999999999') },
    {
      verdict: 'succeeded',
      headline: 'ReadOnly is rolled out to 2 of 4 accounts; 2 are ignored',
      shows: [/Input 'ignore-accounts': 999999999999: no permission set of this step is in this account\./],
    },
  ],
  [
    'a request that FAILED for an account that is ignored',
    { speed: 1, given: [{ status: 'FAILED', failureReason, seconds: 1, accountsBehind: 2 }], ...ignoring(...lastTwo) },
    {
      verdict: 'succeeded',
      headline: 'ReadOnlyAccess is rolled out to 2 of 4 accounts; 2 are ignored',
      shows: [
        /1 provisioning FAILED, but every account that counts has the latest version\. Accounts that are ignored: 111122223335, 111122223336\./,
        /Ignored accounts, which do not count as out of date: `111122223335`, `111122223336`/,
      ],
    },
  ],
  [
    'ignored accounts, although no account counts',
    { given: [{ seconds: 1 }], inputs: { until: 'finished', 'ignore-accounts': '111122223335' } },
    { verdict: 'error', headline: 'Wrong input: ignore-accounts', says: [/only with 'until: rolled-out'/] },
  ],
])('%s', async (_, scenario, { verdict, headline, says = [], behind = [], shows = [] }) => {
  const { step } = await waitForState(scenario)

  expect(step.outputs['verdict']).toBe(verdict)
  const [, shown = ''] = /^## \S+ (.*)$/m.exec(step.summary.replaceAll(/[`\\]/g, '')) ?? []
  if (typeof headline === 'string') expect(shown).toBe(headline)
  else expect(shown).toMatch(headline)
  if (step.exitCode !== 0) expect(step.errors[0]?.title).toBe(shown)
  for (const text of says) expect(step.errors[0]?.message).toMatch(text)
  expect(JSON.parse(step.outputs['accounts-behind'] ?? '')).toEqual(behind)
  const messages = [...step.notices, ...step.warnings].map(({ message }) => message)
  for (const text of shows) expect([...step.log, ...messages, step.summary].join('\n')).toMatch(text)
})

test.concurrent('success needs two looks that agree, and what is in progress for others does not matter', async () => {
  const { simulator, step } = await waitForState({ speed: 1, others: [{ ...assignment, seconds: 600 }] })

  const looks = callsOf(simulator, listAccounts).filter(({ input }) => input['ProvisioningStatus'] !== undefined)
  expect((looks.at(-1)?.at ?? 0) - (looks[0]?.at ?? 0)).toBeGreaterThanOrEqual(2_000)
  expect(looks.length).toBeLessThan(4)
  expect(Number(step.outputs['elapsed-seconds'])).toBeGreaterThanOrEqual(2)
})

test.concurrent('requests that were found are in the results, after those that were given', async () => {
  const { simulator, step, found, requests } = await waitForState({
    given: [{ seconds: 4 }],
    others: [
      { seconds: 6, accountId: '111122223333' },
      { ...assignment, seconds: 600 },
    ],
  })

  expectOutputs(
    step,
    'succeeded',
    { status: 'SUCCEEDED', 'permission-set-arn': simulator.permissionSetArn, 'created-date': expect.any(String) },
    [
      answered(simulator, requests[0], 'SUCCEEDED'),
      answered(simulator, found[0], 'SUCCEEDED', { accountId: '111122223333' }),
    ],
  )
})

test.concurrent('with idle for a permission set, only its requests are waited for, and their failure is none of the step', async () => {
  await using simulator = await simulate({ speed: 8, permissionSets: [{}, {}] })
  const [, otherArn = ''] = simulator.instance.permissionSets.keys()
  const [own] = simulator.start([
    { ...assignment, seconds: 5, status: 'FAILED' },
    { permissionSetArn: otherArn, seconds: 600 },
  ])

  const step = await waitFor(simulator, [], {
    inputs: { until: 'idle', 'permission-set-arn': simulator.permissionSetArn },
  })

  expect([step.outputs['verdict'], step.exitCode, step.complaints]).toEqual(['succeeded', 0, []])
  expect(step.results).toEqual([expect.objectContaining({ requestId: own, status: 'FAILED' })])
  expect(step.summary).not.toMatch(/What to do next|Likely cause/)
})

test.concurrent('a cancelled step reports what it has found, and is gone', async () => {
  await using simulator = await simulate({ seconds: 60, permissionSets: [{ name: 'ReadOnly' }] })
  const [found] = simulator.start()
  const step = await startWaitingFor(simulator, [], { inputs: { 'permission-set-arn': simulator.permissionSetArn } })
  await wrote(step, /0 of 3 accounts/)

  step.cancel('SIGINT')

  const ended = await step.finished
  expectOutputs(
    ended,
    'cancelled',
    { status: 'IN_PROGRESS', 'permission-set-arn': simulator.permissionSetArn, 'created-date': isoDate },
    [answered(simulator, found, 'IN_PROGRESS')],
  )
  expectGone(ended)
  expect(ended.errors[0]?.message).toContain('AWS carries on with what was started. Run this step again')
})

test.concurrent('the lists of accounts are 20 s late, and the step does not pass before everything is rolled out', async () => {
  await using simulator = await simulate({ speed: 8, accounts: 6, accountsLagMs: 20_000 })
  simulator.start({ seconds: 30 })

  const step = await waitFor(simulator, [], { inputs: { 'permission-set-arn': simulator.permissionSetArn } })

  expect(step.outputs['verdict']).toBe('succeeded')
  expect(
    isRolledOut(simulator.instance, [simulator.permissionSetArn], simulator.instance.createdMs + simulator.age()),
  ).toBe(true)
})

test.concurrent('3,000 requests of others, 2,000 accounts and 50 permission sets are watched with ten calls a second', async () => {
  await using simulator = await simulate({
    speed: 8,
    accounts: 2_000,
    permissionSets: Array.from({ length: 50 }, () => ({})),
  })
  const arns = [...simulator.instance.permissionSets.keys()]
  simulator.start((index) => ({ ...assignment, seconds: index < 1_000 ? 600 : 0 }), 2_000)
  simulator.start(
    (index) => ({ permissionSetArn: arns[index % 50] ?? '', withoutChange: true, ageSeconds: 60, seconds: 5 }),
    1_000,
  )
  simulator.start([{ permissionSetArn: arns[7] ?? '', seconds: 20 }])

  const step = await waitFor(simulator, [], { inputs: { 'permission-set-arn': arns.join('\n') } })

  expect([step.outputs['verdict'], step.errors]).toEqual(['succeeded', []])
  expect(step.log.at(-1)).toContain('All 50 permission sets are rolled out')
  expectSparing(simulator.calls)
  expect(callsOf(simulator, describeStatus).length).toBeLessThan(30)
})
