import { ServiceException } from '@smithy/core/client'
import { isClockSkewCorrectedError, isThrottlingError } from '@smithy/core/retry'
import type { Effect, Trouble } from '../polling/api.ts'

/** What the advice on an error depends on. */
export interface ErrorContext {
  /** The IAM action of the call that failed, as in `sso:DescribePermissionSetProvisioningStatus`. */
  readonly action: string
  readonly instanceArn: string
  readonly region: string
  /** Host and port of the proxy that the environment names; `null` where it names none. */
  readonly proxy: string | null
  /** Whether the action assumed a role itself, or uses the credentials it found. */
  readonly credentials: 'role' | 'ambient'
}

/** A failure to obtain the credentials for a call, apart from failures of the call itself. */
export class CredentialsFailure extends Error {
  override readonly name = 'CredentialsFailure'
  readonly effect: Effect
  readonly remedy: string

  constructor(effect: Effect, message: string, remedy: string, cause?: unknown) {
    super(message, { cause })
    this.effect = effect
    this.remedy = remedy
  }
}

/** An answer that is not one: it came in good form, but without what the API promises. */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer'
}

/** The parts of an error that tell one from another; SDK errors, Node's system errors and our own all have some of them. */
export interface ErrorFacts {
  readonly name: string
  /** Node's system error code, as in `ECONNREFUSED`; of the first cause that has one. */
  readonly code: string
  readonly message: string
  /** AWS's `Reason` member, which names the KMS error where a customer-managed key is involved. */
  readonly reason: string
  readonly httpStatus: number | null
}

interface Rule {
  readonly applies: (facts: ErrorFacts, thrown: unknown) => boolean
  readonly trouble: (facts: ErrorFacts, context: ErrorContext) => Omit<Trouble, 'code'>
}

const named =
  (...names: string[]) =>
  ({ name }: ErrorFacts) =>
    names.includes(name)

const askAgain = (message: string, remedy = ''): Omit<Trouble, 'code'> => ({
  effect: 'unclear',
  scope: 'set',
  message,
  remedy,
})

/**
 * Every class of error and what it means: the first rule that applies counts. What no rule knows is asked again, since nothing but an
 * answer may end the wait.
 *
 * Names are those of the SSO Admin API's model and of AWS's common errors
 * (https://docs.aws.amazon.com/singlesignon/latest/APIReference/CommonErrors.html).
 */
