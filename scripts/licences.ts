import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

interface Package {
  readonly label: string
  readonly licence: string
  /** The text in the package; null if the package has no text. */
  readonly text: string | null
}

/** What package-lock.json says about a package. */
interface Locked {
  readonly version?: string
  readonly license?: string
  readonly dependencies?: Readonly<Record<string, string>>
}

/**
 * Writes `licenses.txt` into a folder: every package that the action is built from, with its licence. A text that several packages share is
 * there once. The same lock file gives the same bytes. (ncc's own `--license` gives no versions, and leaves out some packages, such as
 * @aws-sdk/client-sso-admin.)
 *
 * @throws Error when a package has no licence text, and no other package has the text of its licence
 */
export async function writeLicences(folder: string): Promise<void> {
  const packages = await Promise.all((await runtimePackages()).map(([path, locked]) => readPackage(path, locked)))
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

/** All packages that the runtime dependencies need, by their place in package-lock.json, sorted. */
async function runtimePackages(): Promise<[string, Locked][]> {
  const lock: { packages: Record<string, Locked> } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'))
  const found = new Map<string, Locked>()
  const visit = (path: string) => {
    for (const name of Object.keys(lock.packages[path]?.dependencies ?? {})) {
      const place = placesOf(name, path).find((candidate) => lock.packages[candidate])
      const locked = place === undefined ? undefined : lock.packages[place]
      if (place === undefined || locked === undefined)
        throw new Error(`package-lock.json lacks ${name}, which ${path} needs`)
      if (found.has(place)) continue
      found.set(place, locked)
      visit(place)
    }
  }
  visit('')
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1))
}

/** Where Node looks for a package that another one imports, the nearest first. */
function placesOf(name: string, importer: string): string[] {
  const places: string[] = []
  for (let at = importer; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/'))))
    places.push(`${at}/node_modules/${name}`)
  return [...places, `node_modules/${name}`]
}

async function readPackage(path: string, { version = '', license = 'unknown' }: Locked): Promise<Package> {
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
  const files = await readdir(join(root, path))
  const file = files.sort().find((candidate) => /^licen[cs]e(\.|$)/i.test(candidate))
  const text = file === undefined ? null : await readFile(join(root, path, file), 'utf8')
  return { label: `${name} ${version}`, licence: license, text: text?.replaceAll('\r\n', '\n').trim() ?? null }
}
