import { describe, expect, test } from '@jest/globals'
import { diagnose } from '../../../src/aws/diagnosis.ts'

const notProvisioned = /no longer holds/
const noAssignment = /did not find the assignment/
const noAssignee = /user or group was deleted/
const alreadyGone = /removed before/
const badPolicy = /managed policy that does not exist/
const ownRole = /role that started the request/
const blocked = /service control policy/
const suspended = /suspended.*opt-in Region/
const roleQuota = /reached its quota of IAM roles/
const malformed = /malformed or too large/
const noKey = /KMS key/
const concurrent = /Another change/
const internal = /AWS had an internal error/

const denied = 'Received a 403 status error: Access denied by IAM.'
const checkPolicy = `${denied} Please check your policy, or wait for role propagation to complete. IAM Error:`

/** Reports of people, word for word, with the parts that they left out themselves. */
describe('a failure reason in a public issue tracker is diagnosed', () => {
  test.each([
    ['Received a 404 status error: Permission set provision not found in AWS account 111122223333.', notProvisioned],
    ['Received a 404 status error: Assignment not found.', noAssignment],
    ['Received a 404 status error: Not supported policy arn:aws:iam::aws:policy/NoSuchPolicy.', badPolicy],
    // https://github.com/hashicorp/terraform-provider-aws/issues/19341, https://github.com/awslabs/ssosync/issues/194
    ['Received a 404 status error: the USER assignee <id> was not found in directory d-<id>', noAssignee],
    ['Received a 404 status error: the GROUP assignee <id> was not found in directory d-<id>', noAssignee],
    [
      "Received a 404 status error: EntitlementItem doesn't exist with the given entitlement key EntitlementKey{accessorId=AccessorId{value=...}, …}",
      alreadyGone,
    ],
    // https://github.com/fivexl/terraform-aws-sso-elevator/issues/15
    [
      `${checkPolicy} User: arn:aws:sts::XXXXXXX:assumed-role/access-requester/access-requester is not authorized to perform: iam:UpdateSAMLProvider on resource: arn:aws:iam::XXXXX:saml-provider/AWSSSO_02bd733d488a555c_DO_NOT_DELETE because no identity-based policy allows the iam:UpdateSAMLProvider action (Service: AmazonIdentityManagement; Status Code: 403; Error Code: AccessDenied; Request ID: 9fdfa470-1be7-4e20-9211-e8b2b83fec12; Proxy: null)`,
      ownRole,
    ],
    // https://github.com/fivexl/terraform-aws-sso-elevator/issues/21
    [
      'User: arn:aws:sts::XXXXXX:assumed-role/access-requester/access-requester is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::XXXXXX:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_ReadOnly_c86792cc4b864594 because no identity-based policy allows the iam:CreateRole action',
      ownRole,
    ],
    [
      'User: arn:aws:sts::xxxxxxxxxxxx:assumed-role/access-requester-dev/access-requester-dev is not authorized to perform: iam:GetRole on resource: role AWSReservedSSO_AdministratorAccess_6268f96b28a307ce because no identity-based policy allows the iam:GetRole action',
      ownRole,
    ],
    // https://github.com/org-formation/aws-resource-providers/issues/66
    [
      `${checkPolicy} User: arn:aws:sts::123456789012:assumed-role/community-sso-assignmentgroup-resour-ExecutionRole/1111 is not authorized to perform: iam:ListRolePolicies on resource: role AWSReservedSSO_Viewer_1111 (Service: AmazonIdentityManagement; Status Code: 403; Error Code: AccessDenied; Request ID: 1111; Proxy: null)`,
      ownRole,
    ],
    // https://github.com/natsukium/dotfiles/pull/705
    [
      'iam:GetSAMLProvider on resource: arn:aws:iam::...:saml-provider/AWSSSO_cd5bfb301b6c971e_DO_NOT_DELETE because no identity-based policy allows the iam:GetSAMLProvider action',
      ownRole,
    ],
    [
      `${denied} User: arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForSSO/x is not authorized to perform: iam:UpdateSAMLProvider on resource arn:aws:iam::111122223333:saml-provider/x`,
      blocked,
    ],
    // https://github.com/aws-samples/aws-identitycenter-codepipeline-auto-assignment/issues/31
    [
      "AWS SSO is unable to complete your request at this time. Obtaining permissions to manage your AWS account '908xxxxxx1' takes longer than usual. Please try again in a few minutes. If this problem continues, contact AWS Support.",
      suspended,
    ],
    [
      "AWS SSO is unable to complete your request at this time. Obtaining permissions to manage your AWS account '111122223333' is taking longer than usual. This is usually temporary. Please try again in a few minutes.",
      suspended,
    ],
    // https://github.com/aws/aws-cli/issues/8356, https://github.com/pulumi/pulumi-aws/issues/1927
    ['An unexpected internal service exception was encountered', internal],
  ])('%s', (reason, cause) => {
    const diagnosis = diagnose(reason)
    expect(diagnosis?.cause).toMatch(cause)
    expect(diagnosis?.remedy).toMatch(/^[A-Z].*\.$/)
  })
})

