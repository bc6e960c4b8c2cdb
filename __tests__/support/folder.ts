import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder that is removed at the end of the block, with files in it. */
export async function folderWith(files: Record<string, string | Uint8Array> = {}) {
  const path = await mkdtemp(join(tmpdir(), 'folder-'))
  /** Adds a file. @returns its path */
  const write = async (content: string | Uint8Array, name: string = randomUUID()) => {
    const file = join(path, name)
    await writeFile(file, content)
    return file
  }
  await Promise.all(Object.entries(files).map(([name, content]) => write(content, name)))
  return { path, write, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) }
}
