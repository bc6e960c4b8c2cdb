import { expect, test } from '@jest/globals'
import { answered, expectEndingOfOne, shown, unanswered } from './expectations.ts'
import { callsOf, describeStatus, type Fault, type Simulator, type Step, simulate, waitFor } from './support.ts'

const assumeRole = 'AssumeRoleWithWebIdentity'

/** The error at once of a role that cannot be assumed; nothing was asked of Identity Center. */
function expectRefusal(step: Step, simulator: Simulator, request: string, cause: RegExp, remedy: RegExp): void {
  expectEndingOfOne(step, 'error', unanswered(request, expect.stringMatching(cause)))
  expect(step.errors[0]?.message).toMatch(remedy)
  expect(callsOf(simulator, describeStatus)).toEqual([])
  expect(step.durationMs).toBeLessThan(5000)
}

test.concurrent('the wait outlives several sessions of the role, and shows no secret', async () => {
  await using simulator = await simulate({ seconds: 9, sessionSeconds: 2 })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], { assumesRole: true })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  const exchanges = callsOf(simulator, assumeRole)
  const asked = callsOf(simulator, describeStatus)
  const keys = new Set(asked.map(({ accessKeyId }) => accessKeyId))
  expect(exchanges.length).toBeGreaterThanOrEqual(4)
  expect(keys.size).toBeGreaterThanOrEqual(4)
  // Renewed before they end, so that no call is refused.
  expect(asked.map(({ outcome }) => outcome)).toEqual(asked.map(() => 'ok'))

  const masked = step.commands.filter(({ name }) => name === 'add-mask').map(({ message }) => message)
  const tokens = exchanges.map(({ input }) => String(input['WebIdentityToken']))
  expect(new Set(tokens).size).toBeGreaterThanOrEqual(4)
  expect(masked).toEqual(expect.arrayContaining([...tokens, ...keys]))
  // Key, secret and session token of each session, and each OIDC token.
  expect(new Set(masked).size).toBe(3 * exchanges.length + new Set(tokens).size)
  const visible = `${shown(step)}\n${JSON.stringify(step.outputs)}`
  for (const secret of [...masked, simulator.oidc.requestToken]) expect(visible).not.toContain(secret)
})

test.concurrent('the role is assumed as the inputs say', async () => {
  await using simulator = await simulate({ audience: 'sts.amazonaws.com.cn', maxSessionSeconds: 43_200 })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], {
    assumesRole: true,
    inputs: {
      'role-session-name': 'deploy@main',
      'role-duration-seconds': '7200',
      audience: 'sts.amazonaws.com.cn',
    },
  })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(callsOf(simulator, 'GetIdToken').map(({ input }) => input['audience'])).toEqual(['sts.amazonaws.com.cn'])
  expect(callsOf(simulator, assumeRole).map(({ input }) => input)).toEqual([
    expect.objectContaining({
      RoleArn: simulator.roleArn,
      RoleSessionName: 'deploy@main',
      DurationSeconds: '7200',
    }),
  ])
})

test.concurrent('the role is assumed with defaults that name the run', async () => {
  await using simulator = await simulate()
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], {
    assumesRole: true,
    environment: { GITHUB_RUN_ID: '9876543210', GITHUB_RUN_ATTEMPT: '3' },
  })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(callsOf(simulator, 'GetIdToken').map(({ input }) => input['audience'])).toEqual(['sts.amazonaws.com'])
  expect(callsOf(simulator, assumeRole).map(({ input }) => input)).toEqual([
    expect.objectContaining({ RoleSessionName: 'github-9876543210-3', DurationSeconds: '3600' }),
  ])
})

test.concurrent('with role-to-assume, ambient credentials are left alone', async () => {
  await using simulator = await simulate()
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], {
    assumesRole: true,
    environment: simulator.environment(),
  })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(callsOf(simulator, describeStatus)[0]?.accessKeyId).toMatch(/^ASIA/)
})

test.concurrent('a missing permission for OIDC tokens is named', async () => {
  await using simulator = await simulate()
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], {
    assumesRole: true,
    environment: { ACTIONS_ID_TOKEN_REQUEST_URL: undefined, ACTIONS_ID_TOKEN_REQUEST_TOKEN: undefined },
  })

  expectRefusal(step, simulator, request, /OIDC token/, /id-token: write/)
  expect(simulator.calls).toEqual([])
})

test.concurrent('a request token that is refused is an error at once', async () => {
  await using simulator = await simulate()
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], {
    assumesRole: true,
    environment: { ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'stale' },
  })

  expectRefusal(step, simulator, request, /OIDC token.*401/, /id-token: write/)
})

test.concurrent('a role whose trust policy does not let the job in', async () => {
  await using simulator = await simulate()
  const [request = ''] = simulator.start()
  const role = 'arn:aws:iam::123456789012:role/somebody-elses'

  const step = await waitFor(simulator, [request], { assumesRole: true, inputs: { 'role-to-assume': role } })

  expectRefusal(step, simulator, request, /somebody-elses.*AccessDenied/, /trust policy/)
  expect(callsOf(simulator, assumeRole)).toHaveLength(1)
})

