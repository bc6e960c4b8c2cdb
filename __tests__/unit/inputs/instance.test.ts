import { describe, expect, test } from '@jest/globals'
import { instanceArn, permissionSetArn, requestId } from '../examples.ts'
import { inputsOf, problemsOf } from './reading.ts'

test.each([
  ['aws', 'eu-central-1'],
  ['aws-cn', 'cn-north-1'],
  ['aws-us-gov', 'us-gov-west-1'],
  // Partitions whose Regions have no known prefix, or which are not known, have any Region.
  ['aws-iso-b', 'us-isob-east-1'],
  ['aws-eusc', 'eusc-de-east-1'],
  ['aws', 'us-iso-east-1'],
  ['aws-cn', 'us-isob-east-1'],
  ['aws-new', 'cn-north-1'],
])('an instance of partition %s in %s is taken', (partition, region) => {
  const arn = instanceArn.replace('aws', partition)
  expect(inputsOf({ 'instance-arn': arn, 'aws-region': region })).toMatchObject({ instanceArn: arn, region })
})

test.each([
  ['aws', 'cn-north-1'],
  ['aws', 'us-gov-west-1'],
  ['aws-cn', 'eu-central-1'],
  ['aws-cn', 'us-gov-west-1'],
  ['aws-us-gov', 'us-east-1'],
  ['aws-us-gov', 'cn-north-1'],
])('partition %s has no %s', (partition, region) => {
  const arn = instanceArn.replace('aws', partition)
  expect(problemsOf({ 'instance-arn': arn, 'aws-region': region })).toEqual([
    `Input 'aws-region' is "${region}", but the instance is in partition '${partition}', which has no such Region. Check 'instance-arn' and 'aws-region'.`,
  ])
})

test.each<[what: string, arn: string, problem: string]>([
  [
    'the ARN of a permission set',
    permissionSetArn,
    `is "${permissionSetArn}", but that is the ARN of a permission set`,
  ],
  ['a blank', ' ', 'is blank, and nothing else says which instance it is: '],
  [
    'a wrong ARN, which is not compared with the Region',
    'arn:aws-cn:sso',
    'is "arn:aws-cn:sso", but it must look like',
  ],
])('%s in place of the instance is the only problem', (_, arn, problem) => {
  expect(problemsOf({ 'instance-arn': arn })).toEqual([expect.stringContaining(`Input 'instance-arn' ${problem}`)])
})

