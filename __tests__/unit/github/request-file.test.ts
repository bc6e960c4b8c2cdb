import * as files from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { readRequestFile } from '../../../src/github/request-file.ts'
import { systemClock } from '../../../src/system-clock.ts'
import { neverAborted } from '../../../src/wait/time/deadline.ts'
import { folderWith } from '../../support/folder.ts'
import { ofFile } from '../../support/of-file.ts'
import { environmentOf, noSecrets, requestId } from '../examples.ts'

const { path: folder } = await ofFile(folderWith({ outside: requestId }))
const workspace = join(folder, 'workspace')
await files.mkdir(workspace)
await files.writeFile(join(workspace, 'inside'), requestId)
const links = {
  out: '../outside',
  up: '..',
  twice: 'out',
  in: 'inside',
  '../elsewhere': 'outside',
  '../alias': workspace,
}
for (const [name, target] of Object.entries(links)) await files.symlink(target, join(workspace, name))
const never = () => new Promise<never>(() => {})
const neverAnswers = { realpath: never, stat: never, readFile: never }

function read(path: string, others: Partial<Parameters<typeof readRequestFile>[0]> = {}) {
  const environment = environmentOf({ 'request-file': path }, { GITHUB_WORKSPACE: workspace })
  return readRequestFile({
    environment,
    files,
    clock: systemClock,
    runner: { secrets: noSecrets },
    cancel: neverAborted,
    ...others,
  })
}

test.each([
  ['UTF-8', Buffer.from('é')],
  ['UTF-8 with a byte order mark', Buffer.from('\ufeffé')],
  ["UTF-16, as PowerShell's > writes it", Buffer.from('\ufeffé', 'utf16le')],
  ['UTF-16, big-endian', Buffer.from('\ufeffé', 'utf16le').swap16()],
])('a file in %s is read', async (_, bytes) => {
  await files.writeFile(join(workspace, 'encoded'), bytes)
  expect(await read('encoded')).toEqual({ ok: true, value: 'é' })
})

test('nothing is read if the input is blank', async () => {
  expect(await read(' ', { files: neverAnswers })).toEqual({ ok: true, value: '' })
})

describe('a symbolic link', () => {
  const text = { ok: true, value: requestId }
  const refused = {
    ok: false,
    problems: [
      expect.stringMatching(/^Input 'request-file' is "[^"]*", but a symbolic link leads out of the workspace/),
    ],
  }
  test.each<[string, string, object]>([
    ['that leads out is refused', 'out', refused],
    ['that leads out is refused by its absolute path', join(workspace, 'out'), refused],
    ['of a folder that leads out is refused', 'up/outside', refused],
    ['that leads to one that leads out is refused', 'twice', refused],
    ['that leads out of the workspace and back is followed', 'up/workspace/inside', text],
    ['that stays inside is followed', 'in', text],
    ['outside of the workspace is followed', '../elsewhere', text],
    ['that is the workspace is followed', join(folder, 'alias/in'), text],
  ])('%s', async (_, path, expected) => {
    expect(await read(path)).toEqual(expected)
  })

  test('on the way to the workspace is followed', async () => {
    const environment = environmentOf({ 'request-file': 'in' }, { GITHUB_WORKSPACE: join(folder, 'alias') })
    expect(await read('', { environment })).toEqual(text)
  })
})

test.each<[what: string, content: Uint8Array | null, problem: string]>([
  ['a folder', null, 'that is a folder. Give the path of a file in it.'],
  ['an empty file', Buffer.from('\n'), 'the file is empty. If the deploy changed nothing, let it write [].'],
  ['bytes that are no text', Buffer.from([0x80]), 'the file is not text in UTF-8, or in UTF-16 with a'],
  ['UTF-16 without its mark', Buffer.from('[]', 'utf16le'), 'the file is not text in UTF-8'],
  ['33 MiB', Buffer.alloc(33 * 2 ** 20), 'the file has 34603008 bytes, and at most 33554432 are read.'],
])('%s is a problem that names the input and the path', async (_, content, problem) => {
  if (content !== null) await files.writeFile(join(workspace, 'wrong'), content)
  const path = content === null ? '.' : 'wrong'
  expect(await read(path)).toEqual({
    ok: false,
    problems: [expect.stringContaining(`Input 'request-file' is "${path}", but ${problem}`)],
  })
})

test('a missing file is a problem', async () => {
  const problem =
    'Input \'request-file\' is "missing", but the file cannot be read (ENOENT: no such file or directory, '
  expect(await read('missing')).toEqual({ ok: false, problems: [expect.stringContaining(problem)] })
})

test.each([
  ['does not answer within 4 s', { clock: { ...systemClock, sleep: async () => {} } }, 'not done within 4 s'],
  ['does not answer before a cancellation', { cancel: AbortSignal.abort(new Error('Received SIGINT')) }, 'SIGINT'],
])('a file that %s is a problem', async (_, others, problem) => {
  expect(await read('a', { files: neverAnswers, ...others })).toMatchObject({
    problems: [expect.stringContaining(problem)],
  })
})
