import type { ErrorContext } from './context.ts'
import { type ErrorFacts, quoted } from './facts.ts'
import { denialsIn, deniesOnlyKms } from './messages.ts'
import {
  type ErrorMeaning,
  type ErrorRow,
  type ErrorTexts,
  hasNameOfAws,
  isDenied,
  isExpired,
  isTemporary,
  isThrottled,
  named,
  rowsOfRefusedCredentials,
} from './row.ts'

const isNotFound = named(/^ResourceNotFoundException$/)
const isInvalid = named(/^ValidationException$/)

/** IAM takes no longer ARN. */
const arnFormat = /^arn:\S{1,2044}$/

/** One thing as itself, several as a list: the short form of a policy. */
const short = <T>(things: readonly T[]) => (things.length > 1 ? things : things[0])

/** The statements of a policy that allow what AWS denied, one for each action. */
function missingStatements({ message }: ErrorFacts, { action: asked, instanceArn }: ErrorContext) {
  const found = denialsIn(message)
  const denials = found.length > 0 ? found : [{ action: asked, resource: null }]
  return [...Map.groupBy(denials, ({ action }) => action)].map(([action, rows]) => {
    const arns = rows.map(({ resource }) => (arnFormat.test(resource ?? '') ? resource : instanceArn))
    return { Effect: 'Allow', Action: action, Resource: short([...new Set(arns)]) }
  })
}

const deniedActions = (...about: Parameters<typeof missingStatements>) =>
  Array.from(missingStatements(...about), ({ Action }) => Action).join(' and ')

const accessDenied: ErrorTexts = {
  title: (facts, context) => `Access denied: ${deniedActions(facts, context)}`,
  what: (facts, context) => `Access denied: the role may not call ${deniedActions(facts, context)}`,
  remedy(facts, context) {
    const allowed = missingStatements(facts, context).map(
      (own) => `${own.Action} on ${[own.Resource].flat().join(' and ')}`,
    )
    return `Allow ${allowed.join(', and ')}${allowed.length > 1 ? ',' : ''} in the role's policy. Check that ${context.region} is the instance's primary Region, and that the role is in the management account or the delegated administrator's.`
  },
  snippet: (facts, context) => JSON.stringify(short(missingStatements(facts, context)), null, 2),
}

