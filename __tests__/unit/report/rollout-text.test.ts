import { expect, test } from '@jest/globals'
import type { Outcome, PermissionSet } from '../../../src/report/outcome.ts'
import { stateText } from '../../../src/report/rollout-text.ts'
import type { Goal } from '../../../src/requests/goal.ts'
import { inProgress, outcomeOf, permissionSetArnOf } from './outcomes.ts'

const rolledOut: Goal = { until: 'rolled-out', wait: true, permissionSetArns: [] }
const idle: Goal = { ...rolledOut, until: 'idle' }
const names = new Map([
  [permissionSetArnOf(1), 'ReadOnly'],
  [permissionSetArnOf(2), 'Admin'],
])

/** A permission set with this many of its accounts behind; `null` for what is not known. */
function set(behind: number | null, total: number | null, number = 1, targets: string[] | null = null): PermissionSet {
  const accounts = behind === null ? null : Array.from({ length: behind }, (_, index) => String(index))
  return { arn: permissionSetArnOf(number), behind: accounts, targets, total }
}

test.each<[string | null, Partial<Outcome>]>([
  ['ReadOnly is rolled out to all 12 accounts', { permissionSets: [set(0, 12)] }],
  ['ReadOnly is rolled out to its 1 account', { permissionSets: [set(0, 1)] }],
  ['ReadOnly is rolled out', { permissionSets: [set(0, null)] }],
  ['ReadOnly is rolled out to 1, 2', { permissionSets: [set(0, null, 1, ['1', '2'])] }],
  ['No account holds ReadOnly', { permissionSets: [set(0, 0)] }],
  ['All 2 permission sets are rolled out', { permissionSets: [set(0, 12), set(0, null, 2)] }],
  [
    'ReadOnly is not rolled out: 1 account is behind, and nothing is in progress',
    { verdict: 'incomplete', permissionSets: [set(1, null)] },
  ],
  [
    'ReadOnly is not rolled out: 2 accounts are behind',
    { verdict: 'incomplete', knowsProgress: false, permissionSets: [set(2, null)] },
  ],
  [
    'ReadOnly is not rolled out yet: 1 of 12 accounts is behind',
    { verdict: 'in-progress', permissionSets: [set(1, 12)] },
  ],
  [
    'ReadOnly is not rolled out after 20.0 s: 2 of 12 accounts are behind',
    { verdict: 'timed-out', permissionSets: [set(2, 12)] },
  ],
  [
    '1 of 2 permission sets is not rolled out, and nothing is in progress: Admin',
    { verdict: 'incomplete', permissionSets: [set(0, 12), set(2, 12, 2)] },
  ],
  [
    '2 of 2 permission sets are not rolled out after 20.0 s: ReadOnly, Admin',
    { verdict: 'timed-out', permissionSets: [set(1, 12), set(2, 12, 2)] },
  ],
  // The accounts are not known, or do not explain the verdict.
  [null, { verdict: 'timed-out', permissionSets: [set(null, null)] }],
  [null, { verdict: 'timed-out', permissionSets: [set(0, 12)] }],
  [null, {}],
  ['Nothing is in progress', { goal: idle }],
  [
    '3 requests are still in progress after 20.0 s',
    { goal: idle, verdict: 'timed-out', othersInProgress: 2, requests: [inProgress()] },
  ],
  ['1 request is still in progress', { goal: idle, verdict: 'in-progress', othersInProgress: 1 }],
  [null, { goal: idle, verdict: 'timed-out' }],
])('%s', (text, known) => {
  expect(stateText(outcomeOf({ goal: rolledOut, names, elapsedMs: 20_000, ...known }), (name) => name)).toBe(text)
})
