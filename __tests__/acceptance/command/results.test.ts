import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import type { Simulator } from '../../../simulator/simulator.ts'
import { type CommandOptions, runCommand, startCommand } from '../../support/command.ts'
import { outputNames } from '../../support/definition.ts'
import { folderWith } from '../../support/folder.ts'
import { ofFile } from '../../support/of-file.ts'
import { calls, type SimulateOptions, simulate, until } from '../../support/step.ts'

const esc = '\u001b'
const { path: folder } = await ofFile(folderWith())

/** The options that lead to requests of the simulator, and what else is given. */
function waitFor(simulator: Simulator, requests: string[], args: readonly string[] = [], options: CommandOptions = {}) {
  const given = requests.length === 0 ? [] : ['--request-id', requests.join()]
  const environment = { ...simulator.environment(), ...options.environment }
  return startCommand(['--instance-arn', simulator.instanceArn, ...given, ...args], { ...options, environment })
}

interface Ending {
  readonly verdict: string
  readonly status: number
  readonly simulator?: SimulateOptions
  readonly args?: string[]
  /** Whether a request is started. */
  readonly starts?: false
}

const endings: readonly Ending[] = [
  { verdict: 'succeeded', status: 0 },
  { verdict: 'in-progress', status: 0, simulator: { seconds: 60 }, args: ['--wait', 'false'] },
  { verdict: 'failed', status: 1, simulator: { status: 'FAILED' } },
  { verdict: 'error', status: 2, args: ['--until', 'done'] },
  {
    verdict: 'incomplete',
    status: 3,
    simulator: { permissionSets: [{ behind: 2 }] },
    args: ['--permission-set-arn', 'all', '--wait', 'false'],
    starts: false,
  },
  { verdict: 'timed-out', status: 4, simulator: { seconds: 60 }, args: ['--timeout-minutes', '0.01'] },
  { verdict: 'error', status: 5, simulator: { deny: ['sso:DescribePermissionSetProvisioningStatus'] } },
]

describe('each verdict', () => {
  test.concurrent.each(endings)(
    '$verdict has the exit status $status, and one object with every output',
    async (ending) => {
      await using simulator = await simulate(ending.simulator)
      const requests = ending.starts === false ? [] : simulator.start()
      const args = [...(ending.args ?? []), '--output', 'json']
      const { status, stderr, stdout } = await waitFor(simulator, requests, args).ended
      const result = JSON.parse(stdout)
      expect({ status, result, stderr }).toMatchObject({ status: ending.status, result: { verdict: ending.verdict } })
      expect(Object.keys(result)).toEqual(outputNames)
      expect([result['accounts-behind'], result.results].every(Array.isArray)).toBe(true)
      expect(typeof result['elapsed-seconds']).toBe('number')
    },
  )
})

