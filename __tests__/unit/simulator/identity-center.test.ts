import { describe, expect, test } from '@jest/globals'
import type { FaultRule } from '../../../simulator/faults.ts'
import { InProcessIdentityCenter } from '../../../simulator/in-process.ts'
import type { SimulatorOptions } from '../../../simulator/settings.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'

// The answers of Identity Center to a direct call. The simulator serves the same answers over HTTP.

const describeStatus = 'DescribePermissionSetProvisioningStatus'
const listStatuses = 'ListPermissionSetProvisioningStatus'
const unknownId = '00000000-0000-4000-8000-000000000000'
const startMs = Date.UTC(2026, 10, 23)

function onVirtualClock(options: SimulatorOptions = {}) {
  const clock = new VirtualClock(startMs)
  const service = new InProcessIdentityCenter({
    now: () => clock.now(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
    ...options,
  })
  return { clock, service, start: service.instance.startAll.bind(service.instance) }
}

const accounts = (service: InProcessIdentityCenter, which: 'PROVISIONED' | 'NOT_PROVISIONED') =>
  service.listAccounts(service.instance.permissionSet.arn, `LATEST_PERMISSION_SET_${which}`, null)

const rows = (...expected: unknown[]) => ({ ok: true, value: { rows: expected, nextToken: null } })

describe('a provisioning', () => {
  test('is started by a call, and ends after its time', async () => {
    const { clock, service } = onVirtualClock({ seconds: 10 })
    const target = { PermissionSetArn: service.instance.permissionSet.arn, TargetType: 'ALL_PROVISIONED_ACCOUNTS' }
    const started = await service.call('ProvisionPermissionSet', target)
    const [request] = service.instance.requests('provision-permission-set')
    const { requestId = '' } = request ?? {}
    const described = {
      requestId,
      createdDate: new Date(startMs),
      failureReason: null,
      permissionSetArn: service.instance.permissionSet.arn,
      accountId: null,
      principalId: null,
      principalType: null,
    }

    expect(started).toMatchObject({ ok: true, value: { PermissionSetProvisioningStatus: { RequestId: requestId } } })
    await clock.advance(9_999)
    expect(await service.describe(requestId)).toEqual({ ok: true, value: { ...described, status: 'IN_PROGRESS' } })
    await clock.advance(1)
    expect(await service.describe(requestId)).toEqual({ ok: true, value: { ...described, status: 'SUCCEEDED' } })
  })

  test('reaches one account after the other', async () => {
    const { clock, service, start } = onVirtualClock({ seconds: 30, accounts: 3 })
    expect(await accounts(service, 'NOT_PROVISIONED')).toEqual(rows())
    start()
    expect(await accounts(service, 'PROVISIONED')).toEqual(rows())
    await clock.advance(10_000)
    expect(await accounts(service, 'PROVISIONED')).toEqual(rows('111122223333'))
    await clock.advance(19_000)
    expect(await accounts(service, 'NOT_PROVISIONED')).toEqual(rows('111122223335'))
    await clock.advance(1_000)
    expect(await accounts(service, 'NOT_PROVISIONED')).toEqual(rows())
  })

  test('of all accounts replaces an earlier one of a single account', async () => {
    const { service, start } = onVirtualClock({ accounts: 2, seconds: 0 })
    start({ accountId: '111122223334', status: 'FAILED' })
    expect(await accounts(service, 'NOT_PROVISIONED')).toEqual(rows('111122223334'))
    start()
    expect(await accounts(service, 'NOT_PROVISIONED')).toEqual(rows())
  })

  test('that fails names the account at half way, and does not update that account and the later ones', async () => {
    const { clock, service, start } = onVirtualClock({ seconds: 30, accounts: 4, status: 'FAILED' })
    const [requestId = ''] = start()
    await clock.advance(10_000)
    expect(await accounts(service, 'PROVISIONED')).toEqual(rows('111122223333'))
    await clock.advance(20_000)
    const failureReason = 'Received a 404 status error: Permission set provision not found in AWS account 111122223335.'
    expect(await service.describe(requestId)).toMatchObject({ ok: true, value: { status: 'FAILED', failureReason } })
    expect(await accounts(service, 'NOT_PROVISIONED')).toEqual(rows('111122223335', '111122223336'))
  })

  test('follows its own plan in place of the settings', async () => {
    const { service, start } = onVirtualClock({ accounts: 4 })
    const plan = { requestId: unknownId, status: 'FAILED', failureReason: 'no', seconds: 5, ageSeconds: 5 } as const
    expect(start({ ...plan, accountsBehind: 1 })).toEqual([unknownId])
    const failed = { status: 'FAILED', failureReason: 'no' }
    expect(await service.describe(unknownId)).toMatchObject({ ok: true, value: failed })
    expect(await accounts(service, 'NOT_PROVISIONED')).toEqual(rows('111122223336'))
  })
})

test.each([
  ['CreateAccountAssignment', 'create-account-assignment'],
  ['DeleteAccountAssignment', 'delete-account-assignment'],
] as const)('%s is described and listed only with its own calls', async (call, operation) => {
  const { service } = onVirtualClock({ seconds: 0, status: 'FAILED', failureReason: 'no' })
  const target = {
    accountId: '444455556666',
    principalType: 'USER',
    principalId: '11112222-3333-4444-5555-666677778888',
  }
  await service.call(call, {
    PermissionSetArn: service.instance.permissionSet.arn,
    TargetId: target.accountId,
    TargetType: 'AWS_ACCOUNT',
    PrincipalType: target.principalType,
    PrincipalId: target.principalId,
  })
  const requestId = service.instance.requests(operation)[0]?.requestId ?? ''

  const described = await service.describe(requestId, undefined, operation)
  const listed = await service.list('FAILED', null, undefined, operation)

  expect(described).toMatchObject({ ok: true, value: { ...target, requestId, failureReason: 'no' } })
  expect(listed).toMatchObject(rows({ requestId, status: 'FAILED', failureReason: null, accountId: null }))
  expect(await service.describe(requestId)).toMatchObject({ ok: false, code: 'ResourceNotFoundException' })
})

describe('lists', () => {
  async function pagesOf(service: InProcessIdentityCenter, status: 'IN_PROGRESS' | 'FAILED', between = async () => {}) {
    const pages: (string | null)[][] = []
    let token: string | null = null
    do {
      const reply = await service.list(status, token)
      if (!reply.ok) throw new Error(reply.message)
      pages.push(reply.value.rows.map(({ requestId }) => requestId))
      token = reply.value.nextToken
      await between()
    } while (token !== null)
    return pages
  }

  test('give a thousand requests in ten full pages, each once', async () => {
    const { service, start } = onVirtualClock({ seconds: 60 })
    const requestIds = start({}, 1_000)
    const pages = await pagesOf(service, 'IN_PROGRESS')
    expect(pages.map((page) => page.length)).toEqual(Array(10).fill(100))
    expect(pages.flat()).toEqual(requestIds)
  })

  test('filter by status, in pages of the configured size', async () => {
    const { service, start } = onVirtualClock({ seconds: 0, pageSize: 2 })
    const requestIds = start((index) => ({ status: index % 3 ? 'SUCCEEDED' : 'FAILED' }), 9)
    expect(await pagesOf(service, 'FAILED')).toEqual([[requestIds[0], requestIds[3]], [requestIds[6]]])
    expect(await pagesOf(service, 'IN_PROGRESS')).toEqual([[]])
  })

  test('have a row once that changes between two pages', async () => {
    const { clock, service, start } = onVirtualClock({ pageSize: 2 })
    const requestIds = start((index) => ({ seconds: index < 2 ? 1 : 9 }), 4)
    const pages = await pagesOf(service, 'IN_PROGRESS', () => clock.advance(2_000))
    expect(pages.flat()).toEqual(requestIds)
  })

  test('that are stale show a request in progress that has ended since', async () => {
    const fault = { kind: 'stale', byMs: Number.POSITIVE_INFINITY } as const
    const { clock, service, start } = onVirtualClock({ seconds: 10, faults: [{ operation: listStatuses, fault }] })
    const [requestId = ''] = start()
    await clock.advance(60_000)

    expect(await service.list('IN_PROGRESS', null)).toMatchObject(rows({ requestId }))
    expect(await service.describe(requestId)).toMatchObject({ ok: true, value: { status: 'SUCCEEDED' } })
  })
})

test('outside its primary Region, the instance names that Region and refuses permission sets', async () => {
  const { service, start } = onVirtualClock({ region: 'eu-west-1', primaryRegion: 'us-east-1' })
  const [requestId = ''] = start()
  const Regions = [
    { RegionName: 'us-east-1', IsPrimaryRegion: true },
    { RegionName: 'eu-west-1', IsPrimaryRegion: false },
  ]

  expect(await service.describe(requestId)).toMatchObject({ ok: false, code: 'AccessDeniedException' })
  const value = { PrimaryRegion: 'us-east-1', Regions }
  expect(await service.call('DescribeInstance', {})).toMatchObject({ ok: true, value })
  expect(await service.call('ListInstances', {})).toMatchObject({ ok: true, value: { Instances: [value] } })
})

test('a permission set is described by its ARN', async () => {
  const { service } = onVirtualClock()
  const { arn, name } = service.instance.permissionSet
  const value = { PermissionSet: { Name: name, PermissionSetArn: arn, SessionDuration: 'PT1H' } }
  expect(await service.call('DescribePermissionSet', { PermissionSetArn: arn })).toMatchObject({ ok: true, value })
})

describe('refusals', () => {
  test.each([
    ['an unknown request', { ProvisionPermissionSetRequestId: unknownId }, 'ResourceNotFoundException'],
    [
      'another instance',
      { InstanceArn: 'arn:aws:sso:::instance/ssoins-0000000000000000' },
      'ResourceNotFoundException',
    ],
    ['a malformed ARN', { InstanceArn: 'arn:aws:sso:::instance/nonsense' }, 'ValidationException'],
    ['an ID that is not a UUID', { ProvisionPermissionSetRequestId: 'nonsense' }, 'ValidationException'],
    ['a missing ID', { ProvisionPermissionSetRequestId: undefined }, 'ValidationException'],
  ])('of %s have the words of AWS', async (_, change, code) => {
    const { service, start } = onVirtualClock()
    const [requestId] = start()
    const reply = await service.call(describeStatus, { ProvisionPermissionSetRequestId: requestId, ...change })
    expect(reply).toMatchObject({ ok: false, code })
  })

  test.each([{ MaxResults: 101 }, { MaxResults: 0 }, { NextToken: 'nonsense' }])(
    'of the page %j have the words of AWS',
    async (page) => {
      const { service } = onVirtualClock()
      for (const list of [listStatuses, 'ListInstances']) {
        expect(await service.call(list, page)).toMatchObject({ ok: false, code: 'ValidationException' })
      }
    },
  )

  test('of another instance are a denial if the call asks about the instance itself', async () => {
    const { service } = onVirtualClock()
    const InstanceArn = 'arn:aws:sso:::instance/ssoins-0000000000000000'
    expect(await service.call('DescribeInstance', { InstanceArn })).toMatchObject({ code: 'AccessDeniedException' })
  })

  test('of a denied action have the words of IAM, until the action is allowed', async () => {
    const { service } = onVirtualClock({ deny: ['sso:DescribeInstance'] })
    expect(await service.call('DescribeInstance', {})).toMatchObject({
      code: 'AccessDeniedException',
      message: expect.stringMatching(
        /^User: \S+ is not authorized to perform: sso:DescribeInstance on resource: \S+ because/,
      ),
    })
    service.configure({ deny: [] })
    expect(await service.call('DescribeInstance', {})).toMatchObject({ ok: true })
  })

  test('of calls above the quota of any second do not count for the quota', async () => {
    const { clock, service } = onVirtualClock({ throttlePerSecond: 2 })
    for (const pauseMs of [0, 600, 300, 100, 0]) {
      await clock.advance(pauseMs)
      await service.call('ListInstances', {})
    }
    const throttled = 'ThrottlingException'
    expect(service.calls.map(({ at, outcome }) => [at, outcome])).toEqual([
      [0, 'ok'],
      [600, 'ok'],
      [900, throttled],
      [1000, 'ok'],
      [1000, throttled],
    ])
  })

  test('of a request that is not known yet are the same as for one that does not exist', async () => {
    const { clock, service, start } = onVirtualClock({ seconds: 0 })
    const [late = ''] = start({ unknownForSeconds: 5 })
    expect(await service.describe(late)).toMatchObject({ ok: false, code: 'ResourceNotFoundException' })
    expect(await service.list('SUCCEEDED', null)).toEqual(rows())
    await clock.advance(5_000)
    expect(await service.describe(late)).toMatchObject({ ok: true })
  })
})

describe('faults', () => {
  const throttling = { kind: 'error', code: 'ThrottlingException' } as const

  test.each<[string, Omit<FaultRule, 'fault'>, number[]]>([
    ['every call', {}, [0, 1, 2, 3, 4, 5]],
    ['an operation', { operation: describeStatus, to: 1 }, [0]],
    ['another operation', { operation: 'ListInstances' }, []],
    ['a count', { operation: '*', from: 2, to: 4 }, [1, 2, 3]],
    ['a request and its own count', { requestId: '00000000-0000-4000-8000-000000000001', from: 2 }, [3, 5]],
    ['the time since the first call', { between: [1_000, 3_000] }, [1, 2]],
  ])('meet calls, selected by %s', async (_, rule, expected) => {
    const { clock, service, start } = onVirtualClock({ faults: [{ ...rule, fault: throttling }] })
    const requestIds = start((index) => ({ requestId: `00000000-0000-4000-8000-00000000000${index}` }), 2)
    await clock.advance(5_000)
    for (let call = 0; call < 6; call++) {
      await service.describe(requestIds[call % 2] ?? '')
      await clock.advance(1_000)
    }
    expect(service.calls.flatMap(({ outcome }, call) => (outcome === 'ok' ? [] : [call]))).toEqual(expected)
  })

  test('meet a share of the calls, which is the same for the same seed', async () => {
    const outcomes = []
    for (let run = 0; run < 2; run++) {
      let seed = 7
      const random = () => {
        seed = (seed * 16_807) % 2_147_483_647
        return seed / 2_147_483_647
      }
      const { service } = onVirtualClock({ random, faults: [{ share: 0.25, fault: throttling }] })
      for (let call = 0; call < 1_000; call++) await service.call('ListInstances', {})
      outcomes.push(service.calls.map(({ outcome }) => outcome))
    }

    const throttled = outcomes[0]?.filter((outcome) => outcome === 'ThrottlingException').length
    expect(throttled).toBeGreaterThan(200)
    expect(throttled).toBeLessThan(300)
    expect(outcomes[0]).toEqual(outcomes[1])
  })

  test.each<[FaultRule['fault'], object]>([
    [
      { kind: 'error', code: 'ValidationException', message: 'No.' },
      { code: 'ValidationException', message: 'No.' },
    ],
    [{ kind: 'reset', when: 'before-headers' }, { code: 'ECONNRESET' }],
    [{ kind: 'truncate' }, { code: 'ECONNRESET' }],
    [{ kind: 'http', status: 502 }, { code: 'HTTP 502' }],
    [{ kind: 'patch', patch: { Status: 5, RequestId: 'another' } }, { value: { status: null, requestId: 'another' } }],
  ])('give the caller %j', async (fault, expected) => {
    const { service, start } = onVirtualClock({ faults: [{ fault }] })
    const [requestId = ''] = start()
    expect(await service.describe(requestId)).toMatchObject(expected)
  })

  test.each(['hang', 'drip'] as const)('of the kind %s last until the call is given up', async (kind) => {
    const { clock, service } = onVirtualClock({ faults: [{ fault: { kind } }] })
    const cancel = new AbortController()
    clock.sleep(300).then(() => cancel.abort())
    const reply = await clock.run(service.describe(unknownId, cancel.signal))
    expect(reply).toMatchObject({ ok: false, code: 'aborted' })
  })

  test('do not change that an answer is from the time of its call, and comes after the latency', async () => {
    const { clock, service, start } = onVirtualClock({ seconds: 1, latencyMs: 1_500 })
    const [requestId = ''] = start()
    const reply = await clock.run(service.describe(requestId))
    expect(reply).toMatchObject({ ok: true, value: { status: 'IN_PROGRESS' } })
    expect([service.calls[0]?.at, clock.now()]).toEqual([0, startMs + 1_500])
  })
})
