import type { CallFailure } from '../../requests/api.ts'
import type { ErrorContext } from './context.ts'
import { type ErrorFacts, isUntrusted } from './facts.ts'
import { signatureRegionIn } from './messages.ts'

/** A class of error: when it applies, what it does to the wait, and what people read. Of several rows, the first that applies counts. */
export interface ErrorRow extends ErrorMeaning {
  readonly when: (facts: ErrorFacts, context: ErrorContext) => boolean
}

/** What it does to the wait, and what people read. */
export interface ErrorMeaning extends ErrorTexts {
  /** By default, another call will not help. */
  readonly effect?: CallFailure['effect']
  /** Which calls meet it: by default, all. */
  readonly scope?: CallFailure['scope']
}

/** The same words for each error of a class, or words about this one. */
export type Text = string | ((facts: ErrorFacts, context: ErrorContext) => string)

/** Words of AWS or Node are in the parentheses of the message; the rest is ours. */
export interface ErrorTexts {
  readonly title: Text
  /** What happened, in front of the words of AWS or Node. By default, the title, or which source gave no credentials. */
  readonly what?: Text
  /** The words of AWS or Node, if they are not those of `quoted`. */
  readonly words?: Text
  /** The whole message, if it is another one. */
  readonly message?: Text
  /** By default, waiting is the only remedy. */
  readonly remedy?: Text
  readonly snippet?: Text
}

export function said(text: Text, facts: ErrorFacts, context: ErrorContext): string {
  return typeof text === 'string' ? text : text(facts, context)
}

/** For a certificate that the runner does not trust. */
export const certificateRemedy =
  "If a proxy decrypts TLS, set NODE_EXTRA_CA_CERTS in the job's 'env:' to a file with the certificate of its authority."

export function named(form: RegExp): (facts: ErrorFacts) => boolean {
  return ({ name }) => form.test(name)
}

export const isExpired = named(/^ExpiredToken(Exception)?$/)
export const isDenied = named(/^AccessDenied(Exception)?$/)
export const isThrottled = ({ retry }: ErrorFacts) => retry === 'throttling'
const hasBadSignature = named(
  /^(InvalidSignatureException|SignatureDoesNotMatch|(IncompleteSignature|MissingAuthenticationToken)(Exception)?)$/,
)

export function isServerSide({ httpStatus }: ErrorFacts): boolean {
  return httpStatus !== null && (httpStatus >= 500 || httpStatus === 408)
}

export function isClientSide({ httpStatus }: ErrorFacts): boolean {
  return httpStatus !== null && httpStatus >= 400 && httpStatus < 500
}

const temporaryInWords =
  /TooManyRequests|Throttl|InternalServer|ServiceUnavailable|Timeout|ECONN[A-Z]+|ETIMEDOUT|EPIPE|E(HOST|NET)UNREACH|EAI_AGAIN|ENOTFOUND|socket hang up/

/** Whether another attempt may help: the SDK would make one, or AWS's pages recommend one. */
export function isTemporary(facts: ErrorFacts): boolean {
  const { code, fromService, message, name, retry, source } = facts
  return (
    retry !== null ||
    code !== '' ||
    (fromService && isServerSide(facts)) ||
    /^(RequestAbortedException|TimeLimitReached|TimeoutError)$/.test(name) ||
    // AWS could not reach GitHub, https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html.
    /^IDPCommunicationError(Exception)?$/.test(name) ||
    // Every attempt gets a new token.
    (source?.kind === 'role' && isExpired(facts)) ||
    // For some sources, the SDK gives the error only as text.
    (name === 'CredentialsProviderError' && temporaryInWords.test(message))
  )
}

/** Whether AWS refused the call with a named error, so that it would refuse the same call again. The answer of a proxy has no such name. */
export function hasNameOfAws(facts: ErrorFacts): boolean {
  const { fromService, name, source } = facts
  const form = source === null ? /^[A-Z]\w+Exception$/ : /^[A-Z]\w+$/
  return fromService && isClientSide(facts) && form.test(name) && !/^Unknown|ServiceException$/.test(name)
}

