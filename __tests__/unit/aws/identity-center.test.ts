import { describe, expect, test } from '@jest/globals'
import type { Fault, FaultRule, SimulatorOptions } from '../../../simulator/simulator.ts'
import { operationNames, type RequestKey } from '../../../src/requests/request.ts'
import { requestIdOf } from '../examples.ts'
import { manualClock, simulate } from '../simulator/harness.ts'
import { identityCenterOf, never } from './harness.ts'

const describeAction = 'sso:DescribePermissionSetProvisioningStatus'

const provisioning = (requestId: string): RequestKey => ({ requestId, operation: 'provision-permission-set' })

/** The answer about a request. The request has ended, unless the plan says otherwise. */
async function ask(options: SimulatorOptions & { fault?: Fault }, known: Parameters<typeof identityCenterOf>[1] = {}) {
  const { fault, ...settings } = options
  const simulator = await simulate({ seconds: 0, ...settings, faults: fault ? [{ fault }] : (settings.faults ?? []) })
  const [requestId = ''] = simulator.start()
  const harness = identityCenterOf(simulator, known)
  const describe = () => harness.identityCenter.describe(provisioning(requestId), never)
  return { ...harness, answer: await describe(), describe, requestId, simulator }
}

describe('a request', () => {
  test.each(operationNames)('of %s is described', async (operation) => {
    const simulator = await simulate({ status: 'FAILED', seconds: 0, failureReason: 'Because.' })
    const [requestId = ''] = simulator.start({ operation, accountId: '111122223333' })
    const { identityCenter, debug } = identityCenterOf(simulator)
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
    expect(debug).toEqual([expect.stringMatching(/^sso:Describe\w+Status: answered in \d+ ms$/)])
  })

  test.each(operationNames)('of %s is listed by status, in pages of 100', async (operation) => {
    const simulator = await simulate()
    const requestIds = simulator.start((index) => ({ operation, seconds: index === 0 ? 0 : 60 }), 102)
    const { identityCenter } = identityCenterOf(simulator)
    const first = await identityCenter.list(operation, 'IN_PROGRESS', null, never)
    const nextToken = first.ok ? first.value.nextToken : null
    const second = await identityCenter.list(operation, 'IN_PROGRESS', nextToken, never)
    const rows = [first, second].flatMap((page) => (page.ok ? page.value.rows : []))
    expect(rows.map(({ requestId }) => requestId)).toEqual(requestIds.slice(1))
    expect(rows[0]).toEqual({ requestId: requestIds[1], status: 'IN_PROGRESS', createdDate: expect.any(Date) })
    expect(second).toMatchObject({ ok: true, value: { nextToken: null } })
    expect(await identityCenter.list(operation, 'FAILED', null, never)).toEqual({
      ok: true,
      value: { rows: [], nextToken: null, isPartial: false },
    })
  })
})

describe('a call', () => {
  const error = (code: string, more: { message?: string; reason?: string } = {}): Fault => ({
    kind: 'error',
    code,
    ...more,
  })
  const unclear = { effect: 'unclear', scope: 'every-call' }

  test('a wrong clock of the runner is corrected from the answer, and the next call succeeds', async () => {
    const { answer, describe } = await ask({ clockOffsetMs: 3_600_000 })
    expect(answer).toMatchObject({
      ok: false,
      failure: { ...unclear, message: expect.stringContaining('clock is wrong') },
    })
    expect(await describe()).toMatchObject({ ok: true })
  })

  test('each call is in the debug log, with its error', async () => {
    const { debug } = await ask({ fault: error('ThrottlingException', { message: 'Rate exceeded' }) })
    expect(debug).toEqual([
      expect.stringMatching(new RegExp(`^${describeAction}: ThrottlingException: Rate exceeded after \\d+ ms$`)),
    ])
  })
})

describe('no access', () => {
  test('to a list names the action of the list', async () => {
    const simulator = await simulate({ deny: ['sso:ListPermissionSetProvisioningStatus'] })
    const { identityCenter } = identityCenterOf(simulator)
    expect(await identityCenter.list('provision-permission-set', 'FAILED', null, never)).toMatchObject({
      ok: false,
      failure: { effect: 'refused', scope: 'action', message: expect.stringContaining('sso:ListPermissionSet') },
    })
    expect(simulator.calls).toHaveLength(1)
  })
})

describe('the primary Region', () => {
  test('can be read in any Region', async () => {
    const { identityCenter } = identityCenterOf(await simulate({ region: 'eu-west-1', primaryRegion: 'us-east-1' }))
    expect(await identityCenter.primaryRegion(never)).toEqual({ ok: true, value: 'us-east-1' })
  })

  test.each([['<b>'], [undefined]])('cannot be %j', async (PrimaryRegion) => {
    const { identityCenter } = identityCenterOf(
      await simulate({ faults: [{ fault: { kind: 'patch', patch: { PrimaryRegion } } }] }),
    )
    expect(await identityCenter.primaryRegion(never)).toMatchObject({ ok: false, failure: { effect: 'unclear' } })
  })
})

