import { describe, expect, test } from '@jest/globals'
import { consoleUrlOf } from '../../../src/aws/permission-sets.ts'
import { permissionSetArn } from '../examples.ts'

describe('the console', () => {
  test.each([
    ['aws', 'eu-central-1', 'eu-central-1.console.aws.amazon.com'],
    ['aws-cn', 'cn-north-1', 'cn-north-1.console.amazonaws.cn'],
    ['aws-us-gov', 'us-gov-west-1', 'us-gov-west-1.console.amazonaws-us-gov.com'],
  ])('of partition %s has an address for each permission set', (partition, region, host) => {
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
  ])('has no address for %j', (arn) => {
    expect(consoleUrlOf(arn, 'eu-central-1')).toBeNull()
  })
})
