import { expect, test } from '@jest/globals'
import { InProcessIdentityCenter } from '../../../simulator/in-process.ts'
import type { FaultRule } from '../../../simulator/faults.ts'
import type { SimulatorOptions } from '../../../simulator/settings.ts'
import { VirtualClock } from '../../virtual-clock.ts'

const listStatuses = 'ListPermissionSetProvisioningStatus'
const unknownId = '00000000-0000-4000-8000-000000000000'

function onVirtualClock(options: SimulatorOptions = {}) {
  const clock = new VirtualClock(Date.UTC(2026, 10, 23))
  const now = () => clock.now()
  const service = new InProcessIdentityCenter({ now, sleep: (ms, signal) => clock.sleep(ms, signal), ...options })
  return { clock, service }
}

test('a described request has all that AWS says of it, and null for the rest', async () => {
  const { clock, service } = onVirtualClock({ seconds: 10 })
  const [requestId = ''] = service.instance.startAll({ status: 'FAILED', failureReason: 'No.' })
  const inProgress = {
    requestId,
    status: 'IN_PROGRESS',
    createdDate: new Date(Date.UTC(2026, 10, 23)),
    failureReason: null,
    permissionSetArn: service.instance.permissionSet.arn,
    accountId: null,
    principalId: null,
    principalType: null,
  }

  expect(await service.describe(requestId)).toEqual({ ok: true, value: inProgress })
  await clock.advance(10_000)
  const failed = { ...inProgress, status: 'FAILED', failureReason: 'No.' }
  expect(await service.describe(requestId)).toEqual({ ok: true, value: failed })
})

test('an assignment has its target account and its principal', async () => {
  const { service } = onVirtualClock()
  const target = { accountId: '111122223334', principalType: 'USER', principalId: 'somebody' } as const
  const [requestId = ''] = service.instance.startAll({ operation: 'delete-account-assignment', ...target })

  const reply = await service.describe(requestId, undefined, 'delete-account-assignment')

  expect(reply).toMatchObject({ ok: true, value: target })
})

test('lists have pages of the size that was set, other people’s requests among them', async () => {
  const { service } = onVirtualClock({ pageSize: 2, seconds: 60 })
  const ids = service.instance.startAll({}, 3)
  service.instance.startAll({ seconds: 0 }, 2)

  const first = await service.list('IN_PROGRESS', null)
  if (!first.ok) throw new Error(first.message)
  const second = await service.list('IN_PROGRESS', first.value.nextToken)
  if (!second.ok) throw new Error(second.message)

  const rows = [...first.value.rows, ...second.value.rows]
  expect(rows.map(({ requestId }) => requestId)).toEqual(ids)
  expect(first.value.rows).toHaveLength(2)
  expect(second.value.nextToken).toBeNull()
  expect(rows[0]?.permissionSetArn).toBeNull()
})

test('accounts are listed as they come up to date', async () => {
  const { clock, service } = onVirtualClock({ seconds: 4, accounts: 4 })
  service.instance.startAll()
  await clock.advance(2_000)

  const { arn } = service.instance.permissionSet
  const reply = await service.listAccounts(arn, 'LATEST_PERMISSION_SET_NOT_PROVISIONED', null)

  expect(reply).toEqual({ ok: true, value: { rows: service.instance.accountIds.slice(2), nextToken: null } })
})

test.each<[string, Partial<FaultRule>, string]>([
  ['an error', { fault: { kind: 'error', code: 'ValidationException', message: 'No.' } }, 'ValidationException'],
  ['a broken connection', { fault: { kind: 'reset', when: 'before-headers' } }, 'ECONNRESET'],
  ["an answer that is not AWS's", { fault: { kind: 'http', status: 502 } }, 'HTTP 502'],
])('%s meets the request that it is for, and no other', async (_, rule, code) => {
  const { service } = onVirtualClock()
  const [one = '', other = ''] = service.instance.startAll({}, 2)
  service.configure({ faults: [{ fault: { kind: 'hang' }, ...rule, requestId: one }] })

  expect(await service.describe(one)).toMatchObject({ ok: false, code })
  expect(await service.describe(other)).toMatchObject({ ok: true })
  expect(service.calls.map(({ requestId, outcome }) => [requestId, outcome === 'ok'])).toEqual([
    [one, false],
    [other, true],
  ])
})