const rules: readonly Rule[] = [
  {
    // The SDK names broken connections TimeoutError too.
    applies: ({ name, code }) =>
      name === 'TimeLimitReached' || (name === 'TimeoutError' && (code === '' || code === 'ETIMEDOUT')),
    trouble: () =>
      askAgain('AWS did not answer in time', 'Check the way from the runner to AWS: firewall, proxy, VPC endpoint.'),
  },
  {
    applies: named('UnreadableAnswer'),
    trouble: ({ message }) => askAgain(message),
  },
  {
    applies: ({ code }) => code === 'ENOTFOUND' || code === 'EAI_AGAIN',
    trouble: ({ message }, { region }) => ({
      effect: 'absent',
      scope: 'set',
      message: `A host name does not resolve (${message})`,
      remedy: `Check 'aws-region' (${region}): Identity Center must be offered there. Check DNS, the proxy settings and AWS_ENDPOINT_URL on the runner.`,
    }),
  },
  {
    applies: ({ code }) => code.startsWith('ERR_PROXY'),
    trouble: ({ message }) =>
      askAgain(
        `The proxy did not let the call through (${message})`,
        'Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY on the runner, and what the proxy allows.',
      ),
  },
  {
    applies: (_, thrown) => ServiceException.isInstance(thrown) && isThrottlingError(sdkError(thrown)),
    trouble: (facts) => ({
      effect: 'throttled',
      scope: 'set',
      message: `AWS throttled the call (${told(facts)})`,
      remedy:
        'All users of the instance share 20 requests a second. Fewer jobs and loops that ask at the same time get there sooner.',
    }),
  },
  {
    // The SDK has just learnt AWS's time from the answer and signs the next call with it.
    applies: (_, thrown) => ServiceException.isInstance(thrown) && isClockSkewCorrectedError(sdkError(thrown)) === true,
    trouble: (facts) => askAgain(`The runner's clock is off (${told(facts)})`, "Set the runner's clock."),
  },
  {
    applies: named('ExpiredTokenException', 'ExpiredToken'),
    trouble: (facts, { credentials }) => ({
      effect: credentials === 'role' ? 'unclear' : 'refused',
      scope: 'set',
      message: `The AWS credentials have expired (${told(facts)})`,
      remedy:
        "Set 'role-to-assume', so that the action renews its credentials for as long as the wait lasts; or have them last longer where they are made, with 'role-duration-seconds' of aws-actions/configure-aws-credentials. Then rerun with the same request IDs.",
    }),
  },
  {
    applies: ({ reason }) => reason.startsWith('KMS_'),
    trouble: (facts) => ({
      effect: 'refused',
      scope: 'set',
      message: `AWS could not use the instance's KMS key (${told(facts)}, ${facts.reason})`,
      remedy:
        "The instance is encrypted with a customer-managed KMS key. Check that the key is enabled and not pending deletion, and that its policy and the role's allow kms:Decrypt through Identity Center.",
    }),
  },
  {
    applies: named('ResourceNotFoundException'),
    trouble: (facts, { region }) => ({
      effect: 'absent',
      scope: 'request',
      message: `AWS knows no such request (${told(facts)})`,
      remedy: `Check that 'request-id' is what the deploy step got, that 'operation' is the one that started it, and that 'instance-arn' and 'aws-region' (${region}) are the instance's. AWS also forgets requests after some time.`,
    }),
  },
  {
    applies: named('AccessDeniedException', 'AccessDenied'),
    trouble: (facts, context) => {
      const { instanceArn, region } = context
      const action = deniedAction(facts.message) ?? context.action
      return {
        effect: 'refused',
        scope: 'request',
        message: `Access denied: the role may not call ${action} (${told(facts)})`,
        remedy: `Allow ${action} on ${instanceArn} in the role's policy. Check that ${region} is the instance's primary Region, and that the role is in the management account or the delegated administrator's.`,
        snippet: JSON.stringify({ Effect: 'Allow', Action: action, Resource: instanceArn }, null, 2),
      }
    },
  },
  {
    applies: named(
      'UnrecognizedClientException',
      'InvalidClientTokenId',
      'InvalidAccessKeyId',
      'NotAuthorized',
      'OptInRequired',
    ),
    trouble: (facts) => ({
      effect: 'refused',
      scope: 'set',
      message: `AWS does not know the credentials (${told(facts)})`,
      remedy:
        'Check which credentials the step runs with: access key, secret and session token must belong together, and to the same partition as the Region.',
    }),
  },
  {
    applies: named(
      'InvalidSignatureException',
      'SignatureDoesNotMatch',
      'IncompleteSignature',
      'IncompleteSignatureException',
      'MissingAuthenticationToken',
      'MissingAuthenticationTokenException',
    ),
    trouble: (facts) => ({
      effect: 'refused',
      scope: 'set',
      message: `AWS does not accept the signature (${told(facts)})`,
      remedy:
        "Check that the secret access key belongs to the access key and has no stray characters, that the runner's clock is right, and that no proxy rewrites requests.",
    }),
  },
  {
    applies: named('ValidationException'),
    trouble: (facts, { region }) => ({
      effect: 'refused',
      scope: 'request',
      message: `AWS finds the call invalid (${told(facts)})`,
      remedy: `Check 'instance-arn', 'request-id' and 'aws-region' (${region}).`,
    }),
  },
  {
    applies: named('CredentialsProviderError', 'TokenProviderError', 'ProviderError'),
    trouble: ({ message }) => ({
      effect: 'refused',
      scope: 'set',
      message: `There are no AWS credentials (${message})`,
      remedy:
        "Set 'role-to-assume' and give the job 'permissions: id-token: write', or run aws-actions/configure-aws-credentials in an earlier step of the same job.",
    }),
  },
  {
    applies: ({ code }) => code !== '',
    trouble: (facts, { proxy }) =>
      askAgain(
        `The connection to AWS failed (${told(facts)})`,
        proxy === null
          ? 'Check the way from the runner to AWS: firewall, VPC endpoint, AWS_ENDPOINT_URL.'
          : `Calls go through the proxy ${proxy} unless NO_PROXY says otherwise: check that it runs and lets the runner through.`,
      ),
  },
  {
    applies: (facts, thrown) => ServiceException.isInstance(thrown) && (facts.httpStatus ?? 0) >= 500,
    trouble: (facts) => askAgain(`AWS could not answer (HTTP ${facts.httpStatus}, ${told(facts)})`),
  },
  {
    // A client error by AWS's own name: the same call would be answered the same way.
    applies: ({ name, httpStatus }) =>
      httpStatus !== null &&
      httpStatus >= 400 &&
      httpStatus < 500 &&
      /^[A-Z]\w+Exception$/.test(name) &&
      name !== 'SSOAdminServiceException',
    trouble: (facts) => ({
      effect: 'refused',
      scope: 'request',
      message: `AWS refused the call (${told(facts)})`,
      remedy: 'Look the error up in the API reference of IAM Identity Center.',
    }),
  },
]

