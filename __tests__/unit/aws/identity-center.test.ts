import { describe, expect, test } from '@jest/globals'
import type { SimulatorOptions } from '../../../simulator/simulator.ts'
import type { Connection } from '../../../src/aws/connection.ts'
import { ofTheAction } from '../../../src/aws/errors/context.ts'
import { identityCenterApi } from '../../../src/aws/identity-center.ts'
import { operationNames, type RequestKey } from '../../../src/requests/request.ts'
import { systemClock } from '../../../src/system-clock.ts'
import { neverAborted as never } from '../../../src/wait/time/deadline.ts'
import { noSecrets } from '../examples.ts'
import { clientOf, manualClock, simulate } from '../simulator/harness.ts'

/** A simulator, what asks its instance, the debug log, and the number of renewals of credentials. */
async function identityCenterOf(options: SimulatorOptions = {}, credentials: Connection['credentials'] = 'ambient') {
  const simulator = await simulate(options)
  const debug: string[] = []
  const renewals: string[] = []
  let client = clientOf(simulator)
  const connection: Connection = {
    get client() {
      return client
    },
    credentials,
    proxy: null,
    wording: ofTheAction,
    secrets: noSecrets,
    renewCredentials: () => {
      renewals.push('renewed')
      client = clientOf(simulator)
    },
    close: () => {},
  }
  const { instanceArn, region } = simulator
  const log = (message: string) => void debug.push(message)
  const identityCenter = identityCenterApi({ connection, instanceArn, region, clock: systemClock, debug: log })
  return { simulator, debug, identityCenter, renewals }
}

const provisioning = (requestId: string): RequestKey => ({ requestId, operation: 'provision-permission-set' })

test.each(operationNames)('a request of %s is described, and the call is in the debug log', async (operation) => {
  const { simulator, identityCenter, debug } = await identityCenterOf({
    status: 'FAILED',
    seconds: 0,
    failureReason: 'Because.',
  })
  const [requestId = ''] = simulator.start({ operation, accountId: '111122223333' })
  const isAssignment = operation !== 'provision-permission-set'
  expect(await identityCenter.describe({ requestId, operation }, never)).toEqual({
    ok: true,
    value: {
      status: 'FAILED',
      failureReason: 'Because.',
      createdDate: expect.any(Date),
      permissionSetArn: simulator.permissionSetArn,
      accountId: '111122223333',
      principalId: isAssignment ? expect.any(String) : null,
      principalType: isAssignment ? 'GROUP' : null,
    },
  })
  simulator.configure({ faults: [{ fault: { kind: 'error', code: 'ThrottlingException', message: 'Slower' } }] })
  await identityCenter.describe({ requestId, operation }, never)
  expect(debug).toEqual([
    expect.stringMatching(/^sso:Describe\w+Status: answered in \d+ ms$/),
    expect.stringMatching(/^sso:Describe\w+Status: ThrottlingException: Slower after \d+ ms$/),
  ])
})

