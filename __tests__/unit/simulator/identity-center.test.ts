import { describe, expect, test } from '@jest/globals'
import type { FaultRule } from '../../../simulator/faults.ts'
import type { Members } from '../../../simulator/members.ts'
import { requestIdOf } from '../examples.ts'
import { onVirtualClock } from './harness.ts'

// The answers of Identity Center to a direct call. The simulator serves the same answers over HTTP.

const describeStatus = 'DescribePermissionSetProvisioningStatus'
const listStatuses = 'ListPermissionSetProvisioningStatus'
const about = (requestId = '') => ({ ProvisionPermissionSetRequestId: requestId })
const inProgress = { Filter: { Status: 'IN_PROGRESS' } }
const provisioning = (members: Members) => ({ PermissionSetProvisioningStatus: members })

test('a provisioning is started by a call, reaches one account after the other, and ends after its time', async () => {
  const { clock, ask, counts } = onVirtualClock({ seconds: 30 })
  const started = await ask('ProvisionPermissionSet', { TargetType: 'ALL_PROVISIONED_ACCOUNTS' })
  const { RequestId } = started.PermissionSetProvisioningStatus
  await clock.advance(29_999)
  expect(await counts()).toEqual([2, 1])
  expect(await ask(describeStatus, about(RequestId))).toMatchObject(provisioning({ Status: 'IN_PROGRESS' }))
  await clock.advance(1)
  expect(await counts()).toEqual([3, 0])
  expect(await ask(describeStatus, about(RequestId))).toMatchObject(provisioning({ Status: 'SUCCEEDED' }))
})

test('a provisioning that fails names the account at half way, and does not update that account and the later ones', async () => {
  const { clock, instance, ask, counts } = onVirtualClock({ seconds: 30, accounts: 4, status: 'FAILED' })
  const [requestId] = instance.startAll()
  await clock.advance(30_000)
  const FailureReason = 'Received a 404 status error: Permission set provision not found in AWS account 111122223335.'
  expect(await ask(describeStatus, about(requestId))).toMatchObject(provisioning({ Status: 'FAILED', FailureReason }))
  expect(await counts()).toEqual([2, 2])
})

test.each([
  ['CreateAccountAssignment', 'AccountAssignmentCreation', 'AccountAssignmentsCreationStatus'],
  ['DeleteAccountAssignment', 'AccountAssignmentDeletion', 'AccountAssignmentsDeletionStatus'],
])('%s is described and listed only with its own calls', async (call, name, rows) => {
  const { ask } = onVirtualClock({ seconds: 0, status: 'FAILED', failureReason: 'no' })
  const principal = { PrincipalType: 'USER', PrincipalId: '11112222-3333-4444-5555-666677778888' }
  const target = { TargetId: '444455556666', TargetType: 'AWS_ACCOUNT', ...principal }
  const { RequestId } = Object.values<Members>(await ask(call, target))[0] ?? {}

  const described = await ask(`Describe${name}Status`, { [`${name}RequestId`]: RequestId })
  expect(described).toMatchObject({ [`${name}Status`]: { ...target, RequestId, FailureReason: 'no' } })
  const [row, ...more] = (await ask(`List${name}Status`))[rows]
  expect([Object.keys(row).sort(), more]).toEqual([['CreatedDate', 'RequestId', 'Status'], []])
  expect(await ask(describeStatus, about(String(RequestId)))).toBe('ResourceNotFoundException')
})