/** What an error means for the wait. Never throws, whatever was thrown. */
export function troubleFrom(thrown: unknown, context: ErrorContext): Trouble {
  const facts = factsOf(thrown)
  if (thrown instanceof CredentialsFailure) {
    const { cause, effect, remedy } = thrown
    return { effect, scope: 'set', code: `credentials: ${factsOf(cause).name}`, message: facts.message, remedy }
  }
  const rule = rules.find(({ applies }) => applies(facts, thrown))
  const trouble = rule?.trouble(facts, context) ?? askAgain(unreadable(facts))
  return { code: facts.code || facts.name, ...trouble }
}

/** AWS says that the session is over. Renewing it may help. */
export function isExpiry(thrown: unknown): boolean {
  return ['ExpiredTokenException', 'ExpiredToken'].includes(factsOf(thrown).name)
}

export function isDenial(thrown: unknown): boolean {
  return isDenialCode(factsOf(thrown).name)
}

/** The role may not do it, by the code of a trouble. */
export function isDenialCode(code: string): boolean {
  return code === 'AccessDeniedException' || code === 'AccessDenied'
}

/** Reads what can be read of anything thrown. */
export function factsOf(thrown: unknown): ErrorFacts {
  const chain = causes(thrown)
  const text = (key: string) => chain.map((link) => field(link, key)).find((value) => typeof value === 'string')
  const status = field(field(thrown, '$metadata'), 'httpStatusCode') ?? field(field(thrown, '$response'), 'statusCode')
  return {
    name: text('name') ?? 'Error',
    code: text('code') ?? '',
    message: cleaned(text('message') ?? (typeof thrown === 'string' ? thrown : 'an error without a message')),
    reason: text('Reason') ?? '',
    httpStatus: typeof status === 'number' ? status : null,
  }
}

function causes(thrown: unknown, depth = 0): unknown[] {
  const cause = field(thrown, 'cause')
  return cause === undefined || depth > 5 ? [thrown] : [thrown, ...causes(cause, depth + 1)]
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}

/** The same error in the type that the SDK's classification takes, which `exactOptionalPropertyTypes` tells from the first. */
function sdkError({
  name,
  message,
  $fault,
  $metadata,
  $retryable,
}: ServiceException): Parameters<typeof isThrottlingError>[0] {
  return { name, message, $fault, $metadata, ...($retryable && { $retryable }) }
}

/** The IAM action that AWS names in "… is not authorized to perform: sso:… on resource: …". */
function deniedAction(message: string): string | undefined {
  return /not authorized to perform: ([a-z0-9-]+:[A-Za-z]+)/.exec(message)?.[1]
}

/** An error as AWS or Node told it. */
function told({ name, code, message }: ErrorFacts): string {
  if (code !== '') return message.includes(code) ? message : `${code}: ${message}`
  if (message === '' || message === 'UnknownError') return name
  return name === 'Error' ? message : `${name}: ${message}`
}

function unreadable({ httpStatus }: ErrorFacts): string {
  const status = httpStatus === null ? '' : ` with HTTP status ${httpStatus}`
  return `What came back${status} is not an answer of this API; a proxy or a captive portal may have sent it`
}

/** A proxy's URL can hold its password; the SDK's hint for developers helps nobody here. */
function cleaned(message: string): string {
  return message.replace(/\/\/[^\n]*@/g, '//').replace(/\s*Deserialization error: to see the raw response.*/s, '')
}
