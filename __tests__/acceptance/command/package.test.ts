import { execFile, spawnSync } from 'node:child_process'
import { cp, mkdir, readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from '@jest/globals'
import { folderWith } from '../../support/folder.ts'
import { ofFile } from '../../support/of-file.ts'

const run = promisify(execFile)
const root = resolve(import.meta.dirname, '../../..')
const name = 'wait-for-permission-set-provisioning'
const { path: folder } = await ofFile(folderWith())
let command = ''

/** What npm packs, installed in an empty folder, without a network. */
beforeAll(async () => {
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

/** Lets Node say that it is an old one. If the machine has one, that is asked too: only it shows that it can read the file. */
const saysThatItIsOld = 'Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.20.2"}})'
const oldNodes = [
  [process.execPath, '--import', `data:text/javascript,${encodeURIComponent(saysThatItIsOld)}`],
  ...['/usr/bin/node', '/usr/local/bin/node']
    .filter((path) => /^v(1\d|2[0-3])\./.test(spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout ?? ''))
    .map((path) => [path]),
]

test('an old Node gets an error that names the one that is needed', () => {
  for (const [node = '', ...options] of oldNodes) {
    const { status, stderr } = spawnSync(node, [...options, command, '--version'], { encoding: 'utf8' })
    expect(status).toBe(2)
    expect(stderr).toMatch(
      /^wait-for-permission-set-provisioning needs Node 24\.2 or later, and this is Node \d+\.\d+\.\d+\. .*\n$/,
    )
  }
})
