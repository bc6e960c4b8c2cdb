import { readdirSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { startGitHubApi } from '../support/github-api.ts'
import { type StepOptions, simulate, waitFor, waitForOne } from '../support/step.ts'

const src = resolve(import.meta.dirname, '../../src')
const folder = await mkdtemp(join(tmpdir(), 'defects-'))
afterAll(() => rm(folder, { recursive: true }))

const logOfDeploy = join(folder, 'deploy.log')
await writeFile(
  logOfDeploy,
  'start\n{"PermissionSetProvisioningStatus": {"RequestId": "5a1b2c3d-0123-4567-89ab-0123456789ab"}}\n',
)

const modules = ['github', 'inputs', 'report'].flatMap((layer) =>
  readdirSync(join(src, layer)).map((name) => `${layer}/${name}`),
)

/** What makes a step call a module that it does not always call. */
const inputsThatCall: Readonly<Record<string, Record<string, string>>> = {
  // What is thrown while a token is asked for counts as no token yet.
  'github/id-token.ts': { 'timeout-minutes': '0.02' },
  'github/no-comment.ts': { 'github-token': '' },
  'inputs/json-syntax.ts': { 'request-id': '[1' },
  'inputs/request-log.ts': { 'request-id': '', 'request-file': logOfDeploy },
  'inputs/request-hints.ts': { 'request-id': 'None' },
  'report/state-words.ts': { until: 'rolled-out' },
}

test.concurrent.each([...modules, 'inputs.ts', 'no-proxy.ts', 'requests/verdict.ts', 'run.ts'])(
  'a defect in %s ends in a report, with all outputs, one annotation and exit status 1',
  async (name) => {
    await using simulator = await simulate()
    await using api = await startGitHubApi()
    const called = join(folder, name.replaceAll('/', '-'))
    const step = await waitFor(simulator, simulator.start({ status: 'FAILED', seconds: 0.6 }), {
      inputs: { 'pull-request-comment': 'always', 'github-token': api.token, ...inputsThatCall[name] },
      assumesRole: name === 'github/id-token.ts',
      environment: { ...api.onPullRequest(), NO_PROXY: 'localhost', DEFECT_IN: name, DEFECT_FILE: called },
      hooks: ['defect.cjs'],
      secrets: [api.token],
      entry: join(src, 'index.ts'),
    })
    expect(await readFile(called, 'utf8').catch(() => 'not called')).toMatch(/^called/)
    expect(step.complaints.filter((complaint) => complaint !== 'there is no summary')).toEqual([])
    expect(step.exitCode).toBe(1)
  },
)

test.concurrent.each(['throws', 'rejects', 'exits'])(
  'what nobody awaits and %s during the wait ends in a report',
  async (STRAY) => {
    const { step } = await waitForOne({ plan: { seconds: 3 } }, { environment: { STRAY }, hooks: ['stray.cjs'] })
    expect(step.complaints).toEqual(['there is no summary'])
    expect(step.outputs).toMatchObject({ verdict: 'error', results: '[]' })
    expect(step.errors).toMatchObject([{ title: 'The action failed unexpectedly' }])
  },
)

type Oddity = Pick<StepOptions, 'environment' | 'hooks' | 'inputs'>
const deep = `${'['.repeat(5_000)}"x"${']'.repeat(5_000)}`

test.concurrent.each<[name: string, oddity: Oddity, verdict: string, message: RegExp]>([
  ['Node is to hide deprecations', { environment: { NODE_OPTIONS: '--no-deprecation' } }, 'succeeded', /^$/],
  ['the working folder is gone', { hooks: ['gone.cjs'] }, 'succeeded', /^$/],
  [
    'the working folder is gone, and a file is looked for there',
    { hooks: ['gone.cjs'], inputs: { 'request-id': '', 'request-file': 'a' } },
    'error',
    /^Input 'request-file' is "a", but the file cannot be read \(ENOENT.*uv_cwd/,
  ],
  [
    'requests are deeply nested',
    { inputs: { 'request-id': deep } },
    'error',
    /^Input 'request-id' is "\[.*but that is nested more than 100 levels deep/,
  ],
  [
    'permission sets are deeply nested',
    { inputs: { 'request-id': '', 'permission-set-arn': deep } },
    'error',
    /^Input 'permission-set-arn' is "\[/,
  ],
])('where %s, the step ends as any other', async (_, oddity, verdict, message) => {
  const { step } = await waitForOne({}, oddity)
  expect(step.complaints).toEqual([])
  expect(step.outputs['verdict']).toBe(verdict)
  expect(step.errors.map((error) => error.message).join()).toMatch(message)
})
