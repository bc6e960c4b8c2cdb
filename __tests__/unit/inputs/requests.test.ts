import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { right, wrong } from '../../../src/inputs/parsed.ts'
import { readInputs } from '../../../src/inputs.ts'
import { answerMembers, operationNames, type RequestKey } from '../../../src/request.ts'
import { environmentOf, inputsIn, instanceArn, requestId, requestIdOf } from '../examples.ts'
import { inputsOf, problemsOf } from './reading.ts'

function requestIdsOf(text: string): string[] {
  return inputsOf({ 'request-id': text }).requests.map(({ requestId }) => requestId)
}

/** An answer of AWS, as a CLI or an SDK has it. */
function answerTo({ requestId, operation }: RequestKey, besides: object = {}): object {
  const request = { Status: 'IN_PROGRESS', RequestId: requestId, FailureReason: 'a "quote", a { and a \\' }
  return { [answerMembers[operation]]: request, ...besides }
}

/** A text in which requests are in any mixture of forms. */
function mixtureOf(requests: readonly RequestKey[]): fc.Arbitrary<string> {
  const metadata = fc.constantFrom({}, { ResponseMetadata: { HTTPHeaders: {} } }, { $metadata: { attempts: 1 } })
  const values = requests.map((request) => {
    const answer = metadata.map((besides) => answerTo(request, besides))
    const row = fc.constant({ ...request, status: null, failureReason: null, error: '[' })
    return request.operation === 'delete-account-assignment'
      ? fc.oneof(answer, row, fc.constant(request.requestId))
      : fc.oneof(answer, row)
  })
  const inArray = fc.array(fc.boolean(), { minLength: requests.length, maxLength: requests.length })
  const spacing = fc.record({ separator: fc.stringMatching(/^[ ,\n\r\t]{1,3}$/), indent: fc.constantFrom(0, 2, '\t') })
  return fc.tuple(fc.tuple(...values), inArray, spacing).map(([given, isInArray, { separator, indent }]) => {
    const pieces = given.map((value, index) => {
      if (isInArray[index]) return JSON.stringify([given[0], value], null, indent)
      return typeof value === 'string' ? value : JSON.stringify(value, null, indent)
    })
    return pieces.join(separator)
  })
}