describe('the result', () => {
  test.concurrent('is nothing by default: the log is on standard error', async () => {
    await using simulator = await simulate()
    const { stderr, stdout } = await waitFor(simulator, simulator.start()).ended
    expect(stdout).toBe('')
    expect(stderr).toMatch(/ {2}Waiting for request .*\n.* {2}SUCCEEDED\n/)
  })

  test.concurrent('is the summary, which a file can get too', async () => {
    await using simulator = await simulate({ status: 'FAILED' })
    const file = join(folder, 'summary.md')
    await writeFile(file, 'before\n')
    const args = ['--output', 'markdown', '--summary-file', file]
    const { stdout } = await waitFor(simulator, simulator.start(), args).ended
    expect(stdout).toMatch(/^## ❌ /)
    expect(await readFile(file, 'utf8')).toBe(`before\n${stdout}`)
  })

  test.concurrent('has a line for each output as text, also of hostile texts', async () => {
    await using simulator = await simulate({ status: 'FAILED', failureReason: `a\nverdict=succeeded${esc}[2J` })
    const { stderr, stdout } = await waitFor(simulator, simulator.start(), ['--output', 'text']).ended
    expect(stdout.match(/^verdict=.*$/gm)).toEqual(['verdict=failed'])
    expect(stdout + stderr).not.toContain(esc)
  })

  test.concurrent('has all results of many requests, also for a reader that takes its time', async () => {
    await using simulator = await simulate()
    const requests = simulator.start({}, 1_001)
    const args = ['--request-file', '-', '--output', 'json']
    const input = { text: requests.join('\n') }
    const { status, stdout } = await waitFor(simulator, [], args, { input, reader: 'slow' }).ended
    expect(status).toBe(0)
    expect(JSON.parse(stdout).results).toHaveLength(1_001)
  })

  test.concurrent('turns no failure into a success if nobody reads it', async () => {
    await using simulator = await simulate({ status: 'FAILED' })
    const options = { reader: 'gone' } as const
    const { status, stderr } = await waitFor(simulator, simulator.start(), ['--output', 'json'], options).ended
    expect(status).toBe(1)
    expect(stderr).not.toMatch(/EPIPE|^ +at /m)
  })

  test.concurrent('has no command for a runner, also within a step of a job', async () => {
    await using simulator = await simulate({ status: 'FAILED', failureReason: '::error::x' })
    const file = join(folder, 'output')
    await writeFile(file, '')
    const environment = {
      GITHUB_ACTIONS: 'true',
      GITHUB_OUTPUT: file,
      GITHUB_STEP_SUMMARY: file,
      INPUT_UNTIL: 'idle',
      'INPUT_REQUEST-FILE': 'nowhere',
      RUNNER_DEBUG: '1',
    }
    const { status, stderr } = await waitFor(simulator, simulator.start(), ['--verbose'], { environment }).ended
    expect(status).toBe(1)
    expect(stderr).toContain('sso:DescribePermissionSetProvisioningStatus: answered')
    expect(stderr).not.toMatch(/^\s*::|##\[/m)
    expect(await readFile(file, 'utf8')).toBe('')
  })
})

test.concurrent('without credentials, it says how to sign in, and nothing about a job', async () => {
  await using simulator = await simulate()
  const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...environment } = simulator.environment()
  const args = ['--instance-arn', simulator.instanceArn, '--request-id', simulator.start().join()]
  const { status, stderr } = await runCommand(args, { environment })
  expect({ status, stderr }).toMatchObject({ status: 5, stderr: expect.stringContaining('aws sso login --profile') })
  expect(stderr).not.toMatch(/id-token|role-to-assume|configure-aws-credentials|\bstep\b|\bjob\b/)
})

describe('a signal', () => {
  const signals = [
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const
  test.concurrent.each(signals)('%s has the exit status %d, after the result', async (signal, expected) => {
    await using simulator = await simulate({ seconds: 60 })
    const command = waitFor(simulator, simulator.start(), ['--output', 'json'])
    await calls(simulator, 1)
    await until(() => command.log().includes('IN_PROGRESS'))
    command.kill(signal)
    const { status, stderr, stdout } = await command.ended
    expect(status).toBe(expected)
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'cancelled', status: 'IN_PROGRESS' })
    expect(stderr).toContain('AWS carries on')
  })

  test.concurrent('that only npx gets ends the command too', async () => {
    await using simulator = await simulate({ seconds: 60 })
    const environment = { npm_lifecycle_event: 'npx' }
    const command = waitFor(simulator, simulator.start(), ['--output', 'json'], { environment, throughShell: true })
    await until(() => command.log().includes('IN_PROGRESS'))
    command.kill('SIGTERM')
    const { stdout } = await command.ended
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'cancelled' })
  })

  test.concurrent('that comes again ends the command at once', async () => {
    await using simulator = await simulate({ seconds: 60 })
    // Nobody reads the result, so the command waits for its reader.
    const input = { text: simulator.start({}, 1_001).join('\n') }
    const command = waitFor(simulator, [], ['--output', 'json'], { input, reader: 'never' })
    await until(() => /of 1001 done/.test(command.log()))
    command.kill('SIGINT')
    await until(() => command.log().includes('AWS carries on'))
    // One at once is an echo of the first.
    command.kill('SIGINT')
    await sleep(400)
    command.kill('SIGINT')
    const { signal } = await command.ended
    expect(signal).toBe('SIGINT')
  })
})

test.concurrent('the help fits on a screen, and names every exit status', async () => {
  const { status, stderr, stdout } = await runCommand(['--help'])
  const lines = stdout.trimEnd().split('\n')
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(lines.length).toBeLessThanOrEqual(24)
  expect(lines.filter((line) => line.length > 80)).toEqual([])
  expect(lines.filter((line) => line.startsWith('  '))).toHaveLength(3)
  for (const { status } of endings) expect(stdout).toMatch(new RegExp(`\\b${status} \\w`))
})
