import {
  AccessDeniedException,
  ConflictException,
  InternalServerException,
  ResourceNotFoundException,
  ThrottlingException,
  ValidationException,
} from '@aws-sdk/client-sso-admin'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { troubleFrom, wrongRegion } from '../../../../src/aws/errors/advice.ts'
import {
  type CredentialSource,
  CredentialsFailure,
  InvalidSetting,
  UnreadableAnswer,
} from '../../../../src/aws/errors/facts.ts'
import type { Trouble } from '../../../../src/polling/api.ts'
import { TimeLimitReached } from '../../../../src/polling/deadline.ts'
import { instanceArn } from '../../examples.ts'
import { $metadata, awsError, context, parseError, providerError, sources, systemError } from './examples.ts'

/** The expected members of a trouble. Some are matchers. */
type Expected = Readonly<Partial<Record<keyof Trouble, unknown>>>

const throttled = { effect: 'throttled', scope: 'every-call' }
const unclear = { effect: 'unclear', scope: 'every-call' }
const absent = { effect: 'absent', scope: 'every-call' }
const refused = { effect: 'refused', scope: 'every-call' }
const requestRefused = { effect: 'refused', scope: 'request' }

describe('an error of a call has its own effect, scope and texts', () => {
  test.each<[string, unknown, Expected]>([
    [
      'throttling',
      new ThrottlingException({ message: 'Rate exceeded', $metadata }),
      {
        ...throttled,
        code: 'ThrottlingException',
        title: 'AWS throttles the calls',
        message: 'AWS throttled the call (ThrottlingException: Rate exceeded)',
      },
    ],
    [
      'throttling of the KMS key',
      new ThrottlingException({ message: 'x', Reason: 'KMS_ThrottlingException', $metadata }),
      throttled,
    ],
    ['throttling by another name', awsError('TooManyRequestsException', 'Slow down'), throttled],
    ['throttling by a name of EC2', awsError('EC2ThrottledException'), throttled],
    ['an earlier request that is in progress', awsError('PriorRequestNotComplete'), throttled],
    ['throttling that only the status shows', awsError('Unknown', 'UnknownError', { httpStatusCode: 429 }), throttled],
    [
      'a server error',
      new InternalServerException({ message: 'Oops', $metadata: { httpStatusCode: 500 } }),
      {
        ...unclear,
        code: 'InternalServerException',
        title: 'AWS could not answer',
        message: 'AWS could not answer (HTTP 500, InternalServerException: Oops)',
        remedy: '',
      },
    ],
    [
      'a server error without a body',
      awsError('Unknown', 'UnknownError', { httpStatusCode: 503 }),
      { ...unclear, message: expect.stringMatching(/^AWS could not answer \(HTTP 503\b/) },
    ],
    ['a server error with an unknown name', awsError('WeirdException', 'x', { httpStatusCode: 599 }), unclear],
    ...['RequestTimeoutException', 'RequestTimeout', 'RequestAbortedException'].map(
      (name): [string, unknown, Expected] => [
        `a request that AWS did not read to its end: ${name}`,
        awsError(name),
        { ...unclear, code: name, title: 'AWS could not answer' },
      ],
    ),
    [
      'a timeout that only the status shows',
      awsError('Unknown', 'UnknownError', { httpStatusCode: 408 }),
      { ...unclear, title: 'AWS could not answer' },
    ],
    [
      'an aborted request without a status',
      awsError('RequestAbortedException', 'no', {}),
      { ...unclear, message: 'AWS could not answer (RequestAbortedException: no)' },
    ],
    [
      'a broken connection',
      systemError('ECONNREFUSED'),
      {
        ...unclear,
        code: 'ECONNREFUSED',
        title: 'The connection to AWS failed',
        message: 'The connection to AWS failed (connect ECONNREFUSED 127.0.0.1:443)',
      },
    ],
    [
      'a broken connection whose message does not name it',
      systemError('EPIPE', 'broken'),
      { ...unclear, message: 'The connection to AWS failed (EPIPE: broken)' },
    ],
    [
      'a connection broken at the start, as the SDK renames it',
      Object.assign(systemError('ECONNRESET', 'read ECONNRESET'), { name: 'TimeoutError' }),
      { ...unclear, code: 'ECONNRESET', message: 'The connection to AWS failed (read ECONNRESET)' },
    ],
    [
      'a hung connection',
      Object.assign(new Error('socket timed out'), { name: 'TimeoutError' }),
      { ...unclear, code: 'TimeoutError', title: 'AWS did not answer in time', message: 'AWS did not answer in time' },
    ],
    [
      'a call that took too long',
      new TimeLimitReached(10_000),
      { ...unclear, code: 'TimeLimitReached', message: 'AWS did not answer in time' },
    ],
    [
      'an answer that cannot be read',
      parseError(200),
      {
        ...unclear,
        code: 'SyntaxError',
        title: 'The response is not from AWS',
        message:
          'The response with HTTP status 200 is not an answer of this API; a proxy or a captive portal may have sent it',
      },
    ],
    ['a refusal that is not of AWS', parseError(403), unclear],
    ['a server error that is not of AWS', parseError(502), { ...unclear, code: 'SyntaxError' }],
    ['a refusal without a name', awsError('Unknown', 'UnknownError', { httpStatusCode: 403 }), unclear],
    ["a refusal by the SDK's own name", awsError('SSOAdminServiceException', 'x'), unclear],
    [
      'an answer without a status',
      new UnreadableAnswer('The answer has no status'),
      {
        ...unclear,
        code: 'UnreadableAnswer',
        title: 'The answer cannot be used',
        message: 'The answer has no status',
      },
    ],
    [
      'a thrown value that is not an error',
      'nonsense',
      {
        ...unclear,
        code: 'Error',
        message: 'The response is not an answer of this API; a proxy or a captive portal may have sent it',
      },
    ],
    ['undefined', undefined, unclear],
    [
      'no such request',
      new ResourceNotFoundException({ message: 'gone', $metadata }),
      {
        effect: 'absent',
        scope: 'request',
        title: 'AWS knows no such request',
        message: 'AWS knows no such request (ResourceNotFoundException: gone)',
        remedy: expect.stringMatching(/'request-id'.*'operation'.*'instance-arn'.*'aws-region' \(eu-central-1\)/),
      },
    ],
    [
      'no such host',
      systemError('ENOTFOUND', 'getaddrinfo ENOTFOUND sso.eu-central-9.amazonaws.com'),
      {
        ...absent,
        code: 'ENOTFOUND',
        title: 'A host name does not resolve',
        message: 'A host name does not resolve (getaddrinfo ENOTFOUND sso.eu-central-9.amazonaws.com)',
        remedy: expect.stringContaining("'aws-region' (eu-central-1)"),
      },
    ],
    ['no such host at the moment', systemError('EAI_AGAIN'), absent],
    [
      'a proxy that refuses',
      systemError('ERR_PROXY_TUNNEL', 'Failed to establish tunnel: 407'),
      {
        ...unclear,
        code: 'ERR_PROXY_TUNNEL',
        title: 'The proxy refuses the connection',
        message: 'The proxy did not let the call through (Failed to establish tunnel: 407)',
        remedy: expect.stringContaining('HTTPS_PROXY, HTTP_PROXY and NO_PROXY'),
      },
    ],
    [
      'expired credentials',
      awsError('ExpiredTokenException', 'expired'),
      {
        ...refused,
        title: 'The credentials have expired',
        message: 'The AWS credentials have expired (ExpiredTokenException: expired)',
        remedy: expect.stringMatching(/'role-to-assume'.*'role-duration-seconds'/),
      },
    ],
    ['expired credentials by their other name', awsError('ExpiredToken'), refused],
    [
      'an instance ARN that is invalid',
      new ValidationException({ message: "Value at 'instanceArn' failed to satisfy constraint", $metadata }),
      { ...refused, title: 'AWS does not accept the instance ARN', remedy: expect.stringContaining("'instance-arn'") },
    ],
    [
      'an invalid call',
      new ValidationException({ message: 'bad', $metadata }),
      {
        ...requestRefused,
        title: 'AWS finds the call invalid',
        message: 'AWS finds the call invalid (ValidationException: bad)',
        remedy: "Check 'instance-arn', 'request-id' and 'aws-region' (eu-central-1).",
      },
    ],
    ...[
      'UnrecognizedClientException',
      'InvalidClientTokenId',
      'InvalidAccessKeyId',
      'NotAuthorized',
      'OptInRequired',
    ].map((name): [string, unknown, Expected] => [
      `an unknown key: ${name}`,
      awsError(name),
      {
        ...refused,
        title: 'AWS does not know the credentials',
        message: `AWS does not know the credentials (${name}: no)`,
        remedy: expect.stringContaining('access key'),
      },
    ]),
    ...[
      'InvalidSignatureException',
      'SignatureDoesNotMatch',
      'IncompleteSignature',
      'IncompleteSignatureException',
      'MissingAuthenticationToken',
      'MissingAuthenticationTokenException',
    ].map((name): [string, unknown, Expected] => [
      `a bad signature: ${name}`,
      awsError(name),
      {
        ...refused,
        title: 'AWS does not accept the signature',
        message: `AWS does not accept the signature (${name}: no)`,
        remedy: expect.stringContaining('clock'),
      },
    ]),
    [
      'a signature for another Region than that of the endpoint, which AWS names',
      awsError('InvalidSignatureException', "Credential should be scoped to region 'us-east-1' and service 'sso'."),
      {
        ...refused,
        title: 'Wrong Region: the endpoint serves us-east-1',
        remedy: expect.stringContaining('AWS_ENDPOINT_URL'),
      },
    ],
    [
      'a signature for another Region than that of the endpoint, which AWS does not name',
      awsError('SignatureDoesNotMatch', "Credential should be scoped to a valid region, not 'eu-central-1'. "),
      { ...refused, title: 'Wrong Region: the endpoint does not serve eu-central-1' },
    ],
    [
      'a signature with a wrong time',
      awsError('InvalidSignatureException', 'late', Object.assign({ clockSkewCorrected: true }, $metadata)),
      {
        ...unclear,
        title: "The runner's clock is wrong",
        message: "The runner's clock is wrong (InvalidSignatureException: late)",
      },
    ],
    ...['RequestExpired', 'RequestInTheFuture', 'RequestTimeTooSkewed'].map((name): [string, unknown, Expected] => [
      `a clock that is off: ${name}`,
      awsError(name),
      { ...unclear, title: "The runner's clock is wrong" },
    ]),
    [
      'a signature that came too late',
      awsError('InvalidSignatureException', 'Signature expired: 20261120T100000Z is now earlier than …'),
      { ...unclear, title: "The runner's clock is wrong" },
    ],
    [
      'a refusal with an unknown name',
      new ConflictException({ message: 'busy', $metadata }),
      {
        ...requestRefused,
        title: 'AWS refused the call: ConflictException',
        message: 'AWS refused the call (ConflictException: busy)',
      },
    ],
    [
      'a refusal with the highest HTTP status for refusals',
      awsError('OddException', 'x', { httpStatusCode: 499 }),
      requestRefused,
    ],
    [
      'an error with an unknown name that is not a refusal',
      awsError('OddException', 'x', { httpStatusCode: 302 }),
      unclear,
    ],
    [
      'an error with an unknown name that did not come from AWS',
      Object.assign(new Error('x'), { name: 'OddException' }),
      unclear,
    ],
    [
      'a variable that does not hold an address',
      new InvalidSetting('AWS_ENDPOINT_URL'),
      {
        ...refused,
        title: 'Invalid setting: AWS_ENDPOINT_URL',
        message: 'AWS_ENDPOINT_URL does not hold the address of an endpoint',
        remedy: expect.stringContaining('https://'),
      },
    ],
    [
      'a profile whose endpoint is not an address',
      Object.assign(new TypeError('Invalid URL'), { code: 'ERR_INVALID_URL', input: 'http//x' }),
      { ...refused, title: 'Invalid setting: endpoint_url in the AWS config file' },
    ],
    [
      'a user without a home directory',
      systemError('ERR_SYSTEM_ERROR', 'A system error occurred: uv_os_homedir returned ENOENT'),
      {
        ...refused,
        title: "The runner's user has no home directory",
        remedy: expect.stringContaining('HOME'),
      },
    ],
  ])('%s', (_, error, expected) => {
    expect(troubleFrom(error, context)).toMatchObject(expected)
  })

  test.each(['ExpiredTokenException', 'ExpiredToken'])('%s of a role that the action assumed is renewed', (name) => {
    const trouble = troubleFrom(awsError(name), { ...context, credentials: 'role' })
    expect(trouble).toMatchObject({ ...unclear, title: 'The credentials have expired' })
  })
})

test('a broken connection names the proxy of the calls, if there is one', () => {
  const remedy = (proxy: string | null) => troubleFrom(systemError('ECONNREFUSED'), { ...context, proxy }).remedy
  expect(remedy('proxy.example.com:3128')).toContain('the proxy proxy.example.com:3128 unless NO_PROXY')
  expect(remedy(null)).toContain('firewall')
  expect(remedy(null)).not.toContain('proxy')
})

describe('access denied', () => {
  const { action } = context
  const permissionSet = 'arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef'
  const because = `because no identity-based policy allows the ${action} action`
  const denied = (message: string) => troubleFrom(new AccessDeniedException({ message, $metadata }), context)

  test.each([
    ['the instance', `not authorized to perform: ${action} on resource: ${instanceArn} ${because}`, 'action'],
    ['everything', `not authorized to perform: ${action} on resource: *`, 'action'],
    ['no resource', `not authorized to perform: ${action}`, 'action'],
    ['a permission set', `not authorized to perform: ${action} on resource: ${permissionSet} ${because}`, 'request'],
    ['a resource that AWS does not name', 'Access denied', 'request'],
    ['a call that AWS does not name', '', 'request'],
  ])('on %s has the right scope', (_, message, scope) => {
    expect(denied(message)).toMatchObject({ effect: 'refused', scope, title: `Access denied: ${action}` })
  })

  test('by its other name means the same', () => {
    expect(troubleFrom(awsError('AccessDenied'), context)).toMatchObject(requestRefused)
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

  test('outside the primary Region names the Region first, the denial once, and no policy', () => {
    const { snippet: _, ...denial } = denied(`not authorized to perform: ${action}`)
    expect(wrongRegion({ ...denial, snippet: '{}' }, 'eu-west-1', 'us-east-1')).toEqual({
      ...denial,
      scope: 'every-call',
      title: "Wrong Region: the instance's primary Region is eu-west-1",
      message: `The instance's primary Region is eu-west-1, but 'aws-region' is us-east-1. ${denial.message}`,
      remedy: "Set 'aws-region' to eu-west-1: permission sets can be read only there.",
    })
  })
})

describe("the instance's KMS key", () => {
  const $key = { message: 'no', $metadata }
  test.each<[string, Error]>([
    ['KMS_AccessDeniedException', new AccessDeniedException({ ...$key, Reason: 'KMS_AccessDeniedException' })],
    ['KMS_DisabledException', new ValidationException({ ...$key, Reason: 'KMS_DisabledException' })],
    ['KMS_InvalidStateException', new ValidationException({ ...$key, Reason: 'KMS_InvalidStateException' })],
  ])('cannot be used: %s', (reason, error) => {
    expect(troubleFrom(error, context)).toMatchObject({
      ...refused,
      title: "The instance's KMS key cannot be used",
      message: `AWS could not use the instance's KMS key (${error.name}: no, ${reason})`,
      remedy: expect.stringContaining('kms:Decrypt'),
    })
  })

  test("may not be used, if only AWS's message says so", () => {
    const message = 'User: x is not authorized to perform: kms:Decrypt on resource: y'
    expect(troubleFrom(new AccessDeniedException({ message, $metadata }), context)).toMatchObject({
      ...refused,
      message: `AWS could not use the instance's KMS key (AccessDeniedException: ${message})`,
    })
  })

  test('that does not exist is not a request that does not exist', () => {
    const trouble = troubleFrom(new ResourceNotFoundException({ ...$key, Reason: 'KMS_NotFoundException' }), context)
    expect(trouble.message).toContain('KMS key')
    expect(trouble.remedy).not.toContain("'request-id'")
  })
})

describe('a failure to get credentials has its own effect and texts', () => {
  const { token, role, tokenFile, profile, container, instance } = sources
  const denial = awsError('AccessDenied', 'User: u is not authorized to perform: sts:AssumeRole on resource: r')
  const server = (source: CredentialSource): [string, CredentialSource, unknown, Expected] => [
    `a server error, ${source.kind}`,
    source,
    Object.assign(new Error('x'), { statusCode: 503 }),
    { ...unclear, title: 'No credentials yet', message: expect.stringMatching(/ yet \(HTTP 503\)$/) },
  ]

  test.each<[string, CredentialSource, unknown, Expected]>([
    [
      'nothing is set up',
      { kind: 'none', profile: null },
      undefined,
      {
        ...refused,
        title: 'There are no AWS credentials',
        message: 'There are no AWS credentials in the environment of this step',
        remedy: expect.stringMatching(/'role-to-assume'.*id-token: write.*configure-aws-credentials/),
      },
    ],
    [
      'only the name of a profile is set up',
      { kind: 'none', profile: 'deploy' },
      undefined,
      {
        ...refused,
        message: "There are no AWS credentials: AWS_PROFILE names the profile 'deploy', which holds no credentials",
      },
    ],
    [
      'the job may not ask for a token',
      { kind: 'oidc-token', permitted: false },
      undefined,
      {
        ...refused,
        title: 'The job may not ask for an OIDC token',
        remedy: expect.stringContaining("'permissions: id-token: write'"),
      },
    ],
    ...[400, 401, 403, 404, 499].map((status): [string, CredentialSource, unknown, Expected] => [
      `GitHub refuses with HTTP ${status}`,
      token,
      new Error(`Failed. Error Code : ${status}`),
      {
        ...refused,
        title: 'GitHub gave no OIDC token',
        message: `GitHub gave no OIDC token (HTTP ${status})`,
        remedy: expect.stringContaining('id-token: write'),
      },
    ]),
    ...[399, 408, 500, 503].map((status): [string, CredentialSource, unknown, Expected] => [
      `GitHub answers HTTP ${status}`,
      token,
      new Error(`Failed. Error Code : ${status}`),
      {
        ...unclear,
        title: 'No credentials yet',
        message: `GitHub gave no OIDC token yet (HTTP ${status})`,
        remedy: expect.stringContaining("GitHub's token service"),
      },
    ]),
    ['GitHub throttles', token, new Error('Failed. Error Code : 429'), throttled],
    [
      'GitHub cannot be reached',
      token,
      new Error(' connect\n  ECONNREFUSED '),
      { ...unclear, message: 'GitHub gave no OIDC token yet (connect ECONNREFUSED)' },
    ],
    [
      'GitHub does not answer',
      token,
      new TimeLimitReached(8_000),
      {
        ...unclear,
        code: 'credentials: TimeLimitReached',
        message: 'GitHub gave no OIDC token yet (no answer in time)',
      },
    ],
    ...[role, tokenFile, profile, container, instance].map(server),
    [
      'the trust policy of the role refuses',
      role,
      awsError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity'),
      {
        ...refused,
        code: 'credentials: AccessDenied',
        title: 'Access denied: sts:AssumeRoleWithWebIdentity',
        message: `The role ${role.roleArn} could not be assumed (AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity)`,
        remedy: expect.stringContaining('trust policy'),
        snippet: undefined,
      },
    ],
    [
      'the trust policy refuses the token of a file',
      tokenFile,
      awsError('AccessDeniedException'),
      { ...refused, remedy: expect.stringMatching(/AWS_ROLE_ARN.*trust policy/) },
    ],
    [
      'a profile may not assume its role',
      profile,
      denial,
      {
        ...refused,
        title: 'Access denied: sts:AssumeRole',
        message: `The profile 'deploy' gave no credentials (AccessDenied: ${denial.message})`,
        remedy: expect.stringContaining('trust policy'),
        snippet: undefined,
      },
    ],
    [
      'AWS does not know the identity provider',
      role,
      awsError('InvalidIdentityToken'),
      {
        ...refused,
        title: 'AWS does not accept the OIDC token',
        remedy: expect.stringContaining("audience 'sts.amazonaws.com'"),
      },
    ],
    [
      'AWS does not accept the token of a file',
      tokenFile,
      awsError('InvalidIdentityTokenException'),
      { ...refused, remedy: expect.stringContaining('AWS_WEB_IDENTITY_TOKEN_FILE') },
    ],
    ...['ExpiredToken', 'ExpiredTokenException', 'IDPCommunicationError', 'IDPCommunicationErrorException'].map(
      (name): [string, CredentialSource, unknown, Expected] => [
        `STS asks for another token: ${name}`,
        role,
        awsError(name),
        { ...unclear, message: `The role ${role.roleArn} could not be assumed yet (${name}: no)` },
      ],
    ),
    [
      'the token of a file has expired',
      tokenFile,
      awsError('ExpiredTokenException'),
      {
        ...refused,
        title: 'The credentials have expired',
        remedy: expect.stringContaining('AWS_WEB_IDENTITY_TOKEN_FILE'),
      },
    ],
    [
      'the session that a profile starts from has expired',
      profile,
      awsError('ExpiredToken'),
      { ...refused, remedy: expect.stringContaining('the profile starts from') },
    ],
    [
      'STS is not active in the Region',
      role,
      awsError('RegionDisabledException'),
      { ...refused, title: 'STS is not active in eu-central-1', remedy: expect.stringContaining("'aws-region'") },
    ],
    [
      'the duration is too long',
      role,
      awsError('ValidationError'),
      {
        ...refused,
        title: 'The role could not be assumed',
        remedy: expect.stringContaining("'role-duration-seconds'"),
      },
    ],
    [
      'STS does not accept a value of the environment',
      tokenFile,
      awsError('InvalidParameterValue'),
      { ...refused, remedy: expect.stringContaining('AWS_ROLE_ARN') },
    ],
    [
      'STS does not accept a value of a profile',
      profile,
      awsError('ValidationError'),
      { ...refused, remedy: expect.stringContaining("'role_arn'") },
    ],
    ['STS does not know the key of a profile', profile, awsError('InvalidClientTokenId'), refused],
    ['STS does not accept the signature of a profile', profile, awsError('SignatureDoesNotMatch'), refused],
    [
      'STS does not serve the Region',
      profile,
      awsError('SignatureDoesNotMatch', "Credential should be scoped to a valid region, not 'eu-central-1'. "),
      { ...refused, title: 'Wrong Region: the endpoint does not serve eu-central-1' },
    ],
    ['STS throttles', role, awsError('Throttling'), { ...throttled, title: 'No credentials yet' }],
    ['STS times out', role, awsError('RequestTimeout'), unclear],
    ['the connection to STS breaks', tokenFile, systemError('ECONNRESET'), { ...unclear, title: 'No credentials yet' }],
    ['the host of STS does not resolve', role, systemError('ENOTFOUND'), absent],
    ['the proxy does not let STS through', role, systemError('ERR_PROXY_TUNNEL'), unclear],
    ['a portal answers in place of STS', role, parseError(200), unclear],
    ['a portal refuses in place of STS', role, awsError('Unknown', 'UnknownError', { httpStatusCode: 403 }), unclear],
    ['STS gives no session', role, new Error('STS returned credentials without a session'), unclear],
    [
      'a token file is missing',
      tokenFile,
      systemError('ENOENT', "ENOENT: no such file or directory, open '/x'"),
      {
        ...refused,
        title: 'The token file cannot be read',
        message: expect.stringContaining("ENOENT: no such file or directory, open '/x'"),
        remedy: expect.stringContaining('AWS_WEB_IDENTITY_TOKEN_FILE'),
      },
    ],
    [
      'the token file of a profile may not be read',
      profile,
      systemError('EACCES'),
      { ...refused, remedy: expect.stringContaining("'web_identity_token_file'") },
    ],
    [
      'the token file of a container is a directory',
      container,
      systemError('EISDIR'),
      { ...refused, remedy: expect.stringContaining('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE') },
    ],
    [
      'a profile is not complete',
      profile,
      providerError('Profile deploy requires multi-factor authentication, but no MFA code callback was provided.'),
      { ...refused, title: "The profile 'deploy' gave no credentials", remedy: expect.stringContaining('profile') },
    ],
    [
      'a credential process fails',
      profile,
      providerError('Command failed: vault read secret'),
      {
        ...refused,
        message: "The profile 'deploy' gave no credentials (Command failed)",
        remedy: expect.stringContaining("'credential_process'"),
      },
    ],
    ...[
      'TooManyRequestsException: HTTP 429 Unknown Code',
      'InternalServerException: x',
      'TimeoutError: Connection timed out after 5000 ms',
      'Error: getaddrinfo EAI_AGAIN portal.sso.eu-central-1.amazonaws.com',
      'Error: connect ECONNREFUSED 127.0.0.1:443',
    ].map((text): [string, CredentialSource, unknown, Expected] => [
      `the access portal is out of reach: ${text}`,
      profile,
      providerError(text),
      unclear,
    ]),
    ['the access portal refuses', profile, providerError('UnauthorizedException: Session token not found'), refused],
    [
      "the container's endpoint refuses",
      container,
      providerError('Server responded with status: 403'),
      {
        ...refused,
        title: "The container's endpoint gave no credentials",
        message: 'The endpoint of the container gave no credentials (HTTP 403)',
        remedy: expect.stringContaining('AWS_CONTAINER_CREDENTIALS_FULL_URI'),
      },
    ],
    ["the container's endpoint throttles", container, providerError('Server responded with status: 429'), throttled],
    [
      'the metadata service gives no token',
      instance,
      providerError('blocked', 'InstanceMetadataV1FallbackError'),
      { ...absent, title: 'The metadata service gave no credentials', remedy: expect.stringContaining('hop limit') },
    ],
    [
      'the metadata service asks for a token',
      instance,
      Object.assign(providerError('Error response received', 'ProviderError'), { statusCode: 401 }),
      absent,
    ],
    [
      'the instance has no role',
      instance,
      Object.assign(providerError('Error response received', 'ProviderError'), { statusCode: 404 }),
      { ...refused, title: 'There are no AWS credentials' },
    ],
    ['there is no metadata service', instance, systemError('ECONNREFUSED'), refused],
    ['a setting makes it impossible', profile, new InvalidSetting('AWS_ENDPOINT_URL_STS'), refused],
  ])('%s', (_, source, cause, expected) => {
    const trouble = troubleFrom(new CredentialsFailure(source, cause), context)
    expect({ snippet: undefined, ...trouble }).toMatchObject(expected)
    expect(trouble.message).not.toContain('sso:')
  })
})

// `new http.Agent({ proxyEnv })` either accepts each of these or throws an error that quotes it.
test.each(['http://user:p@secret@proxy:3128', 'http://user:my secret@proxy:bad', 'http://user:my/secret@proxy:bad'])(
  'the password in %s is not shown',
  (url) => {
    const error = Object.assign(new Error(`Invalid proxy URL: ${url}`), { code: 'ERR_PROXY_INVALID_CONFIG' })
    expect(JSON.stringify(troubleFrom(error, context))).not.toContain('secret')
  },
)

test('any thrown value becomes a trouble with a message', () => {
  const thrown = fc.anything({ withNullPrototype: true })
  const failure = fc
    .tuple(fc.constantFrom(...Object.values(sources)), thrown)
    .map(([source, cause]) => new CredentialsFailure(source, cause))
  fc.assert(
    fc.property(fc.oneof(thrown, failure), (error) => {
      const { effect, title, message } = troubleFrom(error, context)
      expect(['throttled', 'unclear', 'absent', 'refused']).toContain(effect)
      expect([title, message]).not.toContain('')
    }),
  )
})
