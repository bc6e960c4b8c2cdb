import { expect, test } from '@jest/globals'
import type { SimulatorOptions } from '../../simulator/simulator.ts'
import { expectEnding, expectEndingOfOne, unanswered } from './expectations.ts'
import {
  callsOf,
  describeStatus,
  type Fault,
  type Simulator,
  type Step,
  simulate,
  waitFor,
  waitForOne,
} from './support.ts'

const accessDenied = 'Access denied: sso:DescribePermissionSetProvisioningStatus'

/** What asking again would not change: `error` at once, saying what happened and what to change. */
function expectRefusal(step: Step, request: string, title: string, cause: RegExp, remedy: RegExp): void {
  expectEndingOfOne(step, 'error', unanswered(request, expect.stringMatching(cause)))
  expect(step.errors[0]?.title).toBe(title)
  expect(step.errors[0]?.message).toMatch(cause)
  expect(step.errors[0]?.message).toMatch(remedy)
  expect(step.summary).toMatch(remedy)
  expect(step.ranMs).toBeLessThan(4000)
}

test.concurrent('AccessDeniedException names the IAM action that is missing', async () => {
  const { simulator, request, step } = await waitForOne({ deny: [`sso:${describeStatus}`] })

  expectRefusal(step, request, accessDenied, /sso:DescribePermissionSetProv/, /Allow sso:DescribePermissionSetProv/)
  expect(step.errors[0]?.message).toContain(simulator.instanceArn)
  expect(callsOf(simulator, describeStatus)).toHaveLength(1)
})

test.concurrent("AccessDeniedException in a replica's Region names the primary Region first, and the denial once", async () => {
  const { simulator, request, step } = await waitForOne({ region: 'us-east-1', primaryRegion: 'eu-central-1' })

  const title = "Wrong Region: the instance's primary Region is eu-central-1"
  const primaryFirst = /^The instance's primary Region is eu-central-1.*sso:DescribePermissionSetProvisioningStatus/
  expectRefusal(step, request, title, primaryFirst, /'aws-region' to eu-central-1/)
  expect(step.errors[0]?.message.match(/not authorized/g)).toHaveLength(1)
  expect(step.summary).not.toContain('```json')
  expect(callsOf(simulator, 'DescribeInstance')).toHaveLength(1)
})

test.concurrent('AccessDeniedException names no Region where DescribeInstance is denied too', async () => {
  const deny = [`sso:${describeStatus}`, 'sso:DescribeInstance']
  await using simulator = await simulate({ primaryRegion: 'eu-central-1', deny })
  simulator.configure({
    faults: [{ operation: 'DescribeInstance', fault: { kind: 'error', code: 'AccessDeniedException' } }],
  })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request])

  expectRefusal(step, request, accessDenied, /sso:DescribePermissionSetProvisioningStatus/, /primary Region/)
  expect(step.errors[0]?.message).not.toContain('eu-central-1')
})

test.concurrent('AccessDeniedException without words still names the IAM action', async () => {
  const fault: Fault = { kind: 'error', code: 'AccessDeniedException', message: '' }
  const { request, step } = await waitForOne({ faults: [{ operation: describeStatus, fault }] })

  expectRefusal(step, request, accessDenied, /sso:DescribePermissionSetProv/, /Allow sso:DescribePermissionSetProv/)
})

test.concurrent.each([
  ['AccessDeniedException', 'KMS_AccessDeniedException'],
  ['ValidationException', 'KMS_DisabledException'],
])('%s for the reason %s names the KMS key', async (code, reason) => {
  const fault: Fault = { kind: 'error', code, message: 'The key cannot be used.', reason }
  const { request, step } = await waitForOne({ faults: [{ operation: describeStatus, fault }] })

  expectRefusal(step, request, "The instance's KMS key cannot be used", new RegExp(reason), /KMS key/)
})

test.concurrent('ValidationException names the inputs to check', async () => {
  const fault: Fault = { kind: 'error', code: 'ValidationException', message: 'The instance is in another galaxy' }
  const { simulator, request, step } = await waitForOne({ faults: [{ operation: describeStatus, fault }] })

  const title = 'AWS finds the call invalid'
  expectRefusal(step, request, title, /The instance is in another galaxy/, /'instance-arn'.*'request-id'/)
  expect(callsOf(simulator, describeStatus)).toHaveLength(1)
})

test.concurrent.each<[string, (simulator: Simulator) => Record<string, string | undefined>, string, RegExp, RegExp]>([
  [
    'a wrong secret',
    () => ({ AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYWRONGSECRET' }),
    'AWS does not accept the signature',
    /InvalidSignatureException/,
    /secret access key/,
  ],
  [
    'an unknown key',
    () => ({ AWS_ACCESS_KEY_ID: 'AKIAI44QH8DHBEXAMPLE' }),
    'AWS does not know the credentials',
    /UnrecognizedClientException/,
    /access key.*session token/,
  ],
  [
    'a session token that belongs to another key',
    (simulator) => ({ AWS_SESSION_TOKEN: simulator.issueCredentials(900).sessionToken }),
    'AWS does not know the credentials',
    /UnrecognizedClientException/,
    /access key.*session token/,
  ],
  [
    'no credentials at all',
    () => ({ AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined }),
    'There are no AWS credentials',
    /no AWS credentials/i,
    /role-to-assume.*configure-aws-credentials/,
  ],
])('%s is an error that says what to change', async (_, environmentOf, title, cause, remedy) => {
  await using simulator = await simulate()
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], { environment: environmentOf(simulator) })

  expectRefusal(step, request, title, cause, remedy)
})

