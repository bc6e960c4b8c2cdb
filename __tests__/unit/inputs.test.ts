import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { commentDespiteProblems } from '../../src/inputs/comment.ts'
import { quote, withoutValues } from '../../src/inputs/input.ts'
import { right } from '../../src/inputs/parsed.ts'
import type { RoleToAssume } from '../../src/inputs/role.ts'
import { inputTable } from '../../src/inputs/table.ts'
import { type Inputs, readInputs } from '../../src/inputs.ts'
import { inputNames } from '../support/definition.ts'
import { environmentOf, instanceArn, permissionSetArn, requestId } from './examples.ts'
import { inputsOf, problemsOf, required, roleArn } from './inputs/reading.ts'

const rolePrefix = roleArn.replace(/[^/]*$/, '')

test('the table has every input of action.yml, in its order', () => {
  expect(Object.keys(inputTable)).toEqual(inputNames)
})

describe('without other inputs', () => {
  test('the defaults are those of the contract, also if inputs are blank', () => {
    const defaults: Inputs = {
      instanceArn,
      requests: [{ requestId, operation: 'provision-permission-set' }],
      operation: 'provision-permission-set',
      until: 'finished',
      permissionSetArns: [],
      isAboutAll: false,
      ignoredAccounts: [],
      skippedLines: 0,
      region: 'eu-central-1',
      role: null,
      timeoutMs: 1_800_000,
      pollIntervalMs: null,
      wait: true,
      commentMode: 'never',
      githubToken: '',
      commentKey: '',
    }
    expect(inputsOf()).toEqual(defaults)
    const blank = Object.fromEntries(inputNames.filter((name) => !(name in required)).map((name) => [name, ' \n']))
    expect(inputsOf(blank)).toEqual(defaults)
  })

  test('a role has a session name, an hour and the audience of STS', () => {
    const run = { GITHUB_RUN_ID: '1234567890', GITHUB_RUN_ATTEMPT: '2' }
    const defaults = { roleArn, durationSeconds: 3_600, audience: 'sts.amazonaws.com' }
    const role = { 'role-to-assume': roleArn }
    expect(inputsOf(role, run).role).toEqual({ ...defaults, sessionName: 'github-1234567890-2' })
    expect(inputsOf(role).role).toEqual({ ...defaults, sessionName: 'github-local-1' })
  })
})

interface Values {
  /** The member of the inputs, or of their role, that a value sets. */
  readonly sets: keyof Inputs | keyof RoleToAssume
  /** Values that stay as they are, or what becomes of each. */
  readonly taken: readonly string[] | Record<string, unknown>
  readonly refused: readonly string[]
  /** What would be right, for each of those that are refused. */
  readonly expected: string
}

/** Inputs whose values mean the same whatever the other inputs are. */
const valuesOf: Record<string, Values> = {
  'instance-arn': {
    sets: 'instanceArn',
    taken: [instanceArn, 'arn:aws:sso:::instance/ins-1234567890ABC-.f'],
    refused: [
      'ssoins-1234567890abcdef',
      instanceArn.slice(0, -1),
      `${instanceArn}0`,
      `${instanceArn.slice(0, -1)}_`,
      instanceArn.replace('aws', 'aws-verylong'),
      instanceArn.replace(':::', ':eu-central-1::'),
      `X${instanceArn}`,
      `${instanceArn} ${instanceArn}`,
    ],
    expected: 'it must look like arn:aws:sso:::instance/ssoins-1234567890abcdef.',
  },
  'aws-region': {
    sets: 'region',
    taken: ['us-east-1', 'eu-central-10', 'us-iso-east-1', 'us-northeast-1'],
    refused: [
      'eu-central',
      'Europe (Frankfurt)',
      'EU-CENTRAL-1',
      'eu-central-1a',
      '.eu-central-1',
      'x-1',
      '-',
      '1-a-1',
    ],
    expected: "it must be a Region's code, as in eu-central-1.",
  },
  operation: {
    sets: 'operation',
    taken: ['create-account-assignment'],
    refused: ['Provision'],
    expected: 'it must be one of provision-permission-set, create-account-assignment, delete-account-assignment.',
  },
  'role-to-assume': {
    sets: 'roleArn',
    taken: [roleArn, `${rolePrefix.replace('aws', 'aws-cn')}path/to/deploy`, `${rolePrefix}${'a+=,.@-_'.repeat(72)}`],
    refused: [
      'arn:aws:iam::1111:role/deploy',
      rolePrefix,
      `${rolePrefix}a b`,
      rolePrefix + 'a'.repeat(577),
      `x${roleArn}`,
    ],
    expected: `it must be a role's ARN, as in ${roleArn}.`,
  },
  'role-session-name': {
    sets: 'sessionName',
    taken: ['ab', 'me+=,.@-_', 'a'.repeat(64)],
    refused: ['x', 'a'.repeat(65), 'a/b', '?'],
    expected: 'it must be 2 to 64 letters, digits or _+=,.@- characters.',
  },
  'role-duration-seconds': {
    sets: 'durationSeconds',
    taken: { 900: 900, 43200: 43_200 },
    refused: ['899', '43201', '3600.0', '1000.5', '1h'],
    expected: 'it must be a whole number of seconds from 900 up to 43200, in plain digits.',
  },
  'timeout-minutes': {
    sets: 'timeoutMs',
    taken: { '0.001': 60, '7200': 432_000_000, '030': 1_800_000, '1.5': 90_000 },
    refused: [
      ...[
        '0',
        '0.0',
        '-1',
        '1e3',
        '0x10',
        '1_000',
        '1,5',
        '.5',
        '5.',
        '+5',
        'Infinity',
        'NaN',
        '30m',
        '1 2',
        '٣',
        '１',
      ],
      ...['7200.1', '7201', '99999999999'],
    ],
    expected: 'it must be a number of minutes above 0 up to 7200, in plain digits.',
  },
  'poll-interval-seconds': {
    sets: 'pollIntervalMs',
    taken: { '0.5': 500, '300': 300_000, '300.0': 300_000 },
    refused: ['0.49', '300.01', '0', '5s'],
    expected: 'it must be a number of seconds from 0.5 up to 300, in plain digits.',
  },
  wait: {
    sets: 'wait',
    taken: { true: true, True: true, TRUE: true, false: false, False: false, FALSE: false },
    refused: ['yes', 'no', '1', '0', 'on', 'tRue', 'xtrue', 'truex', 'xfalse', 'falsex'],
    expected: 'it must be true or false.',
  },
  'pull-request-comment': {
    sets: 'commentMode',
    taken: ['on-failure', 'always'],
    refused: ['Always'],
    expected: 'it must be one of never, on-failure, always.',
  },
}

