import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { right, wrong } from '../../../src/inputs/parsed.ts'
import { readInputs } from '../../../src/inputs.ts'
import { answerMembers, operationNames, type RequestKey } from '../../../src/requests/request.ts'
import { environmentOf, inputsIn, instanceArn, permissionSetArn, requestId, requestIdOf } from '../examples.ts'
import { inputsOf, problemsOf } from './reading.ts'

const item = 'that is neither a request ID'
const created = answerMembers['create-account-assignment']

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

  const creation = { requestId, operation: 'create-account-assignment' } as const
  const deletion = { requestId, operation: 'delete-account-assignment' } as const
  const provisioning = { requestId, operation: 'provision-permission-set' } as const
  /** As PowerShell has it: every member of the class, and an enumeration as an object. */
  const inner = {
    CreatedDate: '0001-01-01T00:00:00',
    FailureReason: null,
    PermissionSetArn: permissionSetArn,
    RequestId: requestId,
    Status: { Value: 'IN_PROGRESS' },
  }
  const assignment = { ...inner, PrincipalId: 'p', PrincipalType: { Value: 'USER' }, TargetId: '111122223333' }
  const responseElements = { accountAssignmentCreationStatus: { requestId, status: 'IN_PROGRESS', targetId: '1' } }
  const event = { eventName: 'CreateAccountAssignment', requestID: requestIdOf(2), responseElements }
  test.each<[name: string, value: unknown, RequestKey]>([
    ['an event of CloudTrail', event, creation],
    ['an event of EventBridge', { 'detail-type': 'AWS API Call via CloudTrail', detail: event }, creation],
    ['the responseElements of an event', responseElements, creation],
    ['an answer in camelCase', { permissionSetProvisioningStatus: { requestId }, requestId: 'x' }, provisioning],
    ['an answer in snake_case', { account_assignment_creation_status: { request_id: requestId } }, creation],
    ['the inner object of a provisioning', { ...inner, AccountId: null }, provisioning],
    ['the inner object of an assignment', assignment, deletion],
    ['the same in an array', [assignment], deletion],
    ['an inner object in camelCase', { requestId, status: 'SUCCEEDED', principalId: 'p' }, deletion],
  ])('%s is read', (_, value, request) => {
    const inputs = { 'request-id': JSON.stringify(value), operation: 'delete-account-assignment' }
    expect(inputsOf(inputs).requests).toEqual([request])
  })

  test('an assignment is no second problem beside a wrong operation', () => {
    const inputs = { 'request-id': JSON.stringify(assignment), operation: 'x' }
    expect(problemsOf(inputs)).toEqual([expect.stringContaining("Input 'operation' is")])
  })

  test.each<[string, object]>([
    ['the ID of the HTTP request', { requestId: requestIdOf(2) }],
    ['the same with an operation', { requestId: requestIdOf(2), operation: 'provision-permission-set' }],
    ['an ID in the spelling of AWS', { RequestId: requestIdOf(2) }],
    ['the answer of a list', { PermissionSetsProvisioningStatus: [{ RequestId: requestIdOf(2) }] }],
    ['the same in camelCase', { permissionSetProvisioningStatus: { requestId: requestIdOf(2) } }],
  ])("an answer's own member wins over %s beside it", (_, besides) => {
    const request = { requestId, operation: 'delete-account-assignment' } as const
    for (const answer of [answerTo(request, besides), { ...besides, ...answerTo(request) }])
      expect(inputsOf({ 'request-id': JSON.stringify(answer) }).requests).toEqual([request])
  })

  test.each<[text: string, requestIds: string[]]>([
    ['[]', []],
    [' [ ] ', []],
    [`[" ${requestId} ",\n"${requestIdOf(2)}\\n"]`, [requestId, requestIdOf(2)]],
  ])('blanks in the array %j do not count', (text, requestIds) => {
    expect(requestIdsOf(text)).toEqual(requestIds)
  })

  test.each([' \n', undefined])('%j is blank, and the message names the usual cause', (blank) => {
    expect(problemsOf({ 'request-id': blank })).toEqual([
      expect.stringMatching(
        /^Input 'request-id' is blank, .*output.* is misspelt or was never set.*\[\] when the deploy/s,
      ),
    ])
  })

  const neither = 'that is neither a request ID nor an answer of AWS with PermissionSetProvisioningStatus, '
  const uuid = 'a request ID is a UUID in lower case, as in 5a1b2c3d-0123-4567-89ab-0123456789ab.'
  const nothing = 'Where --query or jq finds nothing, they print that'
  const otherFormat = 'This is an answer in another format; use --output json.'
  const notUuids = [requestId.slice(1), `${requestId}0`, `0${requestId}`, '5a{1b', requestId.replaceAll('-', '')]
  const twoOperations = operationNames.slice(1).map((operation) => JSON.stringify(answerTo({ requestId, operation })))
  test.each<[string, string, ...string[]]>([
    ['{}', neither, 'aws sso-admin provision-permission-set … --output json prints one.'],
    [`{"RequestId":"${requestId}"}`, neither, 'give the whole answer, without --query.'],
    [`{"${created}":{"Status":"FAILED"}}`, `its ${created} has no RequestId that is a UUID in lower case.`],
    [`{"${created}":null,"requestId":"${requestId}"}`, `its ${created} has no RequestId`],
    [`{"requestId":"${requestId}","operation":"deploy"}`, 'its operation must be one of provision-permission-set, '],
    [`{"requestId":"x","operation":"create-account-assignment"}`, 'it has no RequestId that is a UUID in lower case.'],
    [`{"requestId":"${requestId}"}`, neither, 'give the whole answer, without --query.'],
    [`{"RequestId":"x","Status":"FAILED"}`, 'it has no RequestId that is a UUID in lower case.'],
    ['{"responseElements":null,"errorCode":"x"}', neither, 'the call of this event started no request.'],
    [`{"Events":[]}`, neither, "--query 'Events[].CloudTrailEvent' --output text"],
    [`{"a":"${permissionSetArn}"}`, neither, "This holds permission sets; give it in 'permission-set-arn'."],
    [permissionSetArn, "give it in 'permission-set-arn'."],
    ['RequestId', 'PowerShell prints objects so for people; let ConvertTo-Json print it.'],
    [`{"PermissionSetsProvisioningStatus":[]}`, neither, "This is AWS's list of requests"],
    [`{"accountAssignmentsDeletionStatus":[]}`, neither, "This is AWS's list of requests"],
    ['null', uuid, nothing],
    ['"None"', uuid, nothing],
    ['undefined', uuid, nothing],
    ['[null]', neither, nothing],
    [JSON.stringify(JSON.stringify({ [created]: {} })), 'This is JSON inside a JSON string'],
    [JSON.stringify([JSON.stringify([requestId])]), 'This is JSON inside a JSON string'],
    [requestId.toUpperCase(), 'only needs to be in lower case'],
    ['arn:aws:sso:::instance/ssoins-1234567890abcdef', 'This is an ARN; the request ID is what'],
    ["'x'", 'JSON needs double quotes'],
    [`${created}:`, otherFormat],
    ['PERMISSIONSETPROVISIONINGSTATUS', otherFormat],
    [`ProvisionPermissionSetOutput{permission_set_provisioning_status:Some(`, otherFormat],
    [`{PermissionSetProvisioningStatus:{}}`, 'that is not valid JSON.', 'A shell removes double quotes', 'column 2.'],
    ["{'PermissionSetProvisioningStatus': 1}", 'json.dumps(answer, default=str)', 'column 2.'],
    ["{ RequestId: 'x' }", 'print JSON.stringify(answer)', 'column 3.'],
    ['[object Object]', 'print JSON.stringify(answer)'],
    [' , ,', 'is ", ,", but it holds no request ID. For "nothing to wait for", give [].'],
    ...[...notUuids, 'g'.repeat(8) + requestId.slice(8)].map((id): [string, string] => [id, `is "${id}", but ${uuid}`]),
    [
      JSON.stringify(assignment),
      "it has a principal, so it is of an account assignment, and 'operation' must be create-account-assignment or delete-",
    ],
    [twoOperations.join('\n'), '(line 2, column 1), but the same request is of create-account-assignment before.'],
    // Where it is.
    [`["${requestId}"`, 'that is not valid JSON.', 'Its end is missing.'],
    ['{"a": {"b": ["c"}}', 'that is not valid JSON.', 'It stops being valid at line 1, column 17.'],
    ['{"a": 1 // note\n}', 'It stops being valid at line 1, column 9.'],
    [`${requestId}\n  {"a" 1}`, 'It stops being valid at line 2, column 8.'],
    ['{"a": 012}', 'It stops being valid at line 1, column 8.'],
    ['{"a": "b\nc"}', 'It stops being valid at line 1, column 9.'],
    ['[5]', `holds "5" (item 1 of the array), but ${neither}`],
    [`[["${requestId}"]]`, `holds "[\\"${requestId}\\"]" (item 1 of the array), but ${neither}`],
    [`["${requestId}", "a", "b"]`, `holds "a" (item 2 of the array), but ${uuid}`, 'with "b" (item 3 of the array).'],
    [`${requestId}\n\n  {}`, `holds "{}" (line 3, column 3), but ${neither}`],
    [`${requestId}\r\n["${requestId}", null]`, `(line 2, column 1, item 2 of the array), but ${neither}`],
    [`[\n"${requestId}"\n]\n${requestId} "x"`, `holds "\\"x\\"" (line 4, column 38), but ${uuid}`],
    // Of many with the same mistake, only the first.
    ['a b', `${uuid} The same is wrong with "b" (line 1, column 3).`],
    [
      `${requestId} a b c d e`,
      `${uuid} The same is wrong with "b" (line 1, column 40), "c" (line 1, column 42) and 2 more.`,
    ],
    ['{"a" 1} {"b" 2}', 'It stops being valid at line 1, column 6. The same is wrong with'],
  ])('%j is refused, and the message says where it is and what would be right', (text, ...expected) => {
    const [problem, ...others] = problemsOf({ 'request-id': text })
    expect(others).toEqual([])
    expect(problem).toMatch(/^Input 'request-id' (is|holds) "/)
    for (const part of expected) expect(problem).toContain(part)
  })

  test('each cause is a problem', () => {
    expect(problemsOf({ 'request-id': 'a None b None' })).toEqual([
      expect.stringContaining('with "b" (line 1, column 8).'),
      expect.stringContaining('with "None" (line 1, column 10).'),
    ])
  })

  test('after 10,000 wrong values, a text is read no further', () => {
    expect(problemsOf({ 'request-id': '{a} '.repeat(20_000) })).toEqual([
      expect.stringContaining(' and 9997 more.'),
      "Input 'request-id' is read only up to its 10000th wrong value.",
    ])
  })

  const quoted = `'{"${created}":{"RequestId":"${requestId}","Status":"FAILED"}}'`
  const conflict = 'An error occurred (ConflictException) when calling the ProvisionPermissionSet operation: There is a'
  test.each([
    ['a table', '---------\n|  ProvisionPermissionSet  |\n+---------+\n|  Status  |  IN_PROGRESS  |\n', otherFormat],
    ['text', `PERMISSIONSETPROVISIONINGSTATUS\t1.6E9\t${requestId}\tIN_PROGRESS`, otherFormat],
    ['YAML', `PermissionSetProvisioningStatus:\n  RequestId: ${requestId}\n  Status: IN_PROGRESS\n`, otherFormat],
    ['JSON in quotes of a shell', quoted, 'JSON needs double quotes.'],
    ['an error', conflict, 'This is an error of the AWS CLI'],
  ])('%s instead of an answer in JSON is one problem', (_, text, expected) => {
    expect(problemsOf({ 'request-id': text })).toEqual([expect.stringMatching(new RegExp(`${expected}[^"]*$`))])
    expect(problemsOf({ 'request-id': `${text} [5]` })).toEqual([
      expect.stringContaining(expected),
      expect.stringContaining('holds "5" (line'),
    ])
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
  const read = (text: string) => readInputs(environmentOf(given), right(text))
  const problemsIn = (text: string) => {
    const inputs = read(text)
    return inputs.ok ? [] : inputs.problems
  }

  test('has the same forms as request-id', () => {
    const text = `\ufeff${JSON.stringify(answerTo({ requestId, operation: 'create-account-assignment' }))}\n`
    expect(inputsIn(read(text)).requests).toEqual([{ requestId, operation: 'create-account-assignment' }])
  })

  test('that cannot be read is a problem, and so is request-id beside it', () => {
    const unread = wrong("Input 'request-file' is …")
    expect(readInputs(environmentOf(given), unread)).toEqual(unread)
    expect(readInputs(environmentOf({ ...given, 'request-id': '[]' }), right('[]'))).toEqual({
      ok: false,
      problems: [expect.stringContaining("'request-id' has a value too. Give only")],
    })
  })

  const inArray = '(line 1, column 1, item 1 of the array), but'
  test.each([
    ['a word', 'hunter2', 'a text (line 1, column 1), but a request ID'],
    ['a JSON string', `${requestId}\n"hunter2"`, 'a text (line 2, column 1), but a request ID'],
    ['an ID', requestId.toUpperCase(), `"${requestId.toUpperCase()}" (line 1, column 1), but a request ID`],
    ['a number', '[5]', `a number ${inArray} ${item}`],
    ['null', '[null]', `null ${inArray} ${item}`],
    ['an array', '[["hunter2"]]', `an array ${inArray} ${item}`],
    ['an object', '{"hunter 2": {"hunter": 2}}', `an object (line 1, column 1), but ${item}`],
    [
      'keys',
      '{"RequestId":"hunter2","//":1,"state":2,"$id":{},"e":1}',
      'an object with RequestId, state, $id and 1 more (',
    ],
    ['invalid JSON', '{"hunter": 2', 'text that begins like JSON (line 1, column 1), but that is not valid JSON.'],
    ['lines', 'password=hunter2\n# hunter3', 'a text (line 1, column 1), but a request ID'],
  ])('of %s, a problem shows no more than an ID or keys', (_, text, expected) => {
    expect(problemsIn(text)).toEqual([expect.stringContaining(`The file of input 'request-file' holds ${expected}`)])
    expect(problemsIn(text).join()).not.toContain('hunter')
  })

  const answers = operationNames.map((operation, index) => answerTo({ requestId: requestIdOf(index), operation }))
  const [first = '', second = '', third = ''] = answers.map((answer) => JSON.stringify(answer))
  const pretty = JSON.stringify(answers[1], null, 4)
  const other = JSON.stringify({ level: 'info', status: 200, requestId: requestIdOf(6) })
  const upper = requestIdOf(9).toUpperCase()
  test.each<[name: string, log: string, requests: number[], skippedLines: number]>([
    ['nothing else', `${first}\n${pretty}\n`, [0, 1], 0],
    ['lines before, between and after', `+ aws sso-admin\n${first}\n\nDone: {1}\n${pretty}\nBye\n`, [0, 1], 3],
    ['a text on the lines of an answer', `2026-11-24T12:12:37Z [INFO] answer=${first}, ${second} done\nx`, [0, 1], 1],
    ['JSON of another kind', `${other}\n[]\n["a"]\n5\n${first}\n[${second},${third}]`, [0, 1, 2], 4],
    ['IDs on lines', `${requestIdOf(7)}\n"${requestIdOf(8)}",\nuser ${requestIdOf(9)}\n${first}`, [7, 8, 0], 1],
    ['brackets and quotes that stay open', `[\nit's {"a": 5" tall\n[[["\n${first}\n{"`, [0], 4],
    ['many brackets', `${'['.repeat(200)}\n${first}`, [0], 1],
    ['the words of an answer', `Waits for PermissionSetProvisioningStatus\nKeyError: 'RequestId'\n${first}`, [0], 2],
    ['an error of the CLI', `An error occurred (ConflictException) when calling\r\n${first}\r\n`, [0], 1],
  ])('answers are read from a log with %s', (_, log, requests, skippedLines) => {
    const inputs = inputsIn(read(log))
    expect(inputs.requests.map(({ requestId }) => requestId)).toEqual(requests.map(requestIdOf))
    expect(inputs.skippedLines).toBe(skippedLines)
  })

  test.each([
    ['an answer that is cut', pretty.slice(0, 60), 'holds a text (line 4, column 5), but that'],
    ['an answer of Python', "{'PermissionSetProvisioningStatus': {}}", '(line 3, column 2), but that'],
    ['an answer in a record', `{"answer":${second}}`, 'holds an object with answer (line 3, column 1), but that'],
    ['an answer without an ID', '{"PermissionSetProvisioningStatus":{}}', '(line 3, column 2), but that belongs'],
    ['an ID alone', `{"RequestId":"${requestId}"}`, 'holds an object with RequestId (line 3, column 1)'],
    ['a wrong item beside an answer', `[${second}, 5]`, 'holds a number (line 3, column 1, item 2 of the array)'],
    ['a wrong ID on its own line', upper, `holds "${upper}" (line 3, column 1), but a request ID`],
  ])('a log with %s is a problem', (_, last, problem) => {
    expect(problemsIn(`start\n${first}\n${last}`)).toEqual([expect.stringContaining(problem)])
  })

  test('a text without an answer, or in request-id, is no log', () => {
    const problem = 'holds a text (line 1, column 1), but a request ID'
    expect(problemsIn(`start\n${requestId}\nhunter2`)).toEqual([expect.stringContaining(problem)])
    expect(problemsOf({ 'request-id': `start\n${first}` })).toEqual([expect.stringContaining('holds "start"')])
  })

  const most = 32 * 2 ** 20
  const manyMembers = (count: number) => `{${Array.from({ length: count }, (_, index) => `"${index}":0`).join()}}`
  const zeros = { a: Array.from({ length: 400_000 }, () => 0) }
  const answerOfMany = JSON.stringify(answerTo({ requestId, operation: 'create-account-assignment' }, zeros))
  test.each<[name: string, text: string, expected: string]>([
    ['an array of millions', `[${'{},'.repeat(most / 3)}`, 'but with it, the text has more than 1000000 values.'],
    ['several answers of many', `${answerOfMany} `.repeat(3), 'but with it, the text has more than 1000000 values.'],
    ['an object of many members', manyMembers(999_000), `but ${item}`],
    ['a log of millions of lines', `${first}${'\n{"a": [1'.repeat(most / 9)}\n{"${created}": 1`, 'but that'],
    ['a log of brackets', `${first}\n${'[",'.repeat(most / 3)}x\n{"${created}": 1`, 'but that'],
    ['brackets in brackets', '['.repeat(most), 'but that is nested more than 100 levels deep.'],
    ['101 levels', `${'['.repeat(101)}${']'.repeat(101)}`, 'but that is nested more than 100 levels deep.'],
    ['100 levels', `${'['.repeat(100)}${']'.repeat(100)}`, `but ${item}`],
    ['lines before a value', `${'\n'.repeat(most / 2)}x y z v w`, `(line ${most / 2 + 1}, column 1), but a request`],
  ])('%s does not keep the process busy', (_, text, expected) => {
    const { user } = process.cpuUsage()
    expect(problemsIn(text)).toContainEqual(expect.stringContaining(expected))
    // These take up to 4 s of processor time with coverage on a busy machine. What grew with the square took 17 s and more.
    expect(process.cpuUsage().user - user).toBeLessThan(12e6)
  })
})
