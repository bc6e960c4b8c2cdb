import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from '@jest/globals'
import { runAction } from '../../simulator/runner.ts'
import { folderWith } from '../support/folder.ts'
import { ofFile } from '../support/of-file.ts'
import { simulate } from '../support/step.ts'

const runFile = promisify(execFile)
const repository = join(import.meta.dirname, '../..')

/** The archive of the last commit, unpacked as a runner unpacks that of a tag. */
const { path: folder } = await ofFile(folderWith())

beforeAll(async () => {
  const tar = join(folder, 'archive.tar')
  await runFile('git', ['archive', '--worktree-attributes', '--format=tar', `--output=${tar}`, 'HEAD'], {
    cwd: repository,
  })
  await runFile('tar', ['-xf', 'archive.tar'], { cwd: folder })
  await rm(tar)
})

test('the archive of a tag holds the action and nothing else', async () => {
  const { stdout } = await runFile('git', ['ls-tree', '--name-only', 'HEAD:dist'], { cwd: repository })

  expect((await readdir(folder)).sort()).toEqual(['LICENSE', 'README.md', 'action.yml', 'dist'])
  expect((await readdir(join(folder, 'dist'))).sort()).toEqual(stdout.trim().split('\n').sort())
})

test('the unpacked archive has no node_modules anywhere above it', () => {
  for (let above = folder; above !== dirname(above); above = dirname(above))
    expect({ above, found: existsSync(join(above, 'node_modules')) }).toEqual({ above, found: false })
})

test('the action finds in the archive what it needs for a role, and for a comment', async () => {
  await using simulator = await simulate({ seconds: 1 })
  const { finished } = await runAction({
    action: folder,
    inputs: {
      'instance-arn': simulator.instanceArn,
      'request-id': simulator.start().join(),
      'role-to-assume': simulator.roleArn,
      'pull-request-comment': 'always',
      'github-token': 'a-token',
    },
    environment: { ...simulator.oidcEnvironment(), GITHUB_API_URL: 'http://127.0.0.1:1' },
  })
  const { exitCode, outputs, stderr, stdout } = await finished
  expect({ exitCode, stderr, verdict: outputs['verdict'] }).toEqual({ exitCode: 0, stderr: '', verdict: 'succeeded' })
  expect(stdout).toMatch(/^::warning title=No comment on the pull request::/m)
  expect(stdout).not.toMatch(/Cannot find (module|package)/)
})
