import {
  CreateAccountAssignmentCommand,
  DeleteAccountAssignmentCommand,
  DescribeAccountAssignmentCreationStatusCommand,
  DescribeAccountAssignmentDeletionStatusCommand,
  DescribeInstanceCommand,
  DescribePermissionSetCommand,
  DescribePermissionSetProvisioningStatusCommand,
  ListAccountAssignmentCreationStatusCommand,
  ListAccountAssignmentDeletionStatusCommand,
  ListAccountsForProvisionedPermissionSetCommand,
  ListInstancesCommand,
  ProvisionPermissionSetCommand,
  paginateListPermissionSetProvisioningStatus,
  type StatusValues,
} from '@aws-sdk/client-sso-admin'
import { describe, expect, test } from '@jest/globals'
import type { Simulator } from '../../../simulator/simulator.ts'
import { clientOf, manualClock, simulate } from './harness.ts'

const unknownId = '00000000-0000-4000-8000-000000000000'

function describeRequest(simulator: Simulator, requestId: string) {
  return clientOf(simulator).send(
    new DescribePermissionSetProvisioningStatusCommand({
      InstanceArn: simulator.instanceArn,
      ProvisionPermissionSetRequestId: requestId,
    }),
  )
}

async function accountsWith(simulator: Simulator, status: 'PROVISIONED' | 'NOT_PROVISIONED') {
  const { AccountIds } = await clientOf(simulator).send(
    new ListAccountsForProvisionedPermissionSetCommand({
      InstanceArn: simulator.instanceArn,
      PermissionSetArn: simulator.permissionSetArn,
      ProvisioningStatus: `LATEST_PERMISSION_SET_${status}`,
    }),
  )
  return AccountIds
}

describe('provisioning', () => {
  test('is started by a call and ends after its time', async () => {
    const clock = manualClock()
    const simulator = await simulate({ now: clock.now, seconds: 10 })
    const target = { InstanceArn: simulator.instanceArn, PermissionSetArn: simulator.permissionSetArn }
    const { PermissionSetProvisioningStatus: started } = await clientOf(simulator).send(
      new ProvisionPermissionSetCommand({ ...target, TargetType: 'ALL_PROVISIONED_ACCOUNTS' }),
    )
    expect(started).toEqual({
      Status: 'IN_PROGRESS',
      RequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      PermissionSetArn: simulator.permissionSetArn,
      CreatedDate: new Date(clock.now()),
    })

    const requestId = started?.RequestId ?? ''
    clock.advance(9.999)
    expect((await describeRequest(simulator, requestId)).PermissionSetProvisioningStatus?.Status).toBe('IN_PROGRESS')
    clock.advance(0.001)
    expect((await describeRequest(simulator, requestId)).PermissionSetProvisioningStatus).toEqual({
      ...started,
      Status: 'SUCCEEDED',
    })
  })

  test('tells the account only when that was the target', async () => {
    const simulator = await simulate()
    const { PermissionSetProvisioningStatus } = await clientOf(simulator).send(
      new ProvisionPermissionSetCommand({
        InstanceArn: simulator.instanceArn,
        PermissionSetArn: simulator.permissionSetArn,
        TargetType: 'AWS_ACCOUNT',
        TargetId: '111122223334',
      }),
    )
    expect(PermissionSetProvisioningStatus?.AccountId).toBe('111122223334')
  })

  test('reaches one account after the other', async () => {
    const clock = manualClock()
    const simulator = await simulate({ now: clock.now, seconds: 30, accounts: 3 })
    expect(await accountsWith(simulator, 'NOT_PROVISIONED')).toEqual([])
    simulator.start()
    expect(await accountsWith(simulator, 'PROVISIONED')).toEqual([])
    clock.advance(10)
    expect(await accountsWith(simulator, 'PROVISIONED')).toEqual(['111122223333'])
    clock.advance(19)
    expect(await accountsWith(simulator, 'NOT_PROVISIONED')).toEqual(['111122223335'])
    clock.advance(1)
    expect(await accountsWith(simulator, 'NOT_PROVISIONED')).toEqual([])
  })

  test('of all accounts takes the place of an earlier one of a single account', async () => {
    const clock = manualClock()
    const simulator = await simulate({ now: clock.now, accounts: 2 })
    simulator.start({ accountId: '111122223334', status: 'FAILED', seconds: 0 })
    expect(await accountsWith(simulator, 'NOT_PROVISIONED')).toEqual(['111122223334'])
    simulator.start({ seconds: 0 })
    expect(await accountsWith(simulator, 'NOT_PROVISIONED')).toEqual([])
  })

  test('that fails names the account at half way, and leaves it and all after it behind', async () => {
    const clock = manualClock()
    const simulator = await simulate({ now: clock.now, seconds: 30, accounts: 4, status: 'FAILED' })
    const [requestId = ''] = simulator.start()
    expect((await describeRequest(simulator, requestId)).PermissionSetProvisioningStatus?.FailureReason).toBeUndefined()
    clock.advance(9)
    expect(await accountsWith(simulator, 'PROVISIONED')).toEqual([])
    clock.advance(1)
    expect(await accountsWith(simulator, 'PROVISIONED')).toEqual(['111122223333'])
    clock.advance(20)
    expect((await describeRequest(simulator, requestId)).PermissionSetProvisioningStatus).toMatchObject({
      Status: 'FAILED',
      FailureReason: 'Received a 404 status error: Permission set provision not found in AWS account 111122223335.',
    })
    expect(await accountsWith(simulator, 'NOT_PROVISIONED')).toEqual(['111122223335', '111122223336'])
  })

  test('goes as its plan says, in place of the settings', async () => {
    const simulator = await simulate({ accounts: 4 })
    const plan = { requestId: unknownId, status: 'FAILED', failureReason: 'no', seconds: 5, ageSeconds: 5 } as const
    expect(simulator.start({ ...plan, accountsBehind: 1 })).toEqual([unknownId])
    expect((await describeRequest(simulator, unknownId)).PermissionSetProvisioningStatus).toMatchObject({
      Status: 'FAILED',
      FailureReason: 'no',
    })
    expect(await accountsWith(simulator, 'NOT_PROVISIONED')).toEqual(['111122223336'])
  })
})

