import { type CallFailure, isAccessDenied } from '../../requests/api.ts'
import { classOf, type ErrorClass, meanings } from './classify.ts'
import type { ErrorContext } from './context.ts'
import { type Advice, credentialsAdvice } from './credentials-advice.ts'
import { type ErrorFacts, factsOf, quoted, rawFactsOf } from './facts.ts'
import { type Denial, denialsIn, signatureRegionIn } from './messages.ts'

/** For a certificate that the runner does not trust. */
export const certificateRemedy =
  "If a proxy decrypts TLS, set NODE_EXTRA_CA_CERTS in the job's 'env:' to a file with the certificate of its authority."

/** IAM takes no longer ARN. */
const arnFormat = /^arn:\S{1,2044}$/

/** The texts for each class of error. Words of AWS or Node are in parentheses; the rest is ours. */
export const advice: Readonly<Record<ErrorClass, (facts: ErrorFacts, context: ErrorContext) => Advice>> = {
  'host-unknown': ({ message }, { region }) => ({
    title: 'A host name does not resolve',
    message: `A host name does not resolve (${message})`,
    remedy: `Check 'aws-region' (${region}): Identity Center must be available there. Check DNS, the proxy settings and AWS_ENDPOINT_URL on the runner.`,
  }),
  proxy: ({ message }) => ({
    title: 'The proxy refuses the connection',
    message: `The proxy did not let the call through (${message})`,
    remedy: 'Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY on the runner, and what the proxy allows.',
  }),
  certificate: (facts) => ({
    title: 'The certificate is not trusted',
    message: `The runner does not trust the certificate of the other side (${quoted(facts)})`,
    remedy: certificateRemedy,
  }),
  setting: ({ name, message }) => {
    const setting = name === 'InvalidSetting' ? message : 'endpoint_url in the AWS config file'
    return {
      title: `Invalid setting: ${setting}`,
      message: `${setting} does not hold the address of an endpoint`,
      remedy: `Give ${setting} an address that begins with https:// or http://, or remove it to use AWS's own endpoint.`,
    }
  },
  unsendable: (facts) => ({
    title: 'The credentials cannot be sent',
    message: `The credentials have a character that no HTTP header can hold (${quoted(facts)})`,
    remedy:
      'Check for a line break or typographic quotes, as they come with copy and paste: in the access key and the session token, or in the secrets that they are set from.',
  }),
  'no-home': () => ({
    title: "The runner's user has no home directory",
    message: "The runner's user has no home directory, where the AWS SDK looks for its settings",
    remedy: "Set HOME in the step's 'env:' to the path of a directory, which may be empty.",
  }),

  ...credentialsAdvice,

  timeout: () => ({
    title: 'AWS did not answer in time',
    message: 'AWS did not answer in time',
    remedy: 'Check the network between the runner and AWS: firewall, proxy, VPC endpoint.',
  }),
  'unreadable-answer': ({ message }) => ({
    title: 'The answer cannot be used',
    message,
    remedy: '',
  }),
  throttled: (facts) => ({
    title: 'AWS throttles the calls',
    message: `AWS throttled the call (${quoted(facts)})`,
    remedy: 'All users of the instance share 20 requests a second. Run fewer jobs and loops that ask at the same time.',
  }),
  clock: (facts) => ({
    title: "The runner's clock is wrong",
    message: `The runner's clock is wrong (${quoted(facts)})`,
    remedy: "Set the runner's clock.",
  }),
  'session-over': credentialsExpired,
  expired: credentialsExpired,
  kms: (facts) => ({
    title: "The instance's KMS key cannot be used",
    message: `AWS could not use the instance's KMS key (${quoted(facts)}${facts.reason && `, ${facts.reason}`})`,
    remedy:
      "The instance is encrypted with a customer-managed KMS key. Check that the key is enabled and not pending deletion, and that its policy and the role's allow kms:Decrypt through Identity Center.",
  }),
  'no-such-permission-set': (facts, { region }) => ({
    title: 'AWS knows no such permission set',
    message: `AWS knows no such permission set (${quoted(facts)})`,
    remedy: `Check that 'permission-set-arn' is the ARN of a permission set that exists, and that 'aws-region' (${region}) is the instance's primary Region. If the permission set was deleted, there is nothing to wait for.`,
  }),
  'no-such-request': (facts, { region }) => ({
    title: 'AWS knows no such request',
    message: `AWS knows no such request (${quoted(facts)})`,
    remedy: `Check that 'request-id' is what the deploy step got, that 'operation' is the API that started it, and that 'instance-arn' and 'aws-region' (${region}) are those of the instance. AWS also forgets requests after some time.`,
  }),
  'action-denied': accessDenied,
  'request-denied': accessDenied,
  'unknown-key': (facts) => ({
    title: 'AWS does not know the credentials',
    message: `AWS does not know the credentials (${quoted(facts)})`,
    remedy:
      'Check which credentials the step uses: access key, secret and session token must belong together, and to the same partition as the Region.',
  }),
  'signature-region': (facts, { region }) => {
    const expected = signatureRegionIn(facts.message)?.expected ?? null
    return {
      title: `Wrong Region: ${expected === null ? `the endpoint does not serve ${region}` : `the endpoint serves ${expected}`}`,
      message: `The endpoint does not accept calls that are signed for ${region} (${quoted(facts)})`,
      remedy: `Check that 'aws-region' (${region}) is the instance's primary Region, and that AWS_ENDPOINT_URL and similar variables, if they are set, lead to the same Region.`,
    }
  },
  signature: (facts) => ({
    title: 'AWS does not accept the signature',
    message: `AWS does not accept the signature (${quoted(facts)})`,
    remedy:
      "Check that the secret access key belongs to the access key and has no extra characters, that the runner's clock is right, and that no proxy rewrites requests.",
  }),
  'invalid-instance': (facts, { region }) => ({
    title: 'AWS does not accept the instance ARN',
    message: `AWS does not accept the instance ARN (${quoted(facts)})`,
    remedy: `Check 'instance-arn' and 'aws-region' (${region}).`,
  }),
  'invalid-call': (facts, { region }) => ({
    title: 'AWS finds the call invalid',
    message: `AWS finds the call invalid (${quoted(facts)})`,
    remedy: `Check 'instance-arn', 'request-id', 'permission-set-arn' and 'aws-region' (${region}).`,
  }),
  connection: (facts, { proxy }) => ({
    title: 'The connection to AWS failed',
    message: `The connection to AWS failed (${quoted(facts)})`,
    remedy:
      proxy === null
        ? 'Check the network between the runner and AWS: firewall, VPC endpoint, AWS_ENDPOINT_URL.'
        : `Calls go through the proxy ${proxy} unless NO_PROXY says otherwise: check that it runs and lets the runner through.`,
  }),
  unavailable: (facts) => ({
    title: 'AWS could not answer',
    message: `AWS could not answer (${facts.httpStatus === null ? '' : `HTTP ${facts.httpStatus}, `}${quoted(facts)})`,
    remedy: '',
  }),
  'refused-otherwise': (facts) => ({
    title: `AWS refused the call: ${facts.name}`,
    message: `AWS refused the call (${quoted(facts)})`,
    remedy: 'Look up the error in the API reference of IAM Identity Center.',
  }),
  'no-answer-of-aws': ({ httpStatus }) => ({
    title: 'The response is not from AWS',
    message: `The response${httpStatus === null ? '' : ` with HTTP status ${httpStatus}`} is not an answer of this API; a proxy or a captive portal may have sent it`,
    remedy: '',
  }),
}

