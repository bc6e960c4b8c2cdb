import { describe, expect, test } from '@jest/globals'
import type { Simulator, SimulatorOptions } from '../../simulator/simulator.ts'
import { run } from '../../src/run.ts'
import { requestIdOf } from './examples.ts'
import { withOwnEnvironment, worldOf } from './runner.ts'
import { simulate } from './simulator/harness.ts'

withOwnEnvironment()

/** A simulator, with ambient credentials that lead to it. */
async function ambient(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await simulate(options)
  Object.assign(process.env, simulator.environment())
  return simulator
}

const outputNames = [
  ...['verdict', 'status', 'failure-reason', 'created-date', 'permission-set-arn', 'account-id'],
  ...['accounts-behind', 'console-url', 'elapsed-seconds', 'results', 'results-file'],
]

describe('inputs', () => {
  test('that are wrong are reported together, before the first call to AWS', async () => {
    const simulator = await ambient()
    const { seen, world } = worldOf(simulator, { 'request-id': '', wait: 'perhaps' })
    expect(await run(world)).toBe('error')
    expect(Object.keys(seen.outputs)).toEqual(outputNames)
    expect(seen.outputs).toMatchObject({ verdict: 'error', results: '[]', 'elapsed-seconds': '0.000' })
    expect(seen.annotations).toEqual([
      {
        level: 'error',
        title: 'Nothing was waited for',
        message: expect.stringMatching(
          /^Input 'request-id' is blank.*\nInput 'wait' is "perhaps".*\nWhat to do next: /,
        ),
      },
    ])
    expect(seen.summaries).toEqual([
      expect.stringMatching(/Input &#39;request-id&#39; is blank.*Input &#39;wait&#39; is &quot;perhaps&quot;/s),
    ])
    expect(simulator.calls).toEqual([])
  })

  test('with the value [] are a success with a notice, without a call', async () => {
    const simulator = await ambient()
    const { seen, world } = worldOf(simulator, { 'request-id': '[]' })
    expect(await run(world)).toBe('succeeded')
    expect(seen.outputs).toMatchObject({ verdict: 'succeeded', status: '', results: '[]', 'accounts-behind': '[]' })
    expect(seen.annotations).toMatchObject([{ level: 'notice', title: 'Nothing to wait for' }])
    expect(simulator.calls).toEqual([])
  })
})

describe('a wait', () => {
  test('that succeeds sets every output, writes the summary, and has no annotation', async () => {
    const simulator = await ambient({ seconds: 0.7 })
    const [requestId = ''] = simulator.start()
    const { seen, world } = worldOf(simulator, { 'request-id': requestId })
    expect(await run(world)).toBe('succeeded')
    expect(Object.keys(seen.outputs)).toEqual(outputNames)
    expect(seen.outputs).toMatchObject({
      verdict: 'succeeded',
      status: 'SUCCEEDED',
      'failure-reason': '',
      'created-date': expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      'permission-set-arn': simulator.permissionSetArn,
      'account-id': '',
      'accounts-behind': '[]',
      'elapsed-seconds': expect.stringMatching(/^\d\.\d{3}$/),
    })
    expect(Number(seen.outputs['elapsed-seconds'])).toBeGreaterThan(0.5)
    expect(seen.annotations).toEqual([])
    expect(seen.summaries).toEqual([expect.stringContaining('succeeded')])
    expect(seen.log[0]).toMatch(
      /^ {6}0\.0 s {2}Waiting for request .* of ProvisionPermissionSet in us-east-1, for at most 30 min$/,
    )
    const texts = seen.log.map((line) => line.slice(13))
    expect(texts).toEqual(expect.arrayContaining(['IN_PROGRESS', 'SUCCEEDED']))
    expect(seen.debug).toEqual(expect.arrayContaining([expect.stringContaining('answered in')]))
    expect(simulator.calls[0]?.userAgent).toContain('wait-for-permission-set-provisioning/1.2.3')
  })

  test('that fails says why and which accounts are behind, with one annotation', async () => {
    const simulator = await ambient({ status: 'FAILED', seconds: 0, accounts: 4, failureReason: '::error::Gremlins' })
    const [requestId = ''] = simulator.start()
    const { seen, world } = worldOf(simulator, { 'request-id': requestId })
    expect(await run(world)).toBe('failed')
    expect(seen.outputs).toMatchObject({
      verdict: 'failed',
      status: 'FAILED',
      'failure-reason': '::error::Gremlins',
      'accounts-behind': '["111122223335","111122223336"]',
    })
    expect(seen.annotations).toMatchObject([
      {
        level: 'error',
        title: 'Provisioning of ReadOnlyAccess failed',
        message: expect.stringMatching(
          /^: :error::Gremlins\n2 accounts do not hold the latest permission set: 111122223335, 111122223336\.\n/,
        ),
      },
    ])
    expect(seen.summaries[0]).toContain('### Accounts behind: 2')
  })

  test('for several requests does not end when the first one fails', async () => {
    const simulator = await ambient()
    const plan = (index: number) => ({ seconds: index, status: index === 0 ? 'FAILED' : 'SUCCEEDED' }) as const
    const requestIds = simulator.start(plan, 2)
    const { seen, world } = worldOf(simulator, { 'request-id': requestIds.join() })
    expect(await run(world)).toBe('failed')
    const results: { requestId: string; status: string }[] = JSON.parse(seen.outputs['results'] ?? '')
    expect(results.map(({ requestId, status }) => [requestId, status])).toEqual([
      [requestIds[0], 'FAILED'],
      [requestIds[1], 'SUCCEEDED'],
    ])
    expect(seen.log.filter((line) => line.includes('FAILED:'))).toHaveLength(1)
  })

  test('goes on without an optional call that the role may not make, and says so once', async () => {
    const denied = ['sso:DescribePermissionSet', 'sso:ListAccountsForProvisionedPermissionSet']
    const simulator = await ambient({ status: 'FAILED', seconds: 0, deny: denied })
    const [requestId = ''] = simulator.start()
    const { seen, world } = worldOf(simulator, { 'request-id': requestId })
    expect(await run(world)).toBe('failed')
    expect(seen.outputs).toMatchObject({ verdict: 'failed', 'accounts-behind': '[]' })
    for (const action of denied) {
      expect(seen.log.filter((line) => line.includes(`The role may not call ${action}`))).toHaveLength(1)
    }
  })

  test('with wait: false looks once, and passes if the request is in progress', async () => {
    const simulator = await ambient({ seconds: 60 })
    const [requestId = ''] = simulator.start()
    const { seen, world } = worldOf(simulator, { 'request-id': requestId, wait: 'false' })
    expect(await run(world)).toBe('in-progress')
    expect(seen.outputs).toMatchObject({ verdict: 'in-progress', status: 'IN_PROGRESS' })
    expect(seen.annotations).toEqual([])
    expect(seen.log[0]).toContain('Looking at request')
    expect(simulator.calls.filter(({ operation }) => operation.endsWith('Status'))).toHaveLength(1)
  })

  test('that reaches its deadline is timed-out within 5 s, with the accounts behind', async () => {
    const simulator = await ambient({ seconds: 60, accounts: 2 })
    const [requestId = ''] = simulator.start()
    const { seen, world } = worldOf(simulator, { 'request-id': requestId, 'timeout-minutes': '0.01' })
    const startedMs = performance.now()
    expect(await run(world)).toBe('timed-out')
    expect(performance.now() - startedMs).toBeLessThan(600 + 5_000)
    expect(seen.outputs).toMatchObject({
      verdict: 'timed-out',
      status: 'IN_PROGRESS',
      'accounts-behind': '["111122223333","111122223334"]',
    })
    expect(seen.annotations).toMatchObject([{ level: 'error', message: expect.stringContaining("'timeout-minutes'") }])
  })

  test('without any answer at its deadline ends within 5 s, with its outputs', async () => {
    const simulator = await ambient({ seconds: 60, faults: [{ from: 2, fault: { kind: 'hang' } }] })
    const [requestId = ''] = simulator.start()
    const { seen, world } = worldOf(simulator, { 'request-id': requestId, 'timeout-minutes': '0.01' })
    const startedMs = performance.now()
    expect(await run(world)).toBe('timed-out')
    expect(performance.now() - startedMs).toBeLessThan(600 + 5_000)
    expect(seen.outputs).toMatchObject({ verdict: 'timed-out', status: 'IN_PROGRESS', 'accounts-behind': '[]' })
  })

  test('for a request that the role may not read is an error that names the action', async () => {
    const action = 'sso:DescribePermissionSetProvisioningStatus'
    const simulator = await ambient({ deny: [action] })
    const [requestId = ''] = simulator.start()
    const { seen, world } = worldOf(simulator, { 'request-id': requestId })
    expect(await run(world)).toBe('error')
    expect(seen.outputs).toMatchObject({ verdict: 'error', status: '' })
    expect(seen.annotations).toMatchObject([{ level: 'error', message: expect.stringContaining(action) }])
  })

  test('that is cancelled ends within 2 s, with its outputs, and says that AWS carries on', async () => {
    const simulator = await ambient({ seconds: 60, status: 'FAILED' })
    const requestIds = simulator.start({}, 2)
    const cancel = new AbortController()
    const inputs = { 'request-id': requestIds.join(), 'pull-request-comment': 'never' }
    const { seen, world } = worldOf(simulator, inputs, { cancel: cancel.signal })
    const verdict = run(world)
    while (!seen.log.some((line) => line.includes('0 of 2 done')))
      await new Promise((resolve) => setTimeout(resolve, 10))
    simulator.configure({ faults: [{ fault: { kind: 'hang' } }] })
    await new Promise((resolve) => setTimeout(resolve, 700))
    const cancelledMs = performance.now()
    cancel.abort()
    expect(await verdict).toBe('cancelled')
    expect(performance.now() - cancelledMs).toBeLessThan(2_000)
    expect(Object.keys(seen.outputs)).toEqual(outputNames)
    expect(seen.outputs).toMatchObject({ verdict: 'cancelled', status: 'IN_PROGRESS' })
    expect(seen.annotations).toMatchObject([{ level: 'error', message: expect.stringContaining('AWS carries on') }])
    expect(seen.summaries).toHaveLength(1)
  })

  test('that was cancelled before it began is cancelled', async () => {
    const simulator = await ambient()
    const inputs = { 'request-id': requestIdOf(1) }
    const { seen, world } = worldOf(simulator, inputs, { cancel: AbortSignal.abort() })
    expect(await run(world)).toBe('cancelled')
    expect(seen.outputs).toMatchObject({ verdict: 'cancelled', status: '' })
  })
})

describe('a role', () => {
  test('is assumed with the OIDC token, and its credentials are secrets', async () => {
    const simulator = await simulate({ seconds: 0 })
    process.env['AWS_ENDPOINT_URL'] = simulator.endpoint
    const [requestId = ''] = simulator.start()
    const { seen, world } = worldOf(simulator, { 'request-id': requestId, 'role-to-assume': simulator.roleArn })
    expect(await run(world)).toBe('succeeded')
    expect(seen.secrets).toHaveLength(3)
    expect(seen.secrets).toContain(simulator.calls.at(-1)?.accessKeyId)
  })

  test('gets a new session when its session ends, and the wait goes on', async () => {
    const simulator = await simulate({ seconds: 1 })
    process.env['AWS_ENDPOINT_URL'] = simulator.endpoint
    const fault = { kind: 'error', code: 'ExpiredTokenException' } as const
    const operation = 'DescribePermissionSetProvisioningStatus'
    simulator.configure({ faults: [{ operation, to: 2, fault }] })
    const [requestId = ''] = simulator.start()
    const { seen, world } = worldOf(simulator, { 'request-id': requestId, 'role-to-assume': simulator.roleArn })
    expect(await run(world)).toBe('succeeded')
    expect(simulator.calls.filter(({ service }) => service === 'sts')).toHaveLength(3)
    expect(seen.annotations).toEqual([])
  })
})

describe('trouble apart from the wait', () => {
  test('an unexpected error ends in a report that calls it a defect', async () => {
    const simulator = await ambient()
    const [requestId = ''] = simulator.start()
    const random = () => {
      throw new TypeError('random is not a function\n::error::x')
    }
    const { seen, world } = worldOf(simulator, { 'request-id': requestId }, { random })
    expect(await run(world)).toBe('error')
    expect(Object.keys(seen.outputs)).toEqual(outputNames)
    expect(seen.annotations).toEqual([
      {
        level: 'error',
        title: 'The action failed unexpectedly',
        message: expect.stringMatching(
          /^The action failed unexpectedly \(TypeError: random is not a function ::error::x\)\nWhat to do next: This is a defect/,
        ),
      },
    ])
    expect(JSON.parse(seen.outputs['results'] ?? '')).toMatchObject([
      { requestId, status: 'IN_PROGRESS', error: expect.stringContaining('random is not a function') },
    ])
  })

  test('a wrong URL of a proxy is reported without its password', async () => {
    const simulator = await ambient()
    const [requestId = ''] = simulator.start()
    const { seen, world } = worldOf(simulator, { 'request-id': requestId })
    const environment = { ...world.environment, HTTP_PROXY: 'http://user:my hunter2@proxy:bad' }
    expect(await run({ ...world, environment })).toBe('error')
    expect(JSON.stringify(seen)).not.toContain('hunter2')
    expect(seen.annotations).toMatchObject([{ message: expect.stringContaining('HTTP_PROXY') }])
    expect(seen.annotations).not.toMatchObject([{ message: expect.stringContaining('defect') }])
  })

  test('a comment that fails does not delay a cancelled run', async () => {
    const simulator = await ambient()
    const inputs = { 'request-id': requestIdOf(1), 'pull-request-comment': 'on-failure', 'github-token': '' }
    const { seen, world } = worldOf(simulator, inputs, { cancel: AbortSignal.abort() })
    expect(await run(world)).toBe('cancelled')
    expect(seen.annotations.map(({ level }) => level)).toEqual(['error', 'warning'])
  })

  test('a comment that fails is a warning and does not change the verdict', async () => {
    const simulator = await ambient({ seconds: 0 })
    const [requestId = ''] = simulator.start()
    const inputs = { 'request-id': requestId, 'pull-request-comment': 'always', 'github-token': '' }
    const { seen, world } = worldOf(simulator, inputs)
    expect(await run(world)).toBe('succeeded')
    expect(seen.outputs).toMatchObject({ verdict: 'succeeded' })
    expect(seen.annotations).toMatchObject([
      { level: 'warning', message: expect.stringContaining("'github-token' is blank") },
    ])
  })
})