describe('a list has pages of 100', () => {
  test.each(operationNames)('of the requests of %s with a status', async (operation) => {
    const { simulator, identityCenter } = await identityCenterOf()
    const requestIds = simulator.start((index) => ({ operation, seconds: index === 0 ? 0 : 60 }), 102)
    const first = await identityCenter.list(operation, 'IN_PROGRESS', null, never)
    const nextToken = first.ok ? first.value.nextToken : null
    const second = await identityCenter.list(operation, 'IN_PROGRESS', nextToken, never)
    const rows = [first, second].flatMap((page) => (page.ok ? page.value.rows : []))
    expect(rows.map(({ requestId }) => requestId)).toEqual(requestIds.slice(1))
    expect(rows[0]).toEqual({ requestId: requestIds[1], status: 'IN_PROGRESS', createdDate: expect.any(Date) })
    expect(second).toMatchObject({ ok: true, value: { nextToken: null, isPartial: false } })
    expect(await identityCenter.list(operation, 'FAILED', null, never)).toMatchObject({ value: { rows: [] } })
  })

  test('of the accounts of a permission set, all or those that are out of date', async () => {
    const clock = manualClock()
    const { simulator, identityCenter } = await identityCenterOf({ now: clock.now, accounts: 150, seconds: 150 })
    const { permissionSetArn, accountIds } = simulator
    simulator.start()
    clock.advance(20)
    expect(await identityCenter.listAccounts({ permissionSetArn, onlyOutOfDate: false }, null, never)).toEqual({
      ok: true,
      value: { rows: accountIds.slice(0, 100), nextToken: expect.any(String), isPartial: false },
    })
    const first = await identityCenter.listAccounts({ permissionSetArn, onlyOutOfDate: true }, null, never)
    const nextToken = first.ok ? first.value.nextToken : null
    const second = await identityCenter.listAccounts({ permissionSetArn, onlyOutOfDate: true }, nextToken, never)
    expect([first, second].flatMap((page) => (page.ok ? page.value.rows : []))).toEqual(accountIds.slice(20))
    expect(second).toMatchObject({ value: { nextToken: null } })
  })
})

describe('an answer in another form says nothing', () => {
  test.each([['<b>'], [undefined]])('the primary Region %j', async (PrimaryRegion) => {
    const faults = [{ fault: { kind: 'patch', patch: { PrimaryRegion } } } as const]
    const { identityCenter } = await identityCenterOf({ faults })
    expect(await identityCenter.primaryRegion(never)).toMatchObject({ ok: false, failure: { effect: 'unclear' } })
  })

  test.each([
    ['Read_Only+=,.@-', true],
    ['x'.repeat(32), true],
    ['x'.repeat(33), false],
    ['', false],
    ['<b>', false],
    ['a b', false],
    [undefined, false],
  ])('the name %j of a permission set: %s', async (Name, ok) => {
    const faults = [{ fault: { kind: 'patch', patch: { Name } } } as const]
    const { simulator, identityCenter } = await identityCenterOf({ faults })
    expect(await identityCenter.permissionSetName(simulator.permissionSetArn, never)).toMatchObject({ ok })
  })
})

describe('expired credentials', () => {
  const expired: SimulatorOptions = { faults: [{ fault: { kind: 'error', code: 'ExpiredTokenException' } }] }

  /** The effects of calls one after the other, of which the second succeeds if the credentials are good then. */
  async function effectsOf(credentials: 'ambient' | 'role', faults: readonly (typeof expired)[]) {
    const { simulator, identityCenter } = await identityCenterOf({ seconds: 0 }, credentials)
    const [requestId = ''] = simulator.start()
    const effects: unknown[] = []
    for (const fault of faults) {
      simulator.configure({ faults: [], ...fault })
      const answer = await identityCenter.describe(provisioning(requestId), never)
      effects.push(answer.ok ? 'answered' : answer.failure.effect)
    }
    return effects
  }

  test('of the ambient chain are read again once, and again after a success', async () => {
    const effects = ['unclear', 'refused', 'answered', 'unclear', 'refused']
    expect(await effectsOf('ambient', [expired, expired, {}, expired, expired])).toEqual(effects)
  })

  test('of a role are renewed as often as it takes', async () => {
    expect(await effectsOf('role', [expired, expired, expired])).toEqual(['unclear', 'unclear', 'unclear'])
  })

  test.each(['ambient', 'role'] as const)(
    'count once for calls in flight at the same time: %s',
    async (credentials) => {
      const { simulator, identityCenter, renewals } = await identityCenterOf(
        { seconds: 0, latencyMs: 20, ...expired },
        credentials,
      )
      const [requestId = ''] = simulator.start()
      const calls = Array.from({ length: 5 }, () => identityCenter.describe(provisioning(requestId), never))
      const effects = (await Promise.all(calls)).map((answer) => !answer.ok && answer.failure.effect)
      expect(effects).toEqual(effects.map(() => 'unclear'))
      expect(renewals).toHaveLength(1)
    },
  )
})
