/** What is likely behind a failure reason of AWS's, in our own words. */
export interface Diagnosis {
  readonly cause: string
  readonly remedy: string
}

/**
 * Failure reasons seen in public issue trackers, and what helped there. AWS documents none of them, so each pattern asks for no more
 * of the wording than it needs; the first that matches counts.
 */
const diagnoses: readonly (Diagnosis & { readonly pattern: RegExp })[] = [
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
    pattern: /SAMLProvider|access denied by IAM|AWSReservedSSO|AWSServiceRoleForSSO/i,
    cause:
      "A service control policy, or a change to the account's AWS service-linked role, keeps Identity Center from managing its roles there.",
    remedy:
      'Exempt AWSServiceRoleForSSO and roles under /aws-reserved/sso.amazonaws.com/ from the service control policy.',
  },
  {
    pattern: /taking longer than usual|obtaining permissions to manage your AWS account/i,
    cause: 'The account is most often suspended or being closed; sometimes AWS is only slow.',
    remedy:
      'Look at the state of the account in AWS Organizations. Remove a suspended account from the assignments; otherwise start a new request later.',
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
  // Reasons can be any length; what tells one from another stands at the front.
  const start = failureReason.slice(0, 4_000)
  return diagnoses.find(({ pattern }) => pattern.test(start)) ?? null
}
