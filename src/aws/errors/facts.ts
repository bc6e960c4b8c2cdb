import { ServiceException } from '@smithy/core/client'
import { isClockSkewCorrectedError, isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry'
import type { Secrets } from '../../secrets.ts'

/** Where the credentials for a call come from. */
export type CredentialSource =
  /** GitHub's OIDC token. `permitted`: whether the job may ask for one. */
  | { readonly kind: 'oidc-token'; readonly permitted: boolean }
  /** The input `role-to-assume`. */
  | { readonly kind: 'role'; readonly roleArn: string; readonly audience: string }
  | { readonly kind: 'profile'; readonly name: string }
  | { readonly kind: 'web-identity'; readonly roleArn: string }
  | { readonly kind: 'container' }
  | { readonly kind: 'instance' }
  /** Nothing is set up. `profile`: the profile that AWS_PROFILE names, if it names one. */
  | { readonly kind: 'none'; readonly profile: string | null }

/** There were no credentials, so the call that needed them was never made. */
export class CredentialsFailure extends Error {
  override readonly name = 'CredentialsFailure'
  readonly source: CredentialSource

  constructor(source: CredentialSource, cause?: unknown) {
    super('no credentials', { cause })
    this.source = source
  }
}

/** An answer that came in good form, but lacks what the API promises. */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer'
}

/**
 * A setting of the environment with which no call can be made. The message is the setting's name, because the value may hold a password.
 */
export class InvalidSetting extends Error {
  override readonly name = 'InvalidSetting'
}

/** The parts by which errors differ. Errors of the SDK, Node's system errors and our own errors each have some of them. */
export interface ErrorFacts {
  readonly name: string
  /** Node's system error code, as in `ECONNREFUSED`, of the first error in the chain of causes that has one. */
  readonly code: string
  /** Without secrets. */
  readonly message: string
  /** AWS's `Reason` member, which names the KMS error if a customer-managed key is involved. */
  readonly reason: string
  readonly httpStatus: number | null
  /** Whether an AWS service sent the error, and not something in between, such as a proxy. */
  readonly fromService: boolean
  /** Why the SDK itself would retry the call; `null` if it would not. */
  readonly retry: 'throttling' | 'clock' | 'transient' | null
  /** Where the credentials should have come from; `null` for an error of the call itself. */
  readonly source: CredentialSource | null
}

/**
 * Reads the facts of anything that was thrown, without secrets. For a `CredentialsFailure`, these are the facts of its cause. Never throws.
 */
export function factsOf(thrown: unknown, secrets: Secrets): ErrorFacts {
  return read(thrown, (text) => secrets.hide(text))
}

/**
 * The same with secrets, for rules that look for words of AWS: somebody may have chosen such a word as a password. Nobody may see them.
 */
export function rawFactsOf(thrown: unknown): ErrorFacts {
  return read(thrown, (text) => text)
}

function read(thrown: unknown, hide: (text: string) => string): ErrorFacts {
  if (thrown instanceof CredentialsFailure)
    return { ...read(thrown.cause ?? thrown.message, hide), source: thrown.source }
  const chain = causes(thrown)
  const text = (key: string) => chain.map((link) => field(link, key)).find((value) => typeof value === 'string')
  const message = redacted(
    hide(text('message') ?? (typeof thrown === 'string' ? thrown : 'an error without a message')),
  )
  return {
    name: hide(text('name') ?? 'Error'),
    code: hide(text('code') ?? ''),
    message,
    reason: hide(text('Reason') ?? ''),
    httpStatus: httpStatusOf(thrown, message),
    fromService: ServiceException.isInstance(thrown),
    retry: ServiceException.isInstance(thrown) ? retryOf(Object(thrown)) : null,
    source: null,
  }
}

/** Where an unexpected error happened, for the debug log, without secrets. */
export function stackOf(thrown: unknown, secrets: Secrets): string {
  const stack = field(thrown, 'stack')
  return typeof stack === 'string' ? redacted(secrets.hide(stack)) : factsOf(thrown, secrets).message
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

/**
 * Whether the other side shows a certificate of an authority that the runner does not trust. The toolkit
 * keeps only the text, which is OpenSSL's (https://nodejs.org/api/tls.html#x509-certificate-error-codes).
 */
export function isUntrusted({ code, fromService, message }: ErrorFacts): boolean {
  const form = /self.signed.cert|unable.to.(verify.(leaf|the.first)|get.(local.)?issuer)/i
  return !fromService && form.test(`${code} ${message}`)
}

function causes(thrown: unknown, depth = 0): unknown[] {
  const cause = field(thrown, 'cause')
  return cause === undefined || depth > 5 ? [thrown] : [thrown, ...causes(cause, depth + 1)]
}

/** A member of anything; `undefined` if it has none. */
export function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}

/**
 * The HTTP status of an answer. The SDK, its metadata providers and our own client keep it in different places, some only in the message.
 */
function httpStatusOf(thrown: unknown, message: string): number | null {
  const status =
    field(field(thrown, '$metadata'), 'httpStatusCode') ??
    field(field(thrown, '$response'), 'statusCode') ??
    field(thrown, 'statusCode')
  if (typeof status === 'number') return status
  const inWords = /responded with status:\s*(\d{3})\b/.exec(message)?.[1]
  return inWords === undefined ? null : Number(inWords)
}

/** @param error of an AWS service */
function retryOf(error: Parameters<typeof isThrottlingError>[0]): ErrorFacts['retry'] {
  if (isThrottlingError(error)) return 'throttling'
  // The SDK took AWS's time from the answer, and signs the next call with it.
  if (isClockSkewCorrectedError(error) === true) return 'clock'
  return isTransientError(error) || isServerError(error) ? 'transient' : null
}

/**
 * Removes from a message what nobody may see: the password in a proxy's URL, the command and the output of a credential process, the quote
 * of a document that is not JSON, and the canonical request, which holds the session token. Also removes the SDK's hint for developers,
 * which helps nobody here.
 */
function redacted(message: string): string {
  return message
    .replace(/\/\/[^\n]*@/g, '//')
    .replace(/^Command failed: .*/s, 'Command failed')
    .replace(/,? ?(\.\.\.)?".*"(\.\.\.)?( is not valid JSON)/gs, '$3')
    .replace(/\s*The Canonical String for this request.*/s, '')
    .replace(/\s*Deserialization error: to see the raw response.*/s, '')
}
