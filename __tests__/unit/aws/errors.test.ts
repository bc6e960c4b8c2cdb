import {
  AccessDeniedException,
  ConflictException,
  InternalServerException,
  ResourceNotFoundException,
  SSOAdminServiceException,
  ThrottlingException,
  ValidationException,
} from '@aws-sdk/client-sso-admin'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  CredentialsFailure,
  type ErrorContext,
  factsOf,
  isDenial,
  isExpiry,
  troubleFrom,
  UnreadableAnswer,
} from '../../../src/aws/errors.ts'
import type { Trouble } from '../../../src/polling/api.ts'
import { TimeLimitReached } from '../../../src/polling/clock.ts'
import { instanceArn } from '../examples.ts'

const context: ErrorContext = {
  action: 'sso:DescribePermissionSetProvisioningStatus',
  instanceArn,
  region: 'eu-central-1',
  proxy: null,
  credentials: 'ambient',
}

const $metadata = { httpStatusCode: 400 }

/** An error of AWS's that the API's model does not have, as the SDK throws it. */
function awsError(name: string, message = 'no', metadata: SSOAdminServiceException['$metadata'] = $metadata) {
  return new SSOAdminServiceException({ name, message, $fault: 'client', $metadata: metadata })
}

/** As Node throws it. */
function systemError(code: string, message = `connect ${code} 127.0.0.1:443`): Error {
  return Object.assign(new Error(message), { code, errno: -111, syscall: 'connect' })
}

/** As the SDK throws what it could not parse. */
function parseError(httpStatusCode: number): Error {
  const hint =
    'Deserialization error: to see the raw response, inspect the hidden field {error}.$response on this object.'
  const error = new SyntaxError(`Unexpected token '<', "<html>" is not valid JSON\n  ${hint}`)
  return Object.defineProperty(error, '$response', { value: { statusCode: httpStatusCode } })
}

/** What a trouble should have, some of it by matchers. */
type Expected = Readonly<Partial<Record<keyof Trouble, unknown>>>

const throttled = { effect: 'throttled', scope: 'set' }
const unclear = { effect: 'unclear', scope: 'set' }
const hostAbsent = { effect: 'absent', scope: 'set' }
const refused = { effect: 'refused', scope: 'set' }
const requestAbsent = { effect: 'absent', scope: 'request' }
const requestRefused = { effect: 'refused', scope: 'request' }

