import type { Trouble } from '../../polling/api.ts'
import { classOf, type ErrorClass, type ErrorContext, meanings } from './classify.ts'
import { type Advice, credentialsAdvice } from './credentials-advice.ts'
import { denialIn, type ErrorFacts, factsOf, quoted, signatureRegionIn } from './facts.ts'

/** What is said of each class of error. Words of AWS or Node stand in parentheses; the rest is ours. */
const advice: Readonly<Record<ErrorClass, (facts: ErrorFacts, context: ErrorContext) => Advice>> = {
  'host-unknown': ({ message }, { region }) => ({
    title: 'A host name does not resolve',
    message: `A host name does not resolve (${message})`,
    remedy: `Check 'aws-region' (${region}): Identity Center must be offered there. Check DNS, the proxy settings and AWS_ENDPOINT_URL on the runner.`,
  }),
  proxy: ({ message }) => ({
    title: 'The proxy refuses the connection',
    message: `The proxy did not let the call through (${message})`,
    remedy: 'Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY on the runner, and what the proxy allows.',
  }),
  setting: ({ name, message }) => {
    const setting = name === 'InvalidSetting' ? message : 'endpoint_url in the AWS config file'
    return {
      title: `Invalid setting: ${setting}`,
      message: `${setting} does not hold the address of an endpoint`,
      remedy: `Give ${setting} an address that begins with https:// or http://, or remove it where AWS's own endpoint is meant.`,
    }
  },
  'no-home': () => ({
    title: "The runner's user has no home directory",
    message: "The runner's user has no home directory, where the AWS SDK looks for its settings",
    remedy: "Set HOME in the step's 'env:' to the path of a directory, which may be empty.",
  }),

  ...credentialsAdvice,

  timeout: () => ({
    title: 'AWS did not answer in time',
    message: 'AWS did not answer in time',
    remedy: 'Check the way from the runner to AWS: firewall, proxy, VPC endpoint.',
  }),
  'unreadable-answer': ({ message }) => ({
    title: 'An answer that cannot be used',
    message,
    remedy: '',
  }),
  throttled: (facts) => ({
    title: 'AWS throttles the calls',
    message: `AWS throttled the call (${quoted(facts)})`,
    remedy:
      'All users of the instance share 20 requests a second. Fewer jobs and loops that ask at the same time get there sooner.',
  }),
  clock: (facts) => ({
    title: "The runner's clock is wrong",
    message: `The runner's clock is off (${quoted(facts)})`,
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
  'no-such-request': (facts, { region }) => ({
    title: 'AWS knows no such request',
    message: `AWS knows no such request (${quoted(facts)})`,
    remedy: `Check that 'request-id' is what the deploy step got, that 'operation' is the one that started it, and that 'instance-arn' and 'aws-region' (${region}) are the instance's. AWS also forgets requests after some time.`,
  }),
  'action-denied': accessDenied,
  'request-denied': accessDenied,
  'unknown-key': (facts) => ({
    title: 'AWS does not know the credentials',
    message: `AWS does not know the credentials (${quoted(facts)})`,
    remedy:
      'Check which credentials the step runs with: access key, secret and session token must belong together, and to the same partition as the Region.',
  }),
  'signature-region': (facts, { region }) => {
    const expected = signatureRegionIn(facts.message)?.expected ?? null
    return {
      title: `Wrong Region: ${expected === null ? `the endpoint does not serve ${region}` : `the endpoint serves ${expected}`}`,
      message: `The endpoint does not accept calls that are signed for ${region} (${quoted(facts)})`,
      remedy: `Check that 'aws-region' (${region}) is the instance's primary Region, and that AWS_ENDPOINT_URL and its like, where they are set, lead to the same Region.`,
    }
  },
  signature: (facts) => ({
    title: 'AWS does not accept the signature',
    message: `AWS does not accept the signature (${quoted(facts)})`,
    remedy:
      "Check that the secret access key belongs to the access key and has no stray characters, that the runner's clock is right, and that no proxy rewrites requests.",
  }),
  'invalid-instance': (facts, { region }) => ({
    title: 'AWS does not accept the instance ARN',
    message: `AWS does not accept the instance ARN (${quoted(facts)})`,
    remedy: `Check 'instance-arn' and 'aws-region' (${region}).`,
  }),
  'invalid-call': (facts, { region }) => ({
    title: 'AWS finds the call invalid',
    message: `AWS finds the call invalid (${quoted(facts)})`,
    remedy: `Check 'instance-arn', 'request-id' and 'aws-region' (${region}).`,
  }),
  connection: (facts, { proxy }) => ({
    title: 'The connection to AWS failed',
    message: `The connection to AWS failed (${quoted(facts)})`,
    remedy:
      proxy === null
        ? 'Check the way from the runner to AWS: firewall, VPC endpoint, AWS_ENDPOINT_URL.'
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
    remedy: 'Look the error up in the API reference of IAM Identity Center.',
  }),
  'no-answer-of-aws': ({ httpStatus }) => ({
    title: 'What came back is not an answer of AWS',
    message: `What came back${httpStatus === null ? '' : ` with HTTP status ${httpStatus}`} is not an answer of this API; a proxy or a captive portal may have sent it`,
    remedy: '',
  }),
}

/** What an error means for the wait, and what people are to read of it. Never throws, whatever was thrown. */
export function troubleFrom(thrown: unknown, context: ErrorContext): Trouble {
  const facts = factsOf(thrown)
  const found = classOf(facts, context)
  const code = facts.source === null ? facts.code || facts.name : `credentials: ${facts.code || facts.name}`
  return { ...meanings[found], code, ...advice[found](facts, context) }
}

/**
 * The same trouble, once it is known that the call did not go to the instance's primary Region, and so would be denied whatever the
 * role's policy says: the Region comes first, and no policy is to be changed.
 */
export function wrongRegion(trouble: Trouble, primaryRegion: string, region: string): Trouble {
  const { snippet: _, ...rest } = trouble
  return {
    ...rest,
    scope: 'every-call',
    title: `Wrong Region: the instance's primary Region is ${primaryRegion}`,
    message: `The instance's primary Region is ${primaryRegion}, but 'aws-region' is ${region}. ${trouble.message}`,
    remedy: `Set 'aws-region' to ${primaryRegion}: permission sets can be read only there.`,
  }
}

function credentialsExpired(facts: ErrorFacts): Advice {
  return {
    title: 'The credentials have expired',
    message: `The AWS credentials have expired (${quoted(facts)})`,
    remedy:
      "Set 'role-to-assume', so that the action renews its credentials for as long as the wait lasts; or have them last longer where they are made, with 'role-duration-seconds' of aws-actions/configure-aws-credentials. Then rerun with the same request IDs.",
  }
}

function accessDenied(facts: ErrorFacts, { action: asked, instanceArn, region }: ErrorContext): Advice {
  const denial = denialIn(facts.message)
  const action = denial?.action ?? asked
  const resource = denial?.resource?.startsWith('arn:') ? denial.resource : instanceArn
  return {
    title: `Access denied: ${action}`,
    message: `Access denied: the role may not call ${action} (${quoted(facts)})`,
    remedy: `Allow ${action} on ${resource} in the role's policy. Check that ${region} is the instance's primary Region, and that the role is in the management account or the delegated administrator's.`,
    snippet: JSON.stringify({ Effect: 'Allow', Action: action, Resource: resource }, null, 2),
  }
}
