import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type Inputs, readInputs } from '../../src/inputs.ts'
import { environmentOf, inputsIn, instanceArn, requestId, requestIdOf } from './examples.ts'

const required = { 'instance-arn': instanceArn, 'request-id': requestId, 'aws-region': 'eu-central-1' }
const roleArn = 'arn:aws:iam::111122223333:role/deploy'

/** Of a step with the required inputs, and those given in addition or instead. */
function read(inputs: Record<string, string | undefined> = {}, others: Record<string, string> = {}) {
  return readInputs(environmentOf({ ...required, ...inputs }, others))
}

function inputsOf(...given: Parameters<typeof read>): Inputs {
  return inputsIn(read(...given))
}

function problemsOf(...given: Parameters<typeof read>): readonly string[] {
  const result = read(...given)
  return result.ok ? [] : result.problems
}

describe('defaults', () => {
  test('are those of the contract', () => {
    expect(inputsOf()).toEqual({
      instanceArn,
      requestIds: [requestId],
      operation: 'provision-permission-set',
      region: 'eu-central-1',
      role: null,
      timeoutMs: 1_800_000,
      pollIntervalMs: null,
      wait: true,
      commentMode: 'never',
      githubToken: '',
    } satisfies Inputs)
  })

  test('hold for blank inputs too, and blanks around a value do not count', () => {
    const blank = {
      operation: ' ',
      'role-to-assume': '\n',
      'role-session-name': '',
      'role-duration-seconds': '\t',
      audience: ' ',
      'timeout-minutes': ' ',
      'poll-interval-seconds': '',
      wait: ' ',
      'pull-request-comment': '',
      'github-token': '',
    }
    expect(inputsOf(blank)).toEqual(inputsOf())
    const padded = Object.fromEntries(Object.entries(required).map(([name, value]) => [name, ` ${value}\n`]))
    expect(inputsOf({ ...padded, 'timeout-minutes': ' 30 ', wait: ' true\n' })).toEqual(inputsOf())
  })

  test('of a role are its session name, an hour and the audience of STS', () => {
    const run = { GITHUB_RUN_ID: '1234567890', GITHUB_RUN_ATTEMPT: '2' }
    expect(inputsOf({ 'role-to-assume': roleArn }, run).role).toEqual({
      roleArn,
      sessionName: 'github-1234567890-2',
      durationSeconds: 3_600,
      audience: 'sts.amazonaws.com',
    })
    expect(inputsOf({ 'role-to-assume': roleArn }).role?.sessionName).toBe('github-local-1')
  })
})

