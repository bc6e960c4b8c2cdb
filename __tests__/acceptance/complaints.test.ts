import { describe, expect, test } from '@jest/globals'
import { commandsIn, foreignCommandsIn } from '../support/commands.ts'
import { leaksIn, outputComplaints, unknownResult, unmaskedIn } from '../support/complaints.ts'
import { outputNames } from '../support/definition.ts'

// What judges every step must itself notice what is wrong.

describe('commands', () => {
  test.each([
    ['::error::x', 'error'],
    [' \t\u00a0::error::x', 'error'],
    ['x\r::error::x', 'error'],
    ['x\u2028::error::x', 'error'],
    ['x\u0085 ::error::x', 'error'],
    ['a ##[error]x', 'error'],
    ['::add-mask::##[error]x', 'add-mask'],
  ])('are found in %j', (text, name) => {
    expect(commandsIn(text).map((command) => command.name)).toEqual([name])
  })

  test.each(['x ::error::x', ': :error::x', '# #[error]x', '::error', ''])('are not found in %j', (text) => {
    expect(commandsIn(text)).toEqual([])
  })

  test.each([
    '::error::without a title',
    '::error title=x,file=y::z',
    '::set-output name=verdict::succeeded',
    '::debug::anything else',
    '::add-mask::e',
    '##[debug]x',
  ])('%j is not the action’s own', (line) => {
    expect(foreignCommandsIn(line)).toHaveLength(1)
  })
})

describe('outputs', () => {
  const id = '5a1b2c3d-0123-4567-89ab-0123456789ab'
  const result = {
    ...unknownResult,
    requestId: id,
    operation: 'provision-permission-set',
    status: 'SUCCEEDED',
    createdDate: '2026-11-20T10:00:00.000Z',
  }
  const good = {
    ...Object.fromEntries(outputNames.map((name) => [name, ''])),
    verdict: 'succeeded',
    status: 'SUCCEEDED',
    'created-date': '2026-11-20T10:00:00.000Z',
    'accounts-behind': '[]',
    'elapsed-seconds': '0.123',
    results: JSON.stringify([result]),
    'results-file': '/temp/results.json',
  }

  test('that are as they should be', () => {
    expect(outputComplaints(good)).toEqual([])
  })

  test.each([
    { status: 'PAUSED' },
    { 'created-date': '2026-11-20' },
    { 'accounts-behind': '["5"]' },
    { 'accounts-behind': '' },
    { 'console-url': 'https://evil.example' },
    { 'elapsed-seconds': '1e3' },
    { results: '{' },
    { results: JSON.stringify([{ ...result, status: null }]) },
    { results: JSON.stringify([{ ...result, createdDate: 'today' }]) },
    { results: JSON.stringify([{ ...result, more: 1 }]) },
    { surplus: 'x' },
  ])('%j is noticed', (wrong) => {
    expect(outputComplaints({ ...good, ...wrong })).not.toEqual([])
  })

  test('one that is missing is noticed', () => {
    const { results: _, ...others } = good
    expect(outputComplaints(others)).toEqual(['no output results'])
  })
})

describe('secrets', () => {
  const secret = 'p@ss w/rd#100%'

  test.each([secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')])('%j is noticed', (form) => {
    const places = { 'the log': `x ${form} y` }
    expect(leaksIn(places, [secret])).toHaveLength(1)
    expect(leaksIn(places, ['another secret'])).toEqual([])
  })

  test('what is not masked is noticed', () => {
    expect(unmaskedIn('::add-mask::first-secret\nsecond-secret\n', ['first-secret', 'second-secret'])).toHaveLength(1)
  })
})
