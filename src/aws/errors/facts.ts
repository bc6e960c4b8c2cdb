import { ServiceException } from '@smithy/core/client'
import { isClockSkewCorrectedError, isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry'

/** Where the credentials for a call come from. */
export type CredentialSource =
  /** GitHub's OIDC token, which the job may ask for only where it is permitted to. */
  | { readonly kind: 'oidc-token'; readonly permitted: boolean }
  /** The input `role-to-assume`. */
  | { readonly kind: 'role'; readonly roleArn: string; readonly audience: string }
  | { readonly kind: 'profile'; readonly name: string }
  | { readonly kind: 'web-identity'; readonly roleArn: string }
  | { readonly kind: 'container' }
  | { readonly kind: 'instance' }
  /** Nothing is set up; with the profile that AWS_PROFILE names, where it names one. */
  | { readonly kind: 'none'; readonly profile: string | null }

/** Credentials could not be obtained: the call that needed them was never made. */
export class CredentialsFailure extends Error {
  override readonly name = 'CredentialsFailure'
  readonly source: CredentialSource

  constructor(source: CredentialSource, cause?: unknown) {
    super('no credentials', { cause })
    this.source = source
  }
}

/** An answer that is not one: it came in good form, but without what the API promises. */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer'
}

/** A setting of the environment that no call can be made with. Its message is the setting's name, since its value may hold a password. */
export class InvalidSetting extends Error {
  override readonly name = 'InvalidSetting'
}

/** The parts of an error that tell one from another; SDK errors, Node's system errors and our own all have some of them. */
export interface ErrorFacts {
  readonly name: string
  /** Node's system error code, as in `ECONNREFUSED`; of the first cause that has one. */
  readonly code: string
  /** Without secrets. */
  readonly message: string
  /** AWS's `Reason` member, which names the KMS error where a customer-managed key is involved. */
  readonly reason: string
  readonly httpStatus: number | null
  /** Whether an AWS service answered with it, rather than something on the way there. */
  readonly fromService: boolean
  /** Why the SDK itself would repeat the call; `null` where it would not. */
  readonly retry: 'throttling' | 'clock' | 'transient' | null
  /** Where credentials were being obtained from; `null` for an error of the call itself. */
  readonly source: CredentialSource | null
}

/** Reads what can be read of anything thrown. Of a `CredentialsFailure`, these are the facts of its cause. Never throws. */
export function factsOf(thrown: unknown): ErrorFacts {
  if (thrown instanceof CredentialsFailure) return { ...factsOf(thrown.cause ?? thrown.message), source: thrown.source }
  const chain = causes(thrown)
  const text = (key: string) => chain.map((link) => field(link, key)).find((value) => typeof value === 'string')
  const message = redacted(text('message') ?? (typeof thrown === 'string' ? thrown : 'an error without a message'))
  return {
    name: text('name') ?? 'Error',
    code: text('code') ?? '',
    message,
    reason: text('Reason') ?? '',
    httpStatus: httpStatusOf(thrown, message),
    fromService: ServiceException.isInstance(thrown),
    retry: ServiceException.isInstance(thrown) ? retryOf(sdkError(thrown)) : null,
    source: null,
  }
}

/** An error in the words of AWS, Node or GitHub, in one line, for the parentheses of a message. */
export function quoted({ name, code, message, httpStatus, fromService }: ErrorFacts): string {
  const line = message.replace(/\s+/g, ' ').trim()
  if (code !== '') return line.includes(code) ? line : `${code}: ${line}`
  if (/^Time(LimitReached|outError)$/.test(name)) return 'no answer in time'
  if (!fromService && httpStatus !== null) return `HTTP ${httpStatus}`
  if (line === '' || line === 'UnknownError') return name
  return /^(Error|(Credentials|Token)ProviderError)$/.test(name) ? line : `${name}: ${line}`
}

/** AWS says that the session of the call is over. Renewing it may help. */
export function isExpiry(thrown: unknown): boolean {
  return isNamed(factsOf(thrown), ['ExpiredTokenException', 'ExpiredToken'])
}

/** AWS says that the role may not make the call. */
export function isDenial(thrown: unknown): boolean {
  return isNamed(factsOf(thrown), ['AccessDeniedException', 'AccessDenied'])
}

/** What AWS says that the caller may not do: the action, and the resource that it was refused on, where AWS names one. */
export function denialIn(message: string): { readonly action: string; readonly resource: string | null } | null {
  const [, action, resource] = /not authorized to perform: ([\w-]+:\w+)(?: on resource: (\S+))?/.exec(message) ?? []
  return action === undefined ? null : { action, resource: resource?.replace(/[.,;]$/, '') ?? null }
}

/**
 * Whether AWS refuses a signature for its Region, and which Region it expects, where it names that. Forms that are known:
 * "Credential should be scoped to a valid region, not 'eu-west-1'." (https://github.com/cognitect-labs/aws-api/issues/27),
 * "… to a valid region." (https://github.com/aws/aws-sdk-js-v3/issues/5576), and the like with the right one.
 */
export function signatureRegionIn(message: string): { readonly expected: string | null } | null {
  if (!/scoped to [^.]*\bregion\b/i.test(message)) return null
  const expected = /\bregion:? '?([a-z]{2,}(?:-[a-z]+)+-\d+)\b/i.exec(message)?.[1]
  return { expected: expected ?? null }
}

function isNamed({ name, source }: ErrorFacts, names: readonly string[]): boolean {
  return source === null && names.includes(name)
}

function causes(thrown: unknown, depth = 0): unknown[] {
  const cause = field(thrown, 'cause')
  return cause === undefined || depth > 5 ? [thrown] : [thrown, ...causes(cause, depth + 1)]
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}

/** Where the toolkit and the SDK's metadata providers keep the status of an answer. Some of them put it into words alone. */
function httpStatusOf(thrown: unknown, message: string): number | null {
  const status =
    field(field(thrown, '$metadata'), 'httpStatusCode') ??
    field(field(thrown, '$response'), 'statusCode') ??
    field(thrown, 'statusCode')
  if (typeof status === 'number') return status
  const inWords = /(?:Error Code\s*:|responded with status:)\s*(\d{3})\b/.exec(message)?.[1]
  return inWords === undefined ? null : Number(inWords)
}

type SdkError = Parameters<typeof isThrottlingError>[0]

/** The same error as the type that the SDK's classification takes: with `exactOptionalPropertyTypes`, the two differ. */
function sdkError({ name, message, $fault, $metadata, $retryable }: ServiceException): SdkError {
  return { name, message, $fault, $metadata, ...($retryable && { $retryable }) }
}

function retryOf(error: SdkError): ErrorFacts['retry'] {
  if (isThrottlingError(error)) return 'throttling'
  // The SDK took AWS's time from the answer, and signs the next call with it.
  if (isClockSkewCorrectedError(error) === true) return 'clock'
  return isTransientError(error) || isServerError(error) ? 'transient' : null
}

/**
 * Takes out of a message what nobody may see: the password in a proxy's URL, the command of a credential process with what it wrote,
 * the quote of a document that is no JSON, and the canonical request, which holds the session token. The SDK's hint for developers
 * goes too, since it helps nobody here.
 */
function redacted(message: string): string {
  return message
    .replace(/\/\/[^\n]*@/g, '//')
    .replace(/^Command failed: .*/s, 'Command failed')
    .replace(/, (\.\.\.)?"[^\n]*"(\.\.\.)?( is not valid JSON)/g, '$3')
    .replace(/\s*The Canonical String for this request.*/s, '')
    .replace(/\s*Deserialization error: to see the raw response.*/s, '')
}
