import { createServer } from 'node:http'
import { expect, test } from '@jest/globals'
import { answered, expectEnding, unanswered } from '../support/expectations.ts'
import { listen } from '../support/servers.ts'
import { callsOf, describeStatus, type Fault, type StepOptions, waitForOne } from '../support/step.ts'

const assumeRole = 'AssumeRoleWithWebIdentity'
const idToken = 'GetIdToken'

const html = { 'content-type': 'text/html' }
const throttling: Fault = { kind: 'error', code: 'Throttling', message: 'Rate exceeded' }

/** What both services can do that stand between the job and its role. */
const ofBoth: Fault[] = [
  { kind: 'error', code: 'ServiceUnavailable', httpStatus: 503 },
  { kind: 'reset', when: 'before-headers' },
  { kind: 'http', status: 200, body: '{"val' },
  { kind: 'http', status: 200, headers: html, body: '<html></html>' },
  { kind: 'hang' },
]

test.concurrent.each([
  { service: "GitHub's token service", operation: idToken, own: { kind: 'http', status: 429, body: '{}' } },
  { service: 'STS', operation: assumeRole, own: throttling },
] as const)('$service, which meets one failure after the other, is asked again', async ({ operation, own }) => {
  const faults = [own, ...ofBoth].map((fault, index) => ({ operation, from: index + 1, to: index + 1, fault }))
  // At a higher speed, a busy machine can take longer than the 8 s that a token has, and then masks none.
  const { simulator, request, step } = await waitForOne({ speed: 5, faults, assumesRole: true })

  expectEnding(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(callsOf(simulator, operation).length).toBeGreaterThan(faults.length)
})

test.concurrent('the wait outlives several sessions of the role, and shows no secret', async () => {
  const { simulator, request, step } = await waitForOne({ seconds: 9, sessionSeconds: 4, assumesRole: true })

  expectEnding(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  const exchanges = callsOf(simulator, assumeRole)
  const asked = callsOf(simulator, describeStatus)
  const keys = new Set(asked.map(({ accessKeyId }) => accessKeyId))
  expect(exchanges.length).toBeGreaterThanOrEqual(3)
  expect(keys.size).toBeGreaterThanOrEqual(3)
  // Renewed before they end, so that no call is refused.
  expect(asked.map(({ outcome }) => outcome)).toEqual(asked.map(() => 'ok'))

  // Key, secret and session token of each session, and each OIDC token: all of them are masked, and nothing else.
  const masked = new Set(step.commands.filter(({ name }) => name === 'add-mask').map(({ message }) => message))
  const tokens = new Set(exchanges.map(({ input }) => String(input['WebIdentityToken'])))
  expect(tokens.size).toBeGreaterThanOrEqual(3)
  expect(masked).toEqual(new Set(simulator.obtainedSecrets))
  expect(masked.size).toBe(3 * exchanges.length + tokens.size)
})

test.concurrent('the role is assumed as the inputs say', async () => {
  const { simulator, request, step } = await waitForOne({
    audience: 'sts.amazonaws.com.cn',
    maxSessionSeconds: 43_200,
    assumesRole: true,
    inputs: { 'role-session-name': 'deploy@main', 'role-duration-seconds': '7200', audience: 'sts.amazonaws.com.cn' },
  })

  expectEnding(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(callsOf(simulator, 'GetIdToken').map(({ input }) => input['audience'])).toEqual(['sts.amazonaws.com.cn'])
  expect(callsOf(simulator, assumeRole).map(({ input }) => input)).toEqual([
    expect.objectContaining({ RoleArn: simulator.roleArn, RoleSessionName: 'deploy@main', DurationSeconds: '7200' }),
  ])
})

test.concurrent('the role is assumed with defaults that name the run, and so does every call', async () => {
  const { simulator, request, step } = await waitForOne({
    assumesRole: true,
    environment: { GITHUB_RUN_ID: '9876543210', GITHUB_RUN_ATTEMPT: '3' },
  })

  expectEnding(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(callsOf(simulator, 'GetIdToken').map(({ input }) => input['audience'])).toEqual(['sts.amazonaws.com'])
  expect(callsOf(simulator, assumeRole).map(({ input }) => input)).toEqual([
    expect.objectContaining({ RoleSessionName: 'github-9876543210-3', DurationSeconds: '3600' }),
  ])
  for (const { service, userAgent } of simulator.calls)
    if (service !== 'oidc') expect(userAgent).toMatch(/wait-for-permission-set-provisioning.*9876543210/)
})

const noRequestToken = { ACTIONS_ID_TOKEN_REQUEST_URL: undefined, ACTIONS_ID_TOKEN_REQUEST_TOKEN: undefined }
const staleToken = { ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'stale' }
const otherRole = { 'role-to-assume': 'arn:aws:iam::123456789012:role/somebody-elses' }

test.concurrent.each<[string, StepOptions, RegExp, RegExp]>([
  ['the job may not ask for an OIDC token', { environment: noRequestToken }, /OIDC token/, /id-token: write/],
  ['GitHub refuses the request token', { environment: staleToken }, /OIDC token.*401/, /id-token: write/],
  ['the role does not trust the job', { inputs: otherRole }, /somebody-elses.*AccessDenied/, /trust policy/],
  [
    'the identity provider does not know the audience',
    { inputs: { audience: 'https://example.com' } },
    /InvalidIdentityToken/,
    /audience 'https:\/\/example\.com'/,
  ],
  [
    'the session is longer than the role allows',
    { inputs: { 'role-duration-seconds': '7200' } },
    /MaxSessionDuration/,
    /role-duration-seconds/,
  ],
])('the step is an error at once that says what to change if %s', async (_, stepOptions, cause, remedy) => {
  const { simulator, request, step } = await waitForOne({ maxSessionSeconds: 3_600, assumesRole: true, ...stepOptions })

  expectEnding(step, 'error', unanswered(request, expect.stringMatching(cause)))
  expect(step.errors[0]?.message).toMatch(remedy)
  expect(callsOf(simulator, describeStatus)).toEqual([])
  expect(callsOf(simulator, assumeRole).length).toBeLessThanOrEqual(1)
})

test.concurrent("the request token goes to GitHub's token service alone, wherever that redirects to", async () => {
  const asked: unknown[] = []
  const elsewhere = createServer((request, response) => {
    asked.push(request.headers)
    response.end('{"value":"t0ken"}')
  })
  await using listening = await listen(elsewhere)
  const headers = { location: `http://localhost:${listening.port}/` }
  const fault: Fault = { kind: 'http', status: 302, headers, body: '' }

  const { request, step } = await waitForOne({
    faults: [{ operation: idToken, fault }],
    assumesRole: true,
    timeoutMinutes: 0.02,
  })

  expect(asked).toEqual([])
  expectEnding(step, 'timed-out', unanswered(request, expect.stringMatching(/OIDC token.*302/)))
})
