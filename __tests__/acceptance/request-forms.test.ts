import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { answerMembers, operationNames, type RequestKey } from '../../src/requests/request.ts'
import { answered, expectEnding, expectInTime, unanswered } from '../support/expectations.ts'
import { folderWith } from '../support/folder.ts'
import { type Plan, type StepOptions, simulate, type TestSimulator, waitFor } from '../support/step.ts'

/** Runs a step that gets its requests from `request-file`. */
function waitForFile(simulator: TestSimulator, path: string, options: StepOptions = {}) {
  return waitFor(simulator, [], { ...options, inputs: { 'request-file': path, ...options.inputs } })
}

/** An answer of AWS, with the members that our forms differ in. */
function answerTo({ requestId, operation }: RequestKey, CreatedDate: unknown, besides: object = {}): object {
  return { [answerMembers[operation]]: { Status: 'IN_PROGRESS', RequestId: requestId, CreatedDate }, ...besides }
}

const cli = (key: RequestKey) => answerTo(key, '2026-11-24T12:12:37.274000+00:00')
const boto3 = (key: RequestKey) =>
  answerTo(key, '2026-11-24 12:13:40.989000+00:00', {
    ResponseMetadata: { RequestId: key.requestId, RetryAttempts: 0 },
  })
const sdk = (key: RequestKey) =>
  answerTo(key, '2026-11-24T12:12:58.748Z', { $metadata: { requestId: key.requestId, attempts: 1 } })
/** An answer in camelCase without a date, as events of CloudTrail have it. */
const responseElements = ({ requestId, operation }: RequestKey) => {
  const member = answerMembers[operation]
  return { [member.charAt(0).toLowerCase() + member.slice(1)]: { status: 'IN_PROGRESS', requestId } }
}
const event = (key: RequestKey) => ({
  eventSource: 'sso.amazonaws.com',
  requestID: randomUUID(),
  responseElements: responseElements(key),
})
const lines = (values: readonly unknown[], indent?: number) =>
  values.map((value) => `${typeof value === 'string' ? value : JSON.stringify(value, null, indent)}\n`).join('')

/** Starts provisionings, creations and deletions in turn. */
function startMixed(simulator: TestSimulator, count = 3, planOf: (index: number) => Plan = () => ({})): RequestKey[] {
  return Array.from({ length: count }, (_, index) => {
    const operation = operationNames[index % 3] ?? 'provision-permission-set'
    const [requestId = ''] = simulator.start({ ...planOf(index), operation, accountId: '111122223333' })
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

test.concurrent.each<[string, (keys: RequestKey[]) => string]>([
  ['pretty-printed answers of the CLI, one after the other', (keys) => lines(keys.map(cli), 4)],
  ['JSON Lines of boto3', (keys) => lines(keys.map(boto3))],
  ['an array of answers of the JavaScript SDK', (keys) => JSON.stringify(keys.map(sdk))],
  ['events of CloudTrail', (keys) => lines(keys.map(event), 2)],
  ['a bare ID and answers', ([first, ...others]) => lines([first?.requestId, ...others.map(cli)], 4)],
])('request-id may hold %s, of several operations', async (_, form) => {
  await using simulator = await simulate()
  const keys = startMixed(simulator)

  const step = await waitFor(simulator, [form(keys)])

  expectEnding(step, 'succeeded', {}, allSucceeded(simulator, keys))
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

  expectEnding(step, 'succeeded', {}, allSucceeded(simulator, keys))
  expect(step.log[1]).toMatch(/ 5 lines of the file hold no request, and were skipped$/)
})

test.concurrent('the results of a step are the requests of the next, which has a file of its own', async () => {
  await using simulator = await simulate()
  await using temporary = await folderWith()
  const keys = startMixed(simulator)
  const environment = { RUNNER_TEMP: temporary.path }

  const first = await waitFor(simulator, [lines(keys.map(cli))], { environment })
  const second = await waitForFile(simulator, first.outputs['results-file'] ?? '', { environment })

  expectEnding(second, 'succeeded', {}, allSucceeded(simulator, keys))
  expect(second.outputs['results-file']).not.toBe(first.outputs['results-file'])
  expect(await readFile(first.outputs['results-file'] ?? '', 'utf8')).toBe(first.outputs['results'])
})

test.concurrent.each([
  ['that is missing', 'missing.json', 'the file cannot be read (ENOENT'],
  ['that is a folder', '.', 'that is a folder'],
  ['that a symbolic link leads to', 'link', 'a symbolic link leads out of the workspace'],
  [
    'with a wrong value',
    'wrong',
    'holds an object (line 2, column 1), but that is neither a request ID nor an answer of AWS',
  ],
  ['with more than 10,000 requests', 'many', 'holds 10001 request IDs, but one step waits for at most 10000'],
])('a request-file %s is an error, without a call', async (_, path, message) => {
  await using simulator = await simulate()
  const [request = ''] = simulator.start()
  const many = Array.from({ length: 10_001 }, (_, index) => `${request.slice(0, -5)}${10_000 + index}`)
  await using outside = await folderWith({ ids: request })
  const [whole, broken] = [
    JSON.stringify(cli({ requestId: request, operation: 'provision-permission-set' })),
    `{ '${answerMembers['create-account-assignment']}': {}}`,
  ]
  const log = `${whole}\n${broken}`
  await using workspace = await folderWith({ empty: '', wrong: `${request}\n{}`, many: many.join('\n'), log })
  await symlink(join(outside.path, 'ids'), join(workspace.path, 'link'))

  const step = await waitForFile(simulator, path, { environment: { GITHUB_WORKSPACE: workspace.path } })

  expectEnding(step, 'error', {}, [])
  expect(step.errors[0]?.message).toContain("'request-file'")
  expect(step.errors[0]?.message).toContain(message)
  expect(simulator.calls).toEqual([])
})

test.concurrent('a request-file that is a pipe, which nobody writes to, keeps no process', async () => {
  await using simulator = await simulate()
  await using workspace = await folderWith()
  const pipe = join(workspace.path, 'pipe')
  spawnSync('mkfifo', [pipe])

  const step = await waitForFile(simulator, pipe, { inputs: { 'timeout-minutes': '0.02' } })

  expectEnding(step, 'error', {}, [])
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