/** Errors of a call to Identity Center. */
export const rowsOfCalls: readonly ErrorRow[] = [
  {
    // The SDK also names broken connections TimeoutError.
    when: ({ name, code }) => /^Time(LimitReached|outError)$/.test(name) && /^(ETIMEDOUT)?$/.test(code),
    effect: 'unclear',
    title: 'AWS did not answer in time',
    message: 'AWS did not answer in time',
    remedy: 'Check the network between the runner and AWS: firewall, proxy, VPC endpoint.',
  },
  {
    when: named(/^UnreadableAnswer$/),
    effect: 'unclear',
    title: 'The answer cannot be used',
    message: ({ message }) => message,
  },
  {
    when: isThrottled,
    effect: 'throttled',
    title: 'AWS throttles the calls',
    what: 'AWS throttled the call',
    remedy: 'All users of the instance share 20 requests a second. Run fewer jobs and loops that ask at the same time.',
  },
  {
    when: ({ message, name, retry }) =>
      retry === 'clock' ||
      /^Request(Expired|InTheFuture|TimeTooSkewed)$/.test(name) ||
      (name === 'InvalidSignatureException' && message.includes('Signature expired')),
    effect: 'unclear',
    title: "The runner's clock is wrong",
    remedy: "Set the runner's clock.",
  },
  {
    // Whoever makes the call may renew them, and then asks again.
    when: isExpired,
    title: 'The credentials have expired',
    what: 'The AWS credentials have expired',
    remedy: (_, { wording }) =>
      wording.program === 'command'
        ? 'Sign in again, or use credentials that renew themselves: a profile, or the role of the build project, instance or service account. Keys in environment variables end after their time. Then wait for the same request IDs again.'
        : "Set 'role-to-assume', so that the action renews its credentials for as long as the wait lasts. Or make them last longer, with 'role-duration-seconds' of aws-actions/configure-aws-credentials. Then wait for the same request IDs again.",
  },
  {
    when: ({ message, reason }) => /^KMS_/.test(reason) || deniesOnlyKms(message),
    title: "The instance's KMS key cannot be used",
    what: "AWS could not use the instance's KMS key",
    words: (facts) => [quoted(facts), facts.reason].filter(Boolean).join(', '),
    remedy:
      "The instance is encrypted with a customer-managed KMS key. Check that the key is enabled and not pending deletion, and that its policy and the role's allow kms:Decrypt through Identity Center.",
  },
  {
    when: (facts, { action }) => isNotFound(facts) && /AccountsForProvisioned/.test(action),
    effect: 'absent',
    scope: 'request',
    title: 'AWS knows no such permission set',
    remedy: (_, { region }) =>
      `Check that 'permission-set-arn' is the ARN of a permission set that exists, and that 'aws-region' (${region}) is the instance's primary Region. If the permission set was deleted, there is nothing to wait for.`,
  },
  {
    when: isNotFound,
    effect: 'absent',
    scope: 'request',
    title: 'AWS knows no such request',
    remedy: (_, { region }) =>
      `Check that 'request-id' is what the deploy step got, that 'operation' is the API that started it, and that 'instance-arn' and 'aws-region' (${region}) are those of the instance. AWS also forgets requests after some time.`,
  },
  {
    when: (facts, context) => isDenied(facts) && isAboutAction(facts, context),
    scope: 'action',
    ...accessDenied,
  },
  { when: isDenied, scope: 'request', ...accessDenied },
  ...rowsOfRefusedCredentials,
  {
    when: (facts) => isInvalid(facts) && /instanceArn/i.test(facts.message),
    title: 'AWS does not accept the instance ARN',
    remedy: (_, { region }) => `Check 'instance-arn' and 'aws-region' (${region}).`,
  },
  {
    when: isInvalid,
    scope: 'request',
    title: 'AWS finds the call invalid',
    remedy: (_, { region }) => `Check 'instance-arn', 'request-id', 'permission-set-arn' and 'aws-region' (${region}).`,
  },
  {
    when: ({ code }) => code !== '',
    effect: 'unclear',
    title: 'The connection to AWS failed',
    remedy: (_, { proxy }) =>
      proxy === null
        ? 'Check the network between the runner and AWS: firewall, VPC endpoint, AWS_ENDPOINT_URL.'
        : `Calls go through the proxy ${proxy} unless NO_PROXY says otherwise: check that it runs and lets the runner through.`,
  },
  {
    when: isTemporary,
    effect: 'unclear',
    title: 'AWS could not answer',
    words: (facts) => `${facts.httpStatus === null ? '' : `HTTP ${facts.httpStatus}, `}${quoted(facts)}`,
  },
  {
    when: hasNameOfAws,
    scope: 'request',
    title: ({ name }) => `AWS refused the call: ${name}`,
    what: 'AWS refused the call',
    remedy: 'Look up the error in the API reference of IAM Identity Center.',
  },
]

/** All other errors. The call is made again, because only an answer of AWS may end the wait. */
export const otherErrorOfCalls: ErrorMeaning = {
  effect: 'unclear',
  title: 'The response is not from AWS',
  message: ({ httpStatus }) =>
    `The response${httpStatus === null ? '' : ` with HTTP status ${httpStatus}`} is not an answer of this API; a proxy or a captive portal may have sent it`,
}

/** Whether AWS denies every call of the API action, and not only calls about one resource. */
function isAboutAction({ message }: ErrorFacts, { instanceArn }: ErrorContext): boolean {
  const isOfAll = (resource: string | null) => [null, '*', instanceArn].includes(resource)
  return denialsIn(message).some(({ action, resource }) => action.startsWith('sso:') && isOfAll(resource))
}