/** What an error means for the wait, and what people read about it. Never throws, whatever was thrown. */
export function failureFrom(thrown: unknown, context: ErrorContext): CallFailure {
  const raw = rawFactsOf(thrown)
  const found = classOf(raw, context)
  const code = raw.source === null ? raw.code || raw.name : `credentials: ${raw.code || raw.name}`
  return { ...meanings[found], code, ...advice[found](factsOf(thrown, context.secrets), context) }
}

/**
 * The failure of a call, with the Region as its cause if it was denied and did not go to the instance's primary Region. AWS denies it there
 * whatever the role's policy says. So the text names the Region first, and there is no policy to paste. `primaryRegion`: `null` if it is not
 * known.
 */
export function locatedFailure(failure: CallFailure, primaryRegion: string | null, region: string): CallFailure {
  if (primaryRegion === null || primaryRegion === region || !isAccessDenied(failure)) return failure
  const { snippet: _, ...rest } = failure
  return {
    ...rest,
    scope: 'every-call',
    title: `Wrong Region: the instance's primary Region is ${primaryRegion}`,
    message: `The instance's primary Region is ${primaryRegion}, but 'aws-region' is ${region}. ${failure.message}`,
    remedy: `Set 'aws-region' to ${primaryRegion}: permission sets can be read only there.`,
  }
}

function credentialsExpired(facts: ErrorFacts): Advice {
  return {
    title: 'The credentials have expired',
    message: `The AWS credentials have expired (${quoted(facts)})`,
    remedy:
      "Set 'role-to-assume', so that the action renews its credentials for as long as the wait lasts. Or make them last longer, with 'role-duration-seconds' of aws-actions/configure-aws-credentials. Then wait for the same request IDs again.",
  }
}

function accessDenied(facts: ErrorFacts, { action: asked, instanceArn, region }: ErrorContext): Advice {
  const named = denialsIn(facts.message)
  const denials: readonly Denial[] = named.length > 0 ? named : [{ action: asked, resource: null }]
  const byAction = Map.groupBy(denials, ({ action }) => action)
  const actions = [...byAction.keys()].join(' and ')
  const statements = [...byAction].map(([action, rows]) => {
    const arns = rows.map(({ resource }) => (arnFormat.test(resource ?? '') ? resource : instanceArn))
    return { Effect: 'Allow', Action: action, Resource: [...new Set(arns)] }
  })
  const allowed = statements.map(({ Action, Resource }) => `${Action} on ${Resource.join(' and ')}`)
  const toPaste = statements.map((own) => (own.Resource.length > 1 ? own : { ...own, Resource: own.Resource[0] }))
  return {
    title: `Access denied: ${actions}`,
    message: `Access denied: the role may not call ${actions} (${quoted(facts)})`,
    remedy: `Allow ${allowed.join(', and ')}${allowed.length > 1 ? ',' : ''} in the role's policy. Check that ${region} is the instance's primary Region, and that the role is in the management account or the delegated administrator's.`,
    snippet: JSON.stringify(toPaste.length > 1 ? toPaste : toPaste[0], null, 2),
  }
}
