import type { CallFailure } from '../../requests/api.ts'
import type { ErrorContext } from './context.ts'
import { type ErrorFacts, isUntrusted } from './facts.ts'
import { denialsIn, deniesOnlyKms, signatureRegionIn } from './messages.ts'

/** Every class of error: what it means for the wait, and which calls meet it. */
export const meanings = {
  'host-unknown': { effect: 'absent', scope: 'every-call' },
  proxy: { effect: 'unclear', scope: 'every-call' },
  certificate: { effect: 'unclear', scope: 'every-call' },
  setting: { effect: 'refused', scope: 'every-call' },
  'no-home': { effect: 'refused', scope: 'every-call' },
  unsendable: { effect: 'refused', scope: 'every-call' },

  // While the action gets credentials.
  'no-credentials': { effect: 'refused', scope: 'every-call' },
  'no-token-permission': { effect: 'refused', scope: 'every-call' },
  'no-token': { effect: 'refused', scope: 'every-call' },
  'token-file': { effect: 'refused', scope: 'every-call' },
  'credentials-throttled': { effect: 'throttled', scope: 'every-call' },
  'credentials-later': { effect: 'unclear', scope: 'every-call' },
  'metadata-refused': { effect: 'absent', scope: 'every-call' },
  'role-denied': { effect: 'refused', scope: 'every-call' },
  'token-rejected': { effect: 'refused', scope: 'every-call' },
  'source-expired': { effect: 'refused', scope: 'every-call' },
  'sts-region': { effect: 'refused', scope: 'every-call' },
  'role-invalid': { effect: 'refused', scope: 'every-call' },
  'container-refused': { effect: 'refused', scope: 'every-call' },
  'profile-invalid': { effect: 'refused', scope: 'every-call' },
  // Of the call itself.
  timeout: { effect: 'unclear', scope: 'every-call' },
  'unreadable-answer': { effect: 'unclear', scope: 'every-call' },
  throttled: { effect: 'throttled', scope: 'every-call' },
  clock: { effect: 'unclear', scope: 'every-call' },
  'session-over': { effect: 'unclear', scope: 'every-call' },
  expired: { effect: 'refused', scope: 'every-call' },
  kms: { effect: 'refused', scope: 'every-call' },
  'no-such-permission-set': { effect: 'absent', scope: 'request' },
  'no-such-request': { effect: 'absent', scope: 'request' },
  'action-denied': { effect: 'refused', scope: 'action' },
  'request-denied': { effect: 'refused', scope: 'request' },
  'unknown-key': { effect: 'refused', scope: 'every-call' },
  'signature-region': { effect: 'refused', scope: 'every-call' },
  signature: { effect: 'refused', scope: 'every-call' },
  'invalid-instance': { effect: 'refused', scope: 'every-call' },
  'invalid-call': { effect: 'refused', scope: 'request' },
  connection: { effect: 'unclear', scope: 'every-call' },
  unavailable: { effect: 'unclear', scope: 'every-call' },
  'refused-otherwise': { effect: 'refused', scope: 'request' },
  'no-answer-of-aws': { effect: 'unclear', scope: 'every-call' },
} as const satisfies Record<string, Pick<CallFailure, 'effect' | 'scope'>>

export type ErrorClass = keyof typeof meanings

type Rule = readonly [ErrorClass, (facts: ErrorFacts, context: ErrorContext) => boolean]

const named =
  (form: RegExp) =>
  ({ name }: ErrorFacts) =>
    form.test(name)

const isExpired = named(/^ExpiredToken(Exception)?$/)
const isDenied = named(/^AccessDenied(Exception)?$/)
const isNotFound = named(/^ResourceNotFoundException$/)
const isInvalid = named(/^ValidationException$/)
const hasUnknownKey = named(
  /^(UnrecognizedClientException|InvalidClientTokenId|InvalidAccessKeyId|NotAuthorized|OptInRequired)$/,
)
const hasBadSignature = named(
  /^(InvalidSignatureException|SignatureDoesNotMatch|(IncompleteSignature|MissingAuthenticationToken)(Exception)?)$/,
)

const isServerSide = (status: number | null) => status !== null && (status >= 500 || status === 408)
const isClientSide = (status: number | null) => status !== null && status >= 400 && status < 500

/** Errors that mean the same wherever they happen. */
const everywhere: readonly Rule[] = [
  ['setting', ({ name, code }) => name === 'InvalidSetting' || code === 'ERR_INVALID_URL'],
  // Only keys and tokens come into a header as they are.
  ['unsendable', ({ code }) => code === 'ERR_INVALID_CHAR'],
  ['no-home', ({ message }) => message.includes('uv_os_homedir')],
  ['host-unknown', ({ code }) => code === 'ENOTFOUND' || code === 'EAI_AGAIN'],
  ['proxy', ({ code }) => code.startsWith('ERR_PROXY')],
  ['certificate', isUntrusted],
]

