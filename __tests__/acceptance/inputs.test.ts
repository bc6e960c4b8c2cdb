import { expect, test } from '@jest/globals'
import { answered, expectEnding, expectEndingOfOne } from './expectations.ts'
import { textsIn, toHtml } from './report/markdown.ts'
import { simulate, waitFor } from './support.ts'

const upperCase = '5A1B2C3D-0123-4567-89AB-0123456789AB'
const idsAboveTheLimit = Array.from(
  { length: 1001 },
  (_, index) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
)

test.concurrent.each([
  ['instance-arn', ''],
  ['instance-arn', 'ssoins-1234567890abcdef'],
  ['instance-arn', 'arn:aws:sso:::instance/ssoins-1234'],
  ['instance-arn', 'arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef'],
  ['instance-arn', 'arn:aws:sso:::instance/ssoins-1234567890abcdef extra'],
  ['request-id', ''],
  ['request-id', ' \n '],
  ['request-id', ','],
  ['request-id', 'provisioning'],
  ['request-id', upperCase],
  ['request-id', '5a1b2c3d-0123-4567-89ab-0123456789a'],
  ['request-id', 'null'],
  ['request-id', '{}'],
  ['request-id', '["5a1b2c3d-0123-4567-89ab-0123456789ab"'],
  ['request-id', '[5]'],
  ['request-id', '[["5a1b2c3d-0123-4567-89ab-0123456789ab"]]'],
  ['request-id', '[null]'],
  ['operation', 'provision'],
  ['operation', 'ProvisionPermissionSet'],
  ['operation', 'Create-Account-Assignment'],
  ['aws-region', 'Frankfurt'],
  ['aws-region', 'EU-CENTRAL-1'],
  ['aws-region', 'eu-central-1a'],
  ['aws-region', 'evil.example/?eu-central-1'],
  ['aws-region', 'cn-north-1'],
  ['role-to-assume', 'deploy'],
  ['role-to-assume', 'arn:aws:iam::1234:role/deploy'],
  ['role-to-assume', 'arn:aws:iam::123456789012:user/deploy'],
  ['role-session-name', 'x'],
  ['role-session-name', 'a name'],
  ['role-session-name', 'x'.repeat(65)],
  ['role-duration-seconds', '899'],
  ['role-duration-seconds', '43201'],
  ['role-duration-seconds', '3600.5'],
  ['role-duration-seconds', '1h'],
  ['role-duration-seconds', '0x1000'],
  ['timeout-minutes', '0'],
  ['timeout-minutes', '-5'],
  ['timeout-minutes', '7200.5'],
  ['timeout-minutes', '30m'],
  ['timeout-minutes', '1e2'],
  ['timeout-minutes', '0x1E'],
  ['timeout-minutes', '1,5'],
  ['timeout-minutes', 'Infinity'],
  ['timeout-minutes', 'NaN'],
  ['poll-interval-seconds', '0'],
  ['poll-interval-seconds', '0.49'],
  ['poll-interval-seconds', '300.1'],
  ['poll-interval-seconds', 'fast'],
  ['poll-interval-seconds', '-1'],
  ['wait', 'yes'],
  ['wait', '0'],
  ['wait', 'tru'],
  ['wait', 'tRue'],
  ['pull-request-comment', 'sometimes'],
  ['pull-request-comment', 'true'],
])('%s: %j is an error that names both, without a call', async (name, value) => {
  await using simulator = await simulate()
  const requests = simulator.start()

  const step = await waitFor(simulator, requests, { inputs: { [name]: value } })

  expectEnding(step, 'error', {}, [])
  expect(step.errors[0]?.message).toContain(`'${name}'`)
  if (value.trim() !== '') expect(step.errors[0]?.message).toContain(value.replaceAll('"', '\\"'))
  else expect(step.errors[0]?.message).toMatch(/blank/)
  expect(step.summary).toContain(name)
  expect(simulator.calls).toEqual([])
})

test.concurrent('a blank request ID is said to be a misspelt output name, most likely', async () => {
  await using simulator = await simulate()

  const step = await waitFor(simulator, [])

  expectEnding(step, 'error', {}, [])
  expect(step.errors[0]?.message).toMatch(/output.*misspelt/)
})

