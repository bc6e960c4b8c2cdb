import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { parse } from '@swc/core'
import { inputOptions } from '../../../src/inputs/table.ts'
import { forCommandLine } from '../../../src/terminal/words.ts'

const src = join(import.meta.dirname, '../../../src')
/** What the command says comes from these. */
const files = (await readdir(src, { recursive: true, encoding: 'utf8' })).filter((file) =>
  /^(aws|goals|inputs|report|requests|wait)[\\/].*\.ts$/.test(file),
)
/** A text in which the command and the action are told apart, or which the command never has. */
const ofTheAction = /id-token: write|role-duration-seconds|role-to-assume|OIDC token|token service|pull-request-comment/

/** Every text in a program, with the name of an input in place of each inserted value. Texts joined by `+` are one text. */
function textsIn(node: unknown): string[] {
  const own = textOf(node)
  if (own !== null) return [own]
  if (Array.isArray(node)) return node.flatMap(textsIn)
  return typeof node === 'object' && node !== null ? Object.values(node).flatMap(textsIn) : []
}

function textOf(node: unknown): string | null {
  const at = (name: string): unknown =>
    typeof node === 'object' && node !== null ? Reflect.get(node, name) : undefined
  if (at('type') === 'StringLiteral') return String(at('value'))
  const quasis = at('quasis')
  if (at('type') === 'TemplateLiteral' && Array.isArray(quasis))
    return quasis.map((quasi: { cooked: string }) => quasi.cooked).join('until')
  if (at('type') !== 'BinaryExpression' || at('operator') !== '+') return null
  const [left, right] = [textOf(at('left')), textOf(at('right'))]
  return left === null || right === null ? null : left + right
}

test('no text of the checks and of the report is about a job on GitHub, once it is in the words of the command line', async () => {
  const programs = files.map(async (file) => parse(await readFile(join(src, file), 'utf8'), { syntax: 'typescript' }))
  const texts = textsIn(await Promise.all(programs)).filter((text) => text.includes(' '))
  expect(texts.length).toBeGreaterThan(300)
  const names = [...inputOptions.keys()].join('|')
  const foreign = new RegExp(`\\b(workflow|GitHub|runner|steps?|jobs?|with:|env:)\\b|\\b[Ii]nput '|'(${names})[':]`)
  const said = texts.filter((text) => !ofTheAction.test(text)).map(forCommandLine)
  expect(said.filter((text) => foreign.test(text))).toEqual([])
})

test('what AWS says stays as it is', () => {
  const reason = 'Received a 404 status error: Not supported policy arn:aws:iam::aws:policy/x.'
  expect(forCommandLine(reason)).toBe(reason)
})
