import { spawnSync } from 'node:child_process'
import { readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { answerMembers, operationNames, type RequestKey } from '../../src/requests/request.ts'
import { answered, expectEnding, expectInTime, unanswered } from '../support/expectations.ts'
import { folderWith } from '../support/folder.ts'
import { type StepOptions, simulate, type TestSimulator, waitFor } from '../support/step.ts'

/** Runs a step that gets its requests from `request-file`. */
function waitForFile(simulator: TestSimulator, path: string, options: StepOptions = {}) {
  return waitFor(simulator, [], { ...options, inputs: { 'request-file': path, ...options.inputs } })
}

/** An answer of AWS, as the CLI prints it. */
const cli = ({ requestId, operation }: RequestKey) => {
  const CreatedDate = '2026-11-24T12:12:37.274000+00:00'
  return { [answerMembers[operation]]: { Status: 'IN_PROGRESS', RequestId: requestId, CreatedDate } }
}
const lines = (values: readonly unknown[], indent?: number) =>
  values.map((value) => `${typeof value === 'string' ? value : JSON.stringify(value, null, indent)}\n`).join('')

/** Starts a provisioning, a creation and a deletion. */
function startMixed(simulator: TestSimulator): RequestKey[] {
  return operationNames.map((operation) => {
    const [requestId = ''] = simulator.start({ operation, accountId: '111122223333' })
    return { requestId, operation }
  })
}

function allSucceeded(simulator: TestSimulator, keys: readonly RequestKey[]) {
  return keys.map(({ requestId, operation }) => {
    const principal = { principalId: expect.any(String), principalType: 'GROUP' }
    const details = operation === 'provision-permission-set' ? {} : principal
    return answered(simulator, requestId, 'SUCCEEDED', { operation, accountId: '111122223333', ...details })
  })
}

test.concurrent('request-id may hold a bare ID and answers, of several operations', async () => {
  await using simulator = await simulate()
  const keys = startMixed(simulator)
  const [first, ...others] = keys

  const step = await waitFor(simulator, [lines([first?.requestId, ...others.map(cli)], 4)])

  expectEnding(step, 'succeeded', allSucceeded(simulator, keys))
  expect(step.log[0]).toMatch(
    /ProvisionPermissionSet \(1\), CreateAccountAssignment \(1\), DeleteAccountAssignment \(1\)/,
  )
})

test.concurrent('answers among the lines of a log are read, and the log says how many others were skipped', async () => {
  await using simulator = await simulate()
  const keys = startMixed(simulator)
  const log = keys.map((key, index) => `Starting ${index}…\n[12:00:0${index}] ${JSON.stringify(cli(key), null, 4)}\n`)
  await using workspace = await folderWith({ 'deploy.log': `+ set -e\n${log.join('')}Done: {3} "requests\n` })

  const step = await waitForFile(simulator, join(workspace.path, 'deploy.log'))

  expectEnding(step, 'succeeded', allSucceeded(simulator, keys))
  expect(step.log[1]).toMatch(/ 5 lines of the file hold no request, and were skipped$/)
})

test.concurrent('the results of a step are the requests of the next, which has a file of its own', async () => {
  await using simulator = await simulate()
  await using temporary = await folderWith()
  const keys = startMixed(simulator)
  const environment = { RUNNER_TEMP: temporary.path }

  const first = await waitFor(simulator, [lines(keys.map(cli))], { environment })
  const second = await waitForFile(simulator, first.outputs['results-file'] ?? '', { environment })

  expectEnding(second, 'succeeded', allSucceeded(simulator, keys))
  expect(second.outputs['results-file']).not.toBe(first.outputs['results-file'])
  expect(await readFile(first.outputs['results-file'] ?? '', 'utf8')).toBe(first.outputs['results'])
})

test.concurrent('a request-file that a symbolic link leads to, out of the workspace, is an error, without a call', async () => {
  await using simulator = await simulate()
  await using outside = await folderWith({ ids: simulator.start().join() })
  await using workspace = await folderWith()
  await symlink(join(outside.path, 'ids'), join(workspace.path, 'link'))

  const step = await waitForFile(simulator, 'link', { environment: { GITHUB_WORKSPACE: workspace.path } })

  expectEnding(step, 'error', [])
  expect(step.errors[0]?.message).toMatch(/'request-file'.*a symbolic link leads out of the workspace/)
  expect(simulator.calls).toEqual([])
})

test.concurrent('a request-file that is a pipe, which nobody writes to, keeps no process', async () => {
  await using simulator = await simulate()
  await using workspace = await folderWith()
  const pipe = join(workspace.path, 'pipe')
  spawnSync('mkfifo', [pipe])

  const step = await waitForFile(simulator, pipe, { timeoutMinutes: 0.02 })

  expectEnding(step, 'error', [])
  expectInTime(step, 1_200)
})

test.concurrent('of more than 1,000 requests, only the file has the results, and the log says where', async () => {
  await using simulator = await simulate({ deny: ['sso:DescribePermissionSetProvisioningStatus'] })
  const requests = Array.from({ length: 1_001 }, (_, index) => `5a1b2c3d-0123-4567-89ab-${100_000_000_000 + index}`)
  await using workspace = await folderWith({ ids: requests.join('\n') })

  const step = await waitForFile(simulator, join(workspace.path, 'ids'))

  expect(step.outputs).toMatchObject({ verdict: 'error', results: '[]' })
  expect(step.results).toEqual(requests.map((request) => unanswered(request, expect.any(String))))
  expect(step.log).toContain(`The results of 1001 requests are in the file ${step.outputs['results-file']}`)
  expect(step.complaints).toEqual([])
})

test.concurrent('without a folder for its file, a step warns, and sets all other outputs', async () => {
  await using simulator = await simulate()
  const keys = startMixed(simulator)

  const step = await waitFor(simulator, [lines(keys.map(cli))], { environment: { RUNNER_TEMP: '/does/not/exist' } })

  expect(JSON.parse(step.outputs['results'] ?? '')).toEqual(allSucceeded(simulator, keys))
  expect(step.outputs).toMatchObject({ verdict: 'succeeded', 'results-file': '' })
  expect(step.warnings.map(({ title }) => title)).toEqual(['The file with the results could not be written'])
  expect(step.exitCode).toBe(0)
})
