import * as files from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { readRequestFile } from '../../../src/github/request-file.ts'
import { systemClock } from '../../../src/system-clock.ts'
import { environmentOf, noSecrets, requestId } from '../examples.ts'

const folder = await files.mkdtemp(join(tmpdir(), 'workspace-'))
afterAll(() => files.rm(folder, { recursive: true }))
const workspace = join(folder, 'workspace')
await files.mkdir(workspace)
await files.writeFile(join(folder, 'outside'), requestId)
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
    cancel: new AbortController().signal,
    ...others,
  })
}

async function write(content: string | Uint8Array): Promise<string> {
  const path = join(workspace, `${Math.random()}.json`)
  await files.writeFile(path, content)
  return path
}

describe('the text of a file', () => {
  test('is read by a path relative to the workspace, and by an absolute path', async () => {
    const path = await write(requestId)
    const relative = path.slice(workspace.length + 1)
    expect([await read(relative), await read(path)]).toEqual([
      { ok: true, value: requestId },
      { ok: true, value: requestId },
    ])
  })

  test.each([
    ['UTF-8', Buffer.from('é')],
    ['UTF-8 with a byte order mark', Buffer.from('\ufeffé')],
    ["UTF-16, as PowerShell's > writes it", Buffer.from('\ufeffé', 'utf16le')],
    ['UTF-16, big-endian', Buffer.from('\ufeffé', 'utf16le').swap16()],
  ])('is read in %s', async (_, bytes) => {
    expect(await read(await write(bytes))).toEqual({ ok: true, value: 'é' })
  })

  test('is blank if the input is, and nothing is read', async () => {
    expect(await read(' ', { files: neverAnswers })).toEqual({ ok: true, value: '' })
  })
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

describe('a problem that names the input and the path', () => {
  test.each<[string, () => Promise<string>, string]>([
    [
      'a missing file',
      async () => 'missing.json',
      'the file cannot be read (ENOENT: no such file or directory, realpath ',
    ],
    ['a folder', async () => workspace, 'that is a folder. Give the path of a file in it.'],
    ['an empty file', () => write('\n'), 'the file is empty. If the deploy changed nothing, let it write [].'],
    ['bytes that are no text', () => write(Buffer.from([0x80])), 'the file is not text in UTF-8, or in UTF-16 with a'],
    ['UTF-16 without its mark', () => write(Buffer.from('[]', 'utf16le')), 'the file is not text in UTF-8'],
    ['33 MiB', () => write(Buffer.alloc(33 * 2 ** 20)), 'the file has 34603008 bytes, and at most 33554432 are read.'],
  ])('is the outcome for %s', async (_, prepare, expected) => {
    const path = await prepare()
    const text = await read(path)
    expect(text).toEqual({ ok: false, problems: [expect.stringContaining(expected)] })
    expect(text).toEqual({
      ok: false,
      problems: [expect.stringContaining(`Input 'request-file' is ${JSON.stringify(path)}, but `)],
    })
  })

  test('is the outcome for what is no regular file, such as a named pipe, which may never end', async () => {
    const stat = async () => ({ size: 0, isFile: () => false, isDirectory: () => false })
    expect(
      await read('pipe', { files: { ...neverAnswers, realpath: async (path: string) => path, stat } }),
    ).toMatchObject({
      problems: [expect.stringContaining('that is not a regular file.')],
    })
  })

  test.each([
    ['does not answer within 4 s', { clock: { ...systemClock, sleep: async () => {} } }, 'not done within 4 s'],
    ['does not answer before a cancellation', { cancel: AbortSignal.abort(new Error('Received SIGINT')) }, 'SIGINT'],
  ])('is the outcome for a file that %s', async (_, others, expected) => {
    expect(await read('a', { files: neverAnswers, ...others })).toMatchObject({
      problems: [expect.stringContaining(expected)],
    })
  })
})
