import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type RuntimePackage, runtimePackages } from './runtime-packages.ts'

const root = join(import.meta.dirname, '..')

interface Package {
  readonly label: string
  readonly licence: string
  /** The text in the package; null if the package has no text. */
  readonly text: string | null
}

/**
 * Writes `licenses.txt` into a folder: every package that the action is built from, with its licence. A text that several packages share is
 * there once. The same lock file gives the same bytes. (ncc's own `--license` gives no versions, and leaves out some packages, such as
 * @aws-sdk/client-sso-admin.)
 *
 * @throws Error when a package has no licence text, and no other package has the text of its licence
 */
export async function writeLicences(folder: string): Promise<void> {
  const packages = await Promise.all((await runtimePackages()).map(readPackage))
  const textOfKind = new Map(packages.flatMap(({ licence, text }) => (text === null ? [] : [[licence, text] as const])))
  const labelsByText = new Map<string, string[]>()
  for (const { label, licence, text } of packages) {
    const found = text ?? textOfKind.get(licence)
    if (found === undefined) throw new Error(`${label} has no licence text, and no other package is under ${licence}`)
    labelsByText.set(found, [...(labelsByText.get(found) ?? []), `${label} (${licence})`])
  }
  const sections = [...labelsByText].map(([text, labels]) => `${labels.join('\n')}\n\n${text}\n`)
  const intro = 'This action is built from these packages. Each is under the licence that follows its name.\n'
  await writeFile(join(folder, 'licenses.txt'), [intro, ...sections].join(`\n${'-'.repeat(80)}\n\n`))
}

async function readPackage({ path, name, version, licence }: RuntimePackage): Promise<Package> {
  const files = await readdir(join(root, path))
  const file = files.sort().find((candidate) => /^licen[cs]e(\.|$)/i.test(candidate))
  const text = file === undefined ? null : await readFile(join(root, path, file), 'utf8')
  return { label: `${name} ${version}`, licence, text: text?.replaceAll('\r\n', '\n').trim() ?? null }
}
