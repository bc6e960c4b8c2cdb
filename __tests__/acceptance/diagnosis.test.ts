import { expect, test } from '@jest/globals'
import { simulate, waitFor } from './support.ts'

const denied =
  'Received a 403 status error: Access denied by IAM. Please check your policy, or wait for role propagation to complete. IAM Error: User: arn:aws:sts::111122223333:assumed-role/deploy/run is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Deploy_1'

// A reason that can be read in two ways is diagnosed by what it says most exactly.
test.concurrent.each([
  [
    'rights in IAM that the role of the deploy lacks',
    `${denied} because no identity-based policy allows the iam:CreateRole action`,
    /management account.*role that started the request/,
    /Exempt/,
  ],
  [
    'a service control policy',
    `${denied} with an explicit deny in a service control policy`,
    /Exempt AWSServiceRoleForSSO/,
    /management account/,
  ],
  [
    'the quota of roles',
    'Received a 409 status error: Cannot exceed quota for RolesPerAccount: 1000',
    /Roles per account/,
    /malformed/,
  ],
])('a request that failed for %s says so, and nothing else', async (_, failureReason, cause, other) => {
  await using simulator = await simulate({ status: 'FAILED', failureReason })
  const requests = simulator.start()

  const step = await waitFor(simulator, requests)

  expect(step.outputs['failure-reason']).toBe(failureReason)
  for (const text of [step.errors[0]?.message, step.summary]) {
    expect(text).toMatch(cause)
    expect(text).not.toMatch(other)
  }
})
