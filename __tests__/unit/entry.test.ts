import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { parseOutputs } from '../../simulator/runner.ts'
import { run } from '../../src/main.ts'
import { proxyProblem } from '../../src/prepare.ts'
import { outputNames } from '../support/definition.ts'
import { folderWith } from '../support/folder.ts'
import { environmentOf } from './examples.ts'
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

test('a debugger, which replaces the toolkit, can run the action, and AWS sees the version in package.json', async () => {
  const simulator = await simulate({ seconds: 0 })
  const inputs = { 'instance-arn': simulator.instanceArn, 'request-id': simulator.start().join() }
  Object.assign(process.env, simulator.environment(), environmentOf(inputs), { GITHUB_OUTPUT: '' })
  expect(await run()).toBe('succeeded')
  expect(written).toMatch(/^::set-output name=verdict::succeeded$/m)
  const { version }: { version: string } = JSON.parse(await readFile('package.json', 'utf8'))
  expect(simulator.calls[0]?.userAgent).toContain(`wait-for-permission-set-provisioning/${version} `.trim())
})

const https_proxy = 'http://proxy:3128'

test.each<[node: string, variables: Record<string, string>, message: string | RegExp]>([
  ['20.20.2', {}, 'title=Node 24 is needed::This action needs Node 24, but was started with Node 20.20.2.'],
  ['24.4.0', { https_proxy }, /variable https_proxy .* Node 24\.4\.0 cannot use: .* runner to version 2\.328\.0/],
])('Node %s with %j is an error, with all outputs', async (node, variables, message) => {
  await using folder = await folderWith({ output: '', summary: '' })
  const output = join(folder.path, 'output')
  Object.assign(process.env, { GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: join(folder.path, 'summary'), ...variables })
  pretendNode(node)
  expect(await run()).toBe('error')
  const outputs = parseOutputs(await readFile(output, 'utf8'))
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
