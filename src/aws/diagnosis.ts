/** The likely cause of a failure, in our own words. */
export interface Diagnosis {
  readonly cause: string
  readonly remedy: string
  /** Policy statements in JSON, to paste. */
  readonly snippet?: string
}

interface Row extends Omit<Diagnosis, 'snippet'> {
  readonly pattern: RegExp
  /** Words of AWS that people search for. */
  readonly says: string
  readonly snippet?: (reason: string) => string
}

const keptOut = {
  cause:
    "A service control policy, or a change to the account's AWS service-linked role, keeps Identity Center from managing its roles there.",
  remedy:
    'Exempt AWSServiceRoleForSSO and roles under /aws-reserved/sso.amazonaws.com/ from the service control policy.',
}

/**
 * Failure reasons from public issue trackers, and what helped there. The tests name the sources. AWS documents no failure reason, so each
 * pattern asks for as few words as possible. The first pattern that matches counts.
 */
export const diagnoses: readonly Row[] = [
  {
    pattern: /permission set provision not found/i,
    says: 'Permission set provision not found',
    cause:
      'The account no longer holds what AWS recorded there: it left the organization, or the AWSReservedSSO role was removed by hand.',
    remedy: 'If the account is gone, remove its assignments; otherwise start a new request.',
  },
  {
    pattern: /assignment not found/i,
    says: 'Assignment not found',
    cause: 'AWS did not find the assignment: something else removed it first, or it was never created.',
    remedy: 'Compare the assignments in Identity Center with the state of the deploy, and refresh that state.',
  },
  {
    pattern: /\bassignee\b.*not found/i,
    says: 'assignee … was not found in directory',
    cause: 'The user or group was deleted. A SCIM sync may have created it again, with a new ID.',
    remedy:
      'Look up the ID in Identity Center, and use it in a new request. A deploy that looks it up each time stays right after a sync.',
  },
  {
    pattern: /Entitlement\w* (doesn't|does not) exist/i,
    says: "EntitlementItem doesn't exist",
    cause: 'The assignment does not exist: it was removed before, or was never created.',
    remedy: 'If it was to be deleted, nothing is left to do but to refresh the state of the deploy.',
  },
  {
    pattern: /not supported policy|policy .*(does not exist|not found|not attachable)|NoSuchEntity/i,
    says: 'Not supported policy',
    cause: 'The permission set names a managed policy that does not exist in the account, or that may not be attached.',
    remedy:
      'Correct the policy ARN. A customer managed policy must exist, by the same name and path, in every account before provisioning.',
  },
  {
    pattern: /explicit deny in a (service|resource) control policy|no (service|resource) control policy allows/i,
    says: 'explicit deny in a service control policy',
    ...keptOut,
  },
  {
    // In member accounts, Identity Center acts with its service-linked role.
    pattern:
      /no identity-based policy allows the iam:|User: (?!\S*AWSServiceRoleForSSO)\S+ is not authorized to perform: iam:/i,
    says: 'no identity-based policy allows the iam:… action',
    cause:
      'In the management account, Identity Center acts with the role that started the request, and that role lacks rights in IAM.',
    remedy:
      "Add the statements for the management account to the policy of the deploy's role, and check that no Deny, permissions boundary or session policy overrides them.",
    snippet: managementAccountStatements,
  },
  {
    pattern: /RolesPerAccount|(quota|limit)[^.]*\broles per account/i,
    says: 'Cannot exceed quota for RolesPerAccount',
    cause: 'The account has reached its quota of IAM roles, which is 1,000 unless it was raised.',
    remedy: 'Remove unused roles from the account, or request a higher quota "Roles per account" in Service Quotas.',
  },
  {
    pattern: /\bkms:|\bKMS(_|\b)|AWS Key Management/i,
    says: 'KMS',
    cause: "The instance's customer-managed KMS key could not be used.",
    remedy:
      "Check that the key is enabled, and that its policy still allows Identity Center. A key of another account must also be allowed in the role's own policy.",
  },
  {
    pattern: /SAMLProvider|access denied by IAM|AWSReservedSSO|AWSServiceRoleForSSO/i,
    says: 'User: …AWSServiceRoleForSSO… is not authorized',
    ...keptOut,
  },
  {
    pattern: /taking longer than usual|obtaining permissions to manage your AWS account/i,
    says: 'Obtaining permissions to manage your AWS account … is taking longer than usual',
    cause:
      "The account is most often suspended or being closed, or it is new and the instance's opt-in Region is off there; sometimes AWS is only slow.",
    remedy:
      'Look at the state of the account in AWS Organizations. Remove a suspended account from the assignments, and turn the opt-in Region on in a new one; otherwise start a new request later.',
  },
  {
    pattern: /MalformedPolicy|policy document|syntax errors in policy|LimitExceeded|quota|maximum policy size/i,
    says: 'MalformedPolicyDocument',
    cause:
      'A policy of the permission set is malformed or too large, or the permission set has more policies than IAM allows.',
    remedy:
      'Check the inline policy with IAM Access Analyzer, and the number and size of the attached policies against the quotas of IAM.',
  },
  {
    pattern: /conflict|concurrent|another operation|in progress/i,
    says: 'another operation',
    cause: 'Another change to the same permission set or account was in progress.',
    remedy: 'Let only one deploy at a time change a permission set, for example with a concurrency group.',
  },
  {
    pattern: /internal service|internal server|unexpected .*exception|try again/i,
    says: 'An unexpected internal service exception was encountered',
    cause: 'AWS had an internal error.',
    remedy: 'Start a new request. If it happens repeatedly, give AWS Support the request ID.',
  },
]

/** The diagnosis of a failure reason; `null` if no pattern matches. */
export function diagnose(failureReason: string): Diagnosis | null {
  // Reasons can have any length. The cause is at the start.
  const start = failureReason.slice(0, 4_000)
  const found = diagnoses.find(({ pattern }) => pattern.test(start))
  if (found === undefined) return null
  const { cause, remedy, snippet } = found
  return { cause, remedy, ...(snippet && { snippet: snippet(start) }) }
}

/**
 * The rights for what Identity Center does in IAM in the management account, with the role of the caller. The policy of its service-linked
 * role leaves that account out (https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSSSOServiceRolePolicy.html,
 * `aws:PrincipalOrgMasterAccountId`), and allows these actions elsewhere. IAM looks up roles by name, before their path is known.
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