describe('every input', () => {
  test('is taken as given', () => {
    expect(
      inputsOf({
        operation: 'create-account-assignment',
        'role-to-assume': roleArn,
        'role-session-name': 'me+=,.@-_',
        'role-duration-seconds': '43200',
        audience: 'sts.amazonaws.com.cn',
        'timeout-minutes': '0.5',
        'poll-interval-seconds': '2.5',
        wait: 'false',
        'pull-request-comment': 'on-failure',
        'github-token': 'ghs_token',
      }),
    ).toMatchObject({
      operation: 'create-account-assignment',
      role: { roleArn, sessionName: 'me+=,.@-_', durationSeconds: 43_200, audience: 'sts.amazonaws.com.cn' },
      timeoutMs: 30_000,
      pollIntervalMs: 2_500,
      wait: false,
      commentMode: 'on-failure',
      githubToken: 'ghs_token',
    })
  })

  test('that is wrong is reported together with all others, in a fixed order', () => {
    const problems = problemsOf({
      'instance-arn': '',
      'request-id': 'nonsense',
      'aws-region': 'here',
      operation: 'deploy',
      'role-to-assume': 'deploy',
      'role-session-name': 'a b',
      'role-duration-seconds': '1',
      'timeout-minutes': 'soon',
      'poll-interval-seconds': '0',
      wait: 'yes',
      'pull-request-comment': 'sometimes',
    })
    expect(problems.map((problem) => /^Input '([a-z-]+)'/.exec(problem)?.[1])).toEqual([
      'instance-arn',
      'request-id',
      'aws-region',
      'operation',
      'role-duration-seconds',
      'role-session-name',
      'role-to-assume',
      'timeout-minutes',
      'poll-interval-seconds',
      'wait',
      'pull-request-comment',
    ])
  })

  test.each<[string, Record<string, string | undefined>, string]>([
    [
      'instance-arn',
      { 'instance-arn': 'ssoins-1234567890abcdef' },
      'Input \'instance-arn\' is "ssoins-1234567890abcdef", but it must look like arn:aws:sso:::instance/ssoins-1234567890abcdef.',
    ],
    [
      'role-to-assume',
      { 'role-to-assume': 'arn:aws:iam::1111:role/deploy' },
      "Input 'role-to-assume' is \"arn:aws:iam::1111:role/deploy\", but it must be a role's ARN, as in arn:aws:iam::111122223333:role/deploy.",
    ],
    [
      'role-session-name',
      { 'role-session-name': 'x' },
      'Input \'role-session-name\' is "x", but it must be 2 to 64 letters, digits or _+=,.@- characters.',
    ],
    [
      'role-duration-seconds',
      { 'role-duration-seconds': '1000.5' },
      'Input \'role-duration-seconds\' is "1000.5", but it must be a whole number of seconds from 900 up to 43200, in plain digits.',
    ],
    [
      'timeout-minutes',
      { 'timeout-minutes': '0' },
      'Input \'timeout-minutes\' is "0", but it must be a number of minutes above 0 up to 7200, in plain digits.',
    ],
    [
      'poll-interval-seconds',
      { 'poll-interval-seconds': '301' },
      'Input \'poll-interval-seconds\' is "301", but it must be a number of seconds from 0.5 up to 300, in plain digits.',
    ],
    ['wait', { wait: 'no' }, 'Input \'wait\' is "no", but it must be true or false.'],
    [
      'operation',
      { operation: 'Provision' },
      'Input \'operation\' is "Provision", but it must be one of provision-permission-set, create-account-assignment, delete-account-assignment.',
    ],
    [
      'pull-request-comment',
      { 'pull-request-comment': 'Always' },
      'Input \'pull-request-comment\' is "Always", but it must be one of never, on-failure, always.',
    ],
  ])('%s: the problem names the input, the value and what would be right', (_, inputs, problem) => {
    expect(problemsOf(inputs)).toEqual([problem])
  })

  test('is checked where it has no effect, too', () => {
    expect(problemsOf({ 'role-duration-seconds': '60', 'role-session-name': '?' })).toHaveLength(2)
  })

  test('whose value is long is quoted in part, with its length', () => {
    const [problem] = problemsOf({ wait: 'x'.repeat(201) })
    expect(problem).toContain(`"${'x'.repeat(200)}"… (201 characters)`)
    expect(problemsOf({ wait: 'x'.repeat(200) })[0]).toContain(`"${'x'.repeat(200)}", but`)
  })
})

