import { readdirSync, readFileSync } from 'node:fs'
import { join, posix, resolve } from 'node:path'
import { expect, test } from '@jest/globals'

const src = resolve(import.meta.dirname, '../../src')
/** Each layer may import those before it. A layer is a folder or a file; `inputs` is both. */
const layers = [
  'plain-report',
  'secrets',
  'requests',
  'inputs',
  'wait',
  'goals',
  'aws',
  'report',
  'github',
  'terminal',
  'run',
]
/** What starts and ends the process. It may import everything, and no layer imports it. */
const process = ['cancellation', 'leave', 'no-proxy', 'system-clock', 'prepare', 'main', 'command', 'index', 'bin']
/** The layers that may know a service, by the scope of its packages. */
const scopes = { '@aws-sdk': 'aws', '@smithy': 'aws', '@actions': 'github' }

interface Import {
  readonly file: string
  readonly layer: string
  /** As in `./request.ts` or `@aws-sdk/client-sso-admin`. */
  readonly from: string
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts'))
const imports: readonly Import[] = files.flatMap((file) => {
  const text = readFileSync(join(src, file), 'utf8')
  const found = [...text.matchAll(/(?:\bfrom |\bimport\()'([^']+)'/g)]
  return found.map(([, from = '']) => ({ file, layer: layerOf(file), from }))
})

function layerOf(file: string): string {
  return file.replace(/(\/.*|\.ts)$/, '')
}

test('each file of src is in a layer', () => {
  expect(new Set(files.map(layerOf))).toEqual(new Set([...layers, ...process]))
})

test('imports point one way: no layer imports one that comes after it', () => {
  const order = [...layers, ...process]
  const inside = imports.filter(
    ({ from, file }) => from.startsWith('.') && !posix.join(posix.dirname(file), from).startsWith('..'),
  )
  expect(inside.length).toBeGreaterThan(200)
  const back = inside.filter(({ file, layer, from }) => {
    const target = layerOf(posix.join(posix.dirname(file), from))
    return layers.includes(layer) && order.indexOf(target) > order.indexOf(layer)
  })
  expect(back).toEqual([])
})

test('only one layer knows the SDK of AWS, and only one knows the toolkit of GitHub', () => {
  const scoped = imports.flatMap(({ file, layer, from }) => {
    const scope = Object.entries(scopes).find(([name]) => from.startsWith(`${name}/`))
    return scope === undefined ? [] : [{ file, layer, allowed: scope[1] }]
  })
  expect(scoped.length).toBeGreaterThan(10)
  expect(scoped.filter(({ layer, allowed }) => layer !== allowed)).toEqual([])
})
