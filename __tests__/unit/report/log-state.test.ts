import { expect, test } from '@jest/globals'
import { foundLines, stateLines } from '../../../src/report/log-state.ts'
import type { Goal } from '../../../src/requests/goal.ts'
import type { RequestState } from '../../../src/wait/snapshot/request-state.ts'
import { afterAccountList, unknownRollout } from '../../../src/wait/snapshot/rollout.ts'
import { initialSnapshot, type Snapshot } from '../../../src/wait/snapshot/snapshot.ts'
import { denied, failed, inProgress, permissionSetArn, permissionSetArnOf, requestIdOf, succeeded } from './outcomes.ts'

const goal: Goal = { until: 'rolled-out', wait: true, permissionSetArns: [permissionSetArn] }
const idle: Goal = { until: 'idle', wait: true, permissionSetArns: [] }
const before = initialSnapshot([], goal)

test.each<[string, RequestState]>([
  ['Found ps-0000000000000001 in all accounts (ID), which is in progress', inProgress({ permissionSetArn })],
  [
    'Found ps-0000000000000001 in 1 (ID)  FAILED: No role',
    failed({ permissionSetArn, accountId: '1', failureReason: 'No role' }),
  ],
  ['Found ps-0000000000000001 in all accounts (ID)  FAILED: AWS gave no reason', failed({ permissionSetArn })],
  ['Found ps-0000000000000001 in all accounts (ID)  SUCCEEDED', succeeded({ permissionSetArn })],
])('%s', (line, request) => {
  const lines = foundLines(before, { ...before, requests: [request] })
  expect(lines).toEqual([line.replace('ID', requestIdOf(1))])
})

const saw = (seen: Snapshot['agreement']['seen']) => ({ agreement: { seen, sinceMs: 0, isSettled: false } })
const behind = (...counts: number[]) => {
  const accounts = (count: number) => Array.from({ length: count }, (_, index) => String(index))
  const rollouts = counts.map((count, index) => {
    const rollout = afterAccountList(unknownRollout, { behind: accounts(count), latest: null }, 0)
    return [permissionSetArnOf(index + 1), rollout] as const
  })
  return { rollouts: new Map(rollouts), goal: { ...goal, permissionSetArns: rollouts.map(([arn]) => arn) } }
}
const lists = {
  ...before.lists,
  'provision-permission-set': { ...before.lists['provision-permission-set'], failure: denied },
}
const unidentified = (count: number) => {
  const ids = Array.from({ length: count }, (_, index) => [String(index), 'provision-permission-set'] as const)
  return { others: { ...before.others, unidentified: new Map(ids) } }
}

test.each<[string | undefined, Partial<Snapshot>]>([
  ['Nothing is in progress, and no account is behind; looking once more', saw('done')],
  ['Nothing is in progress, and no account is behind', { ...saw('done'), goal: { ...goal, wait: false } }],
  ['Nothing is in progress; looking once more', { ...saw('done'), goal: idle }],
  ['As far as the role may see, no account is behind; looking once more', { ...saw('done'), lists }],
  ['Nothing is in progress, and 1 account is behind with ps-0000000000000001: 0', { ...saw('behind'), ...behind(1) }],
  [
    'Nothing is in progress, and 7 accounts are behind with ps-0000000000000001: 0, 1, 2, 3, 4 and 2 more; 1 account is behind with ps-0000000000000003: 0',
    { ...saw('behind'), ...behind(7, 0, 1) },
  ],
  ['1 other request is in progress', { ...saw('in-progress'), ...unidentified(1) }],
  ['3 other requests are in progress', { ...saw('in-progress'), ...unidentified(3) }],
  // A request that was found has a line of its own.
  [undefined, saw('in-progress')],
  [undefined, {}],
])('%s is said once', (line, known) => {
  const after = { ...before, ...known }
  expect(stateLines(before, after)[0]).toBe(line)
  expect(stateLines(after, after)).toEqual([])
})