describe('instance-arn', () => {
  test.each([
    ['arn:aws:sso:::instance/ssoins-1234567890abcdef', 'eu-central-1'],
    ['arn:aws:sso:::instance/ins-1234567890ABC-.f', 'eu-central-1'],
    ['arn:aws-cn:sso:::instance/ssoins-1234567890abcdef', 'cn-north-1'],
    ['arn:aws-us-gov:sso:::instance/ssoins-1234567890abcdef', 'us-gov-west-1'],
    ['arn:aws-iso-b:sso:::instance/ssoins-1234567890abcdef', 'us-isob-east-1'],
    ['arn:aws-eusc:sso:::instance/ssoins-1234567890abcdef', 'eusc-de-east-1'],
  ])('%s is one, in %s', (arn, region) => {
    expect(inputsOf({ 'instance-arn': arn, 'aws-region': region })).toMatchObject({ instanceArn: arn, region })
  })

  test.each([
    'arn:aws:sso:::instance/ssoins-1234567890abcde',
    'arn:aws:sso:::instance/ssoins-1234567890abcdef0',
    'arn:aws:sso:::instance/ssoins-1234567890abcde_',
    'arn:aws-verylong:sso:::instance/ssoins-1234567890abcdef',
    'arn:aws:sso:eu-central-1::instance/ssoins-1234567890abcdef',
    'Xarn:aws:sso:::instance/ssoins-1234567890abcdef',
    'arn:aws:sso:::instance/ssoins-1234567890abcdef arn:aws:sso:::instance/ssoins-1234567890abcdef',
  ])('%s is none', (arn) => {
    expect(problemsOf({ 'instance-arn': arn })).toEqual([expect.stringMatching(/^Input 'instance-arn' is "/)])
  })

  test("that is a permission set's is told apart", () => {
    const arn = 'arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef'
    expect(problemsOf({ 'instance-arn': arn })).toEqual([
      `Input 'instance-arn' is "${arn}", but that is the ARN of a permission set; the ARN of the instance is needed, as in arn:aws:sso:::instance/ssoins-1234567890abcdef.`,
    ])
  })

  test.each(['', '  ', undefined])('%j is blank', (arn) => {
    const [problem, ...others] = problemsOf({ 'instance-arn': arn })
    expect(others).toEqual([])
    expect(problem).toMatch(/^Input 'instance-arn' is required, but is blank\./)
    expect(problem).toContain('`aws sso-admin list-instances`')
    expect(problem).toContain('misspelt')
  })
})

describe('request-id', () => {
  const uuids = fc.array(fc.uuid(), { maxLength: 20 })
  const separators = fc.stringMatching(/^[ ,\n\r\t]{1,3}$/)

  test('any list of UUIDs, whatever separates them, gives the same list without repeats', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.uuid(), separators), { minLength: 1, maxLength: 20 }), uuids, (pairs, again) => {
        const given = pairs.map(([id]) => id)
        const repeated = again.length > 0 ? [...given, ...given] : given
        const text = repeated.map((id, index) => `${id}${pairs[index % pairs.length]?.[1] ?? ','}`).join('')
        expect(inputsOf({ 'request-id': text }).requestIds).toEqual([...new Set(given)])
      }),
    )
  })

  test('any JSON array of UUIDs gives the same list without repeats', () => {
    fc.assert(
      fc.property(uuids, fc.nat(2), fc.boolean(), (ids, indent, padded) => {
        const given = [...ids, ...ids.slice(0, 2)].map((id) => (padded ? ` ${id} ` : id))
        const text = JSON.stringify(given, null, indent)
        expect(inputsOf({ 'request-id': text }).requestIds).toEqual([...new Set(ids)])
      }),
    )
  })

  test.each(['[]', ' [ ] '])('%s: the deploy changed nothing', (empty) => {
    expect(inputsOf({ 'request-id': empty }).requestIds).toEqual([])
  })

  test.each(['', '   ', '\n', undefined])('%j is blank, and the message says what that usually comes from', (blank) => {
    const [problem, ...others] = problemsOf({ 'request-id': blank })
    expect(others).toEqual([])
    expect(problem).toMatch(/^Input 'request-id' is required, but is blank\. .*output.* is misspelt or was never set/)
    expect(problem).toContain('[] when the deploy changed nothing')
  })

  test('of separators alone holds none', () => {
    expect(problemsOf({ 'request-id': ' , ,' })).toEqual([
      'Input \'request-id\' is ", ,", but it holds no request ID. For "nothing to wait for", give [].',
    ])
  })

  test.each(['[1]', '[null]', '["a", ["b"]]', '["', '[{}]', '[] []'])('%s is no JSON array of strings', (text) => {
    expect(problemsOf({ 'request-id': text })).toEqual([
      `Input 'request-id' is ${JSON.stringify(text)}, but what starts with [ must be a JSON array of strings, as in ["…", "…"].`,
    ])
  })

  test.each([
    [requestId.toUpperCase(), 'only needs to be in lower case'],
    ['arn:aws:sso:::instance/ssoins-1234567890abcdef', 'This is an ARN; the request ID is what'],
    [`"${requestId}"`, 'must be an array of strings'],
    ["'x'", 'must be an array of strings'],
    ['{"RequestId":"x"}', 'must be an array of strings'],
  ])('%s is none, and the message says what it looks like', (id, hint) => {
    expect(problemsOf({ 'request-id': id })).toEqual([expect.stringContaining(hint)])
  })

  test.each([
    requestId.slice(1),
    `${requestId}0`,
    `0${requestId}`,
    '5a{1b',
    requestId.replaceAll('-', ''),
    'g'.repeat(8) + requestId.slice(8),
  ])('%s is none', (id) => {
    expect(problemsOf({ 'request-id': id })).toEqual([
      `Input 'request-id' is "${id}", but a request ID is a UUID in lower case, as in 5a1b2c3d-0123-4567-89ab-0123456789ab.`,
    ])
  })

  test('many that are none: five are quoted, the rest is counted', () => {
    const wrong = Array.from({ length: 7 }, (_, index) => `wrong-${index}`)
    const five = wrong.slice(0, 5).map((id) => expect.stringContaining(`"${id}"`))
    expect(problemsOf({ 'request-id': wrong.slice(0, 5).join() })).toEqual(five)
    expect(problemsOf({ 'request-id': [requestId, ...wrong].join() })).toEqual([
      ...five,
      "Input 'request-id' holds 2 more request IDs that are not UUIDs in lower case.",
    ])
  })

  test('at most 1,000, repeats not counted', () => {
    const thousand = Array.from({ length: 1_000 }, (_, index) => requestIdOf(index))
    expect(inputsOf({ 'request-id': [...thousand, ...thousand].join(' ') }).requestIds).toEqual(thousand)
    expect(problemsOf({ 'request-id': [...thousand, requestIdOf(1_000)].join(' ') })).toEqual([
      "Input 'request-id' holds 1001 request IDs, but at most 1000 can be waited for at once. Split them over several steps.",
    ])
  })
})

