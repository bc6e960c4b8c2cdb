import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { parseOutputs } from '../../simulator/runner.ts'
import { ofTheAction } from '../../src/aws/errors/context.ts'
import { githubRunner } from '../../src/github/runner.ts'
import { run } from '../../src/main.ts'
import { proxyProblem, worldOf } from '../../src/prepare.ts'
import { run as runIn } from '../../src/run.ts'
import { outputNames } from '../support/definition.ts'
import { folderWith } from '../support/folder.ts'
import { environmentOf, noSecrets } from './examples.ts'
import { withOwnEnvironment } from './own-environment.ts'
import { simulate } from './simulator/harness.ts'

withOwnEnvironment()

const { versions } = process
let written = ''

beforeEach(() => {
  written = ''
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written += String(text)
    return true
  })
})
afterEach(() => {
  jest.restoreAllMocks()
  Object.defineProperty(process, 'versions', { value: versions })
})

function pretendNode(node: string): void {
  Object.defineProperty(process, 'versions', { value: { ...versions, node }, configurable: true })
}

/** The files that the runner gives a step, and what is in the one for outputs. */
async function runnerFiles() {
  const folder = await folderWith({ output: '', summary: '' })
  const output = join(folder.path, 'output')
  const files = { GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: join(folder.path, 'summary') }
  Object.assign(process.env, { ...files, RUNNER_TEMP: folder.path })
  return { ...folder, outputs: async () => parseOutputs(await readFile(output, 'utf8')) }
}

test('a debugger, which replaces the toolkit, can run the action, and AWS sees the version in package.json', async () => {
  const simulator = await simulate({ seconds: 0 })
  const inputs = { 'instance-arn': simulator.instanceArn, 'request-id': simulator.start().join() }
  Object.assign(process.env, simulator.environment(), environmentOf(inputs), { GITHUB_OUTPUT: '' })
  expect(await run()).toBe('succeeded')
  expect(written).toMatch(/^::set-output name=verdict::succeeded$/m)
  const { version }: { version: string } = JSON.parse(await readFile('package.json', 'utf8'))
  expect(simulator.calls[0]?.userAgent).toContain(`wait-for-permission-set-provisioning/${version} `.trim())
})

test('an unexpected error ends in a report that keeps what is known', async () => {
  await using files = await runnerFiles()
  const simulator = await simulate()
  const [requestId = ''] = simulator.start()
  Object.assign(process.env, simulator.environment())
  const inputs = environmentOf({ 'instance-arn': simulator.instanceArn, 'request-id': requestId })
  const runner = await githubRunner(process.env, noSecrets, (text) => void process.stdout.write(text))
  const random = () => {
    throw new TypeError('random is not a function')
  }
  expect(await runIn({ ...worldOf(runner, { ...process.env, ...inputs }, ofTheAction), random })).toBe('error')
  const { results = '' } = await files.outputs()
  const error = expect.stringContaining('random is not a function')
  expect(JSON.parse(results)).toMatchObject([{ requestId, status: 'IN_PROGRESS', error }])
})

const https_proxy = 'http://proxy:3128'

test.each<[node: string, variables: Record<string, string>, message: string | RegExp]>([
  ['20.20.2', {}, 'title=Node 24 is needed::This action needs Node 24, but was started with Node 20.20.2.'],
  ['24.4.0', { https_proxy }, /variable https_proxy .* Node 24\.4\.0 cannot use: .* runner to version 2\.328\.0/],
])('Node %s with %j is an error, with all outputs', async (node, variables, message) => {
  await using files = await runnerFiles()
  Object.assign(process.env, variables)
  pretendNode(node)
  expect(await run()).toBe('error')
  const outputs = await files.outputs()
  expect(Object.keys(outputs)).toEqual(outputNames)
  expect(outputs).toMatchObject({ verdict: 'error', 'accounts-behind': '[]', results: '[]' })
  expect(/^::error .*/m.exec(written)?.[0]).toMatch(message)
})

test.each([
  ['24.4.0', {}],
  ['24.5.0', { https_proxy }],
])('Node %s with %j is no problem', (node, variables) => {
  Object.assign(process.env, variables)
  pretendNode(node)
  expect(proxyProblem('Update.')).toBeNull()
})

// A process of Windows gets it. The acceptance tests send the other signals.
test('SIGBREAK cancels', async () => {
  const { cancellation, receivedSignal } = await import('../../src/cancellation.ts')
  expect(cancellation.aborted).toBe(false)
  process.emit('SIGBREAK', 'SIGBREAK')
  expect([cancellation.aborted, receivedSignal()]).toEqual([true, 'SIGBREAK'])
})