test.concurrent('a job without a Region is an error before any call that names the input and the variables', async () => {
  await using simulator = await simulate()
  const requests = simulator.start()

  const step = await waitFor(simulator, requests, { environment: { AWS_REGION: undefined } })

  expectEnding(step, 'error', {}, [])
  for (const name of ['aws-region', 'AWS_REGION', 'AWS_DEFAULT_REGION']) {
    expect(step.errors[0]?.message).toContain(name)
  }
  expect(simulator.calls).toEqual([])
})

test.concurrent('a signature for the wrong Region names the Region that the endpoint serves', async () => {
  const { request, step } = await waitForOne({ region: 'eu-central-1' }, { inputs: { 'aws-region': 'us-west-2' } })

  const title = 'Wrong Region: the endpoint serves eu-central-1'
  expectRefusal(step, request, title, /InvalidSignatureException.*eu-central-1/, /'aws-region' \(us-west-2\)/)
})

test.concurrent('a signature that is refused for its Region names that Region', async () => {
  const message = "Credential should be scoped to a valid region, not 'us-west-2'. "
  const fault: Fault = { kind: 'error', code: 'InvalidSignatureException', message, httpStatus: 403 }
  const { request, step } = await waitForOne({ region: 'us-west-2', faults: [{ operation: describeStatus, fault }] })

  const title = 'Wrong Region: the endpoint does not serve us-west-2'
  expectRefusal(step, request, title, /InvalidSignatureException.*us-west-2/, /'aws-region' \(us-west-2\)/)
})

test.concurrent('an instance ARN that AWS does not accept is named', async () => {
  const message = "1 validation error detected: Value at 'instanceArn' failed to satisfy constraint"
  const fault: Fault = { kind: 'error', code: 'ValidationException', message }
  const { request, step } = await waitForOne({ faults: [{ operation: describeStatus, fault }] })

  expectRefusal(step, request, 'AWS does not accept the instance ARN', /instanceArn/, /'instance-arn'/)
})

test.concurrent('an error that is not known is named in the title', async () => {
  const fault: Fault = { kind: 'error', code: 'ConflictException', message: 'busy', httpStatus: 409 }
  const { request, step } = await waitForOne({ faults: [{ operation: describeStatus, fault }] })

  expectRefusal(step, request, 'AWS refused the call: ConflictException', /busy/, /API reference/)
})

test.concurrent.each<[string, number, SimulatorOptions, RegExp]>([
  ['of twelve requests at once', 12, { deny: [`sso:${describeStatus}`] }, /Allow sso:DescribePermissionSetProv/],
  [
    'of sixty requests outside the primary Region',
    60,
    { primaryRegion: 'eu-central-1' },
    /'aws-region' to eu-central-1/,
  ],
])('AccessDeniedException %s is one annotation', async (_, count, options, remedy) => {
  await using simulator = await simulate(options)
  const requests = simulator.start({}, count)

  const step = await waitFor(simulator, requests)

  // One or two calls are enough to know, so that most requests were not asked about.
  const error = expect.stringMatching(/sso:DescribePermissionSetProvisioningStatus|not asked about this request/)
  expectEnding(
    step,
    'error',
    {},
    requests.map((request) => unanswered(request, error)),
  )
  expect(step.errors[0]?.message).toMatch(remedy)
  expect(step.ranMs).toBeLessThan(8_000)
})

test.concurrent('AccessDeniedException after three throttled calls is an error at once', async () => {
  const fault: Fault = { kind: 'error', code: 'ThrottlingException' }
  const { simulator, request, step } = await waitForOne({
    speed: 5,
    deny: [`sso:${describeStatus}`],
    faults: [{ operation: describeStatus, to: 3, fault }],
  })

  expectRefusal(
    step,
    request,
    accessDenied,
    /sso:DescribePermissionSetProvisioningStatus/,
    /Allow sso:DescribePermissionSetProv/,
  )
  expect(callsOf(simulator, describeStatus)).toHaveLength(4)
})

test.concurrent('AccessDeniedException is an error also where DescribeInstance is never answered', async () => {
  const { request, step } = await waitForOne(
    { deny: [`sso:${describeStatus}`], faults: [{ operation: 'DescribeInstance', fault: { kind: 'hang' } }] },
    { inputs: { 'timeout-minutes': '0.05' } },
  )

  const error = expect.stringContaining('sso:DescribePermissionSetProvisioningStatus')
  expectEndingOfOne(step, 'error', unanswered(request, error))
  expect(step.ranMs).toBeLessThan(3_000 + 5_000)
})