describe('the name of a permission set', () => {
  test('is what AWS answers', async () => {
    const simulator = await simulate()
    const { identityCenter } = identityCenterOf(simulator)
    const { permissionSetArn, permissionSetName } = simulator
    expect(await identityCenter.permissionSetName(permissionSetArn, never)).toEqual({
      ok: true,
      value: permissionSetName,
    })
    expect(simulator.calls).toMatchObject([
      {
        operation: 'DescribePermissionSet',
        input: { InstanceArn: simulator.instanceArn, PermissionSetArn: permissionSetArn },
      },
    ])
  })

  test.each([
    ['Read_Only+=,.@-', true],
    ['x'.repeat(32), true],
    ['x'.repeat(33), false],
    ['', false],
    ['<b>', false],
    ['a b', false],
    [undefined, false],
  ])('can be %j: %s', async (Name, ok) => {
    const simulator = await simulate({ faults: [{ fault: { kind: 'patch', patch: { Name } } }] })
    const { identityCenter } = identityCenterOf(simulator)
    expect(await identityCenter.permissionSetName(simulator.permissionSetArn, never)).toMatchObject({ ok })
  })
})

describe('the accounts of a permission set', () => {
  test('are listed all, or only those that are out of date, in pages of 100', async () => {
    const clock = manualClock()
    const simulator = await simulate({ now: clock.now, accounts: 150, seconds: 150 })
    const { identityCenter } = identityCenterOf(simulator)
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
    const input = { InstanceArn: simulator.instanceArn, PermissionSetArn: permissionSetArn, MaxResults: 100 }
    expect(simulator.calls.slice(0, 2).map((call) => call.input)).toEqual([
      input,
      { ...input, ProvisioningStatus: 'LATEST_PERMISSION_SET_NOT_PROVISIONED' },
    ])
  })
})

describe('expired credentials', () => {
  const expired = (rule: Omit<FaultRule, 'fault'> = {}): SimulatorOptions => ({
    faults: [{ ...rule, fault: { kind: 'error', code: 'ExpiredTokenException' } }],
  })

  test('of the ambient chain are read again once, and then refused', async () => {
    const { answer, describe, renewals } = await ask(expired())
    expect([answer, await describe(), await describe()]).toMatchObject([
      { ok: false, failure: { effect: 'unclear' } },
      {
        ok: false,
        failure: { effect: 'refused', remedy: expect.stringMatching(/'role-to-assume'.*'role-duration-seconds'/) },
      },
      { ok: false, failure: { effect: 'refused' } },
    ])
    expect(renewals).toHaveLength(1)
  })

  test('that were read again with success may expire again', async () => {
    const { describe, renewals, simulator } = await ask(expired({ to: 1 }))
    expect(await describe()).toMatchObject({ ok: true })
    simulator.configure(expired())
    expect([await describe(), await describe()]).toMatchObject([
      { ok: false, failure: { effect: 'unclear' } },
      { ok: false, failure: { effect: 'refused' } },
    ])
    expect(renewals).toHaveLength(2)
  })

  test('of a role are renewed as often as it takes', async () => {
    const { answer, describe, renewals } = await ask(expired(), { credentials: 'role' })
    expect([answer, await describe(), await describe()].map((each) => !each.ok && each.failure.effect)).toEqual([
      'unclear',
      'unclear',
      'unclear',
    ])
    expect(renewals).toHaveLength(3)
  })

  test.each(['ambient', 'role'] as const)(
    'count once for calls in flight at the same time: %s',
    async (credentials) => {
      const simulator = await simulate({ seconds: 0, latencyMs: 20, ...expired({ to: 5 }) })
      const [requestId = ''] = simulator.start()
      const { identityCenter, renewals } = identityCenterOf(simulator, { credentials })
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => identityCenter.describe(provisioning(requestId), never)),
      )
      expect(answers.map((answer) => !answer.ok && answer.failure.effect)).toEqual(answers.map(() => 'unclear'))
      expect(renewals).toHaveLength(1)
      expect(await identityCenter.describe(provisioning(requestId), never)).toMatchObject({ ok: true })
    },
  )
})

describe('the time and the name of a call', () => {
  test('that AWS does not answer ends after 10 s', async () => {
    const { answer, debug } = await ask({ fault: { kind: 'hang' } }, { clock: hundredfold })
    expect(answer).toMatchObject({ ok: false, failure: { effect: 'unclear', message: 'AWS did not answer in time' } })
    expect(debug).toEqual([expect.stringMatching(/: TimeLimitReached: not done within 10 s after \d+ ms$/)])
  })

  test('ends as soon as the signal is aborted', async () => {
    const simulator = await simulate({ faults: [{ fault: { kind: 'hang' } }] })
    const { debug, identityCenter } = identityCenterOf(simulator)
    const cancel = new AbortController()
    const answer = identityCenter.describe(provisioning(requestIdOf(1)), cancel.signal)
    setTimeout(() => cancel.abort(new Error('cancelled')), 50)
    expect(await answer).toMatchObject({ ok: false })
    expect(debug).toEqual([expect.stringMatching(/: Error: cancelled after \d+ ms$/)])
  })
})

/** The machine's clock at a hundred times its speed. */
const hundredfold = {
  now: () => 100 * performance.now(),
  sleep: (ms: number, signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms / 100)
      signal.addEventListener('abort', () => {
        clearTimeout(timer)
        resolve()
      })
    }),
}
