import { describe, expect, test } from '@jest/globals'
import type { Simulator, SimulatorOptions } from '../../simulator/simulator.ts'
import { run } from '../../src/run.ts'
import { requestIdOf } from './examples.ts'
import { withOwnEnvironment, worldOf } from './runner.ts'
import { simulate } from './simulator/harness.ts'

withOwnEnvironment()

/** A simulator that the ambient credentials lead to. */
async function ambient(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await simulate(options)
  Object.assign(process.env, simulator.environment())
  return simulator
}

const outputNames = [
  ...['verdict', 'status', 'failure-reason', 'created-date', 'permission-set-arn', 'account-id'],
  ...['accounts-behind', 'elapsed-seconds', 'results'],
]

describe('inputs', () => {
  test('that are wrong are reported all together, before the first call to AWS', async () => {
    const simulator = await ambient()
    const { told, world } = worldOf(simulator, { 'request-id': '', wait: 'perhaps' })
    expect(await run(world)).toBe('error')
    expect(Object.keys(told.outputs)).toEqual(outputNames)
    expect(told.outputs).toMatchObject({ verdict: 'error', results: '[]', 'elapsed-seconds': '0.000' })
    expect(told.annotations).toEqual([
      {
        level: 'error',
        title: 'Nothing was waited for',
        message: expect.stringMatching(/^Input 'request-id' is required.*\nInput 'wait' is "perhaps".*\nWhat to do: /),
      },
    ])
    expect(told.summaries).toEqual([
      expect.stringMatching(/Input &#39;request-id&#39; is required.*Input &#39;wait&#39; is &quot;perhaps&quot;/s),
    ])
    expect(simulator.calls).toEqual([])
  })

  test('[] is a success with a notice, and asks nothing', async () => {
    const simulator = await ambient()
    const { told, world } = worldOf(simulator, { 'request-id': '[]' })
    expect(await run(world)).toBe('succeeded')
    expect(told.outputs).toMatchObject({ verdict: 'succeeded', status: '', results: '[]', 'accounts-behind': '[]' })
    expect(told.annotations).toMatchObject([{ level: 'notice', title: 'Nothing to wait for' }])
    expect(simulator.calls).toEqual([])
  })
})

describe('a wait', () => {
  test('that succeeds sets every output, writes the summary, and has no annotation', async () => {
    const simulator = await ambient({ seconds: 0.7 })
    const [requestId = ''] = simulator.start()
    const { told, world } = worldOf(simulator, { 'request-id': requestId })
    expect(await run(world)).toBe('succeeded')
    expect(Object.keys(told.outputs)).toEqual(outputNames)
    expect(told.outputs).toMatchObject({
      verdict: 'succeeded',
      status: 'SUCCEEDED',
      'failure-reason': '',
      'created-date': expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      'permission-set-arn': simulator.permissionSetArn,
      'account-id': '',
      'accounts-behind': '[]',
      'elapsed-seconds': expect.stringMatching(/^\d\.\d{3}$/),
    })
    expect(Number(told.outputs['elapsed-seconds'])).toBeGreaterThan(0.5)
    expect(told.annotations).toEqual([])
    expect(told.summaries).toEqual([expect.stringContaining('succeeded')])
    expect(told.log[0]).toMatch(
      /^ {6}0\.0 s {2}Waiting for request .* of ProvisionPermissionSet in us-east-1, for at most 30 min$/,
    )
    const texts = told.log.map((line) => line.slice(13))
    expect(texts).toEqual(expect.arrayContaining(['IN_PROGRESS', 'SUCCEEDED']))
    expect(told.debug).toEqual(expect.arrayContaining([expect.stringContaining('answered in')]))
    expect(simulator.calls[0]?.userAgent).toContain('wait-for-permission-set-provisioning/1.2.3')
  })

  test('that fails says why and which accounts are behind, with one annotation', async () => {
    const simulator = await ambient({ status: 'FAILED', seconds: 0, accounts: 4, failureReason: '::error::Gremlins' })
    const [requestId = ''] = simulator.start()
    const { told, world } = worldOf(simulator, { 'request-id': requestId })
    expect(await run(world)).toBe('failed')
    expect(told.outputs).toMatchObject({
      verdict: 'failed',
      status: 'FAILED',
      'failure-reason': '::error::Gremlins',
      'accounts-behind': '["111122223335","111122223336"]',
    })
    expect(told.annotations).toMatchObject([
      {
        level: 'error',
        title: 'Provisioning of ReadOnlyAccess failed',
        message: expect.stringMatching(/^: :error::Gremlins\n2 accounts do not hold the latest permission set\.\n/),
      },
    ])
    expect(told.summaries[0]).toContain('### Accounts behind: 2')
  })

  test('of several requests does not end with the first that fails', async () => {
    const simulator = await ambient()
    const plan = (index: number) => ({ seconds: index, status: index === 0 ? 'FAILED' : 'SUCCEEDED' }) as const
    const requestIds = simulator.start(plan, 2)
    const { told, world } = worldOf(simulator, { 'request-id': requestIds.join() })
    expect(await run(world)).toBe('failed')
    const results: { requestId: string; status: string }[] = JSON.parse(told.outputs['results'] ?? '')
    expect(results.map(({ requestId, status }) => [requestId, status])).toEqual([
      [requestIds[0], 'FAILED'],
      [requestIds[1], 'SUCCEEDED'],
    ])
    expect(told.log.filter((line) => line.includes('FAILED:'))).toHaveLength(1)
  })

  test('goes on without what the role may not call, and says so once each', async () => {
    const denied = ['sso:DescribePermissionSet', 'sso:ListAccountsForProvisionedPermissionSet']
    const simulator = await ambient({ status: 'FAILED', seconds: 0, deny: denied })
    const [requestId = ''] = simulator.start()
    const { told, world } = worldOf(simulator, { 'request-id': requestId })
    expect(await run(world)).toBe('failed')
    expect(told.outputs).toMatchObject({ verdict: 'failed', 'accounts-behind': '[]' })
    for (const action of denied) {
      expect(told.log.filter((line) => line.includes(`The role may not call ${action}`))).toHaveLength(1)
    }
  })

  test('with wait: false looks once, and passes while it is in progress', async () => {
    const simulator = await ambient({ seconds: 60 })
    const [requestId = ''] = simulator.start()
    const { told, world } = worldOf(simulator, { 'request-id': requestId, wait: 'false' })
    expect(await run(world)).toBe('in-progress')
    expect(told.outputs).toMatchObject({ verdict: 'in-progress', status: 'IN_PROGRESS' })
    expect(told.annotations).toEqual([])
    expect(told.log[0]).toContain('Looking at request')
    expect(simulator.calls.filter(({ operation }) => operation.endsWith('Status'))).toHaveLength(1)
  })

  test('that takes too long is timed-out, with the accounts behind, within 5 s', async () => {
    const simulator = await ambient({ seconds: 60, accounts: 2 })
    const [requestId = ''] = simulator.start()
    const { told, world } = worldOf(simulator, { 'request-id': requestId, 'timeout-minutes': '0.01' })
    const startedMs = performance.now()
    expect(await run(world)).toBe('timed-out')
    expect(performance.now() - startedMs).toBeLessThan(600 + 5_000)
    expect(told.outputs).toMatchObject({
      verdict: 'timed-out',
      status: 'IN_PROGRESS',
      'accounts-behind': '["111122223333","111122223334"]',
    })
    expect(told.annotations).toMatchObject([{ level: 'error', message: expect.stringContaining("'timeout-minutes'") }])
  })

  test('at whose deadline AWS leaves everything hanging is over within 5 s, with its outputs', async () => {
    const simulator = await ambient({ seconds: 60, faults: [{ from: 2, fault: { kind: 'hang' } }] })
    const [requestId = ''] = simulator.start()
    const { told, world } = worldOf(simulator, { 'request-id': requestId, 'timeout-minutes': '0.01' })
    const startedMs = performance.now()
    expect(await run(world)).toBe('timed-out')
    expect(performance.now() - startedMs).toBeLessThan(600 + 5_000)
    expect(told.outputs).toMatchObject({ verdict: 'timed-out', status: 'IN_PROGRESS', 'accounts-behind': '[]' })
  })

  test('of a request that the role may not read is an error, naming the action', async () => {
    const action = 'sso:DescribePermissionSetProvisioningStatus'
    const simulator = await ambient({ deny: [action] })
    const [requestId = ''] = simulator.start()
    const { told, world } = worldOf(simulator, { 'request-id': requestId })
    expect(await run(world)).toBe('error')
    expect(told.outputs).toMatchObject({ verdict: 'error', status: '' })
    expect(told.annotations).toMatchObject([{ level: 'error', message: expect.stringContaining(action) }])
  })

  test('that is cancelled is over within 2 s, with its outputs, and says that AWS carries on', async () => {
    const simulator = await ambient({ seconds: 60, status: 'FAILED' })
    const requestIds = simulator.start({}, 2)
    const cancel = new AbortController()
    const inputs = { 'request-id': requestIds.join(), 'pull-request-comment': 'never' }
    const { told, world } = worldOf(simulator, inputs, { cancel: cancel.signal })
    const verdict = run(world)
    while (!told.log.some((line) => line.includes('0 of 2 done')))
      await new Promise((resolve) => setTimeout(resolve, 10))
    simulator.configure({ faults: [{ fault: { kind: 'hang' } }] })
    await new Promise((resolve) => setTimeout(resolve, 700))
    const cancelledMs = performance.now()
    cancel.abort()
    expect(await verdict).toBe('cancelled')
    expect(performance.now() - cancelledMs).toBeLessThan(2_000)
    expect(Object.keys(told.outputs)).toEqual(outputNames)
    expect(told.outputs).toMatchObject({ verdict: 'cancelled', status: 'IN_PROGRESS' })
    expect(told.annotations).toMatchObject([{ level: 'error', message: expect.stringContaining('AWS carries on') }])
    expect(told.summaries).toHaveLength(1)
  })

  test('that was cancelled before it began is cancelled', async () => {
    const simulator = await ambient()
    const inputs = { 'request-id': requestIdOf(1) }
    const { told, world } = worldOf(simulator, inputs, { cancel: AbortSignal.abort() })
    expect(await run(world)).toBe('cancelled')
    expect(told.outputs).toMatchObject({ verdict: 'cancelled', status: '' })
  })
})

describe('a role', () => {
  test('is assumed with the OIDC token, and its credentials are secrets', async () => {
    const simulator = await simulate({ seconds: 0 })
    process.env['AWS_ENDPOINT_URL'] = simulator.endpoint
    const [requestId = ''] = simulator.start()
    const { told, world } = worldOf(simulator, { 'request-id': requestId, 'role-to-assume': simulator.roleArn })
    expect(await run(world)).toBe('succeeded')
    expect(told.secrets).toHaveLength(3)
    expect(told.secrets).toContain(simulator.calls.at(-1)?.accessKeyId)
  })

  test('whose session ends meanwhile is renewed, and the wait goes on', async () => {
    const simulator = await simulate({ seconds: 1 })
    process.env['AWS_ENDPOINT_URL'] = simulator.endpoint
    const fault = { kind: 'error', code: 'ExpiredTokenException' } as const
    const operation = 'DescribePermissionSetProvisioningStatus'
    simulator.configure({ faults: [{ operation, to: 2, fault }] })
    const [requestId = ''] = simulator.start()
    const { told, world } = worldOf(simulator, { 'request-id': requestId, 'role-to-assume': simulator.roleArn })
    expect(await run(world)).toBe('succeeded')
    expect(simulator.calls.filter(({ service }) => service === 'sts')).toHaveLength(3)
    expect(told.annotations).toEqual([])
  })
})

describe('what nobody foresaw', () => {
  test('is an error that ends in a report, and names itself a defect', async () => {
    const simulator = await ambient()
    const [requestId = ''] = simulator.start()
    const random = () => {
      throw new TypeError('random is not a function\n::error::x')
    }
    const { told, world } = worldOf(simulator, { 'request-id': requestId }, { random })
    expect(await run(world)).toBe('error')
    expect(Object.keys(told.outputs)).toEqual(outputNames)
    expect(told.annotations).toEqual([
      {
        level: 'error',
        title: 'Nothing was waited for',
        message: expect.stringMatching(
          /^The action failed unexpectedly \(TypeError: random is not a function ::error::x\)\nWhat to do: This is a defect/,
        ),
      },
    ])
  })

  test("a proxy's URL that is wrong is told as such, without its password", async () => {
    const simulator = await ambient()
    const [requestId = ''] = simulator.start()
    const { told, world } = worldOf(simulator, { 'request-id': requestId })
    const environment = { ...world.environment, HTTP_PROXY: 'http://user:my hunter2@proxy:bad' }
    expect(await run({ ...world, environment })).toBe('error')
    expect(JSON.stringify(told)).not.toContain('hunter2')
    expect(told.annotations).toMatchObject([{ message: expect.stringContaining('HTTP_PROXY') }])
    expect(told.annotations).not.toMatchObject([{ message: expect.stringContaining('defect') }])
  })

  test('a comment that cannot be made on a cancelled run holds nobody up', async () => {
    const simulator = await ambient()
    const inputs = { 'request-id': requestIdOf(1), 'pull-request-comment': 'on-failure', 'github-token': '' }
    const { told, world } = worldOf(simulator, inputs, { cancel: AbortSignal.abort() })
    expect(await run(world)).toBe('cancelled')
    expect(told.annotations.map(({ level }) => level)).toEqual(['error', 'warning'])
  })

  test('a comment that cannot be made is a warning, and the verdict stands', async () => {
    const simulator = await ambient({ seconds: 0 })
    const [requestId = ''] = simulator.start()
    const inputs = { 'request-id': requestId, 'pull-request-comment': 'always', 'github-token': '' }
    const { told, world } = worldOf(simulator, inputs)
    expect(await run(world)).toBe('succeeded')
    expect(told.outputs).toMatchObject({ verdict: 'succeeded' })
    expect(told.annotations).toMatchObject([
      { level: 'warning', message: expect.stringContaining("'github-token' is blank") },
    ])
  })
})