describe('without instance-arn', () => {
  const blank = { 'instance-arn': '', 'request-id': '' }
  const otherInstance = instanceArn.replace('ssoins-1', 'ssoins-2')
  const otherSet = permissionSetArn.replace('ssoins-1', 'ssoins-2')
  const answerAbout = (PermissionSetArn?: string) =>
    JSON.stringify({
      PermissionSetProvisioningStatus: { RequestId: requestId, Status: 'IN_PROGRESS', PermissionSetArn },
    })
  const responseElements = { permissionSetProvisioningStatus: { requestId } }
  const event = { eventName: 'ProvisionPermissionSet', requestParameters: { instanceArn }, responseElements }
  const row = { requestId, operation: 'provision-permission-set', permissionSetArn }

  test.each<[name: string, inputs: Record<string, string>]>([
    ['a permission set', { 'permission-set-arn': permissionSetArn }],
    ['a permission set in JSON', { 'permission-set-arn': JSON.stringify({ a: { b: permissionSetArn } }) }],
    ['a permission set with idle', { until: 'idle', 'permission-set-arn': permissionSetArn }],
    ["AWS's answer", { 'request-id': answerAbout(permissionSetArn) }],
    ["AWS's answer beside a bare ID", { 'request-id': `${requestId} ${answerAbout(permissionSetArn)}` }],
    ['a result of this action', { 'request-id': JSON.stringify([row]) }],
    ['an event of CloudTrail', { 'request-id': JSON.stringify(event) }],
    ['both', { 'request-id': answerAbout(permissionSetArn), 'permission-set-arn': permissionSetArn }],
  ])('%s says which instance it is', (_, inputs) => {
    expect(inputsOf({ ...blank, ...inputs }).instanceArn).toBe(instanceArn)
  })

  test('a permission set in another partition says so', () => {
    const [arn, inChina] = [instanceArn, permissionSetArn].map((arn) => arn.replace('aws', 'aws-cn'))
    const inputs = { ...blank, 'permission-set-arn': inChina, 'aws-region': 'cn-north-1' }
    expect(inputsOf(inputs).instanceArn).toBe(arn)
  })

  test('a deploy that changed nothing needs none', () => {
    expect(inputsOf({ ...blank, 'request-id': '[]' })).toMatchObject({ instanceArn: '', requests: [] })
  })

  test.each<[name: string, inputs: Record<string, string>]>([
    ['a bare ID', { 'request-id': requestId }],
    ['idle', { until: 'idle' }],
    ['an answer without a permission set', { 'request-id': answerAbout() }],
  ])('%s does not say it, and the problem says so', (_, inputs) => {
    expect(problemsOf({ ...blank, ...inputs })).toEqual([
      expect.stringMatching(/^Input 'instance-arn' is blank, and nothing else says .*bare request IDs, 'until: idle'/),
    ])
  })

  test.each<[name: string, inputs: Record<string, string>]>([
    ['a wrong permission set', { 'permission-set-arn': 'ReadOnly' }],
    ['an answer as text', { 'request-id': `PERMISSIONSETPROVISIONINGSTATUS ${permissionSetArn}` }],
    ['a wrong answer', { 'request-id': '{"PermissionSetProvisioningStatus":' }],
  ])('%s, which might have said it, is the only problem', (_, inputs) => {
    expect(problemsOf({ ...blank, ...inputs })).toEqual([expect.not.stringContaining("'instance-arn'")])
  })

  const of = (first: string, second: string) =>
    `"${instanceArn}" by input '${first}', and "${otherInstance}" by input '${second}'`
  test.each<[inputs: Record<string, string>, problem: string]>([
    [{ 'instance-arn': instanceArn, 'permission-set-arn': otherSet }, of('instance-arn', 'permission-set-arn')],
    [{ 'instance-arn': instanceArn, 'request-id': answerAbout(otherSet) }, of('instance-arn', 'request-id')],
    [{ 'permission-set-arn': `${permissionSetArn} ${otherSet}` }, of('permission-set-arn', 'permission-set-arn')],
    [{ 'permission-set-arn': `${permissionSetArn},${otherInstance}` }, of('permission-set-arn', 'permission-set-arn')],
    [
      { 'request-id': answerAbout(permissionSetArn), 'permission-set-arn': otherSet },
      of('request-id', 'permission-set-arn'),
    ],
    [{ 'request-id': answerAbout(permissionSetArn) + answerAbout(otherSet) }, of('request-id', 'request-id')],
  ])('two instances are a problem that names both: %j', (inputs, problem) => {
    expect(problemsOf({ ...blank, ...inputs })).toEqual([
      expect.stringContaining(`Two instances are named: ${problem}`),
    ])
  })
})

test('aws-region comes before AWS_REGION, and AWS_REGION before AWS_DEFAULT_REGION; a blank one does not count', () => {
  const both = { AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-west-2' }
  expect(inputsOf({}, both).region).toBe('eu-central-1')
  expect(inputsOf({ 'aws-region': '' }, both).region).toBe('us-east-1')
  expect(inputsOf({ 'aws-region': ' ' }, { ...both, AWS_REGION: ' ' }).region).toBe('us-west-2')
  expect(inputsOf({ 'aws-region': undefined }, { AWS_REGION: ' us-east-1 ' }).region).toBe('us-east-1')
})

test('a Region that is wrong or missing in the environment is named by where it should be', () => {
  const problemOf = (region: string) =>
    problemsOf({ 'aws-region': '' }, { AWS_REGION: ' ', AWS_DEFAULT_REGION: region })
  expect(problemOf('Frankfurt')).toEqual([
    `AWS_DEFAULT_REGION, used in place of input 'aws-region', is "Frankfurt", but it must be a Region's code, as in eu-central-1.`,
  ])
  expect(problemOf('')).toEqual([
    expect.stringMatching(
      /^Input 'aws-region' is blank, and so are AWS_REGION and AWS_DEFAULT_REGION\. .*earlier step/,
    ),
  ])
})
