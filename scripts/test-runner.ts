import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// Runs the self-test workflow with act (https://github.com/nektos/act), a runner that is not GitHub's, on this machine and without Docker.

const root = join(import.meta.dirname, '..')
const workflow = '.github/workflows/self-test.yml'

/** Takes the place of actions/setup-node, because `npm run` has put Node 24 on the path. */
const standIn = `name: Show the version of Node
runs:
  using: composite
  steps:
    - run: node --version
      shell: bash
`

const [setupNode] = /actions\/setup-node@\w+/.exec(await readFile(join(root, workflow), 'utf8')) ?? []
const folder = await mkdtemp(join(tmpdir(), 'test-runner-'))
try {
  await writeFile(join(folder, 'action.yml'), standIn)
  const options = ['--platform', 'ubuntu-latest=-self-hosted', '--matrix', 'os:ubuntu-latest']
  const act = spawn(
    'act',
    ['push', '--workflows', workflow, ...options, '--local-repository', `${setupNode}=${folder}`],
    {
      cwd: root,
      stdio: 'inherit',
    },
  )
  const [exitCode] = await once(act, 'exit')
  process.exitCode = Number(exitCode ?? 1)
} catch (error) {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  console.error(
    'act is not on the path. With Go: go install github.com/nektos/act@latest. See also https://nektosact.com/installation/.',
  )
  process.exitCode = 2
} finally {
  await rm(folder, { recursive: true, force: true })
}
