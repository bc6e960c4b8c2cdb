import { expect, test } from '@jest/globals'
import { definitionOf, readDefinition, repository } from '../../../scripts/check-definition.ts'
import { problemsOfReadme } from '../../../scripts/check-readme.ts'
import { problemsOfPins, problemsOfUses, snippetsIn } from '../../../scripts/check-uses.ts'

// What `npm run check:action` finds. That correct uses are none of it shows on every page and example.

const definition = await readDefinition('.')
const commit = '0123456789abcdef0123456789abcdef01234567'
const instance = 'instance-arn: arn:aws:sso:::instance/ssoins-1234567890abcdef'
const request = `request-id: \${{ steps.deploy.outputs.request-id }}`
const source = (text: string) => ({ file: 'examples/a.yml', text, linesBefore: 0 })

test.each<[string, { inputs?: string[]; version?: string; rest?: string }, RegExp]>([
  ['a name that does not exist', { inputs: [instance, request, 'time-out-minutes: 5'] }, /no input 'time-out-minutes'/],
  ['nothing to wait for', { inputs: [instance] }, /Input 'request-id' is blank/],
  ['a value that is refused', { inputs: [instance, request, 'timeout-minutes: half an hour'] }, /'timeout-minutes'/],
  ['another version', { version: 'v0' }, /should be \S+@v1$/],
  ['an output that does not exist', { rest: '- if: steps.wait.outputs.outcome' }, /no output 'outcome'/],
  ['text that is not YAML', { rest: 'a: [\n' }, /examples\/a\.yml:\d/],
])('a use with %s is a problem', (_, { inputs = [instance, request], version = 'v1', rest = '' }, message) => {
  const given = inputs.map((input) => `    ${input}\n`).join('')
  const step = source(`- id: wait\n  uses: ${repository}@${version}\n  with:\n${given}${rest}`)
  expect(problemsOfUses(step, definition, '1.2.3')).toContainEqual(expect.stringMatching(message))
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

/** Version 1.1.0 has no input `until`. */
function versionAt(tag: string) {
  return tag === 'v1.1.0'
    ? { commit, definition: definitionOf('{ inputs: { request-id: {} }, outputs: {} }') }
    : {
        commit: commit.replace('0', 'a'),
        definition: definitionOf('{ inputs: { request-id: {}, until: {} }, outputs: {} }'),
      }
}

test.each([
  ['the major tag, with a new input', 'v1', 'until: finished', []],
  ['the major tag, with an input that is not released', 'v1', 'soon: x', [/v1\.2\.0: README.md:2: .* no input 'soon'/]],
  ['an older commit, with an input that it has', `${commit} # v1.1.0`, '', []],
  ['an older commit, with a newer input', `${commit} # v1.1.0`, 'until: finished', [/v1\.1\.0: .* no input 'until'/]],
  ['a commit of another version', `${commit} # v1.2.0`, 'until: finished', [/v1\.2\.0: .* is not its commit/]],
])('a release of v1.2.0 checks a use in README: %s', (_, version, input, problems) => {
  const readme = `\`\`\`yaml\n- uses: ${repository}@${version}\n  with:\n    ${request}\n    ${input}\n\`\`\`\n`
  expect(problemsOfReadme(readme, 'v1.2.0', versionAt)).toEqual(problems.map((text) => expect.stringMatching(text)))
})
