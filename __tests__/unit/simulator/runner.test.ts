import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { parseOutputs, runAction } from '../../../simulator/runner.ts'

const definition = `
inputs:
  first-one: { default: 30 }
  blank: { required: false }
  token: { default: '\${{ github.token }}' }
runs: { using: node24, main: main.js }
`
const main = `
require('node:fs').appendFileSync(process.env.GITHUB_OUTPUT, 'env<<E\\n' + JSON.stringify(process.env) + '\\nE\\n')
require('node:fs').appendFileSync(process.env.GITHUB_STEP_SUMMARY, '# Done')
console.error('failing')
process.exitCode = 3
`
let action = ''

beforeAll(async () => {
  action = await mkdtemp(join(tmpdir(), 'runner-test-'))
  await writeFile(join(action, 'action.yml'), definition)
  await writeFile(join(action, 'main.js'), main)
})

afterAll(() => rm(action, { recursive: true }))

test('an action gets inputs, defaults and an environment of its own, and all that comes out is collected', async () => {
  process.env['AWS_PROFILE'] = 'developer'
  const { finished } = await runAction({ action, inputs: { 'given-one': ' a b ' }, environment: { AWS_REGION: 'x' } })
  delete process.env['AWS_PROFILE']
  const { outputs, ...result } = await finished
  expect(result).toMatchObject({ exitCode: 3, signal: null, stdout: '', stderr: 'failing\n', summary: '# Done' })
  const variables: Record<string, string> = JSON.parse(outputs['env'] ?? '')
  expect(variables).toMatchObject({
    'INPUT_GIVEN-ONE': ' a b ',
    'INPUT_FIRST-ONE': '30',
    INPUT_BLANK: '',
    INPUT_TOKEN: '',
    AWS_REGION: 'x',
    GITHUB_ACTIONS: 'true',
  })
  expect(variables).not.toHaveProperty('AWS_PROFILE')
  expect(variables['HOME']).toContain(tmpdir())
})

test.each<[string, NodeJS.Platform, Record<string, string>]>([
  ['', 'linux', {}],
  ['a=1=2\nb=\n', 'linux', { a: '1=2', b: '' }],
  ['a<<E\n  x\n\nb=2\n E\nE\nc<<E\nE\n', 'linux', { a: '  x\n\nb=2\n E', c: '' }],
  ['a=1\na<<E\n2\nE\n', 'win32', { a: '2' }],
  ['a<<E\nx\r\n\r\nE\nb= y\r\n', 'linux', { a: 'x\r\n\r', b: ' y\r' }],
  ['a<<E\r\nx\r\n\r\nE\r\nb= y\r\n', 'win32', { a: 'x\r\n', b: ' y' }],
])('outputs are read as the runner reads them: %j on %s', (text, platform, outputs) => {
  expect(parseOutputs(text, platform)).toEqual(outputs)
})

test.each([
  ['a<<E\nx\n', 'Matching delimiter not found'],
  ['nonsense\n', 'Invalid format'],
])('outputs are refused as the runner refuses them: %j', (text, message) => {
  expect(() => parseOutputs(text)).toThrow(message)
})