test.concurrent('an audience that the identity provider does not know', async () => {
  await using simulator = await simulate()
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], { assumesRole: true, inputs: { audience: 'https://example.com' } })

  expectRefusal(step, simulator, request, /InvalidIdentityToken/, /audience 'https:\/\/example\.com'/)
})

test.concurrent('a session longer than the role allows', async () => {
  await using simulator = await simulate({ maxSessionSeconds: 3600 })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], { assumesRole: true, inputs: { 'role-duration-seconds': '7200' } })

  expectRefusal(step, simulator, request, /MaxSessionDuration/, /role-duration-seconds/)
})

test.concurrent.each<[string, string, Fault]>([
  ["GitHub's token service is unavailable", 'GetIdToken', { kind: 'http', status: 503, body: 'unavailable' }],
  ["GitHub's token service answers HTML", 'GetIdToken', { kind: 'http', status: 200, body: '<html></html>' }],
  ["GitHub's token service throttles", 'GetIdToken', { kind: 'http', status: 429, body: '{}' }],
  ["the connection to GitHub's token service is reset", 'GetIdToken', { kind: 'reset', when: 'before-headers' }],
  ['STS throttles', assumeRole, { kind: 'error', code: 'Throttling', message: 'Rate exceeded' }],
  ['STS is unavailable', assumeRole, { kind: 'error', code: 'ServiceUnavailable', httpStatus: 503 }],
  ['STS could not reach GitHub', assumeRole, { kind: 'error', code: 'IDPCommunicationError' }],
  ['the connection to STS is reset', assumeRole, { kind: 'reset', when: 'before-headers' }],
  ["what comes back is not STS's", assumeRole, { kind: 'http', status: 200, body: '<html></html>' }],
  ["what refuses is not STS's", assumeRole, { kind: 'http', status: 403, body: '<html>Sign in</html>' }],
  ['what refuses says nothing', assumeRole, { kind: 'http', status: 403 }],
])('%s, twice: tried again', async (_, operation, fault) => {
  await using simulator = await simulate({ faults: [{ operation, to: 2, fault }] })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], { assumesRole: true })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(callsOf(simulator, operation).length).toBeGreaterThanOrEqual(3)
})

test.concurrent('STS throttling until the deadline is timed-out, and told', async () => {
  const fault: Fault = { kind: 'error', code: 'Throttling', message: 'Rate exceeded' }
  await using simulator = await simulate({ faults: [{ operation: assumeRole, fault }] })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], { assumesRole: true, inputs: { 'timeout-minutes': '0.03' } })

  expectEndingOfOne(step, 'timed-out', unanswered(request, expect.stringContaining('Rate exceeded')))
  expect(step.errors[0]?.message).toContain('Rate exceeded')
})

test.concurrent('a renewal that fails while the session is still good is not noticed', async () => {
  const fault: Fault = { kind: 'error', code: 'ServiceUnavailable', httpStatus: 503 }
  await using simulator = await simulate({
    seconds: 12,
    // Renewed in its last tenth, which is longer than the interval.
    sessionSeconds: 10,
    faults: [{ operation: assumeRole, from: 2, to: 2, fault }],
  })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], { assumesRole: true, inputs: { 'poll-interval-seconds': '0.5' } })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(callsOf(simulator, assumeRole).map(({ outcome }) => outcome)).toEqual(['ok', 'ServiceUnavailable', 'ok'])
  const firstKey = callsOf(simulator, describeStatus)[0]?.accessKeyId
  const refusal = simulator.calls.findIndex(({ outcome }) => outcome === 'ServiceUnavailable')
  const next = simulator.calls.slice(refusal).find(({ operation }) => operation === describeStatus)
  expect(next?.accessKeyId).toBe(firstKey)
  const outcomes = callsOf(simulator, describeStatus).map(({ outcome }) => outcome)
  expect(outcomes).toEqual(outcomes.map(() => 'ok'))
  expect(step.log.join('\n')).not.toMatch(/could not|ServiceUnavailable/)
})

test.concurrent("an earlier step's session works", async () => {
  await using simulator = await simulate()
  const [request = ''] = simulator.start()
  const { accessKeyId, secretAccessKey, sessionToken } = simulator.issueCredentials(900)

  const step = await waitFor(simulator, [request], {
    environment: {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    },
  })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(callsOf(simulator, describeStatus)[0]?.accessKeyId).toBe(accessKeyId)
  for (const secret of [secretAccessKey, sessionToken]) expect(step.stdout).not.toContain(secret)
})

test.concurrent('every call carries the name of the action and the run', async () => {
  await using simulator = await simulate()
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], {
    assumesRole: true,
    environment: { GITHUB_RUN_ID: '9876543210', GITHUB_RUN_ATTEMPT: '3' },
  })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  const toAws = simulator.calls.filter(({ service }) => service !== 'oidc')
  expect(toAws.map(({ operation }) => operation)).toEqual(expect.arrayContaining([assumeRole, describeStatus]))
  for (const { userAgent } of toAws) {
    expect(userAgent).toContain('wait-for-permission-set-provisioning')
    expect(userAgent).toContain('9876543210')
  }
})