describe('a list', () => {
  const page = async ({ ask }: ReturnType<typeof onVirtualClock>, input: Members) => {
    const { NextToken, PermissionSetsProvisioningStatus: rows } = await ask(listStatuses, input)
    return { token: NextToken, ids: rows.map(({ RequestId }: Members) => RequestId) }
  }

  test('has pages, and a row once that changes between two of them', async () => {
    const world = onVirtualClock({ pageSize: 2 })
    const requestIds = world.instance.startAll((index) => ({ seconds: index < 2 ? 1 : 9 }), 5)
    const first = await page(world, inProgress)
    await world.clock.advance(2_000)
    const second = await page(world, { ...inProgress, NextToken: first.token })
    const third = await page(world, { ...inProgress, NextToken: second.token })
    expect([...first.ids, ...second.ids, ...third.ids]).toEqual(requestIds)
    expect(third.token).toBeUndefined()
  })

  test('that is stale shows a request in progress that has ended since', async () => {
    const fault = { kind: 'stale', byMs: Number.POSITIVE_INFINITY } as const
    const world = onVirtualClock({ seconds: 10, faults: [{ operation: listStatuses, fault }] })
    const requestIds = world.instance.startAll()
    await world.clock.advance(60_000)
    expect((await page(world, inProgress)).ids).toEqual(requestIds)
  })
})

test.each([
  ['an unknown request', about(requestIdOf(2)), 'ResourceNotFoundException'],
  ['another instance', { InstanceArn: 'arn:aws:sso:::instance/ssoins-0000000000000000' }, 'ResourceNotFoundException'],
  ['a malformed ARN', { InstanceArn: 'arn:aws:sso:::instance/nonsense' }, 'ValidationException'],
  ['a malformed ID', about('nonsense'), 'ValidationException'],
])('%s is refused', async (_, change, code) => {
  const { ask, instance } = onVirtualClock()
  instance.startAll({ requestId: requestIdOf(1) })
  expect(await ask(describeStatus, { ...about(requestIdOf(1)), ...change })).toBe(code)
})

test('outside its primary Region, the instance names that Region and refuses permission sets', async () => {
  const { ask } = onVirtualClock({ region: 'eu-west-1', primaryRegion: 'us-east-1' })
  expect(await ask('DescribePermissionSet')).toBe('AccessDeniedException')
  expect(await ask('DescribeInstance')).toMatchObject({ PrimaryRegion: 'us-east-1' })
})

test.each<[string, Omit<FaultRule, 'fault'>, number[]]>([
  ['every call', {}, [0, 1, 2, 3, 4, 5]],
  ['calls of an operation, so many', { operation: describeStatus, to: 1 }, [0]],
  ['calls of another operation', { operation: 'ListInstances' }, []],
  ['calls about a request, by their own count', { requestId: requestIdOf(1), from: 2 }, [3, 5]],
  ['calls in a time since the first', { between: [1_000, 3_000] }, [1, 2]],
  ['a share of the calls, by chance', { share: 0.5 }, [0, 2, 4]],
])('a fault meets %s', async (_, rule, expected) => {
  const draws = [0.4, 0.6, 0.4, 0.6, 0.4, 0.6]
  const fault = { kind: 'error', code: 'ThrottlingException' } as const
  const { clock, ask, instance, service } = onVirtualClock({
    random: () => draws.shift() ?? 1,
    faults: [{ ...rule, fault }],
  })
  instance.startAll((index) => ({ requestId: requestIdOf(index) }), 2)
  for (let call = 0; call < 6; call++) {
    await ask(describeStatus, about(requestIdOf(call % 2)))
    await clock.advance(1_000)
  }
  expect(service.calls.flatMap(({ outcome }, call) => (outcome === 'ok' ? [] : [call]))).toEqual(expected)
})

test('a quota is over any second, and is shared with others', async () => {
  const { clock, ask } = onVirtualClock({ throttlePerSecond: 4, othersPerSecond: (atMs) => (atMs < 1_000 ? 3 : 0) })
  const answers = async (calls: number) => {
    const given = await Promise.all(Array.from({ length: calls }, () => ask('ListInstances')))
    return given.filter((answer) => answer !== 'ThrottlingException').length
  }
  expect(await answers(2)).toBe(1)
  await clock.advance(1_000)
  expect(await answers(6)).toBe(4)
})