describe('what an error means for the wait', () => {
  test.each<[string, unknown, Expected]>([
    [
      'throttling',
      new ThrottlingException({ message: 'Rate exceeded', $metadata }),
      {
        ...throttled,
        code: 'ThrottlingException',
        message: 'AWS throttled the call (ThrottlingException: Rate exceeded)',
      },
    ],
    [
      'throttling of the KMS key',
      new ThrottlingException({ message: 'x', Reason: 'KMS_ThrottlingException', $metadata }),
      throttled,
    ],
    ['throttling by another name', awsError('TooManyRequestsException', 'Slow down'), throttled],
    ['throttling by status alone', awsError('Unknown', 'UnknownError', { httpStatusCode: 429 }), throttled],
    [
      'a server error',
      new InternalServerException({ message: 'Oops', $metadata: { httpStatusCode: 500 } }),
      {
        ...unclear,
        code: 'InternalServerException',
        message: 'AWS could not answer (HTTP 500, InternalServerException: Oops)',
        remedy: '',
      },
    ],
    [
      'a server error without a body',
      awsError('Unknown', 'UnknownError', { httpStatusCode: 503 }),
      { ...unclear, message: expect.stringMatching(/^AWS could not answer \(HTTP 503\b/) },
    ],
    ['a server error by whatever name', awsError('WeirdException', 'x', { httpStatusCode: 599 }), unclear],
    [
      'a broken connection',
      systemError('ECONNREFUSED'),
      {
        ...unclear,
        code: 'ECONNREFUSED',
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
      { ...unclear, code: 'TimeoutError', message: 'AWS did not answer in time' },
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
        message:
          'What came back with HTTP status 200 is not an answer of this API; a proxy or a captive portal may have sent it',
      },
    ],
    ['a refusal that is not of AWS', parseError(403), unclear],
    ['a refusal without a name', awsError('Unknown', 'UnknownError', { httpStatusCode: 403 }), unclear],
    ["a refusal by the SDK's own name", awsError('SSOAdminServiceException', 'x'), unclear],
    [
      'an answer without a status',
      new UnreadableAnswer('The answer has no status'),
      { ...unclear, code: 'UnreadableAnswer', message: 'The answer has no status' },
    ],
    [
      'anything that is no error',
      'nonsense',
      {
        ...unclear,
        code: 'Error',
        message: 'What came back is not an answer of this API; a proxy or a captive portal may have sent it',
      },
    ],
    ['nothing', undefined, unclear],
    [
      'no such request',
      new ResourceNotFoundException({ message: 'gone', $metadata }),
      {
        ...requestAbsent,
        message: 'AWS knows no such request (ResourceNotFoundException: gone)',
        remedy: expect.stringMatching(/'request-id'.*'operation'.*'instance-arn'.*'aws-region' \(eu-central-1\)/),
      },
    ],
    [
      'no such host',
      systemError('ENOTFOUND', 'getaddrinfo ENOTFOUND sso.eu-central-9.amazonaws.com'),
      {
        ...hostAbsent,
        code: 'ENOTFOUND',
        message: 'A host name does not resolve (getaddrinfo ENOTFOUND sso.eu-central-9.amazonaws.com)',
        remedy: expect.stringContaining("'aws-region' (eu-central-1)"),
      },
    ],
    ['no such host at the moment', systemError('EAI_AGAIN'), hostAbsent],
    [
      'no such host, on the way to credentials',
      Object.assign(new Error('x', { cause: systemError('ENOTFOUND') }), { name: 'CredentialsProviderError' }),
      hostAbsent,
    ],
    [
      'a proxy that refuses',
      systemError('ERR_PROXY_TUNNEL', 'Failed to establish tunnel: 407'),
      {
        ...unclear,
        code: 'ERR_PROXY_TUNNEL',
        message: 'The proxy did not let the call through (Failed to establish tunnel: 407)',
        remedy: expect.stringContaining('HTTPS_PROXY, HTTP_PROXY and NO_PROXY'),
      },
    ],
    [
      'expired credentials',
      awsError('ExpiredTokenException', 'expired'),
      {
        ...refused,
        message: 'The AWS credentials have expired (ExpiredTokenException: expired)',
        remedy: expect.stringMatching(/'role-to-assume'.*'role-duration-seconds'/),
      },
    ],
    ['expired credentials by their other name', awsError('ExpiredToken'), refused],
    [
      'no access',
      new AccessDeniedException({ message: 'no', $metadata }),
      {
        ...requestRefused,
        message:
          'Access denied: the role may not call sso:DescribePermissionSetProvisioningStatus (AccessDeniedException: no)',
        remedy: expect.stringContaining(`Allow sso:DescribePermissionSetProvisioningStatus on ${instanceArn}`),
      },
    ],
    ['no access, by its other name', awsError('AccessDenied'), requestRefused],
    [
      'an invalid call',
      new ValidationException({ message: 'bad', $metadata }),
      {
        ...requestRefused,
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
        message: `AWS does not accept the signature (${name}: no)`,
        remedy: expect.stringContaining('clock'),
      },
    ]),
    ...['CredentialsProviderError', 'TokenProviderError', 'ProviderError'].map((name): [string, unknown, Expected] => [
      `no credentials: ${name}`,
      Object.assign(new Error('none'), { name }),
      {
        ...refused,
        code: name,
        message: 'There are no AWS credentials (none)',
        remedy: expect.stringMatching(/'role-to-assume'.*id-token: write.*configure-aws-credentials/),
      },
    ]),
    [
      'a signature that the clock has spoilt',
      awsError('InvalidSignatureException', 'late', Object.assign({ clockSkewCorrected: true }, $metadata)),
      { ...unclear, message: "The runner's clock is off (InvalidSignatureException: late)" },
    ],
    [
      'a refusal by a name that nothing is known of',
      new ConflictException({ message: 'busy', $metadata }),
      { ...requestRefused, message: 'AWS refused the call (ConflictException: busy)' },
    ],
    ['a refusal at the upper bound of such', awsError('OddException', 'x', { httpStatusCode: 499 }), requestRefused],
    [
      'an error by such a name that is not one of the call',
      awsError('OddException', 'x', { httpStatusCode: 302 }),
      unclear,
    ],
    [
      'an error by such a name that never reached AWS',
      Object.assign(new Error('x'), { name: 'OddException' }),
      unclear,
    ],
  ])('%s', (_, error, expected) => {
    expect(troubleFrom(error, context)).toMatchObject(expected)
  })

  test.each(['ExpiredTokenException', 'ExpiredToken'])('%s of a role that the action assumed is renewed', (name) => {
    expect(troubleFrom(awsError(name), { ...context, credentials: 'role' })).toMatchObject(unclear)
  })
})