describe('aws-region', () => {
  test('goes before AWS_REGION, and that before AWS_DEFAULT_REGION; blanks are passed over', () => {
    const both = { AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-west-2' }
    expect(inputsOf({}, both).region).toBe('eu-central-1')
    expect(inputsOf({ 'aws-region': '' }, both).region).toBe('us-east-1')
    expect(inputsOf({ 'aws-region': ' ' }, { ...both, AWS_REGION: ' ' }).region).toBe('us-west-2')
    expect(inputsOf({ 'aws-region': undefined }, { AWS_REGION: ' us-east-1 ' }).region).toBe('us-east-1')
  })

  test('is missing', () => {
    const [problem, ...others] = problemsOf({ 'aws-region': '' }, { AWS_REGION: '', AWS_DEFAULT_REGION: ' ' })
    expect(others).toEqual([])
    expect(problem).toMatch(/^Input 'aws-region' is blank, and so are AWS_REGION and AWS_DEFAULT_REGION\./)
    expect(problem).toContain('primary Region')
    expect(problem).toContain('aws-actions/configure-aws-credentials in an earlier step')
  })

  test.each(['us-east-1', 'eu-central-10', 'us-iso-east-1', 'us-northeast-1'])('%s may be one', (region) => {
    expect(inputsOf({ 'aws-region': region }).region).toBe(region)
  })

  test.each([
    'eu-central',
    'Europe (Frankfurt)',
    'EU-CENTRAL-1',
    'eu-central-1a',
    '.eu-central-1',
    'x-1',
    ' - ',
    '1-a-1',
  ])('%s is none', (region) => {
    const shown = JSON.stringify(region.trim())
    const rest = "but it must be a Region's code, as in eu-central-1."
    expect(problemsOf({ 'aws-region': region })).toEqual([`Input 'aws-region' is ${shown}, ${rest}`])
    expect(problemsOf({ 'aws-region': '' }, { AWS_DEFAULT_REGION: region })).toEqual([
      `AWS_DEFAULT_REGION, which stands in for input 'aws-region', is ${shown}, ${rest}`,
    ])
  })

  test.each([
    ['aws', 'cn-north-1'],
    ['aws', 'us-gov-west-1'],
    ['aws-cn', 'eu-central-1'],
    ['aws-cn', 'us-gov-west-1'],
    ['aws-us-gov', 'us-east-1'],
    ['aws-us-gov', 'cn-north-1'],
  ])('partition %s has no %s', (partition, region) => {
    const arn = instanceArn.replace('aws', partition)
    expect(problemsOf({ 'instance-arn': arn, 'aws-region': region })).toEqual([
      `Input 'aws-region' is "${region}", but the instance is in partition '${partition}', which has no such Region. Check 'instance-arn' and 'aws-region'.`,
    ])
  })

  test.each([
    ['aws', 'us-iso-east-1'],
    ['aws-cn', 'us-isob-east-1'],
    ['aws-new', 'cn-north-1'],
  ])('of partition %s and %s nothing is assumed', (partition, region) => {
    expect(problemsOf({ 'instance-arn': instanceArn.replace('aws', partition), 'aws-region': region })).toEqual([])
  })

  test('is not judged by an ARN that is wrong', () => {
    const problems = problemsOf({ 'instance-arn': 'arn:aws-cn:sso', 'aws-region': 'eu-central-1' })
    expect(problems).toEqual([expect.stringContaining("'instance-arn'")])
  })
})

describe('numbers', () => {
  const milliseconds: Record<string, (inputs: Inputs) => number | null | undefined> = {
    'timeout-minutes': ({ timeoutMs }) => timeoutMs,
    'poll-interval-seconds': ({ pollIntervalMs }) => pollIntervalMs,
    'role-duration-seconds': ({ role }) => role?.durationSeconds,
  }

  test.each<[string, string, number]>([
    ['timeout-minutes', '0.001', 60],
    ['timeout-minutes', '7200', 432_000_000],
    ['timeout-minutes', '030', 1_800_000],
    ['timeout-minutes', '1.5', 90_000],
    ['poll-interval-seconds', '0.5', 500],
    ['poll-interval-seconds', '300', 300_000],
    ['poll-interval-seconds', '300.0', 300_000],
    ['role-duration-seconds', '900', 900],
    ['role-duration-seconds', '43200', 43_200],
  ])('%s: %s', (name, value, expected) => {
    const inputs = inputsOf({ 'role-to-assume': roleArn, [name]: value })
    expect(milliseconds[name]?.(inputs)).toBeCloseTo(expected, 9)
  })

  test.each([
    ...['0', '0.0', '-1', '7200.1', '7201', '1e3', '0x10', '1_000', '1,5', '.5', '5.', '+5', 'Infinity', 'NaN', '30m'],
    ...['٣', '１', '1 2', '99999999999'],
  ])('timeout-minutes: %s is not taken', (value) => {
    expect(problemsOf({ 'timeout-minutes': value })).toEqual([
      `Input 'timeout-minutes' is ${JSON.stringify(value)}, but it must be a number of minutes above 0 up to 7200, in plain digits.`,
    ])
  })

  test.each(['0.49', '300.01', '0', '5s'])('poll-interval-seconds: %s is not taken', (value) => {
    expect(problemsOf({ 'poll-interval-seconds': value })).toHaveLength(1)
  })

  test.each(['899', '43201', '3600.0', '3600.5', '1h'])('role-duration-seconds: %s is not taken', (value) => {
    expect(problemsOf({ 'role-duration-seconds': value })).toHaveLength(1)
  })
})

test.each([
  ['true', true],
  ['True', true],
  ['TRUE', true],
  ['false', false],
  ['False', false],
  ['FALSE', false],
])('wait: %s', (value, expected) => {
  expect(inputsOf({ wait: value }).wait).toBe(expected)
})

test.each(['yes', 'no', '1', '0', 'on', 'tRue', 'xtrue', 'truex', 'xfalse', 'falsex'])(
  'wait: %s is not taken',
  (value) => {
    expect(problemsOf({ wait: value })).toEqual([expect.stringContaining("'wait'")])
  },
)

test.each([
  ['arn:aws:iam::111122223333:role/deploy', true],
  ['arn:aws-cn:iam::111122223333:role/path/to/deploy', true],
  ['arn:aws:iam::111122223333:role/a+=,.@-_', true],
  ['arn:aws:iam::111122223333:role/', false],
  ['arn:aws:iam::111122223333:user/deploy', false],
  ['arn:aws:iam::111122223333:role/a b', false],
  [`arn:aws:iam::111122223333:role/${'a'.repeat(576)}`, true],
  [`arn:aws:iam::111122223333:role/${'a'.repeat(577)}`, false],
  ['xarn:aws:iam::111122223333:role/deploy', false],
])('role-to-assume: %s', (arn, ok) => {
  expect(read({ 'role-to-assume': arn }).ok).toBe(ok)
})

test.each([
  ['ab', true],
  ['a', false],
  ['a'.repeat(64), true],
  ['a'.repeat(65), false],
  ['a/b', false],
])('role-session-name: %s', (name, ok) => {
  expect(read({ 'role-session-name': name }).ok).toBe(ok)
})

describe('whatever is given', () => {
  const names = [
    ...['instance-arn', 'request-id', 'aws-region', 'operation', 'role-to-assume', 'role-session-name'],
    ...['role-duration-seconds', 'audience', 'timeout-minutes', 'poll-interval-seconds', 'wait'],
    ...['pull-request-comment', 'github-token'],
  ]
  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ unit: fc.constantFrom('[', ']', '"', ',', ' ', '0', 'a', '.', '\ud800', '\u0000') }),
    fc.constantFrom(...Object.values(required), '[]', 'true', '1'),
  )

  test('nothing is thrown, and there are inputs or problems, each naming an input', () => {
    const environments = fc.record(Object.fromEntries(names.map((name) => [name, anything])), { requiredKeys: [] })
    fc.assert(
      fc.property(environments, (inputs) => {
        const result = readInputs(environmentOf(inputs))
        if (result.ok) return
        expect(result.problems.length).toBeGreaterThan(0)
        for (const problem of result.problems) {
          const named = /[Ii]nput '([a-z-]+)'/.exec(problem)?.[1] ?? ''
          expect(names).toContain(named)
        }
      }),
      { numRuns: 500 },
    )
  })

  test('a single wrong input is the one that the problem names, with its value', () => {
    const strict = ['operation', 'timeout-minutes', 'poll-interval-seconds', 'wait', 'role-duration-seconds']
    fc.assert(
      fc.property(fc.constantFrom(...strict), fc.stringMatching(/^[A-Z"\\ ]{1,200}$/), (name, value) => {
        fc.pre(value.trim() !== '' && value.trim() !== 'TRUE' && value.trim() !== 'FALSE')
        const [problem, ...others] = problemsOf({ [name]: value })
        expect(others).toEqual([])
        expect(problem?.startsWith(`Input '${name}' is ${JSON.stringify(value.trim())}, but `)).toBe(true)
      }),
    )
  })
})

