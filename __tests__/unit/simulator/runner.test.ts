import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { parseOutputs, runAction } from '../../../simulator/runner.ts'

let action = ''

beforeAll(async () => {
  action = await mkdtemp(join(tmpdir(), 'runner-test-'))
  await writeFile(
    join(action, 'action.yml'),
    `
inputs:
  first-one: { default: 30 }
  blank: { required: false }
  token: { default: '\${{ github.token }}' }
runs: { using: node24, main: main.js }
`,
  )
  await writeFile(
    join(action, 'main.js'),
    `
const { appendFileSync } = require('node:fs')
const { INPUT_MODE: mode } = process.env
if (mode === 'wait') {
  process.on('SIGINT', () => { console.log('interrupted'); process.exit(130) })
  setInterval(() => {}, 1000)
  console.log('waiting')
} else {
  appendFileSync(process.env.GITHUB_OUTPUT, 'env<<E\\n' + JSON.stringify(process.env) + '\\nE\\n')
  appendFileSync(process.env.GITHUB_STEP_SUMMARY, '# Done')
  console.error('failing')
  process.exitCode = 3
}
`,
  )
})

afterAll(() => rm(action, { recursive: true }))

describe('runAction', () => {
  test('gives inputs, defaults and an environment of its own, and collects all that comes out', async () => {
    process.env['AWS_PROFILE'] = 'developer'
    const { finished } = await runAction({ action, inputs: { 'given-one': ' a b ' }, environment: { AWS_REGION: 'x' } })
    const { durationMs, outputs, resultsFile: _, ...result } = await finished
    delete process.env['AWS_PROFILE']
    expect(result).toEqual({ exitCode: 3, signal: null, stdout: '', stderr: 'failing\n', summary: '# Done' })
    expect(durationMs).toBeGreaterThan(0)
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

  // On Windows, a process cannot handle the signal of another one.
  const testSignals = process.platform === 'win32' ? test.skip : test
  testSignals('lets a signal through while it runs', async () => {
    let heard = ''
    const { child, finished } = await runAction({
      action,
      inputs: { mode: 'wait' },
      onOutput: (text) => {
        heard += text
        if (text.includes('waiting')) child.kill('SIGINT')
      },
    })
    expect(await finished).toMatchObject({ exitCode: 130, stdout: 'waiting\ninterrupted\n', outputs: {}, summary: '' })
    expect(heard).toBe('waiting\ninterrupted\n')
  })

  test('tells which signal ended it', async () => {
    const { child, finished } = await runAction({ action, inputs: { mode: 'wait' } })
    child.kill('SIGKILL')
    expect(await finished).toMatchObject({ exitCode: null, signal: 'SIGKILL' })
  })
})

describe('parseOutputs', () => {
  test.each<[string, Record<string, string>]>([
    ['', {}],
    ['a=1=2\nb=\n', { a: '1=2', b: '' }],
    ['a<<E\n  x\n\nb=2\n E\nE\nc<<E\nE\n', { a: '  x\n\nb=2\n E', c: '' }],
    ['a=1\na<<E\n2\nE\n', { a: '2' }],
  ])('%j', (text, outputs) => {
    for (const platform of ['linux', 'win32']) expect(parseOutputs(text, platform)).toEqual(outputs)
  })

  test.each<[string, string, Record<string, string>]>([
    ['linux', 'a<<E\nx\r\n\r\nE\nb= y\r\n', { a: 'x\r\n\r', b: ' y\r' }],
    ['win32', 'a<<E\r\nx\r\n\r\nE\r\nb= y\r\n', { a: 'x\r\n', b: ' y' }],
  ])('on %s, of %j', (platform, text, outputs) => {
    expect(parseOutputs(text, platform)).toEqual(outputs)
  })

  test.each([
    ['a<<E\nx\n', 'Matching delimiter not found'],
    ['nonsense\n', 'Invalid format'],
  ])('refuses %j', (text, message) => {
    expect(() => parseOutputs(text)).toThrow(message)
  })
})
