import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

// Runs the self-test workflow with act (https://github.com/nektos/act), a runner that is not GitHub's, on this machine and without Docker.
// An action in this folder takes the place of actions/setup-node.

const root = join(import.meta.dirname, '..')
const workflow = '.github/workflows/self-test.yml'
const [setupNode] = /actions\/setup-node@\w+/.exec(readFileSync(join(root, workflow), 'utf8')) ?? []
const where = ['--platform', 'ubuntu-latest=-self-hosted', '--matrix', 'os:ubuntu-latest']
const standIn = ['--local-repository', `${setupNode}=${join(import.meta.dirname, 'setup-node')}`]
const { error, status } = spawnSync('act', ['push', '--workflows', workflow, ...where, ...standIn], {
  cwd: root,
  stdio: 'inherit',
})
if (error) console.error(`${error.message}. See https://nektosact.com/installation/.`)
process.exitCode = status ?? 2
