import { expect, test } from '@jest/globals'
import { expectEnding, unanswered } from '../support/expectations.ts'
import { callsOf, describeStatus, type SimulateOptions, waitForOne } from '../support/step.ts'

type Environment = Record<string, string | undefined>

const deny = [`sso:${describeStatus}`]
const denied = `Access denied: sso:${describeStatus}`
const allow = /Allow sso:DescribePermissionSetProv/
// The unit test of errors has all codes. Here is one of each kind.
test.concurrent.each<[string, SimulateOptions, Environment, string, RegExp, RegExp]>([
  ['a denied action', { deny }, {}, denied, /sso:DescribePermissionSetProv/, allow],
  [
    'a denied action, without a text',
    { deny, denialText: 'empty' },
    {},
    denied,
    /may not call \S+ \(AccessDeniedException\)/,
    allow,
  ],
  [
    "a call in a replica's Region",
    { region: 'us-east-1', primaryRegion: 'eu-central-1' },
    {},
    "Wrong Region: the instance's primary Region is eu-central-1",
    /^The instance's primary Region is eu-central-1.*sso:DescribePermissionSetProvisioningStatus/,
    /'aws-region' to eu-central-1/,
  ],
  [
    'a wrong secret',
    {},
    { AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYWRONGSECRET' },
    'AWS does not accept the signature',
    /InvalidSignatureException/,
    /secret access key/,
  ],
  [
    'an unknown key',
    {},
    { AWS_ACCESS_KEY_ID: 'AKIAI44QH8DHBEXAMPLE' },
    'AWS does not know the credentials',
    /UnrecognizedClientException/,
    /access key.*session token/,
  ],
  [
    'a signature for the wrong Region',
    { region: 'eu-central-1' },
    { AWS_REGION: 'us-west-2' },
    'Wrong Region: the endpoint serves eu-central-1',
    /InvalidSignatureException.*eu-central-1/,
    /'aws-region' \(us-west-2\)/,
  ],
])('%s is an error at once that says what to change', async (_, options, environment, title, cause, remedy) => {
  const { simulator, request, step } = await waitForOne({ ...options, environment })

  expectEnding(step, 'error', unanswered(request, expect.stringMatching(cause)))
  const [{ title: shownTitle, message } = { title: '', message: '' }] = step.errors
  expect(shownTitle).toBe(title)
  expect(message).toMatch(cause)
  expect(message).toMatch(remedy)
  expect(message.match(/not authorized/g) ?? []).toHaveLength(cause.source.includes('sso:Describe') ? 1 : 0)
  expect(step.summary).toMatch(remedy)
  // A policy to paste helps only if an action is missing.
  expect(step.summary.includes('```json')).toBe(title === denied)
  if (title === denied) expect(message).toContain(`Allow sso:${describeStatus} on ${simulator.instanceArn}`)
  expect(callsOf(simulator, describeStatus)).toHaveLength(1)
  expect(callsOf(simulator, 'DescribeInstance').length).toBeLessThanOrEqual(1)
})
