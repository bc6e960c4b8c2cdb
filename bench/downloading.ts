import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { maxBytes } from '../scripts/budgets.ts'
import { sum } from './statistics.ts'
import type { Findings, Topic } from './topic.ts'
import { count } from './units.ts'

const run = promisify(execFile)
const cwd = resolve(import.meta.dirname, '..')

/** How much does a runner download for a step? */
export const downloading: Topic = {
  name: 'downloading',
  async measure() {
    const [archiveBytes, files] = await Promise.all([bytesOfArchive(), committedDist()])
    return findings(archiveBytes, files)
  },
}

/** The archive that GitHub makes of a tag, without what `.gitattributes` excludes from exports. */
async function bytesOfArchive(): Promise<number> {
  const { stdout } = await run('git', ['archive', '--format=tar.gz', 'HEAD'], {
    cwd,
    encoding: 'buffer',
    maxBuffer: 100e6,
  })
  return stdout.length
}

async function committedDist(): Promise<{ name: string; bytes: number }[]> {
  const { stdout } = await run('git', ['ls-tree', '-r', '--format=%(objectsize) %(path)', 'HEAD', 'dist/'], { cwd })
  return stdout
    .trim()
    .split('\n')
    .map((line) => ({ name: line.slice(line.indexOf(' ') + 1), bytes: Number.parseInt(line, 10) }))
}

function findings(archiveBytes: number, files: readonly { name: string; bytes: number }[]): Findings {
  const entryBytes = files.find(({ name }) => name === 'dist/index.js')?.bytes ?? Number.NaN
  const distBytes = sum(files.map(({ bytes }) => bytes))
  const goal = (what: string, bytes: number, most: number) => ({
    goal: `${what} at most ${count(most)} bytes`,
    measured: count(bytes),
    reached: bytes <= most,
  })
  return {
    tables: [
      {
        columns: ['', 'Bytes'],
        rows: [
          ['Archive, compressed', count(archiveBytes)],
          ...files.map(({ name, bytes }) => [`\`${name}\``, count(bytes)]),
          ['All of `dist/`', count(distBytes)],
        ],
      },
    ],
    goals: [
      goal('Archive', archiveBytes, maxBytes.archive),
      goal('`dist/index.js`', entryBytes, maxBytes.entry),
      goal('All of `dist/`', distBytes, maxBytes.dist),
    ],
  }
}
