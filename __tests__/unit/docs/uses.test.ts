import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { readDefinition } from '../../../scripts/check-definition.ts'
import { problemsOfPins, problemsOfSafety, problemsOfUses, snippetsIn } from '../../../scripts/check-uses.ts'

const definition = await readDefinition(join(import.meta.dirname, '../../..'))
const instanceArn = 'arn:aws:sso:::instance/ssoins-1234567890abcdef'
const commit = '0123456789abcdef0123456789abcdef01234567'

function source(text: string, file = 'examples/a.yml') {
  return { file, text, linesBefore: 0 }
}

/** A workflow with one step that uses this action. */
function using(inputs: Record<string, string>, version = 'v1', rest = '') {
  const lines = Object.entries(inputs).map(([name, value]) => `      ${name}: ${value}`)
  return source(`- id: wait\n  uses: ${definition.repository}@${version}\n  with:\n${lines.join('\n')}\n${rest}`)
}

const required = { 'instance-arn': instanceArn, 'request-id': `\${{ steps.deploy.outputs.request-id }}` }

describe('a use of this action', () => {
  test.each<[string, Record<string, string>]>([
    ['request IDs', required],
    ['a file', { 'instance-arn': instanceArn, 'request-file': 'requests.json' }],
    ['permission sets', { 'instance-arn': instanceArn, 'permission-set-arn': `\${{ vars.ARNS }}`, wait: 'false' }],
    ['nothing but until: idle', { 'instance-arn': instanceArn, until: 'idle' }],
  ])('with %s is correct', (_, inputs) => {
    expect(problemsOfUses(using(inputs), definition)).toEqual([])
  })

  test.each([
    ['a name that does not exist', using({ ...required, 'time-out-minutes': '5' }), /no input 'time-out-minutes'/],
    ['nothing to wait for', using({ 'instance-arn': instanceArn }), /Input 'request-id' is blank/],
    ['an input without an effect', using({ ...required, until: 'idle' }), /'request-id' has no effect/],
    ['a value that is refused', using({ ...required, 'timeout-minutes': 'half an hour' }), /'timeout-minutes'/],
    ['another version', using(required, 'v0'), /should be \S+@v1$/],
    ['an output that does not exist', using(required, 'v1', '- if: steps.wait.outputs.outcome'), /no output 'outcome'/],
    ['text that is not YAML', source('a: [\n'), /examples\/a\.yml:\d/],
  ])('with %s is a problem', (_, given, message) => {
    expect(problemsOfUses(given, definition)).toEqual([expect.stringMatching(message)])
  })

  test('in a page is found, with its line', () => {
    const [snippet] = snippetsIn(
      'README.md',
      `Text\n\n\`\`\`yaml\n- uses: ./\n  with: { instance-arn: ${instanceArn} }\n\`\`\`\n`,
    )
    expect(snippet && problemsOfUses(snippet, definition)).toEqual([
      expect.stringMatching(/^README\.md:4: .*'request-id'/),
    ])
  })
})

test('this action can be pinned by commit, with its version beside it', () => {
  const pinned = (version: string) => using(required, `${commit}${version}`)
  expect(problemsOfUses(pinned(' # v1.2.3'), definition)).toEqual([])
  expect(problemsOfPins([pinned(' # v1.2.3')], definition)).toEqual([])
  expect(problemsOfPins([pinned('')], definition)).toEqual([expect.stringMatching(/needs its version/)])
})

describe('another action', () => {
  test('pinned by commit, with its version beside it, is correct', () => {
    expect(problemsOfPins([source(`- uses: a/b@${commit} # v1.2.3\n`)], definition)).toEqual([])
  })

  test.each([
    ['a tag', '- uses: a/b@v1\n', /not pinned/],
    ['nothing', '- uses: a/b\n', /not pinned/],
    ['a commit alone', `- uses: a/b@${commit}\n`, /needs its version/],
    [
      'two commits',
      `- uses: a/b@${commit} # v1.2.3\n- uses: a/b/c@${commit.replace('0', '1')} # v1.2.4\n`,
      /elsewhere/,
    ],
  ])('pinned to %s is a problem', (_, text, message) => {
    expect(problemsOfPins([source(text)], definition)).toEqual([expect.stringMatching(message)])
  })
})

describe('a workflow', () => {
  const safe = 'permissions: {}\njobs:\n  a:\n    steps:\n      - run: echo "title"\n'

  test("with 'permissions: {}' at the top is correct", () => {
    expect(problemsOfSafety(source(safe))).toEqual([])
  })

  test.each([
    ['without a permissions key', safe.replace('permissions: {}\n', ''), /permissions/],
    ['with permissions for every job', safe.replace('{}', '{ contents: read }'), /permissions/],
    ['with an expression in the shell', safe.replace('title', `\${{ github.event.issue.title }}`), /'run:'/],
  ])('%s is a problem', (_, text, message) => {
    expect(problemsOfSafety(source(text))).toEqual([expect.stringMatching(message)])
  })
})
