import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { parseOutputs } from '../../simulator/runner.ts'
import type { Simulator, SimulatorOptions } from '../../simulator/simulator.ts'
import { outputNames } from '../support/definition.ts'
import { environmentOf } from './examples.ts'
import { withOwnEnvironment } from './runner.ts'
import { simulate } from './simulator/harness.ts'

withOwnEnvironment()

const signals = ['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGBREAK'] as const
let folder = ''
let exits: unknown[] = []
let written = ''
const { exit, execve } = process

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'entry-'))
  const files = { GITHUB_OUTPUT: join(folder, 'output'), GITHUB_STEP_SUMMARY: join(folder, 'summary') }
  Object.assign(process.env, { ...files, RUNNER_TEMP: folder })
  await writeFile(join(folder, 'output'), '')
  await writeFile(join(folder, 'summary'), '')
  exits = []
  written = ''
  jest.resetModules()
  jest.spyOn(process.stdout, 'write').mockImplementation((text, ...rest) => {
    written += String(text)
    const onRead = rest.at(-1)
    if (typeof onRead === 'function') onRead()
    return true
  })
  // The test's own process must outlive what it tests, and may have files open itself.
  Object.assign(process, { exit: (code?: unknown) => void exits.push(code), execve: undefined })
})
afterEach(async () => {
  Object.assign(process, { exit, execve })
  // In a test, the process is a copy: the listeners of Jest itself are not on it.
  for (const name of [...signals, 'exit', 'uncaughtException']) process.removeAllListeners(name)
  for (const stream of [process.stdout, process.stderr]) stream.removeAllListeners('error')
  jest.restoreAllMocks()
  await rm(folder, { recursive: true })
})

/** Runs the entry as the runner does, with the environment of this process. */
async function start(simulator: Simulator, inputs: Record<string, string>) {
  const given = { 'instance-arn': simulator.instanceArn, 'aws-region': simulator.region, ...inputs }
  Object.assign(process.env, environmentOf(given))
  const { action } = await import('../../src/index.ts')
  // Jest imports every module, so none of them is the program.
  await action()
  const outputs = parseOutputs(await readFile(join(folder, 'output'), 'utf8'))
  return { outputs, summary: await readFile(join(folder, 'summary'), 'utf8'), exitCode: exits[0] }
}

async function ambient(options: SimulatorOptions): Promise<Simulator> {
  const simulator = await simulate(options)
  Object.assign(process.env, simulator.environment())
  return simulator
}

describe('the entry', () => {
  test('can be run by a debugger, which replaces the toolkit and outlives the action', async () => {
    const simulator = await ambient({ seconds: 0 })
    const inputs = { 'instance-arn': simulator.instanceArn, 'request-id': simulator.start().join() }
    Object.assign(process.env, environmentOf(inputs), { GITHUB_OUTPUT: '' })
    const { run } = await import('../../src/main.ts')
    expect(await run()).toBe('succeeded')
    expect(written).toMatch(/^::set-output name=verdict::succeeded$/m)
    expect(exits).toEqual([])
  })

  test.each([
    [
      'that is too old',
      '20.20.2',
      {},
      'title=Node 24 is needed::This action needs Node 24, but was started with Node 20.20.2.',
    ],
    [
      'that cannot use the proxy',
      '24.4.0',
      { https_proxy: 'http://proxy:3128' },
      /variable https_proxy .* runner to version 2\.328\.0/,
    ],
  ])('refuses a Node %s, and sets all outputs', async (_, node, environment, message) => {
    const { versions } = process
    Object.defineProperty(process, 'versions', { value: { ...versions, node }, configurable: true })
    try {
      Object.assign(process.env, environment)
      const simulator = await ambient({})
      const { outputs, exitCode } = await start(simulator, { 'request-id': simulator.start().join() })
      expect(outputs).toMatchObject({ verdict: 'error', 'accounts-behind': '[]', results: '[]' })
      expect([Object.keys(outputs), exitCode, simulator.calls]).toEqual([outputNames, 1, []])
      expect(/^::error .*/m.exec(written)?.[0]).toMatch(message)
    } finally {
      Object.defineProperty(process, 'versions', { value: versions })
    }
  })

  test.each([
    ['24.4.0', {}],
    ['24.5.0', { https_proxy: 'http://proxy:3128', NO_PROXY: '127.0.0.1' }],
  ])('takes Node %s with %j', async (node, environment) => {
    const { versions } = process
    Object.defineProperty(process, 'versions', { value: { ...versions, node }, configurable: true })
    try {
      Object.assign(process.env, environment)
      const simulator = await ambient({ seconds: 0 })
      const { outputs } = await start(simulator, { 'request-id': simulator.start().join() })
      expect(outputs['verdict']).toBe('succeeded')
    } finally {
      Object.defineProperty(process, 'versions', { value: versions })
    }
  })

  test('sends AWS the version in package.json', async () => {
    const { version }: { version: string } = JSON.parse(await readFile('package.json', 'utf8'))
    const simulator = await ambient({ seconds: 0 })
    await start(simulator, { 'request-id': simulator.start().join() })
    expect(simulator.calls[0]?.userAgent).toContain(`wait-for-permission-set-provisioning/${version} `.trim())
  })

  // A process of Windows gets SIGBREAK; the acceptance tests send the others.
  test.each(['SIGINT', 'SIGBREAK'] as const)('cancels the wait on %s', async (signal) => {
    const simulator = await ambient({ seconds: 60 })
    const requestIds = simulator.start()
    const ended = start(simulator, { 'request-id': requestIds.join() })
    while (!written.includes('IN_PROGRESS')) await new Promise((resolve) => setTimeout(resolve, 10))
    process.emit(signal, signal)
    const { outputs, exitCode } = await ended
    expect(outputs).toMatchObject({ verdict: 'cancelled', status: 'IN_PROGRESS' })
    expect(exitCode).toBe(1)
    expect(written).toContain('AWS carries on')
  })
})
