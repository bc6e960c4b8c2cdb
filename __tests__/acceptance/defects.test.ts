import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from '@jest/globals'
import { folderWith } from '../support/folder.ts'
import { startGitHubApi } from '../support/github-api.ts'
import { ofFile } from '../support/of-file.ts'
import { type StepOptions, simulate, waitFor, waitForOne } from '../support/step.ts'

const src = resolve(import.meta.dirname, '../../src')
const { path: folder } = await ofFile(folderWith())

/** The modules that a file imports: what is thrown deeper comes up through one of them. */
const importedBy = (file: string) =>
  [...readFileSync(join(src, file), 'utf8').matchAll(/^import (?!type )[^']* from '(\..*)'$/gm)].map(([, path = '']) =>
    relative(src, resolve(src, dirname(file), path)),
  )

/** Where the process, the story of a step and its report each call the layers of which a defect must not lose the outputs. */
const modules = ['main.ts', 'prepare.ts', 'run.ts', 'report/publish.ts']
  .flatMap(importedBy)
  .filter((name) => /^(github|inputs|report)\b|^no-proxy/.test(name))

test.concurrent.each([...new Set([...modules, 'github/no-comment.ts', 'run.ts'])])(
  'a defect in %s ends in a report, with all outputs, one annotation and exit status 1',
  async (name) => {
    await using simulator = await simulate()
    await using api = await startGitHubApi()
    const called = join(folder, name.replaceAll('/', '-'))
    const step = await waitFor(simulator, simulator.start({ status: 'FAILED', seconds: 0.6 }), {
      commentsOn: api,
      inputs: name.includes('no-comment') ? { 'github-token': '' } : {},
      environment: { NO_PROXY: 'localhost', DEFECT_IN: name, DEFECT_FILE: called },
      hooks: ['defect.cjs'],
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
    const { step } = await waitForOne({ plan: { seconds: 3 }, environment: { STRAY }, hooks: ['stray.cjs'] })
    expect(step.complaints).toEqual(['there is no summary'])
    expect(step.outputs).toMatchObject({ verdict: 'error', results: '[]' })
    expect(step.errors).toMatchObject([{ title: 'The action failed unexpectedly' }])
  },
)

type Oddity = Pick<StepOptions, 'environment' | 'hooks' | 'inputs'>

test.concurrent.each<[name: string, oddity: Oddity, verdict: string, message: RegExp]>([
  ['Node is to hide deprecations', { environment: { NODE_OPTIONS: '--no-deprecation' } }, 'succeeded', /^$/],
  ['the working folder is gone', { hooks: ['gone.cjs'] }, 'succeeded', /^$/],
  [
    'the working folder is gone, and a file is looked for there',
    { hooks: ['gone.cjs'], inputs: { 'request-id': '', 'request-file': 'a' } },
    'error',
    /^Input 'request-file' is "a", but the file cannot be read \(ENOENT.*uv_cwd/,
  ],
])('where %s, the step ends as any other', async (_, oddity, verdict, message) => {
  const { step } = await waitForOne(oddity)
  expect(step.complaints).toEqual([])
  expect(step.outputs['verdict']).toBe(verdict)
  expect(step.errors.map((error) => error.message).join()).toMatch(message)
})
