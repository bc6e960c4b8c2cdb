import { describe, expect, test } from '@jest/globals'
import { instanceArn, permissionSetArn, requestId } from '../examples.ts'
import { inputsOf, problemsOf } from './reading.ts'

describe('instance-arn', () => {
  test.each([
    ['arn:aws:sso:::instance/ssoins-1234567890abcdef', 'eu-central-1'],
    ['arn:aws:sso:::instance/ins-1234567890ABC-.f', 'eu-central-1'],
    ['arn:aws-cn:sso:::instance/ssoins-1234567890abcdef', 'cn-north-1'],
    ['arn:aws-us-gov:sso:::instance/ssoins-1234567890abcdef', 'us-gov-west-1'],
    ['arn:aws-iso-b:sso:::instance/ssoins-1234567890abcdef', 'us-isob-east-1'],
    ['arn:aws-eusc:sso:::instance/ssoins-1234567890abcdef', 'eusc-de-east-1'],
  ])('%s in %s is taken', (arn, region) => {
    expect(inputsOf({ 'instance-arn': arn, 'aws-region': region })).toMatchObject({ instanceArn: arn, region })
  })

  test.each([
    'arn:aws:sso:::instance/ssoins-1234567890abcde',
    'arn:aws:sso:::instance/ssoins-1234567890abcdef0',
    'arn:aws:sso:::instance/ssoins-1234567890abcde_',
    'arn:aws-verylong:sso:::instance/ssoins-1234567890abcdef',
    'arn:aws:sso:eu-central-1::instance/ssoins-1234567890abcdef',
    'Xarn:aws:sso:::instance/ssoins-1234567890abcdef',
    'arn:aws:sso:::instance/ssoins-1234567890abcdef arn:aws:sso:::instance/ssoins-1234567890abcdef',
  ])('%s is refused', (arn) => {
    expect(problemsOf({ 'instance-arn': arn })).toEqual([expect.stringMatching(/^Input 'instance-arn' is "/)])
  })

  test('the ARN of a permission set is refused, and the message calls it that', () => {
    const arn = 'arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef'
    expect(problemsOf({ 'instance-arn': arn })).toEqual([
      `Input 'instance-arn' is "${arn}", but that is the ARN of a permission set; the ARN of the instance is needed, as in arn:aws:sso:::instance/ssoins-1234567890abcdef.`,
    ])
  })

  test.each(['', '  ', undefined])('%j is blank, and the message says where to find the ARN', (arn) => {
    const [problem, ...others] = problemsOf({ 'instance-arn': arn })
    expect(others).toEqual([])
    expect(problem).toMatch(/^Input 'instance-arn' is blank, and nothing else says which instance it is: /)
    expect(problem).toContain('`aws sso-admin list-instances`')
    expect(problem).toContain('misspelt')
  })
})

describe('without instance-arn', () => {
  const blank = { 'instance-arn': '', 'request-id': '' }
  const otherInstance = instanceArn.replace('ssoins-1', 'ssoins-2')
  const otherSet = permissionSetArn.replace('ssoins-1', 'ssoins-2')
  const answerAbout = (PermissionSetArn?: string) =>
    JSON.stringify({
      PermissionSetProvisioningStatus: { RequestId: requestId, Status: 'IN_PROGRESS', PermissionSetArn },
    })
  const event = { eventName: 'ProvisionPermissionSet', requestParameters: { instanceArn } }
  const row = { requestId, operation: 'provision-permission-set', permissionSetArn }

  test.each<[name: string, inputs: Record<string, string>]>([
    ['a permission set', { 'permission-set-arn': permissionSetArn }],
    ['a permission set in JSON', { 'permission-set-arn': JSON.stringify({ a: { b: permissionSetArn } }) }],
    ['a permission set with idle', { until: 'idle', 'permission-set-arn': permissionSetArn }],
    ["AWS's answer", { 'request-id': answerAbout(permissionSetArn) }],
    ["AWS's answer beside a bare ID", { 'request-id': `${requestId} ${answerAbout(permissionSetArn)}` }],
    ['a result of this action', { 'request-id': JSON.stringify([row]) }],
    [
      'an event of CloudTrail',
      {
        'request-id': JSON.stringify({
          ...event,
          responseElements: { permissionSetProvisioningStatus: { requestId } },
        }),
      },
    ],
    ['both', { 'request-id': answerAbout(permissionSetArn), 'permission-set-arn': permissionSetArn }],
  ])('%s says which instance it is', (_, inputs) => {
    expect(inputsOf({ ...blank, ...inputs }).instanceArn).toBe(instanceArn)
  })

  test('a permission set in another partition says so', () => {
    const inputs = {
      ...blank,
      'permission-set-arn': permissionSetArn.replace('aws', 'aws-cn'),
      'aws-region': 'cn-north-1',
    }
    expect(inputsOf(inputs).instanceArn).toBe(instanceArn.replace('aws', 'aws-cn'))
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

describe('aws-region', () => {
  test('aws-region comes before AWS_REGION, and AWS_REGION before AWS_DEFAULT_REGION; a blank one does not count', () => {
    const both = { AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-west-2' }
    expect(inputsOf({}, both).region).toBe('eu-central-1')
    expect(inputsOf({ 'aws-region': '' }, both).region).toBe('us-east-1')
    expect(inputsOf({ 'aws-region': ' ' }, { ...both, AWS_REGION: ' ' }).region).toBe('us-west-2')
    expect(inputsOf({ 'aws-region': undefined }, { AWS_REGION: ' us-east-1 ' }).region).toBe('us-east-1')
  })

  test('without any Region, the message says how to give one', () => {
    const [problem, ...others] = problemsOf({ 'aws-region': '' }, { AWS_REGION: '', AWS_DEFAULT_REGION: ' ' })
    expect(others).toEqual([])
    expect(problem).toMatch(/^Input 'aws-region' is blank, and so are AWS_REGION and AWS_DEFAULT_REGION\./)
    expect(problem).toContain('primary Region')
    expect(problem).toContain('aws-actions/configure-aws-credentials in an earlier step')
  })

  test.each(['us-east-1', 'eu-central-10', 'us-iso-east-1', 'us-northeast-1'])('%s is taken', (region) => {
    expect(inputsOf({ 'aws-region': region }).region).toBe(region)
  })

  test.each([
    'eu-central',
    'Europe (Frankfurt)',
    'EU-CENTRAL-1',
    'eu-central-1a',
    '.eu-central-1',
    'x-1',
    ' - ',
    '1-a-1',
  ])('%s is refused', (region) => {
    const shown = JSON.stringify(region.trim())
    const rest = "but it must be a Region's code, as in eu-central-1."
    expect(problemsOf({ 'aws-region': region })).toEqual([`Input 'aws-region' is ${shown}, ${rest}`])
    expect(problemsOf({ 'aws-region': '' }, { AWS_DEFAULT_REGION: region })).toEqual([
      `AWS_DEFAULT_REGION, used in place of input 'aws-region', is ${shown}, ${rest}`,
    ])
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

  test.each([
    ['aws', 'us-iso-east-1'],
    ['aws-cn', 'us-isob-east-1'],
    ['aws-new', 'cn-north-1'],
  ])('an instance of partition %s in %s is taken', (partition, region) => {
    expect(problemsOf({ 'instance-arn': instanceArn.replace('aws', partition), 'aws-region': region })).toEqual([])
  })

  test('a Region is not compared with a wrong ARN', () => {
    const problems = problemsOf({ 'instance-arn': 'arn:aws-cn:sso', 'aws-region': 'eu-central-1' })
    expect(problems).toEqual([expect.stringContaining("'instance-arn'")])
  })
})