describe('account assignments', () => {
  test.each([
    ['create', CreateAccountAssignmentCommand, 'AccountAssignmentCreationStatus'],
    ['delete', DeleteAccountAssignmentCommand, 'AccountAssignmentDeletionStatus'],
  ] as const)('%s: started, described and listed with principal and target', async (_, StartCommand, member) => {
    const simulator = await simulate({ seconds: 0, status: 'FAILED', failureReason: 'no' })
    const { instanceArn: InstanceArn, permissionSetArn: PermissionSetArn } = simulator
    const assignment = {
      PermissionSetArn,
      TargetId: '444455556666',
      TargetType: 'AWS_ACCOUNT',
      PrincipalType: 'USER',
      PrincipalId: '11112222-3333-4444-5555-666677778888',
    } as const
    const client = clientOf(simulator)
    const started: object = await client.send(new StartCommand({ InstanceArn, ...assignment }))
    const requestId = simulator.calls[0] && Object.entries(started).find(([name]) => name === member)?.[1].RequestId
    const whole = { ...assignment, Status: 'FAILED', FailureReason: 'no', RequestId: requestId }
    const row = { Status: 'FAILED', RequestId: requestId, CreatedDate: expect.any(Date) }

    if (member === 'AccountAssignmentCreationStatus') {
      const ask = { InstanceArn, AccountAssignmentCreationRequestId: requestId }
      const answer = await client.send(new DescribeAccountAssignmentCreationStatusCommand(ask))
      expect(answer.AccountAssignmentCreationStatus).toMatchObject(whole)
      const list = await client.send(new ListAccountAssignmentCreationStatusCommand({ InstanceArn }))
      expect(list.AccountAssignmentsCreationStatus).toEqual([row])
    } else {
      const ask = { InstanceArn, AccountAssignmentDeletionRequestId: requestId }
      const answer = await client.send(new DescribeAccountAssignmentDeletionStatusCommand(ask))
      expect(answer.AccountAssignmentDeletionStatus).toMatchObject(whole)
      const list = await client.send(new ListAccountAssignmentDeletionStatusCommand({ InstanceArn }))
      expect(list.AccountAssignmentsDeletionStatus).toEqual([row])
    }
  })

  test('are unknown to the other operations', async () => {
    const simulator = await simulate()
    const [requestId = ''] = simulator.start({ operation: 'create-account-assignment' })
    await expect(describeRequest(simulator, requestId)).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })
})

describe('lists', () => {
  async function pagesOf(simulator: Simulator, status: StatusValues, pageSize = 100) {
    const pages: (string | undefined)[][] = []
    const query = { InstanceArn: simulator.instanceArn, Filter: { Status: status } }
    const config = { client: clientOf(simulator), pageSize }
    for await (const page of paginateListPermissionSetProvisioningStatus(config, query)) {
      pages.push(page.PermissionSetsProvisioningStatus?.map((row) => row.RequestId) ?? [])
    }
    return pages
  }

  test('give a thousand requests in ten full pages, each once', async () => {
    const simulator = await simulate()
    const requestIds = simulator.start({ seconds: 60 }, 1000)
    const pages = await pagesOf(simulator, 'IN_PROGRESS')
    expect(pages.map((page) => page.length)).toEqual(Array.from({ length: 10 }, () => 100))
    expect(pages.flat()).toEqual(requestIds)
  })

  test('filter by status', async () => {
    const simulator = await simulate()
    const requestIds = simulator.start((index) => ({ seconds: 0, status: index % 3 ? 'SUCCEEDED' : 'FAILED' }), 9)
    expect(await pagesOf(simulator, 'FAILED', 2)).toEqual([[requestIds[0], requestIds[3]], [requestIds[6]]])
    expect(await pagesOf(simulator, 'IN_PROGRESS')).toEqual([[]])
  })

  test('neither repeat nor miss a row that changes between two pages', async () => {
    const clock = manualClock()
    const simulator = await simulate({ now: clock.now })
    const requestIds = simulator.start((index) => ({ seconds: index < 2 ? 1 : 9 }), 4)
    const query = { InstanceArn: simulator.instanceArn, Filter: { Status: 'IN_PROGRESS' as const } }
    const seen: unknown[] = []
    const config = { client: clientOf(simulator), pageSize: 2 }
    for await (const page of paginateListPermissionSetProvisioningStatus(config, query)) {
      seen.push(...(page.PermissionSetsProvisioningStatus?.map((row) => row.RequestId) ?? []))
      clock.advance(2)
    }
    expect(seen).toEqual(requestIds)
  })
})