/** Errors while the action gets credentials: those of STS, and those of the SDK's providers. */
const ofCredentials: readonly Rule[] = [
  ['no-credentials', ({ source }) => source?.kind === 'none'],
  ['no-token-permission', ({ source }) => source?.kind === 'oidc-token' && !source.permitted],
  ['credentials-throttled', ({ retry, httpStatus }) => retry === 'throttling' || httpStatus === 429],
  ['credentials-later', ({ httpStatus }) => isServerSide(httpStatus)],
  [
    'metadata-refused',
    ({ source, httpStatus, name }) =>
      source?.kind === 'instance' && (httpStatus === 401 || name === 'InstanceMetadataV1FallbackError'),
  ],
  // Without a metadata service, a connection to it fails in many ways, depending on the network.
  ['no-credentials', ({ source }) => source?.kind === 'instance'],
  ['token-file', ({ code }) => ['ENOENT', 'EACCES', 'EPERM', 'EISDIR', 'ENOTDIR'].includes(code)],
  ['credentials-later', isTemporary],
  ['no-token', ({ source, httpStatus }) => source?.kind === 'oidc-token' && isClientSide(httpStatus)],
  ['container-refused', ({ source, name }) => source?.kind === 'container' && name === 'CredentialsProviderError'],
  ['profile-invalid', named(/^(Credentials|Token)ProviderError$/)],
  ['role-denied', isDenied],
  ['token-rejected', named(/^InvalidIdentityToken(Exception)?$/)],
  ['source-expired', isExpired],
  ['sts-region', named(/^RegionDisabledException$/)],
  ['unknown-key', hasUnknownKey],
  ['signature-region', isOfAnotherRegion],
  ['signature', hasBadSignature],
  ['role-invalid', hasNameOfAws],
]

/** Errors of the call itself. */
const ofCalls: readonly Rule[] = [
  // The SDK also names broken connections TimeoutError.
  ['timeout', ({ name, code }) => /^Time(LimitReached|outError)$/.test(name) && /^(ETIMEDOUT)?$/.test(code)],
  ['unreadable-answer', named(/^UnreadableAnswer$/)],
  ['throttled', ({ retry }) => retry === 'throttling'],
  ['clock', isOfTheClock],
  ['session-over', (facts, { credentials }) => isExpired(facts) && credentials === 'role'],
  ['expired', isExpired],
  ['kms', ({ message, reason }) => /^KMS_/.test(reason) || deniesOnlyKms(message)],
  ['no-such-permission-set', (facts, { action }) => isNotFound(facts) && /AccountsForProvisioned/.test(action)],
  ['no-such-request', isNotFound],
  ['action-denied', (facts, context) => isDenied(facts) && isAboutAction(facts, context)],
  ['request-denied', isDenied],
  ['unknown-key', hasUnknownKey],
  ['signature-region', isOfAnotherRegion],
  ['signature', hasBadSignature],
  ['invalid-instance', (facts) => isInvalid(facts) && /instanceArn/i.test(facts.message)],
  ['invalid-call', isInvalid],
  ['connection', ({ code }) => code !== ''],
  ['unavailable', isTemporary],
  ['refused-otherwise', hasNameOfAws],
]

/**
 * The class of an error: that of the first rule that applies. If no rule applies, the call is made again, because only an answer of AWS may
 * end the wait.
 *
 * The names are those of the SSO Admin API's model, of STS, and of AWS's common errors
 * (https://docs.aws.amazon.com/singlesignon/latest/APIReference/CommonErrors.html).
 */
export function classOf(facts: ErrorFacts, context: ErrorContext): ErrorClass {
  const rules = [...everywhere, ...(facts.source === null ? ofCalls : ofCredentials)]
  const [found] = rules.find(([, applies]) => applies(facts, context)) ?? []
  return found ?? (facts.source === null ? 'no-answer-of-aws' : 'credentials-later')
}

/** Whether another attempt may help: the SDK would make one, or AWS's pages recommend one. */
function isTemporary(facts: ErrorFacts): boolean {
  const { code, fromService, message, name, retry, source } = facts
  return (
    retry !== null ||
    code !== '' ||
    (fromService && isServerSide(facts.httpStatus)) ||
    /^(RequestAbortedException|TimeLimitReached|TimeoutError)$/.test(name) ||
    // AWS could not reach GitHub, https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html.
    /^IDPCommunicationError(Exception)?$/.test(name) ||
    // Every attempt gets a new token.
    (source?.kind === 'role' && isExpired(facts)) ||
    // For some sources, the SDK gives the error only as text.
    (name === 'CredentialsProviderError' && temporaryInWords.test(message))
  )
}

const temporaryInWords =
  /TooManyRequests|Throttl|InternalServer|ServiceUnavailable|Timeout|ECONN[A-Z]+|ETIMEDOUT|EPIPE|E(HOST|NET)UNREACH|EAI_AGAIN|ENOTFOUND|socket hang up/

function isOfTheClock({ message, name, retry }: ErrorFacts): boolean {
  return (
    retry === 'clock' ||
    /^Request(Expired|InTheFuture|TimeTooSkewed)$/.test(name) ||
    (name === 'InvalidSignatureException' && message.includes('Signature expired'))
  )
}

/** Whether AWS denies every call of the API action, and not only calls about one resource. */
function isAboutAction({ message }: ErrorFacts, { instanceArn }: ErrorContext): boolean {
  const isOfAll = (resource: string | null) => [null, '*', instanceArn].includes(resource)
  return denialsIn(message).some(({ action, resource }) => action.startsWith('sso:') && isOfAll(resource))
}

function isOfAnotherRegion(facts: ErrorFacts): boolean {
  return hasBadSignature(facts) && signatureRegionIn(facts.message) !== null
}

/** Whether AWS refused the call with a named error, so that it would refuse the same call again. The answer of a proxy has no such name. */
function hasNameOfAws({ fromService, httpStatus, name, source }: ErrorFacts): boolean {
  const form = source === null ? /^[A-Z]\w+Exception$/ : /^[A-Z]\w+$/
  return fromService && isClientSide(httpStatus) && form.test(name) && !/^Unknown|ServiceException$/.test(name)
}
