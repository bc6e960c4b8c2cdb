/** What is likely behind a failure reason of AWS's, in our own words. */
export interface Diagnosis {
  readonly cause: string
  readonly remedy: string
  /** Policy statements in JSON, to paste. */
  readonly snippet?: string
}

interface Row {
  readonly pattern: RegExp
  readonly cause: string
  readonly remedy: string
  readonly snippet?: (reason: string) => string
}

const keptOut = {
  cause:
    "A service control policy, or a change to the account's AWS service-linked role, keeps Identity Center from managing its roles there.",
  remedy:
    'Exempt AWSServiceRoleForSSO and roles under /aws-reserved/sso.amazonaws.com/ from the service control policy.',
}

/**
 * Failure reasons seen in public issue trackers, and what helped there; the tests name the sources. AWS documents none of them, so each
 * pattern asks for no more of the wording than it needs. The first that matches counts.
 */
const diagnoses: readonly Row[] = [
  {
    pattern: /permission set provision not found/i,
    cause:
      'The account no longer holds what AWS recorded there: it left the organization, or the AWSReservedSSO role was removed by hand.',
    remedy: 'If the account is gone, remove its assignments; otherwise start a new request.',
  },
  {
    pattern: /assignment not found/i,
    cause: 'The assignment did not exist when AWS came to it: something else removed it first, or it was never made.',
    remedy: 'Compare the assignments in Identity Center with those that the deploy believes in, and refresh its state.',
  },
  {
    pattern: /not supported policy|policy .*(does not exist|not found|not attachable)|NoSuchEntity/i,
    cause: 'The permission set names a managed policy that does not exist in the account, or that may not be attached.',
    remedy:
      'Correct the policy ARN. A customer managed policy must exist, by the same name and path, in every account before provisioning.',
  },
  {
    pattern: /explicit deny in a (service|resource) control policy|no (service|resource) control policy allows/i,
    ...keptOut,
  },
  {
    // In member accounts, Identity Center acts with its service-linked role.
    pattern:
      /no identity-based policy allows the iam:|User: (?!\S*AWSServiceRoleForSSO)\S+ is not authorized to perform: iam:/i,
    cause:
      'In the management account, Identity Center acts with the role that started the request, and that role lacks rights in IAM.',
    remedy:
      "Add the statements for the management account to the policy of the deploy's role, and see that no Deny, permissions boundary or session policy takes them away.",
    snippet: managementAccountStatements,
  },
  { pattern: /SAMLProvider|access denied by IAM|AWSReservedSSO|AWSServiceRoleForSSO/i, ...keptOut },
  {
    pattern: /taking longer than usual|obtaining permissions to manage your AWS account/i,
    cause: 'The account is most often suspended or being closed; sometimes AWS is only slow.',
    remedy:
      'Look at the state of the account in AWS Organizations. Remove a suspended account from the assignments; otherwise start a new request later.',
  },
  {
    pattern: /RolesPerAccount|(quota|limit)[^.]*\broles per account/i,
    cause: 'The account holds as many IAM roles as its quota allows, which is 1,000 unless it was raised.',
    remedy:
      'Remove roles that nobody uses from the account, or have its quota "Roles per account" raised in Service Quotas.',
  },
  {
    pattern: /MalformedPolicy|policy document|syntax errors in policy|LimitExceeded|quota|maximum policy size/i,
    cause: 'A policy of the permission set is malformed, or larger or more numerous than IAM allows.',
    remedy:
      'Check the inline policy with IAM Access Analyzer, and the number and size of the attached policies against the quotas of IAM.',
  },
  {
    pattern: /KMS|AWS Key Management/i,
    cause: "The instance's customer-managed KMS key could not be used.",
    remedy: 'Check that the key is enabled and that its policy still admits Identity Center.',
  },
  {
    pattern: /conflict|concurrent|another operation|in progress/i,
    cause: 'Another change to the same permission set or account was under way.',
    remedy: 'Let one deploy at a time change a permission set (a concurrency group does it).',
  },
  {
    pattern: /internal service|internal server|unexpected .*exception|try again/i,
    cause: 'AWS failed on its side.',
    remedy: 'Start a new request. If it happens repeatedly, give AWS Support the request ID.',
  },
]

/** The diagnosis of a failure reason; `null` where none is known. */
export function diagnose(failureReason: string): Diagnosis | null {
  // Reasons can be any length; the cause stands at the front.
  const start = failureReason.slice(0, 4_000)
  const found = diagnoses.find(({ pattern }) => pattern.test(start))
  if (found === undefined) return null
  const { cause, remedy, snippet } = found
  return { cause, remedy, ...(snippet && { snippet: snippet(start) }) }
}

/**
 * What Identity Center does in IAM with the caller's own rights. The policy of its service-linked role leaves the management account out
 * (https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSSSOServiceRolePolicy.html, `aws:PrincipalOrgMasterAccountId`), and
 * its actions are these; IAM looks roles up by name, before their path is known.
 */
function managementAccountStatements(reason: string): string {
  const partition = /\barn:(aws[a-z-]*):/.exec(reason)?.[1] ?? 'aws'
  const allow = (actions: readonly string[], resource: string) => ({
    Effect: 'Allow',
    Action: actions.map((action) => `iam:${action}`),
    Resource: resource,
  })
  const statements = [
    allow(['GetRole', 'ListRoles'], '*'),
    allow(
      [
        ...['CreateRole', 'DeleteRole', 'UpdateRole', 'UpdateRoleDescription', 'UpdateAssumeRolePolicy'],
        ...['AttachRolePolicy', 'DetachRolePolicy', 'ListAttachedRolePolicies'],
        ...['PutRolePolicy', 'DeleteRolePolicy', 'ListRolePolicies'],
        ...['PutRolePermissionsBoundary', 'DeleteRolePermissionsBoundary'],
      ],
      `arn:${partition}:iam::*:role/aws-reserved/sso.amazonaws.com/*`,
    ),
    allow(
      ['GetSAMLProvider', 'CreateSAMLProvider', 'UpdateSAMLProvider', 'DeleteSAMLProvider'],
      `arn:${partition}:iam::*:saml-provider/AWSSSO_*`,
    ),
  ]
  return JSON.stringify(statements, null, 2)
}