/** Answers of IAM to other callers, which a failure reason can quote. */
describe("IAM's own words", () => {
  const deniedFor = (role: string, because: string) =>
    `${checkPolicy} User: arn:aws:sts::111122223333:assumed-role/${role}/x is not authorized to perform: iam:CreateRole on resource: y ${because}`
  const byServicePolicy = 'with an explicit deny in a service control policy'

  test.each([
    // https://github.com/openshift/release/pull/69365
    ['LimitExceeded: Cannot exceed quota for RolesPerAccount: 1000', roleQuota],
    ['Could not create role AWSReservedSSO_x_1: Cannot exceed quota for RolesPerAccount: 1000', roleQuota],
    // https://github.com/ministryofjustice/cloud-platform-environments/pull/14118
    ['LimitExceeded: Cannot exceed quota for PoliciesPerRole: 15', malformed],
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
    [deniedFor('AWSServiceRoleForSSO', byServicePolicy), blocked],
    [deniedFor('deploy', byServicePolicy), blocked],
    [deniedFor('deploy', 'because no service control policy allows the iam:CreateRole action'), blocked],
    [deniedFor('deploy', 'because no permissions boundary allows the iam:CreateRole action'), ownRole],
  ])('%s', (reason, cause) => {
    expect(diagnose(reason)?.cause).toMatch(cause)
  })
})

describe("the rights that the deploy's own role lacks in the management account", () => {
  const reasonIn = (partition: string) =>
    `User: arn:${partition}:sts::111122223333:assumed-role/deploy/x is not authorized to perform: iam:CreateSAMLProvider on resource: arn:${partition}:iam::111122223333:saml-provider/AWSSSO_1`

  test.each(['aws', 'aws-us-gov', 'aws-cn'])('are in the statements to paste, for the partition %s', (partition) => {
    const statements: unknown = JSON.parse(diagnose(reasonIn(partition))?.snippet ?? '')
    expect(statements).toEqual([
      // On all resources, only actions that read are allowed.
      { Effect: 'Allow', Action: ['iam:GetRole', 'iam:ListRoles'], Resource: '*' },
      {
        Effect: 'Allow',
        Action: expect.arrayContaining(['iam:CreateRole', 'iam:AttachRolePolicy', 'iam:PutRolePolicy']),
        Resource: `arn:${partition}:iam::*:role/aws-reserved/sso.amazonaws.com/*`,
      },
      {
        Effect: 'Allow',
        Action: expect.arrayContaining(['iam:GetSAMLProvider', 'iam:CreateSAMLProvider', 'iam:UpdateSAMLProvider']),
        Resource: `arn:${partition}:iam::*:saml-provider/AWSSSO_*`,
      },
    ])
  })

  test('are the only statements to paste', () => {
    for (const reason of ['AWSReservedSSO', 'MalformedPolicyDocument', 'Assignment not found'])
      expect(diagnose(reason)).not.toHaveProperty('snippet')
  })
})

test.each([
  ['POLICY Deploy DOES NOT EXIST', badPolicy],
  ['Policy arn:aws:iam::1:policy/x was not found', badPolicy],
  ['Policy x is not attachable', badPolicy],
  ['NoSuchEntity: The role', badPolicy],
  ['not authorized to perform: iam:CreateSAMLProvider', blocked],
  ['access denied by iam', blocked],
  ['role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_x', blocked],
  ['AWSServiceRoleForSSO is missing', blocked],
  ["EntitlementItem doesn't exist: role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_x", alreadyGone],
  ['It is taking longer than usual', suspended],
  ['The limit of 1000 roles per account was reached', roleQuota],
  ['MalformedPolicyDocument', malformed],
  ['The policy document is wrong', malformed],
  ['Syntax errors in policy.', malformed],
  ['LimitExceeded: Cannot exceed', malformed],
  ['Your quota is used up', malformed],
  ['Maximum policy size of 10240 bytes exceeded', malformed],
  ['KMS refused', noKey],
  ['AWS Key Management Service said no', noKey],
  ['Access denied by IAM: not authorized to perform: kms:Decrypt', noKey],
  ['KMS_ACCESS_DENIED', noKey],
  ['role AWSReservedSSO_KMSAdmin_1', blocked],
  ['not authorized to perform: kms:Decrypt because no identity-based policy allows the kms:Decrypt action', noKey],
  ['Received a 409 status error: Conflict', concurrent],
  ['concurrent modification', concurrent],
  ['Another operation runs', concurrent],
  ['A request is in progress', concurrent],
  ['Internal server error', internal],
  ['An unexpected X.Y exception', internal],
  ['Please try again', internal],
])('%s', (reason, cause) => {
  expect(diagnose(reason)?.cause).toMatch(cause)
})

test.each(['', 'Gremlins.', 'Received a 404 status error: Something else.'])('%j has no diagnosis', (reason) => {
  expect(diagnose(reason)).toBeNull()
})

test('only the first 4,000 characters of a reason are read', () => {
  expect(diagnose(`${' '.repeat(4_000 - 3)}KMS`)?.cause).toMatch(noKey)
  expect(diagnose(`${' '.repeat(4_000 - 2)}KMS`)).toBeNull()
})

test('a very long reason takes no time', () => {
  const { user } = process.cpuUsage()
  for (const part of ['policy ', 'unexpected ', 'policy.', 'not ', 'quota ', 'User: ', 'User:x'])
    diagnose(part.repeat(200_000))
  expect(process.cpuUsage().user - user).toBeLessThan(1e6)
})
