import { expect, test } from '@jest/globals'
import { parseDemo, startDemo } from '../../../simulator/demo-options.ts'
import { parseServeOptions, UsageError } from '../../../simulator/options.ts'

test('options vary the simulator', () => {
  const line =
    '--accounts 120 --seconds 20 --requests 2 --fail --reason no --throttle 2 --deny sso:ListInstances --deny sso:DescribeInstance --port 4599 --session 900 --replica --operation delete-account-assignment'
  const { simulator, requests, plan } = parseServeOptions(line.split(' '))
  expect(simulator).toEqual({
    accounts: 120,
    sessionSeconds: 900,
    primaryRegion: 'eu-central-1',
    seconds: 20,
    status: 'FAILED',
    failureReason: 'no',
    throttlePerSecond: 2,
    deny: ['sso:ListInstances', 'sso:DescribeInstance'],
    port: 4599,
  })
  expect([requests, plan(0)]).toEqual([2, { operation: 'delete-account-assignment', seconds: 10 }])
})

test.each<[string, RegExp]>([
  ['--requests 2 --accounts 3', /^--request-id \S+,\S+$/],
  ['--rollout --requests 2', /^--permission-set-arn \S+,\S+$/],
  ['--behind 2 --wait false', /^--permission-set-arn \S+ --wait false$/],
  ['--until idle --aws-region=eu-west-1', /^--until idle --aws-region eu-west-1$/],
])('of the demonstration, %s leaves the command what it waits for, and its own options', async (line, given) => {
  const { args, simulator } = await startDemo(parseDemo(line.split(' ')))
  await simulator.close()
  expect(args.slice(0, 2)).toEqual(['--instance-arn', simulator.instanceArn])
  expect(args.slice(2).join(' ')).toMatch(given)
})

test.each([
  ['--accounts 1.5', "--accounts must be a whole number, not '1.5'"],
  ['--seconds 0x10', "--seconds must be a number, not '0x10'"],
  ['--operation attach', '--operation must be one of provision-permission-set, create-account-assignment'],
  ['--deny ListInstances', "--deny must be an IAM action such as sso:DescribePermissionSet, not 'ListInstances'"],
  ['--reason no', 'add --fail'],
  ['--permission-set-arn all --rollout', '--rollout is for the simulator'],
  ['--port', "'--port"],
])('%s is refused', (line, message) => {
  expect(() => parseDemo(line.split(' '))).toThrow(UsageError)
  expect(() => parseDemo(line.split(' '))).toThrow(message)
})
