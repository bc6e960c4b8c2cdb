import { expect, test } from '@jest/globals'
import { parseOutputs } from '../../../simulator/runner.ts'

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
