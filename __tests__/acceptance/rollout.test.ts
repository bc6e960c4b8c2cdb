import { expect, test } from '@jest/globals'
import { answered, expectEnding, type Verdict } from '../support/expectations.ts'
import {
  expectSparing,
  listAccounts,
  type Plan,
  type SimulateOptions,
  type StepOptions,
  simulate,
  waitFor,
} from '../support/step.ts'

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
const idle = { inputs: { until: 'idle' } }
const assignment = { operation: 'create-account-assignment' } as const
const all = (permissionSets: NonNullable<SimulateOptions['permissionSets']>): Scenario => ({
  permissionSets,
  inputs: { 'permission-set-arn': 'all' },
})
const ignoring = (...ids: string[]) => ({ inputs: { 'ignore-accounts': ids.join() } })
const unknown = { unknownForSeconds: Number.POSITIVE_INFINITY }

const lastTwo = ['111122223335', '111122223336']

// The unit tests have whole waits for each row of evidence, and the golden files the words. Here is one of each kind, through the process.
test.concurrent.each<{ name: string; scenario: Scenario; verdict: Verdict; behind?: readonly string[] }>([
  { name: 'a permission set that is rolled out already', scenario: { speed: 1 }, verdict: 'succeeded' },
  { name: "somebody's provisioning, found in the list", scenario: { others: [{ seconds: 8 }] }, verdict: 'succeeded' },
  { name: 'accounts out of date for 30 s', scenario: drift, verdict: 'incomplete', behind: lastTwo },
  {
    name: 'accounts out of date since a failure 10 min ago',
    scenario: { others: [{ status: 'FAILED', failureReason, seconds: 2, ageSeconds: 600 }] },
    verdict: 'failed',
    behind: lastTwo,
  },
  {
    name: "somebody's provisioning, with a single look",
    scenario: { inputs: { wait: 'false' }, speed: 1, others: [{ seconds: 600 }] },
    verdict: 'in-progress',
  },
  { name: 'a permission set that AWS does not know', scenario: { permissionSets: [unknown] }, verdict: 'error' },
  { name: 'a role without the lists of accounts', scenario: deny(listAccounts), verdict: 'error' },
  {
    name: 'a busy instance, whatever comes of the requests',
    scenario: {
      ...idle,
      others: [
        { seconds: 4, status: 'FAILED' },
        { ...assignment, seconds: 6 },
        { ...assignment, operation: 'delete-account-assignment', seconds: 5 },
      ],
    },
    verdict: 'succeeded',
  },
  {
    name: 'all permission sets, of which one appears meanwhile',
    scenario: { ...all([{}, {}, { unknownForSeconds: 5 }]), others: [{ seconds: 10 }] },
    verdict: 'succeeded',
  },
  {
    name: 'accounts out of date, of which one is ignored',
    scenario: { ...drift, ...ignoring('111122223335') },
    verdict: 'incomplete',
    behind: ['111122223336'],
  },
  {
    name: 'a request that FAILED for accounts that are ignored',
    scenario: {
      speed: 1,
      given: [{ status: 'FAILED', failureReason, seconds: 1, accountsBehind: 2 }],
      ...ignoring(...lastTwo),
    },
    verdict: 'succeeded',
  },
])('$name: $verdict', async ({ scenario, verdict, behind = [] }) => {
  const { step } = await waitForState(scenario)

  expect(step.outputs['verdict']).toBe(verdict)
  const [, headline] = /^## \S+ (.*)$/m.exec(step.summary.replaceAll(/[`\\]/g, '')) ?? []
  if (step.exitCode !== 0) expect(step.errors[0]?.title).toBe(headline)
  expect(JSON.parse(step.outputs['accounts-behind'] ?? '')).toEqual(behind)
})

test.concurrent('requests that were found are in the results, after those that were given', async () => {
  const { simulator, step, found, requests } = await waitForState({
    given: [{ seconds: 4 }],
    others: [
      { seconds: 6, accountId: '111122223333' },
      { ...assignment, seconds: 600 },
    ],
  })

  expectEnding(step, 'succeeded', [
    answered(simulator, requests[0], 'SUCCEEDED'),
    answered(simulator, found[0], 'SUCCEEDED', { accountId: '111122223333' }),
  ])
})
