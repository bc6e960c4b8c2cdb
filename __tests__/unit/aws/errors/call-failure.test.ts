import { InternalServerException, ResourceNotFoundException, ThrottlingException } from '@aws-sdk/client-sso-admin'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  type CredentialSource,
  CredentialsFailure,
  InvalidSetting,
  UnreadableAnswer,
} from '../../../../src/aws/errors/facts.ts'
import { failureFrom, locatedFailure } from '../../../../src/aws/errors/failure.ts'
import type { CallFailure } from '../../../../src/requests/api.ts'
import { Secrets } from '../../../../src/secrets.ts'
import { TimeLimitReached } from '../../../../src/wait/time/deadline.ts'
import { instanceArn, permissionSetArn } from '../../examples.ts'
import { $metadata, awsError, context, parseError, providerError, sources, systemError } from './examples.ts'

const untrusted = [
  systemError('SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain'),
  systemError('UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify the first certificate'),
  systemError('UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'unable to get local issuer certificate'),
]
/** Of Node, for a header with a line break or a typographic quote. */
const unsendable = systemError('ERR_INVALID_CHAR', 'Invalid character in header content ["authorization"]')

/** An error of which only the HTTP status is known. */
const httpError = (httpStatusCode: number) => awsError('Unknown', 'UnknownError', { httpStatusCode })
const kmsError = (name: string, Reason: string) => Object.assign(awsError(name), { Reason })
const errorsNamed = (...names: string[]) => names.map((name) => awsError(name))
const denied = (message: string) => awsError('AccessDeniedException', message)

/** What AWS says about a denied action. */
function denial(resource: string, action = context.action): string {
  return `User: u is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows it`
}

/** What an error means for the wait: its effect and its scope. */
type Meaning = `${CallFailure['effect']} ${CallFailure['scope']}`

/** Errors of a call to Identity Center. */
const errorsOfCalls: Partial<Record<Meaning, unknown[]>> = {
  'throttled every-call': [
    new ThrottlingException({ message: 'Rate exceeded', $metadata }),
    new ThrottlingException({ message: 'x', Reason: 'KMS_ThrottlingException', $metadata }),
    ...errorsNamed('TooManyRequestsException', 'EC2ThrottledException', 'PriorRequestNotComplete'),
    httpError(429),
  ],
  'unclear every-call': [
    new InternalServerException({ message: 'Oops', $metadata: { httpStatusCode: 500 } }),
    awsError('WeirdException', 'x', { httpStatusCode: 599 }),
    ...errorsNamed('RequestTimeoutException', 'RequestTimeout', 'RequestAbortedException'),
    awsError('RequestAbortedException', 'no', {}),
    ...[408, 503].map(httpError),
    systemError('ECONNREFUSED'),
    systemError('EPIPE', 'broken'),
    systemError('CERT_HAS_EXPIRED', 'certificate has expired'),
    // The SDK renames the error of a connection that breaks at its start.
    Object.assign(systemError('ECONNRESET', 'read ECONNRESET'), { name: 'TimeoutError' }),
    new Error('outer', { cause: new Error('middle', { cause: systemError('ECONNRESET') }) }),
    Object.assign(new Error('socket timed out'), { name: 'TimeoutError' }),
    new TimeLimitReached(10_000),
    ...[200, 403, 502].map(parseError),
    httpError(403),
    awsError('SSOAdminServiceException', 'x'),
    awsError('OddException', 'x', { httpStatusCode: 302 }),
    Object.assign(new Error('x'), { name: 'OddException' }),
    ...['a text instead of an error', undefined, 42, { code: 5, message: 7 }],
    new UnreadableAnswer('The answer has no status'),
    systemError('ERR_PROXY_TUNNEL', 'Failed to establish tunnel: 407'),
    ...untrusted,
    awsError('InvalidSignatureException', 'no', Object.assign({ clockSkewCorrected: true }, $metadata)),
    awsError('InvalidSignatureException', 'Signature expired: 20261120T100000Z is now earlier than …'),
    ...errorsNamed('RequestExpired', 'RequestInTheFuture', 'RequestTimeTooSkewed'),
  ],
  'absent every-call': [
    systemError('ENOTFOUND', 'getaddrinfo ENOTFOUND sso.eu-central-9.amazonaws.com'),
    systemError('EAI_AGAIN'),
  ],
  'absent request': [new ResourceNotFoundException({ message: 'gone', $metadata })],
  'refused every-call': [
    ...errorsNamed('ExpiredTokenException', 'ExpiredToken'),
    awsError('ValidationException', "Value at 'instanceArn' failed to satisfy constraint"),
    ...errorsNamed('UnrecognizedClientException', 'InvalidClientTokenId', 'InvalidAccessKeyId'),
    ...errorsNamed('NotAuthorized', 'OptInRequired'),
    ...errorsNamed('InvalidSignatureException', 'IncompleteSignature', 'IncompleteSignatureException'),
    ...errorsNamed('MissingAuthenticationToken', 'MissingAuthenticationTokenException'),
    ...[
      'The request signature we calculated does not match',
      "Credential should be scoped to correct service: 'sso'. ",
      // https://github.com/cognitect-labs/aws-api/issues/27, https://github.com/aws/aws-sdk-js-v3/issues/5576
      "Credential should be scoped to a valid region, not 'eu-central-1'. ",
      'Credential should be scoped to a valid region. ',
      'The credential must be scoped to a valid region.',
      "Credential should be scoped to region 'us-east-1' and service 'sso'.",
      "Credential should be scoped to correct region: 'us-gov-west-1'.",
    ].map((message) => awsError('SignatureDoesNotMatch', message)),
    kmsError('AccessDeniedException', 'KMS_AccessDeniedException'),
    kmsError('ValidationException', 'KMS_DisabledException'),
    kmsError('ValidationException', 'KMS_InvalidStateException'),
    kmsError('ResourceNotFoundException', 'KMS_NotFoundException'),
    denied(denial('y', 'kms:Decrypt')),
    new InvalidSetting('AWS_ENDPOINT_URL'),
    Object.assign(new TypeError('Invalid URL'), { code: 'ERR_INVALID_URL', input: 'http//x' }),
    systemError('ERR_SYSTEM_ERROR', 'A system error occurred: uv_os_homedir returned ENOENT'),
    unsendable,
  ],
  'refused request': [
    ...errorsNamed('ValidationException', 'ConflictException', 'AccessDenied'),
    awsError('ConflictException', 'no', { httpStatusCode: 499 }),
    // A text of AWS does not count.
    awsError('OddException', 'self-signed certificate'),
    ...[
      '',
      'Access denied',
      denial(permissionSetArn),
      denial(permissionSetArn, 'sso:DescribePermissionSet'),
      // A policy cannot name it: the instance stands for it. https://github.com/fivexl/terraform-aws-sso-elevator/issues/21
      denial('role AWSReservedSSO_x', 'iam:GetRole'),
    ].map(denied),
  ],
  'refused action': [
    // https://github.com/awslabs/landing-zone-accelerator-on-aws/issues/71
    'User: x is not authorized to perform: sso:ListInstances',
    denial(instanceArn),
    `not authorized to perform: ${context.action} on resource: ${instanceArn}.`,
    denial('*'),
    // https://github.com/binbashar/le-tf-infra-aws/pull/874
    `${denial(permissionSetArn)}, ${denial(instanceArn)}`,
    `${denial(instanceArn)}, ${denial(permissionSetArn, 'kms:Decrypt')}`,
  ].map(denied),
}

const places = {
  ...sources,
  nowhere: { kind: 'none', profile: null },
  emptyProfile: { kind: 'none', profile: 'deploy' },
  forbiddenToken: { kind: 'oidc-token', permitted: false },
} as const satisfies Record<string, CredentialSource>
const gitHubError = (statusCode: number) => Object.assign(new Error('Failed'), { statusCode })
const metadataError = (statusCode: number) => Object.assign(providerError('Error response'), { statusCode })

/** Failures to get credentials, by the place that they should have come from. */
const failuresOfPlaces: [Meaning, keyof typeof places, unknown[]][] = [
  ['throttled every-call', 'token', [gitHubError(429)]],
  ['throttled every-call', 'role', errorsNamed('Throttling')],
  ['throttled every-call', 'container', [providerError('Server responded with status: 429')]],
  [
    'unclear every-call',
    'token',
    [
      ...[399, 408, 500, 503].map(gitHubError),
      new Error(' connect\n  ECONNREFUSED '),
      new TimeLimitReached(8_000),
      // The toolkit keeps no code.
      new Error('Failed to get ID Token: self-signed certificate'),
    ],
  ],
  [
    'unclear every-call',
    'role',
    [
      metadataError(503),
      ...errorsNamed('RequestTimeout', 'ExpiredToken', 'ExpiredTokenException'),
      ...errorsNamed('IDPCommunicationError', 'IDPCommunicationErrorException'),
      ...[systemError('ECONNRESET'), parseError(200), httpError(403)],
      new Error('STS returned credentials without a session'),
      systemError('ERR_PROXY_TUNNEL'),
    ],
  ],
  ['unclear every-call', 'tokenFile', [metadataError(503)]],
  [
    'unclear every-call',
    'profile',
    [
      metadataError(503),
      ...[
        'TooManyRequestsException: HTTP 429 Unknown Code',
        'InternalServerException: x',
        'TimeoutError: Connection timed out after 5000 ms',
        'Error: getaddrinfo EAI_AGAIN portal.sso.eu-central-1.amazonaws.com',
        'Error: connect ECONNREFUSED 127.0.0.1:443',
      ].map((text) => providerError(text)),
    ],
  ],
  ['unclear every-call', 'container', [metadataError(503)]],
  ['unclear every-call', 'instance', [metadataError(503)]],
  ['absent every-call', 'role', [systemError('ENOTFOUND')]],
  ['absent every-call', 'instance', [providerError('blocked', 'InstanceMetadataV1FallbackError'), metadataError(401)]],
  ['refused every-call', 'nowhere', [undefined]],
  ['refused every-call', 'emptyProfile', [undefined]],
  ['refused every-call', 'instance', [metadataError(404), systemError('ECONNREFUSED')]],
  ['refused every-call', 'forbiddenToken', [undefined]],
  ['refused every-call', 'token', [...[400, 401, 403, 404, 499].map(gitHubError), unsendable]],
  [
    'refused every-call',
    'role',
    errorsNamed('AccessDenied', 'InvalidIdentityToken', 'RegionDisabledException', 'ValidationError'),
  ],
  [
    'refused every-call',
    'tokenFile',
    [
      ...errorsNamed('AccessDeniedException', 'InvalidIdentityTokenException', 'ExpiredTokenException'),
      ...errorsNamed('InvalidParameterValue'),
      systemError('ENOENT', "ENOENT: no such file, open '/x'"),
    ],
  ],
  [
    'refused every-call',
    'profile',
    [
      awsError('AccessDenied', denial('r', 'sts:AssumeRole')),
      ...errorsNamed('ExpiredToken', 'ValidationError', 'InvalidClientTokenId', 'SignatureDoesNotMatch'),
      awsError('SignatureDoesNotMatch', "Credential should be scoped to a valid region, not 'x'."),
      systemError('EACCES'),
      providerError('Profile deploy requires multi-factor authentication, but no MFA code callback was provided.'),
      providerError('Command failed: vault read secret'),
      providerError('UnauthorizedException: Session token not found'),
      new InvalidSetting('AWS_ENDPOINT_URL_STS'),
    ],
  ],
  ['refused every-call', 'container', [systemError('EISDIR'), providerError('Server responded with status: 403')]],
]

/** What people read: a title, the remedy, and a policy to paste; below them each message, with the code of its error. */
function textOf(failures: readonly CallFailure[]): string {
  const groups = Map.groupBy(failures, ({ title, remedy, snippet = '' }) =>
    [title, remedy, snippet.replace(/\s+/g, ' ')].filter(Boolean).join('\n  > '),
  )
  const texts = [...groups].map(([heading, group]) =>
    [heading, ...group.map(({ code, message }) => `  ${code} | ${message}`)].join('\n'),
  )
  return ['', ...texts, ''].join('\n')
}

function expectMeaning(failures: readonly CallFailure[], meaning: string): void {
  for (const { effect, scope, code, message } of failures)
    expect([code, message, `${effect} ${scope}`]).toEqual([code, message, meaning])
}

describe('an error of a call', () => {
  const failuresOf = (errors: readonly unknown[]) => errors.map((error) => failureFrom(error, context))

  test.each(Object.entries(errorsOfCalls))('may mean %s', (meaning, errors) =>
    expectMeaning(failuresOf(errors), meaning),
  )

  test('has its own texts', () => {
    expect(textOf(failuresOf(Object.values(errorsOfCalls).flat()))).toMatchSnapshot()
  })
})

describe('a failure to get credentials', () => {
  const failuresOf = (place: keyof typeof places, causes: readonly unknown[]) =>
    causes.map((cause) => failureFrom(new CredentialsFailure(places[place], cause), context))

  test.each(failuresOfPlaces)('may mean %s, from %s', (meaning, place, causes) => {
    const failures = failuresOf(place, causes)
    expectMeaning(failures, meaning)
    // A policy for Identity Center would not help.
    for (const { message, snippet } of failures) expect([message.includes('sso:'), snippet]).toEqual([false, undefined])
  })

  test('has its own texts', () => {
    expect(textOf(failuresOfPlaces.flatMap(([, place, causes]) => failuresOf(place, causes)))).toMatchSnapshot()
  })
})

test.each([
  [
    'a permission set that does not exist',
    new ResourceNotFoundException({ message: 'gone', $metadata }),
    { action: 'sso:ListAccountsForProvisionedPermissionSet' },
    'absent request',
  ],
  ['a broken connection behind a proxy', systemError('ECONNREFUSED'), { proxy: 'proxy:3128' }, 'unclear every-call'],
] as const)('%s has its own meaning and text', (_, error, known, meaning) => {
  const failure = failureFrom(error, { ...context, ...known })
  expect(`${failure.effect} ${failure.scope}`).toBe(meaning)
  expect(textOf([failure])).toMatchSnapshot()
})

test('a policy names the instance in place of what is too long for an ARN', () => {
  const { snippet = '' } = failureFrom(denied(denial(`arn:${'x'.repeat(3_000)}`)), context)
  expect(JSON.parse(snippet)).toMatchObject({ Resource: instanceArn })
})

test('access that is denied outside the primary Region names the Region first, the denial once, and no policy', () => {
  const { snippet: _, ...failure } = failureFrom(denied(denial('*')), context)
  expect(locatedFailure({ ...failure, snippet: '{}' }, 'eu-west-1', 'us-east-1')).toEqual({
    ...failure,
    scope: 'every-call',
    title: "Wrong Region: the instance's primary Region is eu-west-1",
    message: `The instance's primary Region is eu-west-1, and not us-east-1. ${failure.message}`,
    remedy: "Set 'aws-region' to eu-west-1: permission sets can be read only there.",
  })
})

test('words of AWS that are passwords too are hidden, and do not change what an error means', () => {
  const words = {
    A_TOKEN: 'authorized',
    B_TOKEN: 'ExpiredTokenException',
    C_TOKEN: 'Credential',
    D_TOKEN: 'uv_os_homedir',
  }
  const withPasswords = { ...context, secrets: new Secrets(words) }
  const errors = [
    denied(denial('*')),
    awsError('ExpiredTokenException'),
    awsError('SignatureDoesNotMatch', "Credential should be scoped to a valid region, not 'x'."),
    systemError('ERR_SYSTEM_ERROR', 'A system error occurred: uv_os_homedir returned ENOENT'),
  ]
  for (const error of errors) {
    const { code, effect, scope } = failureFrom(error, context)
    const failure = failureFrom(error, withPasswords)
    expect(failure).toMatchObject({ code, effect, scope })
    for (const word of Object.values(words)) expect(`${failure.title} ${failure.message}`).not.toContain(word)
  }
})

test('any thrown value becomes a failure with a message, also if its causes form a circle', () => {
  const circle = new Error('round')
  circle.cause = circle
  const thrown = fc.oneof(fc.anything({ withNullPrototype: true }), fc.constant(circle))
  const failure = fc
    .tuple(fc.constantFrom(...Object.values(sources)), thrown)
    .map(([source, cause]) => new CredentialsFailure(source, cause))
  fc.assert(
    fc.property(fc.oneof(thrown, failure), (error) => {
      const { effect, title, message } = failureFrom(error, context)
      expect(['throttled', 'unclear', 'absent', 'refused']).toContain(effect)
      expect([title, message]).not.toContain('')
    }),
  )
})
