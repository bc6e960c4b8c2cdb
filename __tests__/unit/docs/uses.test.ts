import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { readDefinition, repository } from '../../../scripts/check-definition.ts'
import { problemsOfPins, problemsOfUses, snippetsIn } from '../../../scripts/check-uses.ts'

const definition = await readDefinition(join(import.meta.dirname, '../../..'))
const commit = '0123456789abcdef0123456789abcdef01234567'
const instance = 'instance-arn: arn:aws:sso:::instance/ssoins-1234567890abcdef'
const request = `request-id: \${{ steps.deploy.outputs.request-id }}`

function source(text: string) {
  return { file: 'examples/a.yml', text, linesBefore: 0 }
}

/** The problems of a workflow with one step that uses this action. */
function problemsOf({ inputs = [instance, request], version = 'v1', rest = '' }) {
  const text = `- id: wait\n  uses: ${repository}@${version}\n  with:\n${inputs.map((input) => `    ${input}\n`).join('')}${rest}`
  return problemsOfUses(source(text), definition, '1.2.3')
}

test.each([
  ['request IDs', {}],
  ['a file', { inputs: [instance, 'request-file: requests.json'] }],
  ['permission sets', { inputs: [instance, `permission-set-arn: \${{ vars.ARNS }}`, 'wait: false'] }],
  ['nothing but until: idle', { inputs: [instance, 'until: idle'] }],
  ['a commit', { version: `${commit} # v1.2.3` }],
])('a use with %s is correct', (_, use) => {
  expect(problemsOf(use)).toEqual([])
})

test.each([
  ['a name that does not exist', { inputs: [instance, request, 'time-out-minutes: 5'] }, /no input 'time-out-minutes'/],
  ['nothing to wait for', { inputs: [instance] }, /Input 'request-id' is blank/],
  ['a value that is refused', { inputs: [instance, request, 'timeout-minutes: half an hour'] }, /'timeout-minutes'/],
  ['another version', { version: 'v0' }, /should be \S+@v1$/],
  ['an output that does not exist', { rest: '- if: steps.wait.outputs.outcome' }, /no output 'outcome'/],
  ['text that is not YAML', { rest: 'a: [\n' }, /examples\/a\.yml:\d/],
])('a use with %s is a problem', (_, use, message) => {
  expect(problemsOf(use)).toContainEqual(expect.stringMatching(message))
})

test('a use in a page is found, with its line', () => {
  const page = `Text\n\n\`\`\`yaml\n- uses: ./\n  with: { ${instance} }\n\`\`\`\n`
  const problems = snippetsIn('README.md', page).flatMap((snippet) => problemsOfUses(snippet, definition, '1.2.3'))
  expect(problems).toEqual([expect.stringMatching(/^README\.md:4: .*'request-id'/)])
})

test('another action is pinned to the same commit everywhere', () => {
  const uses = (action: string, pin: string) => source(`- uses: ${action}@${pin} # v1.2.3\n`)
  const other = commit.replace('0', '1')
  expect(problemsOfPins([uses('a/b', commit), uses('a/b/c', commit), uses('a/d', other)])).toEqual([])
  expect(problemsOfPins([uses('a/b', commit), uses('a/b/c', other)])).toEqual([expect.stringMatching(/elsewhere/)])
})
