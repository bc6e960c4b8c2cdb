import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { maxBytes } from '../scripts/budgets.ts'
import { count, type Goal, type Topic } from './page.ts'
import { sum } from './statistics.ts'

/** How much does a runner download for a step? */
export const downloading: Topic = {
  name: 'downloading',
  async measure() {
    // The archive that GitHub makes of a tag, without what `.gitattributes` excludes from exports.
    const [archive, sizes, entrySize] = await Promise.all([
      git('archive', '--format=tar.gz', 'HEAD'),
      git('ls-tree', '-r', '--format=%(objectsize)', 'HEAD', 'dist/'),
      git('ls-tree', '--format=%(objectsize)', 'HEAD', 'dist/index.js'),
    ])
    const files = String(sizes).trim().split('\n').map(Number)
    const goalOf = (what: string, bytes: number, most: number): Goal => ({
      goal: `${what}: at most ${count(most)} bytes`,
      measured: count(bytes),
      reached: bytes <= most,
    })
    return {
      goals: [
        goalOf('Archive, compressed', archive.length, maxBytes.archive),
        goalOf('`dist/index.js`', Number(entrySize), maxBytes.entry),
        goalOf(`All ${files.length} files of \`dist/\``, sum(files), maxBytes.dist),
      ],
    }
  },
}

async function git(...args: string[]): Promise<Buffer> {
  const options = { cwd: resolve(import.meta.dirname, '..'), encoding: 'buffer', maxBuffer: 100e6 } as const
  return (await promisify(execFile)('git', args, options)).stdout
}
