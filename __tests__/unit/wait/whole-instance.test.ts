import { expect, test } from '@jest/globals'
import type { Plan, SimulatorOptions } from '../../../simulator/settings.ts'
import { type Goal, toTheEnd } from '../../../src/requests/goal.ts'
import type { Verdict } from '../../../src/requests/verdict.ts'
import { permissionSetArn } from '../examples.ts'
import { busiestSecond, Model, type ModelOptions, meets, notFound, plan, withGaps } from './model.ts'

const all: Goal = { ...toTheEnd, until: 'rolled-out', isAboutAll: true }
const ignoring = (...ignoredAccounts: string[]): Goal => ({ ...all, ignoredAccounts })
const arnOf = (number: number) => `${permissionSetArn.slice(0, -4)}${String(number).padStart(4, '0')}`
const setsOf = (count: number) => Array.from({ length: count }, (_, index) => ({ arn: arnOf(index) }))

async function waitFor(goal: Goal, options: Partial<ModelOptions>) {
  const model = new Model({ plans: [], accounts: 12, ...options })
  const wait = await model.wait({ goal, timeoutMs: 1_800_000 })
  expect(busiestSecond(model.calls)).toBeLessThanOrEqual(10)
  const seconds = Math.floor(wait.last.elapsedMs / 1_000)
  return { ...wait, calls: model.calls.length, seconds, text: wait.log.map(({ text }) => text).join('\n') }
}

const inProgress = [{ permissionSetArn: arnOf(7), seconds: 300 }]
const many = (count: number, foreign: readonly Plan[] = []) => {
  const settings: SimulatorOptions = { permissionSets: setsOf(count), throttlePerSecond: 20 }
  return waitFor(all, { accounts: 500, foreign, latencyMs: 20, settings })
}

test('2,000 permission sets that are up to date are judged within 7 min and 4,200 calls, without a throttle', async () => {
  const { calls, seconds, verdict } = await many(2_000)
  expect([verdict, calls <= 4_200, seconds < 420]).toEqual(['succeeded', true, true])
})

test('of 400 permission sets, the end of one that is in progress is seen within 5 s', async () => {
  const { log, verdict } = await many(400, inProgress)
  expect(verdict).toBe('succeeded')
  expect(log.find(({ text }) => text === 'SUCCEEDED')?.atMs).toBeLessThan(305_000)
})

const last = '111122223344'
const one = { permissionSets: [{ arn: permissionSetArn, behind: 1 }] }
const three = setsOf(3)

test.each<[string, Verdict, number, Goal, Partial<ModelOptions>, RegExp?]>([
  ['three permission sets', 'succeeded', 2, all, { settings: { permissionSets: three } }, /has 3 permission sets/],
  [
    'three, of which one is out of date',
    'incomplete',
    30,
    all,
    { settings: { permissionSets: [...three, { arn: arnOf(3), behind: 2 }] } },
    /2 accounts are out of date with ps-1234567890ab0003/,
  ],
  [
    'three, of which one is out of date, with one look',
    'incomplete',
    1,
    { ...all, wait: false },
    { settings: { permissionSets: [...three, { arn: arnOf(3), behind: 2 }] } },
  ],
  [
    'a list that is not there yet',
    'succeeded',
    12,
    all,
    { faults: { sets: ({ atMs }) => (atMs < 10_000 ? meets(notFound) : null) } },
  ],
  [
    'an instance without permission sets',
    'succeeded',
    2,
    all,
    { settings: { permissionSets: [] } },
    /has no permission set/,
  ],
  [
    'a list that lacks a permission set at first',
    'incomplete',
    33,
    all,
    {
      faults: { sets: ({ atMs }) => (atMs < 1_900 ? withGaps(2) : null) },
      settings: { permissionSets: [{ arn: arnOf(0) }, { arn: arnOf(1), behind: 1 }] },
    },
    /New permission sets: ps-1234567890ab0001/,
  ],
  [
    'a list that lacks a permission set for a moment',
    'incomplete',
    30,
    all,
    {
      faults: { sets: ({ atMs }) => (atMs > 29_000 && atMs < 30_900 ? withGaps(2) : null) },
      settings: { permissionSets: [{ arn: arnOf(0) }, { arn: arnOf(1), behind: 1 }] },
    },
  ],
  [
    'a provisioning to one account, while another is out of date',
    'incomplete',
    30,
    all,
    { plans: [plan(1, { accountId: '111122223333', permissionSetArn })], settings: one },
  ],
  [
    'a provisioning of a permission set that the list does not show yet',
    'incomplete',
    30,
    all,
    {
      plans: [plan(1, { permissionSetArn: arnOf(1), accountsBehind: 1 })],
      faults: { sets: withGaps(2) },
      settings: { permissionSets: [{ arn: arnOf(0) }, { arn: arnOf(1) }] },
    },
  ],

  [
    'an account that is ignored',
    'succeeded',
    2,
    ignoring(last),
    { settings: one },
    /1 is ignored|Nothing is in progress/,
  ],
  [
    'a provisioning that FAILED for an account that is ignored',
    'succeeded',
    10,
    { ...ignoring(last), isAboutAll: false },
    { plans: [plan(1, { seconds: 8, status: 'FAILED', accountsBehind: 1 })] },
  ],
  [
    'a provisioning that FAILED for an account that counts',
    'failed',
    10,
    { ...ignoring('111122223333'), isAboutAll: false },
    { plans: [plan(1, { seconds: 8, status: 'FAILED', accountsBehind: 1 })] },
  ],
  [
    'an assignment that FAILED',
    'failed',
    8,
    { ...ignoring(last), isAboutAll: false },
    { plans: [plan(1, { seconds: 8, status: 'FAILED', operation: 'create-account-assignment', accountId: last })] },
  ],
])('%s: %s after %d s', async (_, verdict, seconds, goal, options, says = /(?:)/) => {
  const wait = await waitFor(goal, options)
  expect([wait.verdict, wait.seconds]).toEqual([verdict, seconds])
  expect(wait.text).toMatch(says)
})
