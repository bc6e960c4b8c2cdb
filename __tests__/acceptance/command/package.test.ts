import { execFile, spawnSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'

const run = promisify(execFile)
const root = resolve(import.meta.dirname, '../../..')
const name = 'wait-for-permission-set-provisioning'
let folder = ''
let command = ''

/** What npm packs, installed in an empty folder, without a network. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'package-'))
  const [sources, user] = [join(folder, 'sources'), join(folder, 'user')]
  // npm changes package.json while it packs, so it gets a copy. Beside the package lies what must not be in it.
  for (const path of [
    'package.json',
    'package-lock.json',
    'README.md',
    'LICENSE',
    'action.yml',
    'dist',
    'scripts',
    'docs',
  ])
    await cp(join(root, path), join(sources, path), { recursive: true })
  await mkdir(user)
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: sources })
  await run('npm', ['install', '--offline', '--silent', join(folder, stdout.trim())], { cwd: user })
  command = join(user, 'node_modules/.bin', name)
})
afterAll(() => rm(folder, { recursive: true }))

test('the package holds the command, the action and nothing else, and needs no other package', async () => {
  const installed = join(folder, 'user/node_modules')
  expect((await readdir(installed)).filter((entry) => !entry.startsWith('.'))).toEqual([name])
  const entries = await readdir(join(installed, name))
  expect(entries.sort()).toEqual(['LICENSE', 'README.md', 'action.yml', 'dist', 'package.json'])
  expect((await readdir(join(installed, name, 'dist'))).sort()).toEqual((await readdir(join(root, 'dist'))).sort())
  const { dependencies, optionalDependencies, scripts } = JSON.parse(
    await readFile(join(installed, name, 'package.json'), 'utf8'),
  )
  expect({ dependencies, optionalDependencies, scripts }).toEqual({})
  const before: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  expect(JSON.parse(await readFile(join(folder, 'sources/package.json'), 'utf8'))).toEqual(before)
})

test('the link that npm makes starts it', async () => {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const { status, stdout } = spawnSync(process.execPath, [command, '--version'], { encoding: 'utf8' })
  expect({ status, stdout }).toEqual({ status: 0, stdout: `${version}\n` })
})

/** A Node on this machine that is too old for the command; blank if there is none. */
const old = ['/usr/bin/node', '/usr/local/bin/node'].find((path) =>
  /^v(1\d|2[0-3])\./.test(spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout ?? ''),
)
const testWithOldNode = old === undefined ? test.skip : test

testWithOldNode('an old Node is told which one is needed', () => {
  const { status, stderr } = spawnSync(old ?? '', [command, '--version'], { encoding: 'utf8' })
  expect(status).toBe(2)
  expect(stderr).toMatch(
    /^wait-for-permission-set-provisioning needs Node 24\.2 or later, and this is Node \d+\.\d+\.\d+\. .*\n$/,
  )
})
