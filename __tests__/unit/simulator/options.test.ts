import { describe, expect, test } from '@jest/globals'
import { parseDemo, startDemo } from '../../../simulator/demo-options.ts'
import { parseServeOptions, UsageError } from '../../../simulator/options.ts'

describe('options', () => {
  test('vary the simulator', () => {
    const { simulator, requests, plan, verbose } = parseServeOptions(
      '--accounts 120 --seconds 20 --requests 2 --fail --reason no --throttle 2 --deny sso:ListInstances --deny sso:DescribeInstance --port 4599 --session 900 --replica --operation delete-account-assignment --verbose'.split(
        ' ',
      ),
    )
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
    expect([requests, verbose]).toEqual([2, true])
    expect([plan(0), plan(1)]).toEqual([
      { operation: 'delete-account-assignment', seconds: 10 },
      { operation: 'delete-account-assignment', seconds: 20 },
    ])
  })

  test('of the command are handed on as they are', () => {
    const { args, simulator, requests, againstAws } = parseDemo(
      '--wait false --accounts 3 --timeout x --aws-region=eu-west-1 --operation create-account-assignment'.split(' '),
    )
    expect(args).toEqual(
      '--wait false --timeout x --aws-region eu-west-1 --operation create-account-assignment'.split(' '),
    )
    expect([simulator.accounts, simulator.region, requests, againstAws]).toEqual([3, 'eu-west-1', 1, false])
    expect(parseDemo(['--permission-set-arn', 'a'])).toMatchObject({
      againstAws: true,
      args: ['--permission-set-arn', 'a'],
    })
    expect(parseDemo(['-h'])).toMatchObject({ help: true })
  })

  const givenBy: readonly (readonly [string, RegExp])[] = [
    ['--requests 2', /^--request-id \S+,\S+$/],
    ['--rollout --requests 2', /^--permission-set-arn \S+,\S+$/],
    ['--behind 2 --wait false', /^--permission-set-arn \S+ --wait false$/],
    ['--until idle', /^--until idle$/],
  ]
  test.each(givenBy)('of the demonstration say what the command waits for: %s', async (line, given) => {
    const { args, simulator } = await startDemo(parseDemo(line.split(' ')))
    await simulator.close()
    expect(args.slice(0, 2)).toEqual(['--instance-arn', simulator.instanceArn])
    expect(args.slice(2).join(' ')).toMatch(given)
  })

  test.each([
    ['--accounts 1.5', "--accounts must be a whole number, not '1.5'"],
    ['--seconds soon', "--seconds must be a number, not 'soon'"],
    ['--seconds 0x10', "--seconds must be a number, not '0x10'"],
    ['--operation attach', '--operation must be one of provision-permission-set, create-account-assignment'],
    ['--deny ListInstances', "--deny must be an IAM action such as sso:DescribePermissionSet, not 'ListInstances'"],
    ['--reason no', 'add --fail'],
    ['--instance-arn x --request-id y --fail', '--fail is for the simulator'],
    ['--permission-set-arn all --rollout', '--rollout is for the simulator'],
    ['--port', "'--port"],
  ])('%s is refused', (line, message) => {
    expect(() => parseDemo(line.split(' '))).toThrow(UsageError)
    expect(() => parseDemo(line.split(' '))).toThrow(message)
  })
})