/** The setting of {@link InvalidSetting}, or the one that the SDK reads by itself. */
function settingIn({ name, message }: ErrorFacts): string {
  return name === 'InvalidSetting' ? message : 'endpoint_url in the AWS config file'
}

/** Errors that mean the same wherever they happen, and that come before all others. */
export const rowsOfSurroundings: readonly ErrorRow[] = [
  {
    when: ({ name, code }) => name === 'InvalidSetting' || code === 'ERR_INVALID_URL',
    title: (facts) => `Invalid setting: ${settingIn(facts)}`,
    message: (facts) => `${settingIn(facts)} does not hold the address of an endpoint`,
    remedy: (facts) =>
      `Give ${settingIn(facts)} an address that begins with https:// or http://, or remove it to use AWS's own endpoint.`,
  },
  {
    // Only keys and tokens come into a header as they are.
    when: ({ code }) => code === 'ERR_INVALID_CHAR',
    title: 'The credentials cannot be sent',
    what: 'The credentials have a character that no HTTP header can hold',
    remedy:
      'Check for a line break or typographic quotes, as they come with copy and paste: in the access key and the session token, or in the secrets that they are set from.',
  },
  {
    when: ({ message }) => message.includes('uv_os_homedir'),
    title: "The runner's user has no home directory",
    message: "The runner's user has no home directory, where the AWS SDK looks for its settings",
    remedy: "Set HOME in the step's 'env:' to the path of a directory, which may be empty.",
  },
  {
    when: ({ code }) => code === 'ENOTFOUND' || code === 'EAI_AGAIN',
    effect: 'absent',
    title: 'A host name does not resolve',
    what: 'A host name does not resolve',
    remedy: (_, { region }) =>
      `Check 'aws-region' (${region}): Identity Center must be available there. Check DNS, the proxy settings and AWS_ENDPOINT_URL on the runner.`,
  },
  {
    when: ({ code }) => code.startsWith('ERR_PROXY'),
    effect: 'unclear',
    title: 'The proxy refuses the connection',
    what: 'The proxy did not let the call through',
    words: ({ message }) => message,
    remedy: 'Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY on the runner, and what the proxy allows.',
  },
  {
    when: isUntrusted,
    effect: 'unclear',
    title: 'The certificate is not trusted',
    what: 'The runner does not trust the certificate of the other side',
    remedy: certificateRemedy,
  },
]

/** Errors by which AWS or STS refuses the credentials of a call. */
export const rowsOfRefusedCredentials: readonly ErrorRow[] = [
  {
    when: named(/^(UnrecognizedClientException|InvalidClientTokenId|InvalidAccessKeyId|NotAuthorized|OptInRequired)$/),
    title: 'AWS does not know the credentials',
    what: 'AWS does not know the credentials',
    remedy:
      'Check which credentials the step uses: access key, secret and session token must belong together, and to the same partition as the Region.',
  },
  {
    when: (facts) => hasBadSignature(facts) && signatureRegionIn(facts.message) !== null,
    title({ message }, { region }) {
      const expected = signatureRegionIn(message)?.expected ?? null
      return `Wrong Region: the endpoint ${expected === null ? `does not serve ${region}` : `serves ${expected}`}`
    },
    what: (_, { region }) => `The endpoint does not accept calls that are signed for ${region}`,
    remedy: (_, { region }) =>
      `Check that 'aws-region' (${region}) is the instance's primary Region, and that AWS_ENDPOINT_URL and similar variables, if they are set, lead to the same Region.`,
  },
  {
    when: hasBadSignature,
    title: 'AWS does not accept the signature',
    what: 'AWS does not accept the signature',
    remedy:
      "Check that the secret access key belongs to the access key and has no extra characters, that the runner's clock is right, and that no proxy rewrites requests.",
  },
]
