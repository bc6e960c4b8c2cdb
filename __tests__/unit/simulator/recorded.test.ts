import { describe, expect, test } from '@jest/globals'
import type { SimulatorOptions } from '../../../simulator/simulator.ts'
import { callRaw, simulate } from './harness.ts'

// What was recorded of AWS itself, as it comes over the network:
// https://github.com/hashicorp/terraform-provider-aws/issues/19341 (an answer, and CloudTrail's events of three calls),
// https://github.com/ansible-collections/amazon.aws/issues/537 (a denial without a text),
// https://github.com/binbashar/le-tf-infra-aws/pull/874 (two denials in one text).

const target = { TargetId: '111122223333', TargetType: 'AWS_ACCOUNT' }
const assignment = { ...target, PrincipalType: 'GROUP', PrincipalId: '11112222-3333-4444-5555-666677778888' }

test.each([
  ['ProvisionPermissionSet', target, 'PermissionSetProvisioningStatus', 'ProvisionPermissionSetRequestId'],
  ['CreateAccountAssignment', assignment, 'AccountAssignmentCreationStatus', 'AccountAssignmentCreationRequestId'],
  ['DeleteAccountAssignment', assignment, 'AccountAssignmentDeletionStatus', 'AccountAssignmentDeletionRequestId'],
])(
  '%s answers with the ID of its HTTP request and without a date, which Describe has',
  async (operation, given, status, id) => {
    const simulator = await simulate({ now: () => 1_620_918_581_641 })
    const instance = { InstanceArn: simulator.instanceArn }
    const input = { ...instance, PermissionSetArn: simulator.permissionSetArn, ...given }

    const started = await callRaw(simulator, { operation, input })
    const described = await callRaw(simulator, {
      operation: `Describe${status}`,
      input: { ...instance, [id]: started.httpRequestId },
    })

    expect(JSON.parse(started.text)).toMatchObject({ [status]: { RequestId: started.httpRequestId } })
    expect(started.text).not.toContain('CreatedDate')
    expect(described.text).toContain('"CreatedDate":1.620918581641E9')
  },
)

describe('a refusal with HTTP status 400 is', () => {
  const callerArn = 'arn:aws:iam::123456789012:user/simulator'
  const denial = (resource: string) =>
    `User: ${callerArn} is not authorized to perform: sso:DescribePermissionSet on resource: ${resource} because no identity-based policy allows the sso:DescribePermissionSet action`
  const deny = ['sso:DescribePermissionSet']

  test.each<[string, SimulatorOptions, (arns: { instanceArn: string; permissionSetArn: string }) => object]>([
    ['throttling', { throttlePerSecond: 1 }, () => ({ __type: 'ThrottlingException', Message: 'Rate exceeded' })],
    [
      'throttling in other words',
      { throttlePerSecond: 0 },
      () => ({
        __type: 'ThrottlingException',
        Message: 'There are too many requests processing. Please try again later.',
      }),
    ],
    [
      'a denial on a resource',
      { deny },
      ({ instanceArn }) => ({ __type: 'AccessDeniedException', Message: denial(instanceArn) }),
    ],
    [
      'a denial on two resources',
      { deny, denialText: 'every-resource' },
      ({ instanceArn, permissionSetArn }) => ({
        __type: 'AccessDeniedException',
        Message: `${denial(instanceArn)}, ${denial(permissionSetArn)}`,
      }),
    ],
    [
      'a denial without a text',
      { deny, denialText: 'empty' },
      () => ({ __type: 'AccessDeniedException', Message: '' }),
    ],
    [
      'a conflict',
      { faults: [{ from: 2, fault: { kind: 'error', code: 'ConflictException' } }] },
      () => ({ __type: 'ConflictException', Message: 'There is a conflicting operation in process.' }),
    ],
  ])('%s', async (_, options, expected) => {
    const simulator = await simulate({ now: () => 0, ...options })
    const { instanceArn: InstanceArn, permissionSetArn: PermissionSetArn } = simulator
    const call = { operation: 'DescribePermissionSet', input: { InstanceArn, PermissionSetArn } }
    await callRaw(simulator, call)
    const { status, text } = await callRaw(simulator, call)
    expect([status, JSON.parse(text)]).toEqual([400, expected(simulator)])
  })
})

describe('GetCallerIdentity', () => {
  test('names the user of an access key, and the session of a role', async () => {
    const simulator = await simulate()
    const user = await callRaw(simulator, 'GetCallerIdentity')
    const session = await callRaw(simulator, 'GetCallerIdentity', simulator.issueCredentials(60))
    expect(user).toMatchObject({
      status: 200,
      text: expect.stringMatching(/<Arn>arn:aws:iam::123456789012:user\/simulator<.*<Account>123456789012</),
    })
    expect(session.text).toMatch(/<Arn>arn:aws:sts:.*:assumed-role\/\w+\/earlier-step<.*<UserId>AROA\w+:earlier-step</)
  })

  test.each([
    ['an unknown key', { accessKeyId: 'AKIAI44QH8DHBEXAMPLE' }, 'InvalidClientTokenId'],
    ['a wrong secret', { secretAccessKey: 'wrong' }, 'SignatureDoesNotMatch'],
  ])('refuses %s in the words of STS', async (_, change, code) => {
    const simulator = await simulate()
    const answer = await callRaw(simulator, 'GetCallerIdentity', { ...simulator.credentials, ...change })
    expect(answer).toMatchObject({ status: 403, text: expect.stringContaining(`<Code>${code}</Code>`) })
  })

  test('refuses a session that has ended', async () => {
    const simulator = await simulate()
    const session = simulator.issueCredentials(60)
    simulator.expire(session.accessKeyId)
    const answer = await callRaw(simulator, 'GetCallerIdentity', session)
    expect(answer).toMatchObject({ status: 403, text: expect.stringContaining('<Code>ExpiredToken</Code>') })
  })
})
