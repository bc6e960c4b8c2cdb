import { createHash } from 'node:crypto'
import packageJson from '../package.json' with { type: 'json' }
import { type RuntimePackage, runtimePackages } from './runtime-packages.ts'

/**
 * Prints a software bill of materials of `dist/`, as CycloneDX 1.5: each package that the action is built from. The same lock file gives the
 * same bytes. (`npm sbom --omit=dev` of npm 11 leaves out packages that a development dependency needs too, such as tslib.)
 *
 * Source: https://cyclonedx.org/docs/1.5/json/
 */
export async function softwareBill(): Promise<string> {
  const { name, version, license } = packageJson
  const components = (await runtimePackages()).map(componentOf)
  const bill = {
    metadata: {
      component: { type: 'application', 'bom-ref': name, name, version, licenses: [{ license: { id: license } }] },
    },
    components,
  }
  const serialNumber = `urn:uuid:${uuidOf(JSON.stringify(bill))}`
  return `${JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.5', serialNumber, version: 1, ...bill }, null, 2)}\n`
}

function componentOf({ path, name, version, licence, integrity }: RuntimePackage) {
  const [algorithm = '', hash = ''] = integrity.split('-')
  return {
    type: 'library',
    'bom-ref': path,
    name,
    version,
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
    licenses: [{ license: { id: licence } }],
    hashes: [{ alg: algorithm.replace('sha', 'SHA-'), content: Buffer.from(hash, 'base64').toString('hex') }],
  }
}

/** A UUID of version 8, which applications fill as they like (RFC 9562). */
function uuidOf(text: string): string {
  const digits = createHash('sha256').update(text).digest('hex')
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-8${digits.slice(13, 16)}-a${digits.slice(17, 20)}-${digits.slice(20, 32)}`
}

if (import.meta.main) process.stdout.write(await softwareBill())
