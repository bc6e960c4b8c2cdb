import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { quote } from '../../src/inputs/input.ts'
import { right } from '../../src/inputs/parsed.ts'
import { type Inputs, readInputs, withoutValues } from '../../src/inputs.ts'
import { inputNames } from '../support/definition.ts'
import { environmentOf, instanceArn, permissionSetArn, requestId } from './examples.ts'
import { inputsOf, problemsOf, required, roleArn } from './inputs/reading.ts'

describe('without other inputs', () => {
  test('the defaults are those of the contract', () => {
    expect(inputsOf()).toEqual({
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
    } satisfies Inputs)
  })

  test('the defaults hold for blank inputs too, and blanks around a value do not count', () => {
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

  test('a role has a session name, an hour and the audience of STS by default', () => {
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

describe('inputs', () => {
  test('keep their values', () => {
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
        'comment-key': 'eu',
      }),
    ).toMatchObject({
      operation: 'create-account-assignment',
      role: { roleArn, sessionName: 'me+=,.@-_', durationSeconds: 43_200, audience: 'sts.amazonaws.com.cn' },
      timeoutMs: 30_000,
      pollIntervalMs: 2_500,
      wait: false,
      commentMode: 'on-failure',
      githubToken: 'ghs_token',
      commentKey: 'eu',
    })
  })

  test('are reported together if they are wrong, in the order of action.yml', () => {
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
      'operation',
      'aws-region',
      'role-to-assume',
      'role-session-name',
      'role-duration-seconds',
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
  ])('have a problem that names the input, the value and what would be right: %s', (_, inputs, problem) => {
    expect(problemsOf(inputs)).toEqual([problem])
  })

  test('are checked even if they have no effect', () => {
    expect(problemsOf({ 'role-duration-seconds': '60', 'role-session-name': '?' })).toHaveLength(2)
  })

  test('are quoted in part if they are long, with their length', () => {
    const [problem] = problemsOf({ wait: 'x'.repeat(201) })
    expect(problem).toContain(`"${'x'.repeat(200)}"… (201 characters)`)
    expect(problemsOf({ wait: 'x'.repeat(200) })[0]).toContain(`"${'x'.repeat(200)}", but`)
  })
})

test('a problem without its values shows nothing of them, whatever they hold', () => {
  const value = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.stringMatching(/^["\\\\ ]*$/))
  fc.assert(
    fc.property(value, value, (first, second) => {
      const problem = withoutValues(`Input 'wait' is ${quote(first)}, but no. The same is wrong with ${quote(second)}.`)
      const shown = problem.replace(/… \(\d+ characters\)/g, '')
      expect(shown).toBe('Input \'wait\' is "…", but no. The same is wrong with "…".')
    }),
  )
  const blank = 'Input \'request-id\' is "…", but it holds no request ID. For "nothing to wait for", give [].'
  expect(withoutValues(blank.replace('…', ' , '))).toBe(blank)
})

describe('any environment', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ unit: fc.constantFrom('[', ']', '"', ',', ' ', '0', 'a', '.', '\ud800', '\u0000') }),
    fc.constantFrom(...Object.values(required), permissionSetArn, 'idle', 'rolled-out', '[]', '{', 'true', '1'),
  )

  test('gives inputs, or problems that each name an input, and never throws', () => {
    const environments = fc.record(Object.fromEntries(inputNames.map((name) => [name, anything])), { requiredKeys: [] })
    fc.assert(
      fc.property(environments, (inputs) => {
        const result = readInputs(environmentOf(inputs), right(''))
        if (result.ok) return
        expect(result.problems.length).toBeGreaterThan(0)
        for (const problem of result.problems) {
          const named = /[Ii]nput '([a-z-]+)'/.exec(problem)?.[1] ?? ''
          expect(inputNames).toContain(named)
        }
      }),
      { numRuns: 500 },
    )
  })
})