describe('the instance', () => {
  test('is described, listed, and has a permission set', async () => {
    const simulator = await simulate({ region: 'eu-central-1' })
    const client = clientOf(simulator)
    const { instanceArn: InstanceArn, permissionSetArn: PermissionSetArn } = simulator
    const expected = { InstanceArn, Status: 'ACTIVE', PrimaryRegion: 'eu-central-1' }
    expect(await client.send(new DescribeInstanceCommand({ InstanceArn }))).toMatchObject(expected)
    expect((await client.send(new ListInstancesCommand({}))).Instances).toMatchObject([expected])
    const { PermissionSet } = await client.send(new DescribePermissionSetCommand({ InstanceArn, PermissionSetArn }))
    expect(PermissionSet).toMatchObject({
      Name: simulator.permissionSetName,
      PermissionSetArn,
      SessionDuration: 'PT1H',
    })
  })

  test('outside its primary Region, tells that Region and refuses permission sets', async () => {
    const simulator = await simulate({ region: 'eu-west-1', primaryRegion: 'us-east-1' })
    const [requestId = ''] = simulator.start()
    await expect(describeRequest(simulator, requestId)).rejects.toMatchObject({ name: 'AccessDeniedException' })
    const instance = await clientOf(simulator).send(new DescribeInstanceCommand({ InstanceArn: simulator.instanceArn }))
    expect(instance.PrimaryRegion).toBe('us-east-1')
    expect(instance.Regions?.map(({ RegionName, IsPrimaryRegion }) => [RegionName, IsPrimaryRegion])).toEqual([
      ['us-east-1', true],
      ['eu-west-1', false],
    ])
  })
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
    ['an ID that is no UUID', { ProvisionPermissionSetRequestId: 'nonsense' }, 'ValidationException'],
    ['a missing ID', { ProvisionPermissionSetRequestId: undefined }, 'ValidationException'],
  ])('%s', async (_, change, name) => {
    const simulator = await simulate()
    const [requestId] = simulator.start()
    const input = { InstanceArn: simulator.instanceArn, ProvisionPermissionSetRequestId: requestId, ...change }
    const command = new DescribePermissionSetProvisioningStatusCommand(input)
    await expect(clientOf(simulator).send(command)).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } })
  })

  test('a page that is too large, or of no list', async () => {
    const simulator = await simulate()
    const { instanceArn: InstanceArn } = simulator
    for (const page of [{ MaxResults: 101 }, { MaxResults: 0 }, { NextToken: 'nonsense' }]) {
      const command = new ListAccountAssignmentCreationStatusCommand({ InstanceArn, ...page })
      await expect(clientOf(simulator).send(command)).rejects.toMatchObject({ name: 'ValidationException' })
    }
  })

  test('an action that is denied, in the words of IAM', async () => {
    const simulator = await simulate({ deny: ['sso:DescribeInstance'] })
    const { instanceArn } = simulator
    await expect(
      clientOf(simulator).send(new DescribeInstanceCommand({ InstanceArn: instanceArn })),
    ).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: `User: arn:aws:iam::123456789012:user/simulator is not authorized to perform: sso:DescribeInstance on resource: ${instanceArn} because no identity-based policy allows the sso:DescribeInstance action`,
    })
    simulator.configure({ deny: [] })
    await clientOf(simulator).send(new DescribeInstanceCommand({ InstanceArn: instanceArn }))
  })

  test('calls above the quota of any second', async () => {
    const clock = manualClock()
    const simulator = await simulate({ now: clock.now, throttlePerSecond: 2 })
    const ask = () => clientOf(simulator).send(new ListInstancesCommand({}))
    await ask()
    clock.advance(0.6)
    await ask()
    clock.advance(0.3)
    await expect(ask()).rejects.toMatchObject({ name: 'ThrottlingException', message: 'Rate exceeded' })
    clock.advance(0.1)
    await ask()
    await expect(ask()).rejects.toMatchObject({ name: 'ThrottlingException' })
    expect(simulator.calls.map(({ at, outcome }) => [at, outcome])).toEqual([
      [0, 'ok'],
      [600, 'ok'],
      [900, 'ThrottlingException'],
      [1000, 'ok'],
      [1000, 'ThrottlingException'],
    ])
  })
})
