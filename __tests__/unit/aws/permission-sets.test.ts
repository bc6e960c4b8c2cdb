import { describe, expect, test } from '@jest/globals'
import { consoleUrlOf, PermissionSetNames } from '../../../src/aws/permission-sets.ts'
import { permissionSetArn } from '../examples.ts'
import { simulate } from '../simulator/harness.ts'
import { identityCenterOf, never } from './harness.ts'

const arnOf = (number: number) =>
  `arn:aws:sso:::permissionSet/ssoins-7223a1b2c3d4e5f6/ps-${String(number).padStart(16, '0')}`

async function namesOf(options: Parameters<typeof simulate>[0] = {}, signal = never) {
  const simulator = await simulate(options)
  const { dropped, identityCenter } = identityCenterOf(simulator)
  const told: [string, string][] = []
  const names = new PermissionSetNames(identityCenter, signal, (name, arn) => void told.push([name, arn]))
  return { dropped, names, simulator, told }
}

describe('names of permission sets', () => {
  test('are looked up once each, and told as they are learnt', async () => {
    const { names, simulator, told } = await namesOf()
    const { permissionSetArn: arn, permissionSetName: name } = simulator
    expect(names.known).toEqual(new Map())
    names.lookUp(null)
    names.lookUp(arn)
    names.lookUp(arn)
    await names.settled()
    names.lookUp(arn)
    await names.settled()
    expect(names.known).toEqual(new Map([[arn, name]]))
    expect(told).toEqual([[name, arn]])
    expect(simulator.calls).toMatchObject([
      { operation: 'DescribePermissionSet', input: { InstanceArn: simulator.instanceArn, PermissionSetArn: arn } },
    ])
  })

  test('are looked up of 50 at the most', async () => {
    const fault = { kind: 'http', status: 500 } as const
    const { names, simulator } = await namesOf({ faults: [{ fault }] })
    for (let number = 0; number < 60; number++) names.lookUp(arnOf(number))
    await names.settled()
    expect(simulator.calls).toHaveLength(50)
  }, 60_000)

  test('cannot be learnt where the role may not, and that is asked once and told', async () => {
    const { dropped, names, simulator } = await namesOf({ deny: ['sso:DescribePermissionSet'] })
    names.lookUp(simulator.permissionSetArn)
    await names.settled()
    names.lookUp(arnOf(1))
    await names.settled()
    expect([names.known.size, dropped, simulator.calls.length]).toEqual([0, ['sso:DescribePermissionSet'], 1])
  })

  test.each([
    ['Read_Only+=,.@-', true],
    ['x'.repeat(32), true],
    ['x'.repeat(33), false],
    ['', false],
    ['<b>', false],
    ['a b', false],
    [undefined, false],
  ])('%j may be one: %s', async (Name, ok) => {
    const { names, simulator } = await namesOf({ faults: [{ fault: { kind: 'patch', patch: { Name } } }] })
    names.lookUp(simulator.permissionSetArn)
    await names.settled()
    expect([...names.known.values()]).toEqual(ok ? [Name] : [])
  })

  test('are not waited for once it is over', async () => {
    const over = new AbortController()
    const { names, simulator } = await namesOf({ faults: [{ fault: { kind: 'hang' } }] }, over.signal)
    names.lookUp(simulator.permissionSetArn)
    setTimeout(() => over.abort(), 50)
    await names.settled()
    expect(names.known.size).toBe(0)
  })
})

describe('the console', () => {
  test.each([
    ['aws', 'eu-central-1', 'eu-central-1.console.aws.amazon.com'],
    ['aws-cn', 'cn-north-1', 'cn-north-1.console.amazonaws.cn'],
    ['aws-us-gov', 'us-gov-west-1', 'us-gov-west-1.console.amazonaws-us-gov.com'],
  ])('of partition %s', (partition, region, host) => {
    expect(consoleUrlOf(permissionSetArn.replace('aws', partition), region)).toBe(
      `https://${host}/singlesignon/home?region=${region}#/instances/1234567890abcdef/permission-sets/details/ps-1234567890abcdef`,
    )
  })

  test.each([
    permissionSetArn.replace('aws', 'aws-iso'),
    'arn:aws:sso:::instance/ssoins-1234567890abcdef',
    `${permissionSetArn})`,
    `x${permissionSetArn}`,
    '',
  ])('of %j is not known', (arn) => {
    expect(consoleUrlOf(arn, 'eu-central-1')).toBeNull()
  })
})