describe('request-id', () => {
  test('any mixture of IDs, answers, results and arrays of them gives the same requests in the same order', () => {
    const requests = fc.uniqueArray(
      fc.record({ requestId: fc.uuid(), operation: fc.constantFrom(...operationNames) }),
      { minLength: 1, maxLength: 8, selector: (request) => request.requestId },
    )
    const withTexts = requests.chain((given) =>
      fc.tuple(fc.constant(given), mixtureOf([...given, ...given.slice(0, 2)])),
    )
    fc.assert(
      fc.property(withTexts, ([given, text]) => {
        const inputs = { 'request-id': text, operation: 'delete-account-assignment' }
        expect(inputsOf(inputs).requests).toEqual(given)
      }),
    )
  })

  test('an answer says its operation, also after a bare ID of the same request', () => {
    const request = { requestId, operation: 'create-account-assignment' } as const
    const text = `${requestId} ${requestIdOf(2)} ${JSON.stringify(answerTo(request))} ${requestId}`
    expect(inputsOf({ 'request-id': text }).requests).toEqual([
      request,
      { requestId: requestIdOf(2), operation: 'provision-permission-set' },
    ])
  })

  test.each<[string, object]>([
    ['the ID of the HTTP request', { requestId: requestIdOf(2) }],
    [
      'the ID of the HTTP request and an operation',
      { requestId: requestIdOf(2), operation: 'provision-permission-set' },
    ],
    ['an ID in the spelling of AWS', { RequestId: requestIdOf(2) }],
    ['the answer of a list', { PermissionSetsProvisioningStatus: [{ RequestId: requestIdOf(2) }] }],
    ['the same in camelCase', { permissionSetProvisioningStatus: { requestId: requestIdOf(2) } }],
  ])("an answer's own member wins over %s beside it", (_, besides) => {
    const request = { requestId, operation: 'delete-account-assignment' } as const
    for (const answer of [answerTo(request, besides), { ...besides, ...answerTo(request) }])
      expect(inputsOf({ 'request-id': JSON.stringify(answer) }).requests).toEqual([request])
  })

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
    expect(problem).toMatch(/^Input 'request-id' is blank, .*output.* is misspelt or was never set/)
    expect(problem).toContain('[] when the deploy changed nothing')
  })

  test('only separators are refused', () => {
    expect(problemsOf({ 'request-id': ' , ,' })).toEqual([
      'Input \'request-id\' is ", ,", but it holds no request ID. For "nothing to wait for", give [].',
    ])
  })

  const created = answerMembers['create-account-assignment']
  test.each([
    ['null', 'a request ID is a UUID in lower case'],
    ['{}', 'that is neither a request ID nor an answer of AWS with PermissionSetProvisioningStatus, '],
    [`{"RequestId":"${requestId}"}`, 'give the whole answer, without --query.'],
    [`{"${created}":{"Status":"FAILED"}}`, `its ${created} has no RequestId that is a UUID in lower case.`],
    [`{"${created}":null}`, `its ${created} has no RequestId`],
    [`{"requestId":"${requestId}","operation":"deploy"}`, 'its operation must be one of provision-permission-set, '],
    [`{"requestId":"x","operation":"create-account-assignment"}`, 'its requestId is not a UUID in lower case.'],
    [`["${requestId}"`, 'that is not valid JSON.'],
    [`{PermissionSetProvisioningStatus:{}}`, 'A shell removes double quotes'],
    ["{'PermissionSetProvisioningStatus': 1}", 'json.dumps(answer, default=str)'],
    [requestId.toUpperCase(), 'only needs to be in lower case'],
    ['arn:aws:sso:::instance/ssoins-1234567890abcdef', 'This is an ARN; the request ID is what'],
    ["'x'", 'JSON needs double quotes'],
    ["{ RequestId: 'x' }", 'print JSON.stringify(answer)'],
    ['AccountAssignmentCreationStatus:', 'use --output json'],
  ])('%s is refused, and the message says what would be right', (text, expected) => {
    const [problem] = problemsOf({ 'request-id': text })
    expect(problem).toContain(`Input 'request-id' is ${JSON.stringify(text)}, but `)
    expect(problem).toContain(expected)
  })

  const item = 'that is neither a request ID'
  const longArray = JSON.stringify([...Array.from({ length: 9 }, (_, index) => requestIdOf(index)), { a: 1 }])
  test.each([
    ['[5]', `is "[5]" (item 1 of the array), but ${item}`],
    [`${requestId}\n\n  {}`, `holds "{}" (line 3, column 3), but ${item}`],
    [`${requestId}\r\n["${requestId}", null]`, `(line 2, column 1, item 2 of the array), but ${item}`],
    [longArray, `holds "{\\"a\\":1}" (item 10 of the array), but ${item}`],
    [`{\n"x": 1\n}\n${requestId} "x"`, 'holds "\\"x\\"" (line 4, column 38), but a request ID is'],
  ])('a problem in %j has its place', (text, expected) => {
    expect(problemsOf({ 'request-id': text }).at(-1)).toContain(expected)
  })

  test('answers that give one request two operations are refused', () => {
    const answers = operationNames.slice(1).map((operation) => JSON.stringify(answerTo({ requestId, operation })))
    expect(problemsOf({ 'request-id': answers.join('\n') })).toEqual([
      expect.stringMatching(/\(line 2, column 1\), but the same request is of create-account-assignment before\./),
    ])
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
      "Input 'request-id' holds 2 more values that are wrong.",
    ])
    expect(problemsOf({ 'request-id': '{a} '.repeat(20_000) }).at(-1)).toBe(
      "Input 'request-id' holds at least 10000 more values that are wrong.",
    )
  })

  test('at most 10,000 requests are taken, and repeats do not count', () => {
    const most = Array.from({ length: 10_000 }, (_, index) => requestIdOf(index))
    expect(requestIdsOf([...most, ...most].join(' '))).toEqual(most)
    expect(problemsOf({ 'request-id': [...most, requestIdOf(10_000)].join(' ') })).toEqual([
      "Input 'request-id' holds 10001 request IDs, but one step waits for at most 10000. Split them over several steps.",
    ])
  })
})

describe('request-file', () => {
  const given = { 'instance-arn': instanceArn, 'aws-region': 'eu-central-1', 'request-file': 'answers.json' }

  test('has the same forms as request-id', () => {
    const text = `\ufeff${JSON.stringify(answerTo({ requestId, operation: 'create-account-assignment' }))}\n`
    expect(inputsIn(readInputs(environmentOf(given), right(text))).requests).toEqual([
      { requestId, operation: 'create-account-assignment' },
    ])
  })

  test.each([
    [
      'a wrong value has its place',
      {},
      right(`${requestId}\n{}\n`),
      'The file of input \'request-file\' holds "{}" (line 2',
    ],
    ['a file that cannot be read is a problem', {}, wrong("Input 'request-file' is …"), "Input 'request-file' is …"],
    [
      'request-id beside it is a problem',
      { 'request-id': '[]' },
      right('[]'),
      "'request-id' has a value too. Give only",
    ],
  ])('%s', (_, others, file, expected) => {
    const read = readInputs(environmentOf({ ...given, ...others }), file)
    expect(read.ok ? [] : read.problems).toEqual([expect.stringContaining(expected)])
  })
})
