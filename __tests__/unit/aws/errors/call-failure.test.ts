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
import { instanceArn } from '../../examples.ts'
import { $metadata, awsError, context, parseError, providerError, sources, systemError } from './examples.ts'

type Meaning = Pick<CallFailure, 'effect' | 'scope'>

const throttled: Meaning = { effect: 'throttled', scope: 'every-call' }
const unclear: Meaning = { effect: 'unclear', scope: 'every-call' }
const absent: Meaning = { effect: 'absent', scope: 'every-call' }
const refused: Meaning = { effect: 'refused', scope: 'every-call' }
const requestAbsent: Meaning = { effect: 'absent', scope: 'request' }
const requestRefused: Meaning = { effect: 'refused', scope: 'request' }

const untrusted = [
  systemError('SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain'),
  systemError('UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify the first certificate'),
  systemError('UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'unable to get local issuer certificate'),
]

/** An error of which only the HTTP status is known. */
function httpError(httpStatusCode: number): Error {
  return awsError('Unknown', 'UnknownError', { httpStatusCode })
}

function kmsError(name: string, Reason: string): Error {
  return Object.assign(awsError(name), { Reason })
}

function errorsNamed(...names: string[]): Error[] {
  return names.map((name) => awsError(name))
}

/** What people read: each message, and below it the remedy if it changes. */
function textOf(failures: readonly CallFailure[]): string {
  const lines = failures.flatMap(({ code, message, remedy }, index) => {
    const known = index > 0 && failures[index - 1]?.remedy === remedy
    return [`${code} | ${message}`, ...(known ? [] : [`  ${remedy || '(no remedy)'}`])]
  })
  return ['', ...lines, ''].join('\n')
}

/** Of Node, for a header with a line break or a typographic quote. */
const unsendable = systemError('ERR_INVALID_CHAR', 'Invalid character in header content ["authorization"]')

describe('an error of a call has its own meaning and texts', () => {
  const late = 'Signature expired: 20261120T100000Z is now earlier than …'
  const ofOtherRegion = "Credential should be scoped to a valid region, not 'eu-central-1'. "

  test.each<[string, Meaning, unknown[]]>([
    [
      'AWS throttles the calls',
      throttled,
      [
        new ThrottlingException({ message: 'Rate exceeded', $metadata }),
        new ThrottlingException({ message: 'x', Reason: 'KMS_ThrottlingException', $metadata }),
        ...errorsNamed('TooManyRequestsException', 'EC2ThrottledException', 'PriorRequestNotComplete'),
        httpError(429),
      ],
    ],
    [
      'AWS could not answer',
      unclear,
      [
        new InternalServerException({ message: 'Oops', $metadata: { httpStatusCode: 500 } }),
        awsError('WeirdException', 'x', { httpStatusCode: 599 }),
        ...errorsNamed('RequestTimeoutException', 'RequestTimeout', 'RequestAbortedException'),
        awsError('RequestAbortedException', 'no', {}),
        httpError(408),
        httpError(503),
      ],
    ],
    [
      'The connection to AWS failed',
      unclear,
      [
        systemError('ECONNREFUSED'),
        systemError('EPIPE', 'broken'),
        systemError('CERT_HAS_EXPIRED', 'certificate has expired'),
        // The SDK renames the error of a connection that breaks at its start.
        Object.assign(systemError('ECONNRESET', 'read ECONNRESET'), { name: 'TimeoutError' }),
      ],
    ],
    [
      'AWS did not answer in time',
      unclear,
      [Object.assign(new Error('socket timed out'), { name: 'TimeoutError' }), new TimeLimitReached(10_000)],
    ],
    [
      'The response is not from AWS',
      unclear,
      [
        ...[200, 403, 502].map(parseError),
        httpError(403),
        awsError('SSOAdminServiceException', 'x'),
        awsError('OddException', 'x', { httpStatusCode: 302 }),
        Object.assign(new Error('x'), { name: 'OddException' }),
        'a text instead of an error',
        undefined,
      ],
    ],
    ['The answer cannot be used', unclear, [new UnreadableAnswer('The answer has no status')]],
    ['AWS knows no such request', requestAbsent, [new ResourceNotFoundException({ message: 'gone', $metadata })]],
    [
      'A host name does not resolve',
      absent,
      [systemError('ENOTFOUND', 'getaddrinfo ENOTFOUND sso.eu-central-9.amazonaws.com'), systemError('EAI_AGAIN')],
    ],
    ['The proxy refuses the connection', unclear, [systemError('ERR_PROXY_TUNNEL', 'Failed to establish tunnel: 407')]],
    ['The certificate is not trusted', unclear, untrusted],
    // A text of AWS does not count.
    ['AWS refused the call: OddException', requestRefused, [awsError('OddException', 'self-signed certificate')]],
    ['The credentials have expired', refused, errorsNamed('ExpiredTokenException', 'ExpiredToken')],
    [
      'AWS does not accept the instance ARN',
      refused,
      [awsError('ValidationException', "Value at 'instanceArn' failed to satisfy constraint")],
    ],
    ['AWS finds the call invalid', requestRefused, errorsNamed('ValidationException')],
    [
      'AWS does not know the credentials',
      refused,
      [
        ...errorsNamed('UnrecognizedClientException', 'InvalidClientTokenId', 'InvalidAccessKeyId'),
        ...errorsNamed('NotAuthorized', 'OptInRequired'),
      ],
    ],
    [
      'AWS does not accept the signature',
      refused,
      [
        ...errorsNamed('InvalidSignatureException', 'SignatureDoesNotMatch'),
        ...errorsNamed('IncompleteSignature', 'IncompleteSignatureException'),
        ...errorsNamed('MissingAuthenticationToken', 'MissingAuthenticationTokenException'),
      ],
    ],
    [
      'Wrong Region: the endpoint serves us-east-1',
      refused,
      [awsError('InvalidSignatureException', "Credential should be scoped to region 'us-east-1' and service 'sso'.")],
    ],
    [
      'Wrong Region: the endpoint does not serve eu-central-1',
      refused,
      [awsError('SignatureDoesNotMatch', ofOtherRegion)],
    ],
    [
      "The runner's clock is wrong",
      unclear,
      [
        awsError('InvalidSignatureException', 'no', Object.assign({ clockSkewCorrected: true }, $metadata)),
        awsError('InvalidSignatureException', late),
        ...errorsNamed('RequestExpired', 'RequestInTheFuture', 'RequestTimeTooSkewed'),
      ],
    ],
    [
      'AWS refused the call: ConflictException',
      requestRefused,
      [awsError('ConflictException'), awsError('ConflictException', 'no', { httpStatusCode: 499 })],
    ],
    [
      "The instance's KMS key cannot be used",
      refused,
      [
        kmsError('AccessDeniedException', 'KMS_AccessDeniedException'),
        kmsError('ValidationException', 'KMS_DisabledException'),
        kmsError('ValidationException', 'KMS_InvalidStateException'),
        kmsError('ResourceNotFoundException', 'KMS_NotFoundException'),
        awsError('AccessDeniedException', 'User: x is not authorized to perform: kms:Decrypt on resource: y'),
      ],
    ],
    ['Invalid setting: AWS_ENDPOINT_URL', refused, [new InvalidSetting('AWS_ENDPOINT_URL')]],
    [
      'Invalid setting: endpoint_url in the AWS config file',
      refused,
      [Object.assign(new TypeError('Invalid URL'), { code: 'ERR_INVALID_URL', input: 'http//x' })],
    ],
    [
      "The runner's user has no home directory",
      refused,
      [systemError('ERR_SYSTEM_ERROR', 'A system error occurred: uv_os_homedir returned ENOENT')],
    ],
    ['The credentials cannot be sent', refused, [unsendable]],
  ])('%s', (title, meaning, errors) => {
    const failures = errors.map((error) => failureFrom(error, context))
    for (const failure of failures) expect(failure).toMatchObject({ ...meaning, title })
    expect(textOf(failures)).toMatchSnapshot()
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
    awsError('AccessDeniedException', 'User: u is not authorized to perform: sso:DescribeX on resource: *'),
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

test('a permission set that does not exist is not a request that does not exist', () => {
  const error = new ResourceNotFoundException({ message: 'gone', $metadata })
  const listing = { ...context, action: 'sso:ListAccountsForProvisionedPermissionSet' }
  expect(failureFrom(error, listing)).toMatchObject({
    effect: 'absent',
    scope: 'request',
    title: 'AWS knows no such permission set',
    remedy: expect.stringMatching(/'permission-set-arn'.*'aws-region' \(eu-central-1\)/),
  })
})

test('a broken connection names the proxy of the calls, if there is one', () => {
  const remedy = (proxy: string | null) => failureFrom(systemError('ECONNREFUSED'), { ...context, proxy }).remedy
  expect(remedy('proxy.example.com:3128')).toContain('the proxy proxy.example.com:3128 unless NO_PROXY')
  expect(remedy(null)).not.toContain('proxy')
})

describe('access denied', () => {
  const { action } = context
  const permissionSet = 'arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef'
  const because = `because no identity-based policy allows the ${action} action`
  const denied = (message: string) => failureFrom(awsError('AccessDeniedException', message), context)

  test.each([
    ['the instance', `not authorized to perform: ${action} on resource: ${instanceArn} ${because}`, 'action'],
    ['everything', `not authorized to perform: ${action} on resource: *`, 'action'],
    ['no resource', `not authorized to perform: ${action}`, 'action'],
    ['a permission set', `not authorized to perform: ${action} on resource: ${permissionSet} ${because}`, 'request'],
    ['a resource that AWS does not name', 'Access denied', 'request'],
    ['a call that AWS does not name', '', 'request'],
    [
      'a permission set and the instance',
      [permissionSet, instanceArn].map((arn) => `not authorized to perform: ${action} on resource: ${arn}`).join(', '),
      'action',
    ],
  ])('on %s has the right scope', (_, message, scope) => {
    expect(denied(message)).toMatchObject({ effect: 'refused', scope, title: `Access denied: ${action}` })
  })

  test('by its other name means the same', () => {
    expect(failureFrom(awsError('AccessDenied'), context)).toMatchObject(requestRefused)
  })

  test('says what to allow, with the statement', () => {
    const { message, remedy, snippet = '' } = denied('no')
    expect(message).toBe(`Access denied: the role may not call ${action} (AccessDeniedException: no)`)
    expect(remedy).toContain(`Allow ${action} on ${instanceArn}`)
    expect(remedy).toContain("eu-central-1 is the instance's primary Region")
    expect(JSON.parse(snippet)).toEqual({ Effect: 'Allow', Action: action, Resource: instanceArn })
  })

  test('names the action and the resource that AWS names, if they differ', () => {
    const other = denied(`not authorized to perform: sso:DescribePermissionSet on resource: ${permissionSet}`)
    expect(other.title).toBe('Access denied: sso:DescribePermissionSet')
    expect(other.remedy).toMatch(new RegExp(`^Allow sso:DescribePermissionSet on ${permissionSet} in`))
    expect(JSON.parse(other.snippet ?? '')).toMatchObject({ Resource: permissionSet })
  })

  test.each([`arn:${'x'.repeat(3_000)}`, 'role AWSReservedSSO_x'])('names the instance in place of %s', (resource) => {
    const { remedy, snippet = '' } = denied(`not authorized to perform: ${action} on resource: ${resource}`)
    expect(remedy).toContain(`Allow ${action} on ${instanceArn} in`)
    expect(JSON.parse(snippet)).toMatchObject({ Resource: instanceArn })
  })

  test.each([
    [
      'two resources',
      action,
      `Access denied: ${action}`,
      `Allow ${action} on ${instanceArn} and ${permissionSet} in`,
      { Effect: 'Allow', Action: action, Resource: [instanceArn, permissionSet] },
    ],
    [
      'two actions',
      'kms:Decrypt',
      `Access denied: ${action} and kms:Decrypt`,
      `Allow ${action} on ${instanceArn}, and kms:Decrypt on ${permissionSet}, in`,
      [
        { Effect: 'Allow', Action: action, Resource: instanceArn },
        { Effect: 'Allow', Action: 'kms:Decrypt', Resource: permissionSet },
      ],
    ],
  ])('tells two denials in one message: %s', (_, second, title, remedy, policy) => {
    const denials = [
      [action, instanceArn],
      [second, permissionSet],
    ].map(([name, arn]) => `not authorized to perform: ${name} on resource: ${arn} ${because}`)
    const told = denied(denials.join(', '))
    expect(told).toMatchObject({ title, remedy: expect.stringContaining(remedy) })
    expect(JSON.parse(told.snippet ?? '')).toEqual(policy)
  })

  test('outside the primary Region names the Region first, the denial once, and no policy', () => {
    const { snippet: _, ...denial } = denied(`not authorized to perform: ${action}`)
    expect(locatedFailure({ ...denial, snippet: '{}' }, 'eu-west-1', 'us-east-1')).toEqual({
      ...denial,
      scope: 'every-call',
      title: "Wrong Region: the instance's primary Region is eu-west-1",
      message: `The instance's primary Region is eu-west-1, and not us-east-1. ${denial.message}`,
      remedy: "Set 'aws-region' to eu-west-1: permission sets can be read only there.",
    })
  })
})

describe('a failure to get credentials has its own meaning and texts', () => {
  const places = {
    ...sources,
    nowhere: { kind: 'none', profile: null },
    emptyProfile: { kind: 'none', profile: 'deploy' },
    forbiddenToken: { kind: 'oidc-token', permitted: false },
  } as const satisfies Record<string, CredentialSource>
  const gitHubError = (statusCode: number) => Object.assign(new Error('Failed'), { statusCode })
  const metadataError = (statusCode: number) => Object.assign(providerError('Error response'), { statusCode })
  const noAssumeRole = awsError('AccessDenied', 'User: u is not authorized to perform: sts:AssumeRole on resource: r')
  const otherRegion = awsError('SignatureDoesNotMatch', "Credential should be scoped to a valid region, not 'x'.")
  const unreachablePortal = [
    'TooManyRequestsException: HTTP 429 Unknown Code',
    'InternalServerException: x',
    'TimeoutError: Connection timed out after 5000 ms',
    'Error: getaddrinfo EAI_AGAIN portal.sso.eu-central-1.amazonaws.com',
    'Error: connect ECONNREFUSED 127.0.0.1:443',
  ].map((text) => providerError(text))
  const brokenConnections = [systemError('ECONNRESET'), parseError(200), httpError(403)]

  test.each<[string, keyof typeof places, Meaning, unknown[]]>([
    ['There are no AWS credentials', 'nowhere', refused, [undefined]],
    ['There are no AWS credentials', 'emptyProfile', refused, [undefined]],
    ['There are no AWS credentials', 'instance', refused, [metadataError(404), systemError('ECONNREFUSED')]],

    ['The job may not ask for an OIDC token', 'forbiddenToken', refused, [undefined]],
    ['GitHub gave no OIDC token', 'token', refused, [400, 401, 403, 404, 499].map(gitHubError)],
    ['No credentials yet', 'token', unclear, [399, 408, 500, 503].map(gitHubError)],
    ['No credentials yet', 'token', unclear, [new Error(' connect\n  ECONNREFUSED '), new TimeLimitReached(8_000)]],
    ['No credentials yet', 'token', throttled, [gitHubError(429)]],

    ['No credentials yet', 'role', unclear, [metadataError(503), awsError('RequestTimeout'), ...brokenConnections]],
    ['No credentials yet', 'role', unclear, errorsNamed('ExpiredToken', 'ExpiredTokenException')],
    ['No credentials yet', 'role', unclear, errorsNamed('IDPCommunicationError', 'IDPCommunicationErrorException')],
    ['No credentials yet', 'role', unclear, [new Error('STS returned credentials without a session')]],
    ['No credentials yet', 'role', throttled, errorsNamed('Throttling')],
    ['The proxy refuses the connection', 'role', unclear, [systemError('ERR_PROXY_TUNNEL')]],
    // The toolkit keeps no code.
    [
      'The certificate is not trusted',
      'token',
      unclear,
      [new Error('Failed to get ID Token: self-signed certificate')],
    ],
    ['The certificate is not trusted', 'role', unclear, untrusted],
    ['The credentials cannot be sent', 'token', refused, [unsendable]],
    ['A host name does not resolve', 'role', absent, [systemError('ENOTFOUND')]],
    ['Access denied: sts:AssumeRoleWithWebIdentity', 'role', refused, errorsNamed('AccessDenied')],
    ['AWS does not accept the OIDC token', 'role', refused, errorsNamed('InvalidIdentityToken')],
    ['STS is not active in eu-central-1', 'role', refused, errorsNamed('RegionDisabledException')],
    ['The role could not be assumed', 'role', refused, errorsNamed('ValidationError')],

    ['No credentials yet', 'tokenFile', unclear, [metadataError(503), ...brokenConnections]],
    ['Access denied: sts:AssumeRoleWithWebIdentity', 'tokenFile', refused, errorsNamed('AccessDeniedException')],
    ['AWS does not accept the OIDC token', 'tokenFile', refused, errorsNamed('InvalidIdentityTokenException')],
    ['The credentials have expired', 'tokenFile', refused, errorsNamed('ExpiredTokenException')],
    ['The role could not be assumed', 'tokenFile', refused, errorsNamed('InvalidParameterValue')],
    ['The token file cannot be read', 'tokenFile', refused, [systemError('ENOENT', "ENOENT: no such file, open '/x'")]],

    ['No credentials yet', 'profile', unclear, [metadataError(503), ...unreachablePortal]],
    ['Access denied: sts:AssumeRole', 'profile', refused, [noAssumeRole]],
    ['The credentials have expired', 'profile', refused, errorsNamed('ExpiredToken')],
    ['The role could not be assumed', 'profile', refused, errorsNamed('ValidationError')],
    ['AWS does not know the credentials', 'profile', refused, errorsNamed('InvalidClientTokenId')],
    ['AWS does not accept the signature', 'profile', refused, errorsNamed('SignatureDoesNotMatch')],
    ['Wrong Region: the endpoint does not serve eu-central-1', 'profile', refused, [otherRegion]],
    ['The token file cannot be read', 'profile', refused, [systemError('EACCES')]],
    [
      "The profile 'deploy' gave no credentials",
      'profile',
      refused,
      [
        providerError('Profile deploy requires multi-factor authentication, but no MFA code callback was provided.'),
        providerError('Command failed: vault read secret'),
        providerError('UnauthorizedException: Session token not found'),
      ],
    ],
    ['Invalid setting: AWS_ENDPOINT_URL_STS', 'profile', refused, [new InvalidSetting('AWS_ENDPOINT_URL_STS')]],

    ['No credentials yet', 'container', unclear, [metadataError(503)]],
    ['No credentials yet', 'container', throttled, [providerError('Server responded with status: 429')]],
    ['The token file cannot be read', 'container', refused, [systemError('EISDIR')]],
    [
      "The container's endpoint gave no credentials",
      'container',
      refused,
      [providerError('Server responded with status: 403')],
    ],

    ['No credentials yet', 'instance', unclear, [metadataError(503)]],
    [
      'The metadata service gave no credentials',
      'instance',
      absent,
      [providerError('blocked', 'InstanceMetadataV1FallbackError'), metadataError(401)],
    ],
  ])('%s, from %s', (title, place, meaning, causes) => {
    const failures = causes.map((cause) => failureFrom(new CredentialsFailure(places[place], cause), context))
    for (const failure of failures) {
      expect({ snippet: undefined, ...failure }).toMatchObject({ ...meaning, title, snippet: undefined })
      expect(failure.message).not.toContain('sso:')
    }
    expect(textOf(failures)).toMatchSnapshot()
  })
})

// `new http.Agent({ proxyEnv })` either accepts each of these or throws an error that quotes it.
test.each(['http://user:p@secret@proxy:3128', 'http://user:my secret@proxy:bad', 'http://user:my/secret@proxy:bad'])(
  'the password in %s is not shown',
  (url) => {
    const error = Object.assign(new Error(`Invalid proxy URL: ${url}`), { code: 'ERR_PROXY_INVALID_CONFIG' })
    expect(JSON.stringify(failureFrom(error, context))).not.toContain('secret')
  },
)

test('any thrown value becomes a failure with a message', () => {
  const thrown = fc.anything({ withNullPrototype: true })
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
