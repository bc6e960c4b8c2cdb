import { expect, test } from '@jest/globals'
import { expectEnding } from '../support/expectations.ts'
import { simulate, waitFor } from '../support/step.ts'

// The unit tests of the inputs have every form. Here all problems come together, for the inputs of each goal.
const wrong = [
  {
    'instance-arn': 'arn:aws:sso:::instance/ssoins-1234567890abcdef extra',
    'request-id': '["5a1b2c3d-0123-4567-89ab-0123456789ab"',
    operation: 'Create-Account-Assignment',
    'aws-region': 'evil.example/?eu-central-1',
    'role-to-assume': 'arn:aws:iam::1234:role/deploy',
    'role-session-name': 'a name',
    'role-duration-seconds': '899',
    'timeout-minutes': '0x1E',
    'poll-interval-seconds': '300.1',
    wait: 'tRue',
    'pull-request-comment': 'true',
  },
  { 'permission-set-arn': '{"arn": null}', 'ignore-accounts': 'production' },
]

test.concurrent.each(wrong)('%j are errors that name input and value, without a call', async (inputs) => {
  await using simulator = await simulate()
  const requests = simulator.start()

  const step = await waitFor(simulator, requests, { inputs })

  expectEnding(step, 'error', [])
  const problems = (step.errors[0]?.message ?? '').split('\n')
  for (const [name, value] of Object.entries(inputs)) {
    const problem = problems.find((line) => line.includes(`'${name}'`))
    expect(problem).toContain(value.replaceAll('"', '\\"'))
    expect(step.summary).toContain(name)
  }
  expect(simulator.calls).toEqual([])
})

test.concurrent('permission-set-arn may be what terraform show -json prints, which says the instance too', async () => {
  await using simulator = await simulate({ speed: 8 })
  const id = `${simulator.permissionSetArn},${simulator.instanceArn}`
  const json = { values: { root_module: { child_modules: [{ resources: [{ values: { id } }] }] } } }

  const step = await waitFor(simulator, [], {
    inputs: { 'instance-arn': '', 'permission-set-arn': JSON.stringify(json, null, 2) },
  })

  expect(step.outputs).toMatchObject({ verdict: 'succeeded', 'permission-set-arn': simulator.permissionSetArn })
  expect(step.complaints).toEqual([])
})