test.concurrent('a list of a blank request ID is not the empty list', async () => {
  await using simulator = await simulate()

  const step = await waitFor(simulator, ['[""]'])

  expectEnding(step, 'error', {}, [])
  expect(step.errors[0]?.message).toContain("'request-id'")
})

test.concurrent('more than 1,000 request IDs are an error', async () => {
  await using simulator = await simulate()

  const step = await waitFor(simulator, idsAboveTheLimit)

  expectEnding(step, 'error', {}, [])
  expect(step.errors[0]?.message).toMatch(/'request-id'.*1,?001.*1,?000/)
  expect(simulator.calls).toEqual([])
})

test.concurrent('1,000 request IDs are not, and a repeat of one is not the 1,001st', async () => {
  await using simulator = await simulate({ deny: ['sso:DescribePermissionSetProvisioningStatus'] })
  const allowed = idsAboveTheLimit.slice(0, 1000)

  const step = await waitFor(simulator, [...allowed, ...allowed.slice(0, 1)])

  expect(step.outputs['verdict']).toBe('error')
  expect(step.errors[0]?.message).toContain('sso:DescribePermissionSetProvisioningStatus')
  expect(JSON.parse(step.outputs['results'] ?? '')).toHaveLength(1000)
  expect(step.errors).toHaveLength(1)
})

test.concurrent('all problems are reported together', async () => {
  await using simulator = await simulate()
  const wrong = {
    'instance-arn': 'instance',
    'request-id': 'first second',
    operation: 'provision',
    'aws-region': 'somewhere',
    'role-to-assume': 'deploy',
    'role-session-name': 'a name',
    'role-duration-seconds': '1',
    'timeout-minutes': 'soon',
    'poll-interval-seconds': 'often',
    wait: 'maybe',
    'pull-request-comment': 'perhaps',
  }

  const step = await waitFor(simulator, [], { inputs: wrong })

  expectEnding(step, 'error', {}, [])
  for (const [name, value] of Object.entries(wrong)) {
    const problems = step.errors[0]?.message ?? ''
    expect(problems).toContain(`'${name}'`)
    for (const part of name === 'request-id' ? value.split(' ') : [value]) expect(problems).toContain(part)
    expect(step.summary).toContain(name)
  }
  expect(simulator.calls).toEqual([])
})

test.concurrent.each([
  '::error::x',
  '::set-output name=verdict::succeeded',
  '##[error]x',
  'a\n::error::x',
  '<img src=x onerror=alert(1)>',
  '</pre><script>alert(1)</script>',
])('hostile input %j is shown without effect', async (value) => {
  await using simulator = await simulate()
  const requests = simulator.start()

  const step = await waitFor(simulator, requests, {
    inputs: { wait: value, 'instance-arn': value, 'request-id': value },
  })

  expectEnding(step, 'error', {}, [])
  const html = toHtml(step.summary)
  expect(html).not.toMatch(/<(?!\/?(h2|h3|ul|li|p|code|blockquote)>)/)
  expect(textsIn(html, 'code').join('\n')).toContain(
    `Input 'wait' is ${JSON.stringify(value)}, but it must be true or false.`,
  )
})

test.concurrent.each([
  ['wait', ' TRUE '],
  ['wait', 'True'],
  ['wait', ''],
  ['timeout-minutes', '0.5'],
  ['timeout-minutes', '7200'],
  ['timeout-minutes', ''],
  ['poll-interval-seconds', '0.5'],
  ['poll-interval-seconds', '300'],
  ['poll-interval-seconds', ''],
  ['role-duration-seconds', '43200'],
  ['operation', ' provision-permission-set '],
  ['operation', ''],
  ['pull-request-comment', ''],
])('%s: %j is right', async (name, value) => {
  await using simulator = await simulate()
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], { inputs: { [name]: value } })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
})

test.concurrent.each([
  [{ AWS_REGION: 'us-west-2', AWS_DEFAULT_REGION: 'us-west-1' }, 'eu-central-1', 'eu-central-1'],
  [{ AWS_REGION: 'us-west-2', AWS_DEFAULT_REGION: 'us-west-1' }, '', 'us-west-2'],
  [{ AWS_REGION: undefined, AWS_DEFAULT_REGION: 'us-west-1' }, '', 'us-west-1'],
])('with %j and aws-region %j, the Region is %s', async (environment, input, region) => {
  // It accepts no signature for another Region.
  await using simulator = await simulate({ region })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], { environment, inputs: { 'aws-region': input } })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
})
