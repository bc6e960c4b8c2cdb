import { describe, expect, test } from '@jest/globals'
import type { Simulator, SimulatorOptions } from '../../simulator/simulator.ts'
import { run } from '../../src/run.ts'
import { outputNames } from '../support/definition.ts'
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
        title: 'Wrong inputs: request-id, wait',
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
})

describe('a wait', () => {
  test('that succeeds sets every output, writes the summary, and has no annotation', async () => {
    const simulator = await ambient({ seconds: 0 })
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
    expect(seen.annotations).toEqual([])
    expect(seen.summaries).toEqual([expect.stringContaining('succeeded')])
    expect(seen.log[0]).toMatch(
      /^ {6}0\.0 s {2}Waiting for request .* of ProvisionPermissionSet in us-east-1, for at most 30 min$/,
    )
    const texts = seen.log.map((line) => line.slice(13))
    expect(texts).toContain('SUCCEEDED')
    expect(seen.debug).toEqual(expect.arrayContaining([expect.stringContaining('answered in')]))
    expect(simulator.calls[0]?.userAgent).toContain('wait-for-permission-set-provisioning/1.2.3')
  })

  test('that was cancelled before it began is cancelled', async () => {
    const simulator = await ambient()
    const inputs = { 'request-id': requestIdOf(1) }
    const { seen, world } = worldOf(simulator, inputs, { cancel: AbortSignal.abort() })
    expect(await run(world)).toBe('cancelled')
    expect(seen.outputs).toMatchObject({ verdict: 'cancelled', status: '' })
  })
})

test('a job that is cancelled while the file with its requests does not answer is cancelled', async () => {
  const simulator = await ambient()
  const never = () => new Promise<never>(() => {})
  const files = { realpath: never, stat: never, readFile: never }
  const { seen, world } = worldOf(simulator, { 'request-file': 'a' }, { files, cancel: AbortSignal.timeout(50) })
  expect(await run(world)).toBe('cancelled')
  expect(Object.keys(seen.outputs)).toEqual(outputNames)
  expect(seen.annotations).toMatchObject([{ level: 'error', title: expect.any(String) }])
})

describe('failure apart from the wait', () => {
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
