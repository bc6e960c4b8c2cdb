import { describe, expect, test } from '@jest/globals'
import type { AccountsQuery, Answer, CallFailure, Page } from '../../../../src/requests/api.ts'
import type { Goal } from '../../../../src/requests/goal.ts'
import { countAccounts, countHolders, listBehind, lookAtAccounts } from '../../../../src/wait/look/accounts.ts'
import { afterAccountList, type Rollout, unknownRollout } from '../../../../src/wait/snapshot/rollout.ts'
import { initialSnapshot, type Snapshot } from '../../../../src/wait/snapshot/snapshot.ts'
import { neverAborted } from '../../../../src/wait/time/deadline.ts'
import { final, keyOf, passing, permissionSetArn, permissionSetArnOf, unknown } from '../../report/outcomes.ts'
import { unclear } from '../model.ts'
import { apiWith, oneByOne, runPart } from './harness.ts'

describe('a count of accounts', () => {
  /** The pages of the accounts behind, and of all accounts. */
  const behind = [['1'], ['2']]
  const all = [
    ['1', '2'],
    ['3', '4'],
  ]

  async function count(
    how: (asker: Parameters<typeof countAccounts>[0]) => Promise<unknown>,
    replyTo: (query: AccountsQuery) => readonly (readonly string[])[] | CallFailure,
  ) {
    const calls: string[] = []
    const api = apiWith({
      async listAccounts(query, token): Promise<Answer<Page<string>>> {
        expect(query.permissionSetArn).toBe(permissionSetArn)
        calls.push(`${query.onlyBehind ? 'behind' : 'all'} from ${token}`)
        const reply = replyTo(query)
        if ('effect' in reply) return { ok: false, failure: reply }
        return { ok: true, value: { rows: reply[Number(token)] ?? [], nextToken: token === null ? '1' : null } }
      },
    })
    const { ask, priorities } = oneByOne()
    return { answer: await how({ api, ask, signal: neverAborted }), calls, priorities }
  }
  const pagesOf = ({ onlyBehind }: AccountsQuery) => (onlyBehind ? behind : all)

  test('lists those behind, then all, without haste', async () => {
    const { answer, calls, priorities } = await count((asker) => countAccounts(asker, permissionSetArn), pagesOf)
    expect(answer).toEqual({ ok: true, value: { behind: ['1', '2'], latest: 2 } })
    expect(calls).toEqual(['behind from null', 'behind from 1', 'all from null', 'all from 1'])
    expect(priorities).toEqual(new Set(['optional']))
  })

  test('lists only all if it is known which are behind', async () => {
    const { answer, calls, priorities } = await count((asker) => countHolders(asker, permissionSetArn, ['1']), pagesOf)
    expect(answer).toEqual({ ok: true, value: { behind: ['1'], latest: 3 } })
    expect([calls, priorities]).toEqual([['all from null', 'all from 1'], new Set(['optional'])])
  })

  test('counts an account once, also one that is gone from the second list', async () => {
    const reply = ({ onlyBehind }: AccountsQuery) => (onlyBehind ? [['1', '1', '5']] : all)
    const { answer } = await count((asker) => countAccounts(asker, permissionSetArn), reply)
    expect(answer).toMatchObject({ value: { latest: 3 } })
  })

  test('is none if its calls were not made', async () => {
    const asker = { api: apiWith({}), ask: async () => null, signal: neverAborted }
    expect(await countAccounts(asker, permissionSetArn)).toBeNull()
    expect(await countHolders(asker, permissionSetArn, [])).toBeNull()
    expect(await listBehind(asker, permissionSetArn, 'required')).toBeNull()
  })

  test.each([
    ['those behind', countAccounts, true],
    ['all accounts', countAccounts, false],
    ['all accounts, if it is known which are behind', countHolders, false],
  ])('fails if the list fails of %s', async (_, how, ofBehind) => {
    const reply = (query: AccountsQuery) => (query.onlyBehind === ofBehind ? unclear : pagesOf(query))
    const { answer } = await count((asker) => how(asker, permissionSetArn, []), reply)
    expect(answer).toEqual({ ok: false, failure: unclear })
  })
})

describe('a look at two permission sets, 100 s after the wait began,', () => {
  const arns = [permissionSetArn, permissionSetArnOf(2)]
  const goal: Goal = { until: 'rolled-out', wait: true, permissionSetArns: arns }
  const account = '111122223333'
  const listed = (behind: string[], seconds: number) =>
    afterAccountList(unknownRollout, { behind, latest: null }, 1_000 * seconds)
  const busy = new Map([[keyOf(1).requestId, keyOf(1).operation]])

  /** The numbers of the permission sets whose accounts a look lists, if lists then show these accounts behind. */
  async function lookAt(
    rollouts: readonly (Rollout | null)[],
    isBusy: boolean,
    now: readonly (string[] | CallFailure)[],
  ) {
    const seen: number[] = []
    const before = initialSnapshot([], goal)
    const snapshot: Snapshot = {
      ...before,
      others: { ...before.others, unidentified: isBusy ? busy : new Map() },
      rollouts: new Map(rollouts.flatMap((rollout, index) => (rollout === null ? [] : [[arns[index] ?? '', rollout]]))),
    }
    const api = apiWith({
      async listAccounts({ permissionSetArn: arn, onlyBehind }): Promise<Answer<Page<string>>> {
        const index = arns.indexOf(arn)
        seen.push(index + 1)
        const reply = now[index] ?? []
        expect(onlyBehind).toBe(true)
        if ('effect' in reply) return { ok: false, failure: reply }
        return { ok: true, value: { rows: reply, nextToken: null } }
      },
    })
    const { priorities } = await runPart(lookAtAccounts, snapshot, api, { nowMs: 100_000 })
    expect(priorities).toEqual(new Set(seen.length === 0 ? [] : ['required']))
    return seen
  }

  const none: string[] = []
  const one = [account]
  test.each<[string, number[], readonly (Rollout | null)[], boolean, readonly (string[] | CallFailure)[]]>([
    ['both, if nothing is known', [1, 2], [null, null], false, [one, one]],
    ['both, also while something is in progress', [1, 2], [null, null], true, [one, one]],
    ['both once each, if nothing is known and then no account is behind', [1, 2], [null, null], false, [none, none]],
    ['only the one that is behind', [1], [listed(one, 90), listed(none, 90)], false, [one, none]],
    ['the other too, once none is behind', [1, 2], [listed(one, 90), listed(none, 90)], false, [none, none]],
    ['not the other, while one of several is behind', [1, 2], [listed(one, 90), listed(one, 90)], false, [none, one]],
    ['both, if none was behind', [1, 2], [listed(none, 90), listed(none, 90)], false, [none, none]],
    ['neither, if none was behind while something is in progress', [], [listed(none, 9), listed(none, 9)], true, []],
    ['one that is due while something is in progress', [1], [listed(one, 70), listed(one, 71)], true, [none, one]],
    [
      'one that was not answered, when it is due',
      [1],
      [{ ...unknownRollout, askedAtMs: 99_000, blocker: passing(unclear) }, listed(none, 9)],
      true,
      [none],
    ],
    ['not one that cannot be read', [2], [{ ...unknownRollout, blocker: final(unknown) }, null], false, [none, one]],
    ['one once, if it has no answer', [1, 2], [listed(one, 90), listed(one, 90)], false, [unclear, unclear]],
  ])('lists %s', async (_, expected, rollouts, isBusy, now) => {
    expect(await lookAt(rollouts, isBusy, now)).toEqual(expected)
  })
})