describe("a proxy's URL in the environment", () => {
  const names = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY']

  test.each(names)('%s: that is none is a problem, which does not show the value', (name) => {
    for (const value of [
      'user:hunter2@proxy:3128',
      'http://user:my hunter2@proxy:bad',
      'socks5://hunter2@proxy',
      'x-http://hunter2@proxy',
      ' ',
    ])
      expect(problemsOf({}, { [name]: value })).toEqual([
        `The environment variable ${name} does not hold the URL of a proxy, as in http://proxy.example.com:3128. ` +
          'Its value is not shown, since it may hold a password, whose special characters must be percent-encoded.',
      ])
  })

  test.each(['http://user:p%40ss@proxy.example.com:3128', 'https://proxy', 'HTTP://[::1]:8080/', ''])(
    '%j is fine',
    (value) => {
      for (const name of names) expect(problemsOf({}, { [name]: value })).toEqual([])
    },
  )

  test('is told of each variable, together with the inputs', () => {
    const environment = { https_proxy: 'proxy', HTTP_PROXY: 'proxy', NO_PROXY: 'proxy' }
    expect(
      problemsOf({ wait: 'no' }, environment).map((problem) => /\b(wait|https?_proxy)\b/i.exec(problem)?.[0]),
    ).toEqual(['wait', 'https_proxy', 'HTTP_PROXY'])
  })
})
