import { expect, test } from '@jest/globals'
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

const callerArn = 'arn:aws:iam::123456789012:user/simulator'
const denialOf = (resource: string) =>
  `User: ${callerArn} is not authorized to perform: sso:DescribePermissionSet on resource: ${resource} because no identity-based policy allows the sso:DescribePermissionSet action`
const deny = ['sso:DescribePermissionSet']
const conflict = { fault: { kind: 'error', code: 'ConflictException' } } as const

test.each<[string, SimulatorOptions, string, (instanceArn: string, permissionSetArn: string) => string]>([
  ['throttling', { throttlePerSecond: 1 }, 'ThrottlingException', () => 'Rate exceeded'],
  [
    'throttling in other words',
    { throttlePerSecond: 0 },
    'ThrottlingException',
    () => 'There are too many requests processing. Please try again later.',
  ],
  ['a denial on a resource', { deny }, 'AccessDeniedException', (one) => denialOf(one)],
  [
    'a denial on two resources',
    { deny, denialText: 'every-resource' },
    'AccessDeniedException',
    (one, two) => [one, two].map(denialOf).join(', '),
  ],
  ['a denial without a text', { deny, denialText: 'empty' }, 'AccessDeniedException', () => ''],
  ['a conflict', { faults: [conflict] }, 'ConflictException', () => 'There is a conflicting operation in process.'],
])('%s has HTTP status 400 and these words', async (_, options, __type, messageOf) => {
  const simulator = await simulate({ now: () => 0, ...options })
  const { instanceArn: InstanceArn, permissionSetArn: PermissionSetArn } = simulator
  const call = { operation: 'DescribePermissionSet', input: { InstanceArn, PermissionSetArn } }
  await callRaw(simulator, call)
  const { status, text } = await callRaw(simulator, call)
  const Message = messageOf(InstanceArn, PermissionSetArn)
  expect([status, JSON.parse(text)]).toEqual([400, { __type, Message }])
})
