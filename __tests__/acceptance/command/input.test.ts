import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { Simulator } from '../../../simulator/simulator.ts'
import { type CommandOptions, runCommand, startCommand } from '../../support/command.ts'
import { folderWith } from '../../support/folder.ts'
import { ofFile } from '../../support/of-file.ts'
import { simulate, until } from '../../support/step.ts'

const { path: folder } = await ofFile(folderWith())

const region = { AWS_REGION: 'us-east-1' }

/** What the AWS CLI prints about a request of the simulator. */
async function answerOf(simulator: Simulator): Promise<string> {
  const [RequestId] = simulator.start()
  return JSON.stringify({ PermissionSetProvisioningStatus: { RequestId, Status: 'IN_PROGRESS' } }, null, 2)
}

function waitIn(simulator: Simulator, args: readonly string[], options: CommandOptions) {
  const environment = { ...simulator.environment(), ...options.environment }
  return startCommand(['--instance-arn', simulator.instanceArn, ...args], { ...options, environment })
}

describe('standard input', () => {
  const ways = [
    ['a pipe, without an option', async (text: string) => ({ input: { text }, args: [] })],
    [
      'a file',
      async (text: string) => {
        const file = join(folder, 'answer.json')
        await writeFile(file, text)
        return { input: { file }, args: [] }
      },
    ],
  ] as const
  test.concurrent.each(ways)('says what to wait for: %s', async (_, way) => {
    await using simulator = await simulate()
    const { args, input } = await way(await answerOf(simulator))
    const { status, stderr } = await waitIn(simulator, args, { input }).ended
    expect({ status, stderr }).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/for request .*\n.*SUCCEEDED/),
    })
  })

  test.concurrent('is not read where an option says it, so a pipe may stay open', async () => {
    await using simulator = await simulate()
    const [request = ''] = simulator.start()
    const { status } = await waitIn(simulator, ['--request-id', request], { input: 'open' }).ended
    expect(status).toBe(0)
  })

  test.concurrent('is named where it stays silent, and a signal ends the reading', async () => {
    await using simulator = await simulate()
    const command = waitIn(simulator, [], { input: 'open' })
    await until(() => command.log().includes('nothing has come yet'))
    expect(command.log()).toMatch(/^ +2\.\d s {2}/)
    command.kill('SIGINT')
    expect(await command.ended).toMatchObject({ status: 130, signal: null })
  })

  test.concurrent('counts for the time-out', async () => {
    await using simulator = await simulate()
    const { status, stderr } = await waitIn(simulator, ['--timeout-minutes', '0.005'], { input: 'open' }).ended
    expect({ status, stderr }).toMatchObject({ status: 4, stderr: expect.stringContaining('did not end in time') })
  })

  test.concurrent('is an error where it is empty, or no text', async () => {
    const empty = await runCommand([], { input: { text: '' }, environment: region })
    expect(empty).toMatchObject({ status: 2, stderr: expect.stringContaining('Standard input is empty') })
    const noText = await runCommand([], { input: { text: 'a\0b' }, environment: region })
    expect(noText).toMatchObject({ status: 2, stderr: expect.stringContaining('Standard input is not text') })
  })

  test.concurrent('is not waited for where another option is wrong', async () => {
    const wrong = await runCommand(['--timeout-minutes', 'soon'], { input: 'open', environment: region })
    expect(wrong).toMatchObject({ status: 2, stderr: expect.stringContaining('--timeout-minutes is "soon"') })
  })
})

test.concurrent('without any option and any input, the help is on standard error', async () => {
  const { status, stderr, stdout } = await runCommand([])
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toMatch(/^Waits until .*\n[\s\S]*--request-id ID/)
})

const usages: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'each mistake',
    '--permision-set-arn x --role-to-assume x --until idle --until idle now --timeout 5 --output yaml --progress loud',
    [
      'There is no option --permision-set-arn. Did you mean --permission-set-arn?',
      'There is no option --role-to-assume.\n',
      '--until is given 2 times, but has one value.',
      '"now" belongs to no option.',
      'There is no option --timeout. Did you mean --timeout-minutes?',
      '--output is "yaml", but it must be one of',
      '--progress is "loud", but it must be one of',
    ],
  ],
  ['a missing value', '--until --wait false', ['--until needs a value.']],
  ['a wrong value', '--until done --wait no', ['--until is "done", but it must be', '--wait is "no", but it must be']],
  ['what is missing', '--until idle', ['--instance-arn is missing, and nothing else says which instance it is']],
]

test.concurrent.each(usages)('%s is an error that names the option', async (_, args, messages) => {
  const { status, stderr } = await runCommand(args.split(' '), { environment: region })
  expect(status).toBe(2)
  for (const message of messages) expect(stderr).toContain(message)
  expect(stderr).not.toMatch(/\b[Ii]nput '|'with:'|\bstep\b/)
})
