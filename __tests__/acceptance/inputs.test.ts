import { expect, test } from '@jest/globals'
import { answered, expectEnding, expectEndingOfOne } from '../support/expectations.ts'
import { simulate, waitFor, waitForOne } from '../support/step.ts'

const upperCase = '5A1B2C3D-0123-4567-89AB-0123456789AB'
/** Values that are not right, by input. */
const wrong: Record<string, string[]> = {
  'instance-arn': [
    '',
    'ssoins-1234567890abcdef',
    'arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef',
    'arn:aws:sso:::instance/ssoins-1234567890abcdef extra',
  ],
  'request-id': ['', upperCase, '{}', '["5a1b2c3d-0123-4567-89ab-0123456789ab"'],
  operation: ['provision', 'ProvisionPermissionSet', 'Create-Account-Assignment'],
  'aws-region': ['Frankfurt', 'EU-CENTRAL-1', 'eu-central-1a', 'evil.example/?eu-central-1'],
  'role-to-assume': ['deploy', 'arn:aws:iam::1234:role/deploy', 'arn:aws:iam::123456789012:user/deploy'],
  'role-session-name': ['x', 'a name', 'x'.repeat(65)],
  'role-duration-seconds': ['899', '43201', '1h'],
  'timeout-minutes': ['0', '7200.5', '30m', '0x1E'],
  'poll-interval-seconds': ['0.49', '300.1', 'fast'],
  wait: ['yes', '0', 'tru', 'tRue'],
  'pull-request-comment': ['sometimes', 'true'],
}
/** With these, requests may be missing. */
const wrongPermissionSets = {
  'permission-set-arn': ['ReadOnly', '{}', '{"arn": null}'],
  'ignore-accounts': ['production', '1111'],
}

/** For each step one value of each input, as long as there are any. */
function stepsOf(values: Record<string, string[]>): Record<string, string>[] {
  const count = Math.max(...Object.values(values).map(({ length }) => length))
  return Array.from({ length: count }, (_, step) =>
    Object.fromEntries(
      Object.entries(values).flatMap(([name, { [step]: value }]) => (value === undefined ? [] : [[name, value]])),
    ),
  )
}

test.concurrent.each([...stepsOf(wrong), ...stepsOf(wrongPermissionSets)])(
  '%j are errors that name input and value, without a call',
  async (inputs) => {
    await using simulator = await simulate()
    const requests = simulator.start()

    const step = await waitFor(simulator, requests, { inputs })

    expectEnding(step, 'error', {}, [])
    const problems = (step.errors[0]?.message ?? '').split('\n')
    for (const [name, value] of Object.entries(inputs)) {
      const problem = problems.find((line) => line.includes(`'${name}'`))
      if (value.trim() === '') expect(problem).toMatch(/blank/)
      else expect(problem).toContain(value.replaceAll('"', '\\"'))
      expect(step.summary).toContain(name)
    }
    expect(simulator.calls).toEqual([])
  },
)

test.concurrent("a Region of another partition than the instance's is an error that names it", async () => {
  await using simulator = await simulate()

  const step = await waitFor(simulator, simulator.start(), { inputs: { 'aws-region': 'cn-north-1' } })

  expectEnding(step, 'error', {}, [])
  expect(step.errors[0]?.message).toMatch(/'aws-region'.*cn-north-1/)
  expect(simulator.calls).toEqual([])
})

const blank = { 'instance-arn': '' }
/** JSON as tools print it, with the ARNs of an instance and of one of its permission sets. */
const jsonOf: [name: string, json: (set: string, instance: string) => unknown][] = [
  ['terraform output -json', (set) => ({ arns: { sensitive: false, type: ['list', 'string'], value: [set] } })],
  [
    'terraform show -json',
    (set, instance) => ({
      values: { root_module: { child_modules: [{ resources: [{ values: { id: `${set},${instance}` } }] }] } },
    }),
  ],
  ["the id of Terraform's resource", (set, instance) => `${set},${instance}`],
]

test.concurrent.each(jsonOf)('permission-set-arn may be %s, which says the instance too', async (_, json) => {
  await using simulator = await simulate({ speed: 8 })
  const given = json(simulator.permissionSetArn, simulator.instanceArn)
  const text = typeof given === 'string' ? given : JSON.stringify(given, null, 2)

  const step = await waitFor(simulator, [], { inputs: { ...blank, 'permission-set-arn': text } })

  expect(step.outputs).toMatchObject({ verdict: 'succeeded', 'permission-set-arn': simulator.permissionSetArn })
  expect(step.complaints).toEqual([])
})

test.concurrent('an answer of AWS says the instance; a bare ID does not, and the error says so', async () => {
  await using simulator = await simulate()
  const [RequestId = ''] = simulator.start()
  const answer = { PermissionSetProvisioningStatus: { RequestId, PermissionSetArn: simulator.permissionSetArn } }

  const [named, nothing, bare, idle] = await Promise.all([
    waitFor(simulator, [JSON.stringify(answer)], { inputs: blank }),
    waitFor(simulator, ['[]'], { inputs: blank }),
    waitFor(simulator, [RequestId], { inputs: blank }),
    waitFor(simulator, [], { inputs: { ...blank, until: 'idle' } }),
  ])

  expectEndingOfOne(named, 'succeeded', answered(simulator, RequestId, 'SUCCEEDED'))
  expectEnding(nothing, 'succeeded', {}, [])
  for (const step of [bare, idle]) {
    expectEnding(step, 'error', {}, [])
    expect(step.errors[0]?.message).toMatch(/'instance-arn' is blank, and nothing else says which instance/)
  }
})

test.concurrent('two instances are an error that names both, without a call', async () => {
  await using simulator = await simulate()
  const other = simulator.permissionSetArn.replace(/ins-./, 'ins-z')

  const step = await waitFor(simulator, [], { inputs: { 'permission-set-arn': other } })

  expectEnding(step, 'error', {}, [])
  for (const arn of [simulator.instanceArn, other.replace('permissionSet', 'instance').replace(/\/ps-.*/, '')])
    expect(step.errors[0]?.message).toContain(arn)
  expect(simulator.calls).toEqual([])
})

test.concurrent.each(
  stepsOf({
    wait: [' TRUE ', 'True', ''],
    'timeout-minutes': ['0.5', '7200', ''],
    'poll-interval-seconds': ['0.5', '300', ''],
    'role-duration-seconds': ['43200'],
    operation: [' provision-permission-set ', ''],
    'pull-request-comment': [''],
  }),
)('%j are right', async (inputs) => {
  const { simulator, request, step } = await waitForOne({}, { inputs })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
})

test.concurrent.each([
  [{ AWS_REGION: 'us-west-2', AWS_DEFAULT_REGION: 'us-west-1' }, 'eu-central-1', 'eu-central-1'],
  [{ AWS_REGION: 'us-west-2', AWS_DEFAULT_REGION: 'us-west-1' }, '', 'us-west-2'],
  [{ AWS_REGION: undefined, AWS_DEFAULT_REGION: 'us-west-1' }, '', 'us-west-1'],
])('with %j and aws-region %j, the Region is %s', async (environment, input, region) => {
  // It accepts no signature for another Region.
  const { simulator, request, step } = await waitForOne({ region }, { environment, inputs: { 'aws-region': input } })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
})
