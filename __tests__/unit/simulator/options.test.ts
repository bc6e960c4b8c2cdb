import { describe, expect, test } from '@jest/globals'
import { parseDemoOptions } from '../../../simulator/demo-options.ts'
import { parseServeOptions, UsageError } from '../../../simulator/options.ts'

describe('options', () => {
  test('vary the simulator', () => {
    const { simulator, requests, plan, verbose } = parseServeOptions(
      '--accounts 120 --seconds 20 --requests 2 --fail --reason no --throttle 2 --deny sso:ListInstances --deny sso:DescribeInstance --port 4599 --latency 5 --lag 2 --session 900 --replica --operation delete-account-assignment --verbose'.split(
        ' ',
      ),
    )
    expect(simulator).toEqual({
      accounts: 120,
      accountsLagMs: 2_000,
      sessionSeconds: 900,
      primaryRegion: 'eu-central-1',
      seconds: 20,
      status: 'FAILED',
      failureReason: 'no',
      throttlePerSecond: 2,
      deny: ['sso:ListInstances', 'sso:DescribeInstance'],
      port: 4599,
      latencyMs: 5,
    })
    expect([requests, verbose]).toEqual([2, true])
    expect([plan(0), plan(1)]).toEqual([
      { operation: 'delete-account-assignment', seconds: 10 },
      { operation: 'delete-account-assignment', seconds: 20 },
    ])
  })

  test.each([
    ['--accounts 1.5', "--accounts must be a whole number, not '1.5'"],
    ['--accounts 10001', "--accounts must be a whole number from 1 to 10000, not '10001'"],
    ['--seconds soon', "--seconds must be a number from 0 to 86400, not 'soon'"],
    ['--seconds 0x10', "--seconds must be a number from 0 to 86400, not '0x10'"],
    ['--operation attach', '--operation must be one of provision-permission-set, create-account-assignment'],
    ['--deny ListInstances', "--deny must be an IAM action such as sso:DescribePermissionSet, not 'ListInstances'"],
    ['--reason no', 'add --fail'],
    ['--request-id x', '--instance-arn is missing'],
    ['--instance-arn x', '--request-id is missing'],
    ['--instance-arn x --request-id y --fail', '--fail is for the simulator'],
    ['--instance-arn x --until rolled-out', '--request-id is missing'],
    ['--instance-arn x --request-id y --rollout', '--rollout is for the simulator'],
    ['--acounts 3', "Unknown option '--acounts'. --help shows all options."],
    ['--port', "'--port"],
  ])('%s is refused', (line, message) => {
    expect(() => parseDemoOptions(line.split(' '))).toThrow(UsageError)
    expect(() => parseDemoOptions(line.split(' '))).toThrow(message)
  })
})
