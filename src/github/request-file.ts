import { isAbsolute, relative, resolve, sep } from 'node:path'
import { factsOf } from '../aws/errors/facts.ts'
import { type Environment, inputOf, wrongValue } from '../inputs/input.ts'
import { type Parsed, right, wrong } from '../inputs/parsed.ts'
import type { Secrets } from '../secrets.ts'
import type { Clock } from '../wait/time/clock.ts'
import { abortable, withTimeLimit } from '../wait/time/deadline.ts'

/** What the action needs of a file system; a part of `node:fs/promises`. */
export interface Files {
  realpath(path: string): Promise<string>
  stat(path: string): Promise<{ readonly size: number; isFile(): boolean; isDirectory(): boolean }>
  readFile(path: string, options: { readonly signal: AbortSignal }): Promise<Uint8Array>
}

export interface FileOptions {
  readonly environment: Environment
  readonly files: Files
  readonly clock: Clock
  readonly cancel: AbortSignal
  readonly runner: { readonly secrets: Secrets }
}

/** 10,000 pretty-printed answers of boto3, with the metadata of their responses, are 12 MB. */
export const maxBytes = 32 * 2 ** 20
/** For a file on a share that does not answer. The process must end within 5 s after a deadline, however short that is. */
const limitMs = 4_000

/**
 * Reads the file that the input `request-file` names, relative to the workspace. A named pipe or a device, which may never end, is not
 * read, and neither is what a symbolic link in the workspace leads to outside of it.
 *
 * @returns its text; blank if the input is blank
 */
export async function readRequestFile(options: FileOptions): Promise<Parsed<string>> {
  const { environment, files, clock, cancel, runner } = options
  const name = inputOf(environment, 'request-file')
  if (name === '') return right('')
  const reading = withTimeLimit(clock, limitMs, cancel, (signal) => {
    // Without a workspace, this asks for the working folder, which may be gone.
    const workspace = resolve(environment['GITHUB_WORKSPACE'] ?? '')
    return abortable(signal, textOf(resolve(workspace, name), workspace, files, signal))
  })
  const text = await reading.catch((error) =>
    wrong(`the file cannot be read (${factsOf(error, runner.secrets).message}).`),
  )
  return text.ok ? text : wrongValue('request-file', name, text.problems.join(' '))
}

/** The text of a file, or why it has none. Rejects as `node:fs` does. */
async function textOf(given: string, workspace: string, files: Files, signal: AbortSignal): Promise<Parsed<string>> {
  const path = await files.realpath(given)
  // Whoever wrote the files of the workspace chose where such a link leads. Outside of it, the workflow's author chose the path.
  if (isIn(workspace, given) && !isIn(await files.realpath(workspace), path))
    return wrong('a symbolic link leads out of the workspace. Give the path of the file itself.')
  const found = await files.stat(path)
  if (found.isDirectory()) return wrong('that is a folder. Give the path of a file in it.')
  if (!found.isFile()) return wrong('that is not a regular file.')
  if (found.size > maxBytes) return wrong(`the file has ${found.size} bytes, and at most ${maxBytes} are read.`)
  return textFrom(await files.readFile(path, { signal }), 'the file')
}

/** The text of what was read, or why it has none. `subject` names what it was read from. */
export function textFrom(bytes: Uint8Array, subject: string): Parsed<string> {
  const text = decoded(bytes)
  if (text === null) return wrong(`${subject} is not text in UTF-8, or in UTF-16 with a byte order mark.`)
  return text.trim() === ''
    ? wrong(`${subject} is empty. If the deploy changed nothing, let it write [].`)
    : right(text)
}

function isIn(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

/** The text, by its byte order mark, as PowerShell's `>` writes it; else as UTF-8. `null` if it is neither. */
function decoded(bytes: Uint8Array): string | null {
  const [first, second] = bytes
  const isLittleEndian = first === 0xff && second === 0xfe
  const isBigEndian = first === 0xfe && second === 0xff
  const encoding = isLittleEndian ? 'utf-16le' : isBigEndian ? 'utf-16be' : 'utf-8'
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes)
    return text.includes('\0') ? null : text
  } catch {
    return null
  }
}
