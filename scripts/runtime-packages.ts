import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

/** A package that the action is built from. */
export interface RuntimePackage {
  /** Its folder, relative to the repository. */
  readonly path: string
  readonly name: string
  readonly version: string
  readonly licence: string
  /** The hash of its archive, as in `sha512-<base64>`. */
  readonly integrity: string
}

/** What package-lock.json says about a package. */
interface Locked {
  readonly version?: string
  readonly license?: string
  readonly integrity?: string
  readonly dependencies?: Readonly<Record<string, string>>
}

/** All packages that the runtime dependencies need, by their place in package-lock.json, sorted. */
export async function runtimePackages(): Promise<RuntimePackage[]> {
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
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, locked]) => describe(path, locked))
}

function describe(path: string, { version = '', license = 'unknown', integrity = '' }: Locked): RuntimePackage {
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
  return { path, name, version, licence: license, integrity }
}

/** Where Node looks for a package that another one imports, the nearest first. */
function placesOf(name: string, importer: string): string[] {
  const places: string[] = []
  for (let at = importer; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/'))))
    places.push(`${at}/node_modules/${name}`)
  return [...places, `node_modules/${name}`]
}
