import { AccessDeniedException } from '@aws-sdk/client-sso-admin'
import { describe, expect, test } from '@jest/globals'
import { CredentialsFailure, factsOf as readFacts } from '../../../../src/aws/errors/facts.ts'
import { denialsIn, signatureRegionIn } from '../../../../src/aws/errors/messages.ts'
import { noSecrets } from '../../examples.ts'
import { $metadata, awsError, sources, systemError } from './examples.ts'

const factsOf = (thrown: unknown) => readFacts(thrown, noSecrets)

const nothingKnown = {
  name: 'Error',
  code: '',
  reason: '',
  httpStatus: null,
  fromService: false,
  retry: null,
  source: null,
}

describe('facts', () => {
  test('are those of an error of AWS', () => {
    const options = { message: 'no', Reason: 'KMS_AccessDeniedException', $metadata } as const
    expect(factsOf(new AccessDeniedException(options))).toEqual({
      name: 'AccessDeniedException',
      code: '',
      message: 'no',
      reason: 'KMS_AccessDeniedException',
      httpStatus: 400,
      fromService: true,
      retry: null,
      source: null,
    })
  })

  test('are also found in the causes', () => {
    const nested = new Error('outer', { cause: new Error('middle', { cause: systemError('ECONNRESET') }) })
    expect(factsOf(nested)).toEqual({ ...nothingKnown, code: 'ECONNRESET', message: 'outer' })
  })

  test('are found even if causes form a circle', () => {
    const error = new Error('round')
    error.cause = error
    expect(factsOf(error).message).toBe('round')
  })

  const nothing = 'an error without a message'
  test.each<[unknown, string]>([
    ...[42, null, undefined, {}, { code: 5, message: 7 }].map((thrown): [unknown, string] => [thrown, nothing]),
    ['text', 'text'],
    ['http://user:secret@proxy', 'http://proxy'],
  ])('are also read from %j', (thrown, message) => {
    expect(factsOf(thrown)).toEqual({ ...nothingKnown, message })
  })

  test('of a failure to get credentials are those of its cause, with the source of the credentials', () => {
    const failure = new CredentialsFailure(sources.profile, awsError('AccessDenied', 'not you'))
    expect(factsOf(failure)).toMatchObject({ name: 'AccessDenied', message: 'not you', source: sources.profile })
  })
})

describe('a secret', () => {
  const shownOf = (message: string) => factsOf(new Error(message)).message

  test.each([
    ['http://user:secret@proxy:3128', 'http://proxy:3128'],
    ['tunnel to https://user:secret@proxy:3128 and http://secret@other failed', 'tunnel to https://other failed'],
    ['https://example.com/a@b', 'https://b'],
    ['http://user:p@ss@w/rd@proxy', 'http://proxy'],
    ['https://example.com\nmail me@example.com', 'https://example.com\nmail me@example.com'],
    ['mail me@example.com', 'mail me@example.com'],
  ])('in the URL of a proxy is not shown: %s', (message, shown) => {
    expect(shownOf(message)).toBe(shown)
  })

  test('in the command or the output of a credential process is not shown', () => {
    expect(shownOf('Command failed: vault read --token secret\npermission denied for secret\n')).toBe('Command failed')
  })

  test.each(['{"SecretAccessKey":secret}', '{\n "Token":secret\n}'])(
    'in %j, which is not JSON, is not shown',
    (text) => {
      const { message } = (() => {
        try {
          return JSON.parse(text)
        } catch (error) {
          return error
        }
      })()
      expect(message).toContain('secre')
      expect(shownOf(message)).not.toContain('secre')
    },
  )

  test('in the canonical request that AWS quotes is not shown', () => {
    const message =
      "The request signature we calculated does not match.\n\nThe Canonical String for this request should have been\n'POST\n/\n\nx-amz-security-token:secret\n'"
    expect(shownOf(message)).toBe('The request signature we calculated does not match.')
  })
})

describe('what AWS denies', () => {
  test.each([
    // https://github.com/fivexl/terraform-aws-sso-elevator/issues/21
    [
      'User: arn:aws:sts::1:assumed-role/a/a is not authorized to perform: iam:GetRole on resource: role AWSReservedSSO_x because no identity-based policy allows the iam:GetRole action',
      [{ action: 'iam:GetRole', resource: 'role' }],
    ],
    // https://github.com/awslabs/landing-zone-accelerator-on-aws/issues/71
    ['User: x is not authorized to perform: sso:ListInstances', [{ action: 'sso:ListInstances', resource: null }]],
    ['not authorized to perform: sso:X on resource: *', [{ action: 'sso:X', resource: '*' }]],
    ['not authorized to perform: sso:X on resource: arn:aws:y.', [{ action: 'sso:X', resource: 'arn:aws:y' }]],
    // https://github.com/binbashar/le-tf-infra-aws/pull/874
    [
      'User: u is not authorized to perform: sso:X on resource: arn:aws:y because no policy allows it, User: u is not authorized to perform: sso:Z on resource: arn:aws:z because no policy allows it',
      [
        { action: 'sso:X', resource: 'arn:aws:y' },
        { action: 'sso:Z', resource: 'arn:aws:z' },
      ],
    ],
    ['Not authorized to perform sts:AssumeRoleWithWebIdentity', []],
    ['Access denied', []],
    ['', []],
  ])('is read from %j', (message, denials) => {
    expect(denialsIn(message)).toEqual(denials)
  })
})

describe('the Region of a signature that is refused', () => {
  test.each([
    // https://github.com/cognitect-labs/aws-api/issues/27
    ["Credential should be scoped to a valid region, not 'ap-southeast-2'. ", { expected: null }],
    // https://github.com/aws/aws-sdk-js-v3/issues/5576
    ['Credential should be scoped to a valid region. ', { expected: null }],
    ['The credential must be scoped to a valid region.', { expected: null }],
    ["Credential should be scoped to region 'eu-central-1' and service 'sso'.", { expected: 'eu-central-1' }],
    ["Credential should be scoped to correct region: 'us-gov-west-1'.", { expected: 'us-gov-west-1' }],
    ["Credential should be scoped to correct service: 'sso'. ", null],
    ['The request signature we calculated does not match', null],
  ])('is read from %j', (message, region) => {
    expect(signatureRegionIn(message)).toEqual(region)
  })
})
