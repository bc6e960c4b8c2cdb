import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from '@swc/core'

/** A text in the source that people may read, split where values are inserted. */
export interface Message {
  readonly file: string
  readonly parts: readonly string[]
}

const root = join(import.meta.dirname, '../../..')

/** Properties whose texts are advice. The page gives advice in its own words. */
const adviceProperties = ['remedy']
/** Calls whose arguments are advice. */
const adviceCalls = ['steps.push']

/**
 * The messages in a file of `src/`: every text of at least three words that is not advice. Texts joined by `+` are one text. An inserted
 * value splits a text.
 */
export async function messagesIn(file: string): Promise<Message[]> {
  const code = await readFile(join(root, 'src', file), 'utf8')
  const program: unknown = await parse(code, { syntax: 'typescript', target: 'es2024' })
  return textsIn(program)
    .map((text) => ({
      file,
      parts: text
        .split(hole)
        .filter(isProse)
        .map((part) => part.trim()),
    }))
    .filter(({ parts }) => parts.length > 0)
}

/** The titles in a file of `src/`, of any length, split where values are inserted. */
export async function titlesIn(file: string): Promise<string[][]> {
  const code = await readFile(join(root, 'src', file), 'utf8')
  const program: unknown = await parse(code, { syntax: 'typescript', target: 'es2024' })
  return valuesOf(program, 'title')
    .flatMap(textsIn)
    .map((text) =>
      text
        .split(hole)
        .map((part) => part.trim())
        .filter((part) => /\p{L}/u.test(part)),
    )
}

/** The values of a key, at any depth. */
function valuesOf(node: unknown, key: string): unknown[] {
  if (Array.isArray(node)) return node.flatMap((child) => valuesOf(child, key))
  if (typeof node !== 'object' || node === null) return []
  const own = at(node, 'key', 'value') === key ? [at(node, 'value')] : []
  return [...own, ...Object.values(node).flatMap((child) => valuesOf(child, key))]
}

/** Marks the place of an inserted value. */
const hole = '\u0000'

function isProse(part: string): boolean {
  return /\p{L}\S* \S+ \S*\p{L}/u.test(part)
}

function textsIn(node: unknown): string[] {
  const own = textOf(node)
  if (own !== null) return [own, ...holesOf(node).flatMap(textsIn)]
  if (Array.isArray(node)) return node.flatMap(textsIn)
  if (typeof node !== 'object' || node === null) return []
  if (adviceProperties.includes(String(at(node, 'key', 'value')))) return []
  if (adviceCalls.includes(calleeOf(node))) return []
  return Object.values(node).flatMap(textsIn)
}

/** The text of a literal, of a template, or of several joined by `+`; null for any other node. */
function textOf(node: unknown): string | null {
  switch (at(node, 'type')) {
    case 'StringLiteral':
      return String(at(node, 'value'))
    case 'TemplateLiteral': {
      const quasis = at(node, 'quasis')
      return Array.isArray(quasis) ? quasis.map((quasi) => String(at(quasi, 'cooked'))).join(hole) : null
    }
    case 'BinaryExpression': {
      const [left, right] = [textOf(at(node, 'left')), textOf(at(node, 'right'))]
      return at(node, 'operator') === '+' && left !== null && right !== null ? left + right : null
    }
    default:
      return null
  }
}

/** The values that are inserted into a text. They may hold texts too. */
function holesOf(node: unknown): unknown[] {
  const expressions = at(node, 'expressions')
  if (Array.isArray(expressions)) return expressions
  return at(node, 'type') === 'BinaryExpression' ? [at(node, 'left'), at(node, 'right')].flatMap(holesOf) : []
}

/** `name`, or `object.name`. */
function calleeOf(node: unknown): string {
  const callee = at(node, 'callee')
  const name = at(callee, 'value')
  return String(name ?? `${at(callee, 'object', 'value')}.${at(callee, 'property', 'value')}`)
}

function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (found, key) => (typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined),
    value,
  )
}