describe.each(Object.entries(valuesOf))('%s', (name, { sets, taken, refused, expected }) => {
  const results = Array.isArray(taken) ? taken.map((value) => [value, value]) : Object.entries(taken)
  test.each(results)('%s is taken, and blanks around it do not count', (value, result) => {
    const { role, ...others } = inputsOf({ 'role-to-assume': roleArn, [name]: ` ${value}\n` })
    expect({ ...others, ...role }).toHaveProperty(sets, result)
  })

  test.each(refused)('%s is refused, also if it has no effect, and the problem says what would be right', (value) => {
    expect(problemsOf({ [name]: value })).toEqual([`Input '${name}' is ${quote(value)}, but ${expected}`])
  })
})

test('some inputs may be anything', () => {
  const inputs = {
    'role-to-assume': roleArn,
    audience: 'sts.amazonaws.com.cn',
    'github-token': 'x',
    'comment-key': 'eu',
  }
  expect(inputsOf(inputs)).toMatchObject({ role: { audience: inputs.audience }, githubToken: 'x', commentKey: 'eu' })
})

test('a comment despite wrong inputs needs its own inputs alone', () => {
  const comment = (inputs: Record<string, string>) => commentDespiteProblems(environmentOf({ wait: 'n', ...inputs }))
  const wanted = { 'pull-request-comment': 'always', 'github-token': 'x', 'comment-key': 'eu' }
  const known = { commentMode: 'always', githubToken: 'x', commentKey: 'eu' }
  expect(comment(wanted)).toEqual({ ...known, operation: 'provision-permission-set' })
  expect(comment({ ...wanted, operation: 'n' })).toEqual({ ...known, operation: null })
  expect(comment({ ...wanted, 'pull-request-comment': 'n' })).toMatchObject({ commentMode: 'never' })
})

describe('problems', () => {
  test('of all inputs and variables are reported together, in the order of action.yml', () => {
    const names = ['request-id', ...Object.keys(valuesOf)].sort((a, b) => inputNames.indexOf(a) - inputNames.indexOf(b))
    const problems = problemsOf(Object.fromEntries(names.map((name) => [name, 'n'])), {
      https_proxy: 'proxy',
      HTTP_PROXY: 'proxy',
      NO_PROXY: 'proxy',
      AWS_USE_FIPS_ENDPOINT: 'yes',
    })
    expect(problems.map((problem) => /(?<=Input ')[a-z-]+|(?<=variable )\w+/.exec(problem)?.[0])).toEqual([
      ...names,
      ...['https_proxy', 'HTTP_PROXY', 'AWS_USE_FIPS_ENDPOINT'],
    ])
  })

  test('quote long values in part, with their length', () => {
    const [problem] = problemsOf({ wait: 'x'.repeat(201) })
    expect(problem).toContain(`"${'x'.repeat(200)}"… (201 characters)`)
    expect(problemsOf({ wait: 'x'.repeat(200) })[0]).toContain(`"${'x'.repeat(200)}", but`)
  })

  test('without their values show nothing of them, whatever they hold', () => {
    const value = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.stringMatching(/^["\\\\ ]*$/))
    fc.assert(
      fc.property(value, value, (first, second) => {
        const problem = withoutValues(
          `Input 'wait' is ${quote(first)}, but no. The same is wrong with ${quote(second)}.`,
        )
        const shown = problem.replace(/… \(\d+ characters\)/g, '')
        expect(shown).toBe('Input \'wait\' is "…", but no. The same is wrong with "…".')
      }),
    )
    const blank = 'Input \'request-id\' is "…", but it holds no request ID. For "nothing to wait for", give [].'
    expect(withoutValues(blank.replace('…', ' , '))).toBe(blank)
  })
})

test('any environment gives inputs, or problems that each name an input, and throws nothing', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ unit: fc.constantFrom('[', ']', '"', ',', ' ', '0', 'a', '.', '\ud800', '\u0000') }),
    fc.constantFrom(...Object.values(required), permissionSetArn, 'idle', 'rolled-out', '[]', '{', 'true', '1'),
  )
  const environments = fc.record(Object.fromEntries(inputNames.map((name) => [name, anything])), { requiredKeys: [] })
  fc.assert(
    fc.property(environments, (inputs) => {
      const result = readInputs(environmentOf(inputs), right(''))
      if (result.ok) return
      expect(result.problems.length).toBeGreaterThan(0)
      for (const problem of result.problems)
        expect(inputNames).toContain(/[Ii]nput '([a-z-]+)'/.exec(problem)?.[1] ?? '')
    }),
    { numRuns: 500 },
  )
})
