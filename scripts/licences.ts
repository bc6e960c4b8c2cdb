import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

/** What package-lock.json says about a package. */
interface Locked {
  readonly version?: string
  readonly license?: string
  readonly dev?: boolean
  readonly optional?: boolean
  readonly devOptional?: boolean
}

/**
 * Writes `licenses.txt` into a folder: every package that the action is built from, with its licence. A text that several packages share is
 * there once. The same lock file gives the same bytes. (ncc's own `--license` gives no versions, and leaves out some packages, such as
 * @aws-sdk/client-sso-admin.)
 *
 * @throws Error when a package has no licence text, and no other package has the text of its licence
 */
export async function writeLicences(folder: string): Promise<void> {
  const lock: { packages: Record<string, Locked> } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'))
  const needed = Object.entries(lock.packages).filter(
    ([path, { dev, devOptional, optional }]) => path !== '' && !dev && !devOptional && !optional,
  )
  const packages = await Promise.all(needed.sort(([a], [b]) => (a < b ? -1 : 1)).map(readPackage))
  const textOfKind = new Map(packages.flatMap(({ licence, text }) => (text === null ? [] : [[licence, text] as const])))
  const texts = Map.groupBy(packages, ({ label, licence, text }) => {
    const found = text ?? textOfKind.get(licence)
    if (found === undefined) throw new Error(`${label} has no licence text, and no other package is under ${licence}`)
    return found
  })
  const sections = [...texts].map(([text, same]) => `${same.map(({ label }) => label).join('\n')}\n\n${text}\n`)
  const intro = 'This action is built from these packages. Each is under the licence that follows its name.\n'
  await writeFile(join(folder, 'licenses.txt'), [intro, ...sections].join(`\n${'-'.repeat(80)}\n\n`))
}

async function readPackage([path, { license: licence = 'unknown', version }]: [string, Locked]) {
  const files = await readdir(join(root, path))
  const file = files.sort().find((candidate) => /^licen[cs]e(\.|$)/i.test(candidate))
  const text =
    file === undefined ? null : (await readFile(join(root, path, file), 'utf8')).replaceAll('\r\n', '\n').trim()
  return { label: `${path.split('node_modules/').at(-1)} ${version} (${licence})`, licence, text }
}
