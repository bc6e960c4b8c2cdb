import { describe, expect, test } from '@jest/globals'
import { diagnose } from '../../../src/aws/diagnosis.ts'

const notProvisioned = /no longer holds/
const noAssignment = /assignment did not exist/
const badPolicy = /managed policy that does not exist/
const blocked = /service control policy/
const suspended = /suspended/
const malformed = /malformed, or larger/
const noKey = /KMS key/
const concurrent = /Another change/
const internal = /AWS failed on its side/

describe('failure reasons seen in public issue trackers', () => {
  test.each([
    ['Received a 404 status error: Permission set provision not found in AWS account 111122223333.', notProvisioned],
    ['Received a 404 status error: Assignment not found.', noAssignment],
    ['Received a 404 status error: Not supported policy arn:aws:iam::aws:policy/NoSuchPolicy.', badPolicy],
    [
      'Received a 403 status error: Access denied by IAM. User: arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForSSO/x is not authorized to perform: iam:UpdateSAMLProvider on resource arn:aws:iam::111122223333:saml-provider/x',
      blocked,
    ],
    [
      "AWS SSO is unable to complete your request at this time. Obtaining permissions to manage your AWS account '111122223333' is taking longer than usual. This is usually temporary. Please try again in a few minutes.",
      suspended,
    ],
    ['An unexpected internal service exception was encountered.', internal],
  ])('%s', (reason, cause) => {
    const diagnosis = diagnose(reason)
    expect(diagnosis?.cause).toMatch(cause)
    expect(diagnosis?.remedy).toMatch(/^[A-Z].*\.$/)
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
  ['It is taking longer than usual', suspended],
  ['MalformedPolicyDocument', malformed],
  ['The policy document is wrong', malformed],
  ['Syntax errors in policy.', malformed],
  ['LimitExceeded: Cannot exceed', malformed],
  ['Your quota is used up', malformed],
  ['Maximum policy size of 10240 bytes exceeded', malformed],
  ['KMS refused', noKey],
  ['AWS Key Management Service said no', noKey],
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

test.each(['', 'Gremlins.', 'Received a 404 status error: Something else.'])('of %j nothing is known', (reason) => {
  expect(diagnose(reason)).toBeNull()
})

test('what tells one reason from another stands at the front', () => {
  expect(diagnose(`${' '.repeat(4_000 - 3)}KMS`)?.cause).toMatch(noKey)
  expect(diagnose(`${' '.repeat(4_000 - 2)}KMS`)).toBeNull()
})

test('a reason of any length takes no time', () => {
  const startedAt = performance.now()
  for (const part of ['policy ', 'unexpected ', 'policy.', 'not ']) diagnose(part.repeat(200_000))
  expect(performance.now() - startedAt).toBeLessThan(1_000)
})