test('a broken connection names the proxy that calls go through, where there is one', () => {
  const remedy = (proxy: string | null) => troubleFrom(systemError('ECONNREFUSED'), { ...context, proxy }).remedy
  expect(remedy('proxy.example.com:3128')).toContain('the proxy proxy.example.com:3128 unless NO_PROXY')
  expect(remedy(null)).toContain('firewall')
  expect(remedy(null)).not.toContain('proxy')
})

describe('no access', () => {
  test('comes with the statement that allows it', () => {
    const { snippet = '' } = troubleFrom(new AccessDeniedException({ message: 'no', $metadata }), context)
    expect(JSON.parse(snippet)).toEqual({ Effect: 'Allow', Action: context.action, Resource: instanceArn })
  })

  test('names the action that AWS names, where it is another', () => {
    const message = 'User: arn:aws:sts::1:assumed-role/x is not authorized to perform: kms:Decrypt on resource: y'
    const { message: told, remedy } = troubleFrom(new AccessDeniedException({ message, $metadata }), context)
    expect(told).toMatch(/^Access denied: the role may not call kms:Decrypt \(/)
    expect(remedy).toMatch(/^Allow kms:Decrypt on /)
    expect(remedy).toContain("eu-central-1 is the instance's primary Region")
  })

  test.each(['AccessDeniedException', 'AccessDenied'])('is %s', (name) => {
    expect([isDenial(awsError(name)), isExpiry(awsError(name))]).toEqual([true, false])
  })
})

test.each(['ExpiredTokenException', 'ExpiredToken'])('expiry is %s', (name) => {
  expect([isDenial(awsError(name)), isExpiry(awsError(name))]).toEqual([false, true])
})

test('neither is anything else', () => {
  for (const thrown of [awsError('ValidationException'), new Error('AccessDenied'), 'ExpiredToken', null, undefined]) {
    expect([isDenial(thrown), isExpiry(thrown)]).toEqual([false, false])
  }
})

describe("the instance's KMS key", () => {
  test.each<[string, Error]>([
    [
      'KMS_AccessDeniedException',
      new AccessDeniedException({ message: 'no', Reason: 'KMS_AccessDeniedException', $metadata }),
    ],
    ['KMS_DisabledException', new ValidationException({ message: 'no', Reason: 'KMS_DisabledException', $metadata })],
    [
      'KMS_InvalidStateException',
      new ValidationException({ message: 'no', Reason: 'KMS_InvalidStateException', $metadata }),
    ],
  ])('%s: says that it could not be used', (reason, error) => {
    expect(troubleFrom(error, context)).toMatchObject({
      ...refused,
      message: `AWS could not use the instance's KMS key (${error.name}: no, ${reason})`,
      remedy: expect.stringContaining('kms:Decrypt'),
    })
  })

  test('that does not exist is not taken for a request that does not', () => {
    const options = { message: 'no such key', Reason: 'KMS_NotFoundException', $metadata } as const
    const { message, remedy } = troubleFrom(new ResourceNotFoundException(options), context)
    expect(message).toContain('KMS key')
    expect(remedy).not.toContain("'request-id'")
  })
})

describe('a failure to get credentials', () => {
  test('means what it says, and is told from others by its cause', () => {
    const cause = Object.assign(new Error('denied'), { name: 'AccessDenied' })
    const failure = new CredentialsFailure('refused', 'The role could not be assumed', 'Check it.', cause)
    expect(troubleFrom(failure, context)).toEqual({
      ...refused,
      code: 'credentials: AccessDenied',
      message: 'The role could not be assumed',
      remedy: 'Check it.',
    })
    expect([isDenial(failure), isExpiry(failure)]).toEqual([false, false])
    expect(troubleFrom(new CredentialsFailure('unclear', 'x', ''), context)).toMatchObject({
      effect: 'unclear',
      code: 'credentials: Error',
    })
  })
})

describe('facts', () => {
  test('are those of an error of AWS', () => {
    const options = { message: 'no', Reason: 'KMS_AccessDeniedException', $metadata } as const
    expect(factsOf(new AccessDeniedException(options))).toEqual({
      name: 'AccessDeniedException',
      code: '',
      message: 'no',
      reason: 'KMS_AccessDeniedException',
      httpStatus: 400,
    })
  })

  test('are looked for in the causes, too', () => {
    const nested = new Error('outer', { cause: new Error('middle', { cause: systemError('ECONNRESET') }) })
    expect(factsOf(nested)).toEqual({
      name: 'Error',
      code: 'ECONNRESET',
      message: 'outer',
      reason: '',
      httpStatus: null,
    })
  })

  test('are found however causes go in circles', () => {
    const error = new Error('round')
    error.cause = error
    expect(factsOf(error).message).toBe('round')
  })

  const nothing = 'an error without a message'
  test.each<[unknown, string]>([
    ...[42, null, undefined, {}, { code: 5, message: 7 }].map((thrown): [unknown, string] => [thrown, nothing]),
    ['text', 'text'],
    ['http://user:secret@proxy', 'http://proxy'],
  ])('are there of %j, too', (thrown, message) => {
    expect(factsOf(thrown)).toEqual({ name: 'Error', code: '', message, reason: '', httpStatus: null })
  })
})

describe("a proxy's password", () => {
  test.each([
    ['http://user:secret@proxy:3128', 'http://proxy:3128'],
    ['tunnel to https://user:secret@proxy:3128 and http://secret@other failed', 'tunnel to https://other failed'],
    ['https://example.com/a@b', 'https://b'],
    ['http://user:p@ss@w/rd@proxy', 'http://proxy'],
    ['https://example.com\nmail me@example.com', 'https://example.com\nmail me@example.com'],
    ['mail me@example.com', 'mail me@example.com'],
  ])('is not in what is told of %s', (message, told) => {
    expect(factsOf(new Error(message)).message).toBe(told)
  })

  // Each of these, new http.Agent({ proxyEnv }) either takes for a proxy or quotes in the error that it throws.
  test.each(['http://user:p@secret@proxy:3128', 'http://user:my secret@proxy:bad', 'http://user:my/secret@proxy:bad'])(
    'is not in what is told of %s, however odd',
    (url) => {
      const error = Object.assign(new Error(`Invalid proxy URL: ${url}`), { code: 'ERR_PROXY_INVALID_CONFIG' })
      expect(JSON.stringify(troubleFrom(error, context))).not.toContain('secret')
    },
  )
})

test('whatever is thrown, nothing else is, and there is something to tell', () => {
  fc.assert(
    fc.property(fc.anything({ withNullPrototype: true }), (thrown) => {
      const { effect, message } = troubleFrom(thrown, context)
      expect(['throttled', 'unclear', 'absent', 'refused']).toContain(effect)
      expect(message).not.toBe('')
    }),
  )
})