test('a request that does not exist is not found, and neither is one that is not known yet', async () => {
  const { clock, service } = onVirtualClock({ seconds: 0 })
  const [late = ''] = service.instance.startAll({ unknownForSeconds: 5 })

  for (const id of [unknownId, late]) {
    expect(await service.describe(id)).toMatchObject({ ok: false, code: 'ResourceNotFoundException' })
  }
  expect(await service.list('SUCCEEDED', null)).toMatchObject({ ok: true, value: { rows: [] } })
  await clock.advance(5_000)
  expect(await service.describe(late)).toMatchObject({ ok: true })
})

test('a stale list shows as in progress what has ended since', async () => {
  const { clock, service } = onVirtualClock({
    seconds: 10,
    faults: [{ operation: listStatuses, fault: { kind: 'stale', byMs: Number.POSITIVE_INFINITY } }],
  })
  const [requestId = ''] = service.instance.startAll()
  await clock.advance(60_000)

  expect(await service.list('IN_PROGRESS', null)).toMatchObject({ ok: true, value: { rows: [{ requestId }] } })
  expect(await service.describe(requestId)).toMatchObject({ ok: true, value: { status: 'SUCCEEDED' } })
})

test('a patched answer is what the patch makes of it', async () => {
  const { service } = onVirtualClock({
    faults: [{ fault: { kind: 'patch', patch: { Status: 5, RequestId: 'another' } } }],
  })
  const [requestId = ''] = service.instance.startAll()

  expect(await service.describe(requestId)).toMatchObject({ ok: true, value: { status: null, requestId: 'another' } })
})

test('a share of the calls is throttled, the same for the same seed', async () => {
  const fault = { kind: 'error', code: 'ThrottlingException' } as const
  const outcomes = []
  for (let run = 0; run < 2; run++) {
    let seed = 7
    const random = () => {
      seed = (seed * 16_807) % 2_147_483_647
      return seed / 2_147_483_647
    }
    const { service } = onVirtualClock({ random, faults: [{ share: 0.25, fault }] })
    const [requestId = ''] = service.instance.startAll()
    for (let call = 0; call < 1_000; call++) await service.describe(requestId)
    outcomes.push(service.calls.map(({ outcome }) => outcome))
  }

  const throttled = outcomes[0]?.filter((outcome) => outcome === 'ThrottlingException').length
  expect(throttled).toBeGreaterThan(200)
  expect(throttled).toBeLessThan(300)
  expect(outcomes[0]).toEqual(outcomes[1])
})

test('calls above the quota are throttled, and do not use it up', async () => {
  const { clock, service } = onVirtualClock({ throttlePerSecond: 2 })
  const [requestId = ''] = service.instance.startAll()
  const ask = async () => (await service.describe(requestId)).ok

  expect([await ask(), await ask(), await ask()]).toEqual([true, true, false])
  await clock.advance(1_000)
  expect(await ask()).toBe(true)
})

test('an answer is as of the call, and comes after the latency', async () => {
  const { clock, service } = onVirtualClock({ seconds: 1, latencyMs: 1_500 })
  const [requestId = ''] = service.instance.startAll()

  const reply = await clock.run(service.describe(requestId))

  expect(reply).toMatchObject({ ok: true, value: { status: 'IN_PROGRESS' } })
  expect(service.calls[0]?.at).toBe(0)
  expect(clock.now()).toBe(Date.UTC(2026, 10, 23) + 1_500)
})

test.each(['hang', 'drip'] as const)('a call that meets a %s ends when it is given up', async (kind) => {
  const { clock, service } = onVirtualClock({ faults: [{ fault: { kind } }] })
  const cancel = new AbortController()
  clock.sleep(300).then(() => cancel.abort())

  const reply = await clock.run(service.describe(unknownId, cancel.signal))

  expect(reply).toMatchObject({ ok: false, code: 'aborted' })
})
