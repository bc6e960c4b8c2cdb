import { expect, it } from '@jest/globals'
import { agreedNoProxy } from '../../src/no-proxy.ts'

it.each([
  ['amazonaws.com', 'amazonaws.com,.amazonaws.com'],
  ['.amazonaws.com', '.amazonaws.com'],
  ['*.amazonaws.com', '.amazonaws.com'],
  ['localhost', 'localhost,.localhost'],
  ['*', '*'],
  ['10.0.0.1', '10.0.0.1'],
  ['10.0.0.1-10.0.0.9', '10.0.0.1-10.0.0.9'],
  ['sso.example.com:8443', 'sso.example.com:8443'],
  ['[::1]', '[::1]'],
  ['a.example, b.example c.example', 'a.example,.a.example,b.example,.b.example,c.example,.c.example'],
  ['', ''],
])('NO_PROXY %j becomes %j', (given, agreed) => {
  expect(agreedNoProxy(given)).toBe(agreed)
})
