import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { requestId, requestIdOf } from '../examples.ts'
import { inputsOf, problemsOf } from './reading.ts'

function requestIdsOf(text: string): string[] {
  return inputsOf({ 'request-id': text }).requests.map(({ requestId }) => requestId)
}

describe('request-id', () => {
  const uuids = fc.array(fc.uuid(), { maxLength: 20 })
  const separators = fc.stringMatching(/^[ ,\n\r\t]{1,3}$/)

  test('any list of UUIDs, with any separators, gives the same list without repeats', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.uuid(), separators), { minLength: 1, maxLength: 20 }), uuids, (pairs, again) => {
        const given = pairs.map(([id]) => id)
        const repeated = again.length > 0 ? [...given, ...given] : given
        const text = repeated.map((id, index) => `${id}${pairs[index % pairs.length]?.[1] ?? ','}`).join('')
        expect(requestIdsOf(text)).toEqual([...new Set(given)])
      }),
    )
  })

  test('any JSON array of UUIDs gives the same list without repeats', () => {
    fc.assert(
      fc.property(uuids, fc.nat(2), fc.boolean(), (ids, indent, padded) => {
        const given = [...ids, ...ids.slice(0, 2)].map((id) => (padded ? ` ${id} ` : id))
        const text = JSON.stringify(given, null, indent)
        expect(requestIdsOf(text)).toEqual([...new Set(ids)])
      }),
    )
  })

  test.each(['[]', ' [ ] '])('%s says that the deploy changed nothing', (empty) => {
    expect(requestIdsOf(empty)).toEqual([])
  })

  test.each(['', '   ', '\n', undefined])('%j is blank, and the message names the usual cause', (blank) => {
    const [problem, ...others] = problemsOf({ 'request-id': blank })
    expect(others).toEqual([])
    expect(problem).toMatch(/^Input 'request-id' is required, but is blank\. .*output.* is misspelt or was never set/)
    expect(problem).toContain('[] when the deploy changed nothing')
  })

  test('only separators are refused', () => {
    expect(problemsOf({ 'request-id': ' , ,' })).toEqual([
      'Input \'request-id\' is ", ,", but it holds no request ID. For "nothing to wait for", give [].',
    ])
  })

  test.each(['[1]', '[null]', '["a", ["b"]]', '["', '[{}]', '[] []'])(
    '%s is refused, because it is not a JSON array of strings',
    (text) => {
      expect(problemsOf({ 'request-id': text })).toEqual([
        `Input 'request-id' is ${JSON.stringify(text)}, but what starts with [ must be a JSON array of strings, as in ["…", "…"].`,
      ])
    },
  )

  test.each([
    [requestId.toUpperCase(), 'only needs to be in lower case'],
    ['arn:aws:sso:::instance/ssoins-1234567890abcdef', 'This is an ARN; the request ID is what'],
    [`"${requestId}"`, 'must be an array of strings'],
    ["'x'", 'must be an array of strings'],
    ['{"RequestId":"x"}', 'must be an array of strings'],
  ])('%s is refused, with a hint about what it is', (id, hint) => {
    expect(problemsOf({ 'request-id': id })).toEqual([expect.stringContaining(hint)])
  })

  test.each([
    requestId.slice(1),
    `${requestId}0`,
    `0${requestId}`,
    '5a{1b',
    requestId.replaceAll('-', ''),
    'g'.repeat(8) + requestId.slice(8),
  ])('%s is refused', (id) => {
    expect(problemsOf({ 'request-id': id })).toEqual([
      `Input 'request-id' is "${id}", but a request ID is a UUID in lower case, as in 5a1b2c3d-0123-4567-89ab-0123456789ab.`,
    ])
  })

  test('five of many wrong IDs are quoted, and the rest is counted', () => {
    const wrong = Array.from({ length: 7 }, (_, index) => `wrong-${index}`)
    const five = wrong.slice(0, 5).map((id) => expect.stringContaining(`"${id}"`))
    expect(problemsOf({ 'request-id': wrong.slice(0, 5).join() })).toEqual(five)
    expect(problemsOf({ 'request-id': [requestId, ...wrong].join() })).toEqual([
      ...five,
      "Input 'request-id' holds 2 more request IDs that are not UUIDs in lower case.",
    ])
  })

  test('at most 1,000 request IDs are taken, and repeats do not count', () => {
    const thousand = Array.from({ length: 1_000 }, (_, index) => requestIdOf(index))
    expect(requestIdsOf([...thousand, ...thousand].join(' '))).toEqual(thousand)
    expect(problemsOf({ 'request-id': [...thousand, requestIdOf(1_000)].join(' ') })).toEqual([
      "Input 'request-id' holds 1001 request IDs, but one step waits for at most 1000. Split them over several steps.",
    ])
  })
})
