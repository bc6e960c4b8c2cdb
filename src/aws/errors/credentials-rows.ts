import { type CredentialSource, type ErrorFacts, quoted } from './facts.ts'
import { denialsIn } from './messages.ts'
import {
  type ErrorMeaning,
  type ErrorRow,
  type ErrorTexts,
  hasNameOfAws,
  isClientSide,
  isDenied,
  isExpired,
  isServerSide,
  isTemporary,
  isThrottled,
  named,
  rowsOfRefusedCredentials,
  type Text,
} from './row.ts'

const noCredentialsYet: ErrorTexts = {
  title: 'No credentials yet',
  what: (facts) => `${failureOf(facts)} yet`,
  remedy: bySource({
    'oidc-token': "Check that the runner reaches GitHub's token service, through the proxy if there is one.",
    role: 'Check that the runner reaches AWS STS, through the proxy if there is one.',
    'web-identity': 'Check that the runner reaches AWS STS, through the proxy if there is one.',
    profile: 'Check that the runner reaches what the profile names, through the proxy if there is one.',
    container: "Check what serves the container's credentials on the runner.",
    instance: "Check the instance's metadata service.",
  }),
}

/** Errors while the action gets credentials: those of STS, and those of the SDK's providers. */
export const rowsOfMissingCredentials: readonly ErrorRow[] = [
  {
    when: ({ source }) => source?.kind === 'oidc-token' && !source.permitted,
    title: 'The job may not ask for an OIDC token',
    message: 'The job may not ask for an OIDC token, which role-to-assume needs',
    remedy:
      "Add 'permissions: id-token: write' to the job, and 'contents: read' if it checks out code. A reusable workflow needs it from its caller too. Pull requests from forks never have it.",
  },
  {
    when: (facts) => isThrottled(facts) || facts.httpStatus === 429,
    effect: 'throttled',
    ...noCredentialsYet,
  },
  {
    when: ({ source, httpStatus, name }) =>
      source?.kind === 'instance' && (httpStatus === 401 || name === 'InstanceMetadataV1FallbackError'),
    effect: 'absent',
    title: 'The metadata service gave no credentials',
    remedy:
      "If the runner is in a container, set the hop limit in the instance's metadata options to 2 or more, or set 'role-to-assume'.",
  },
  {
    // Without a metadata service, a connection to it fails in many ways, depending on the network.
    when: (facts) => facts.source?.kind === 'none' || (facts.source?.kind === 'instance' && !isServerSide(facts)),
    title: 'There are no AWS credentials',
    message: ({ source }) =>
      source?.kind === 'none' && source.profile !== null
        ? `There are no AWS credentials: AWS_PROFILE names the profile '${source.profile}', which holds no credentials`
        : 'There are no AWS credentials in the environment of this step',
    remedy: (_, { wording }) =>
      wording.program === 'command'
        ? 'Sign in with `aws sso login --profile NAME` and set AWS_PROFILE to that name, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. In a pipeline, give its project, instance or service account a role.'
        : "Set 'role-to-assume' and give the job 'permissions: id-token: write', or run aws-actions/configure-aws-credentials in an earlier step of the same job.",
  },
  {
    when: ({ code }) => ['ENOENT', 'EACCES', 'EPERM', 'EISDIR', 'ENOTDIR'].includes(code),
    title: 'The token file cannot be read',
    message: (facts) => `${failureOf(facts)}: the token file cannot be read (${quoted(facts)})`,
    remedy: bySource({
      'web-identity': 'Check that AWS_WEB_IDENTITY_TOKEN_FILE names a file that the runner may read.',
      profile: "Check that 'web_identity_token_file' of the profile names a file that the runner may read.",
      container: 'Check that AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names a file that the runner may read.',
    }),
  },
  {
    when: (facts) => isServerSide(facts) || isTemporary(facts),
    effect: 'unclear',
    ...noCredentialsYet,
  },
  {
    when: (facts) => facts.source?.kind === 'oidc-token' && isClientSide(facts),
    title: failureOf,
    remedy:
      "Check 'permissions: id-token: write', and that the runner reaches GitHub's token service, through the proxy if there is one.",
  },
  {
    when: ({ source, name }) => source?.kind === 'container' && name === 'CredentialsProviderError',
    title: "The container's endpoint gave no credentials",
    remedy:
      'Check AWS_CONTAINER_CREDENTIALS_FULL_URI or AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, and the authorization token beside it.',
  },
  {
    when: named(/^(Credentials|Token)ProviderError$/),
    title: failureOf,
    remedy: (facts) =>
      facts.source?.kind === 'profile' && /\baws sso login\b/.test(facts.message)
        ? `Sign in again: aws sso login --profile ${facts.source.name}`
        : "Correct the profile in the AWS config file on the runner. If it has a 'credential_process', run that program on the runner to see its error. Or set 'role-to-assume'.",
  },
  {
    when: isDenied,
    title: (facts) => `Access denied: ${denialsIn(facts.message)[0]?.action ?? 'sts:AssumeRoleWithWebIdentity'}`,
    remedy: bySource({
      role: "Check that the role in 'role-to-assume' exists, and that its trust policy allows this repository, branch or environment: its conditions on token.actions.githubusercontent.com:sub and :aud must match the job's token.",
      'web-identity':
        "Check that AWS_ROLE_ARN names a role that exists, and that its trust policy allows the token's subject.",
      profile:
        "Check that the role exists, that its trust policy allows the identity that the profile starts from, and that this identity may call sts:AssumeRole on the role. Or set 'role-to-assume'.",
    }),
  },
  {
    when: named(/^InvalidIdentityToken(Exception)?$/),
    title: 'AWS does not accept the OIDC token',
    remedy: (facts) =>
      facts.source?.kind === 'role'
        ? `Check that the role's account has an OIDC identity provider for token.actions.githubusercontent.com, and that it lists the audience '${facts.source.audience}'.`
        : "Check that the token file (AWS_WEB_IDENTITY_TOKEN_FILE) holds a token of an OIDC identity provider that the role's account has.",
  },
  {
    when: isExpired,
    title: 'The credentials have expired',
    remedy: bySource({
      'web-identity': "Renew the token in AWS_WEB_IDENTITY_TOKEN_FILE before it expires. Or set 'role-to-assume'.",
      profile: "Renew the credentials that the profile starts from. Or set 'role-to-assume'.",
    }),
  },
  {
    when: named(/^RegionDisabledException$/),
    title: (_, { region }) => `STS is not active in ${region}`,
    remedy: "Activate STS in this Region in the role's account, or check 'aws-region'.",
  },
  ...rowsOfRefusedCredentials,
  {
    when: hasNameOfAws,
    title: 'The role could not be assumed',
    remedy: bySource({
      role: "Check 'role-duration-seconds': it may not exceed the role's maximum session duration. Check 'role-to-assume' and 'role-session-name'.",
      'web-identity': 'Check AWS_ROLE_ARN, AWS_ROLE_SESSION_NAME and the token in AWS_WEB_IDENTITY_TOKEN_FILE.',
      profile: "Check 'role_arn', 'role_session_name', 'duration_seconds' and 'external_id' of the profile.",
    }),
  },
]

/** All other errors: only what is known may end the wait. */
export const otherErrorOfCredentials: ErrorMeaning = { effect: 'unclear', ...noCredentialsYet }

/** What did not happen: the first words of a message. */
export function failureOf({ source }: ErrorFacts): string {
  switch (source?.kind) {
    case 'oidc-token':
      return 'GitHub gave no OIDC token'
    case 'role':
    case 'web-identity':
      return `The role ${source.roleArn} could not be assumed`
    case 'profile':
      return `The profile '${source.name}' gave no credentials`
    case 'container':
      return 'The endpoint of the container gave no credentials'
    case 'instance':
      return 'The metadata service of the instance gave no credentials'
    default:
      return 'There are no AWS credentials'
  }
}

/** The remedy for the source of the credentials; empty if there is no remedy for it. */
function bySource(remedies: Partial<Record<CredentialSource['kind'], string>>): Text {
  return ({ source }) => (source && remedies[source.kind]) ?? ''
}
