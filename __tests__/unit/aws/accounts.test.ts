import { describe, expect, test } from '@jest/globals'
import { accountProgress, accountsStillBehind } from '../../../src/aws/accounts.ts'
import type { RequestResult } from '../../../src/verdict.ts'
import { resultOf } from '../examples.ts'
import { manualClock, simulate } from '../simulator/harness.ts'
import { identityCenterOf, never } from './harness.ts'

const action = 'sso:ListAccountsForProvisionedPermissionSet'
const otherArn = 'arn:aws:sso:::permissionSet/ssoins-7223a1b2c3d4e5f6/ps-00000000000000ab'

describe('progress', () => {
  test('is how many accounts hold the latest permission set, of all that hold any', async () => {
    const clock = manualClock()
    const simulator = await simulate({ now: clock.now, accounts: 5, seconds: 50 })
    const { identityCenter } = identityCenterOf(simulator)
    simulator.start()
    const counts: unknown[] = []
    for (const seconds of [0, 10, 39, 1]) {
      clock.advance(seconds)
      counts.push(await accountProgress(identityCenter, simulator.permissionSetArn, never))
    }
    expect(counts).toEqual([0, 1, 4, 5].map((updated) => ({ updated, total: 5 })))
  })

  test('counts every page, of 100 accounts each', async () => {
    const clock = manualClock()
    const simulator = await simulate({ now: clock.now, accounts: 350, seconds: 350 })
    const { identityCenter } = identityCenterOf(simulator)
    simulator.start()
    clock.advance(220)
    expect(await accountProgress(identityCenter, simulator.permissionSetArn, never)).toEqual({
      updated: 220,
      total: 350,
    })
    expect(simulator.calls.map(({ input }) => input)).toEqual(
      [
        ...[
          'LATEST_PERMISSION_SET_PROVISIONED',
          'LATEST_PERMISSION_SET_PROVISIONED',
          'LATEST_PERMISSION_SET_PROVISIONED',
        ],
        ...['LATEST_PERMISSION_SET_NOT_PROVISIONED', 'LATEST_PERMISSION_SET_NOT_PROVISIONED'],
      ].map((ProvisioningStatus) =>
        expect.objectContaining({
          InstanceArn: simulator.instanceArn,
          PermissionSetArn: simulator.permissionSetArn,
          ProvisioningStatus,
          MaxResults: 100,
        }),
      ),
    )
  })

  test('is not known where the role may not list accounts, and it is asked only once', async () => {
    const simulator = await simulate({ deny: [action] })
    const { dropped, identityCenter } = identityCenterOf(simulator)
    expect(await accountProgress(identityCenter, simulator.permissionSetArn, never)).toBeNull()
    expect(await accountProgress(identityCenter, simulator.permissionSetArn, never)).toBeNull()
    expect([dropped, simulator.calls.length]).toEqual([[action], 1])
  })

  test.each([1, 2])('is not known where a page is missing: %d', async (from) => {
    const fault = { kind: 'error', code: 'InternalServerException' } as const
    const simulator = await simulate({ accounts: 150, faults: [{ from, fault }] })
    const { identityCenter } = identityCenterOf(simulator)
    expect(await accountProgress(identityCenter, simulator.permissionSetArn, never)).toBeNull()
  })

  test('does not count what is no account', async () => {
    const patch = () => ({ AccountIds: ['111122223333', '1111', null, 5, '11112222333x'] })
    const simulator = await simulate({ faults: [{ fault: { kind: 'patch', patch } }] })
    const { identityCenter } = identityCenterOf(simulator)
    expect(await accountProgress(identityCenter, simulator.permissionSetArn, never)).toEqual({ updated: 1, total: 2 })
    simulator.configure({ faults: [{ fault: { kind: 'patch', patch: () => ({}) } }] })
    expect(await accountProgress(identityCenter, simulator.permissionSetArn, never)).toEqual({ updated: 0, total: 0 })
  })
})

describe('accounts still behind', () => {
  async function behind(results: readonly RequestResult[], options: Parameters<typeof simulate>[0] = {}) {
    const simulator = await simulate({ accounts: 4, ...options })
    const { permissionSetArn } = simulator
    simulator.start({ status: 'FAILED', seconds: 0, accountsBehind: 2 })
    simulator.start({ status: 'FAILED', seconds: 0, accountsBehind: 3, permissionSetArn: otherArn })
    const { identityCenter } = identityCenterOf(simulator)
    const known = results.map((result) => {
      const arn = result.state.permissionSetArn === 'the' ? permissionSetArn : result.state.permissionSetArn
      return { ...result, state: { ...result.state, permissionSetArn: arn } }
    })
    const accounts = Object.fromEntries(await accountsStillBehind(identityCenter, known, never))
    return { permissionSetArn, accounts, calls: simulator.calls }
  }
  const failed = (permissionSetArn: string | null) => resultOf('FAILED', { permissionSetArn })

  test('are those that do not hold the latest permission set, sorted, each once', async () => {
    const { permissionSetArn, accounts, calls } = await behind([failed('the'), failed(otherArn), failed('the')])
    expect(accounts).toEqual({
      [permissionSetArn]: ['111122223335', '111122223336'],
      [otherArn]: ['111122223334', '111122223335', '111122223336'],
    })
    expect(calls).toHaveLength(2)
  })

  test('are sorted, each once, whatever AWS says', async () => {
    const patch = () => ({ AccountIds: ['333333333333', '111111111111', '222222222222', '111111111111'] })
    const { accounts } = await behind([failed('the')], { faults: [{ fault: { kind: 'patch', patch } }] })
    expect(Object.values(accounts)).toEqual([['111111111111', '222222222222', '333333333333']])
  })

  test('are not asked for where the request succeeded, or the permission set is not known', async () => {
    const { accounts, calls } = await behind([resultOf('SUCCEEDED', { permissionSetArn: 'the' }), failed(null)])
    expect([accounts, calls.length]).toEqual([{}, 0])
  })

  test('are asked for where the request has not ended', async () => {
    const open = (status: 'IN_PROGRESS' | null) => resultOf(status, { permissionSetArn: 'the' })
    expect(Object.values((await behind([open('IN_PROGRESS')])).accounts)).toMatchObject([{ length: 2 }])
    expect(Object.values((await behind([open(null)])).accounts)).toMatchObject([{ length: 2 }])
  })

  test('are none where the role may not list them', async () => {
    expect((await behind([failed('the')], { deny: [action] })).accounts).toEqual({})
  })
})
