import { expect, test } from '@jest/globals'
import { repository } from '../../../scripts/check-definition.ts'
import { problemsOfReadme } from '../../../scripts/check-readme.ts'

const old = '0123456789abcdef0123456789abcdef01234567'
const versions = new Map([
  ['v1.1.0', { commit: old, definition: 'inputs: { wait: {} }' }],
  ['v1.2.0', { commit: old.replaceAll('0', 'a'), definition: 'inputs: { wait: {}, until: {} }' }],
])

/** The problems in a release of v1.2.0 whose README has one step. */
function problemsOf(version: string, input: string): string[] {
  const readme = `\`\`\`yaml\n- uses: ${repository}@${version}\n  with:\n    ${input}: x\n\`\`\`\n`
  return problemsOfReadme(readme, 'v1.2.0', (tag) => versions.get(tag) ?? { commit: '', definition: 'inputs: {}' })
}

test.each([
  ['the major tag, with a new input', 'v1', 'until', []],
  ['the major tag, with an input that is not released', 'v1', 'soon', ["README.md: v1.2.0 has no input 'soon'"]],
  ['an older commit, with an input that it has', `${old} # v1.1.0`, 'wait', []],
  ['an older commit, with a newer input', `${old} # v1.1.0`, 'until', ["README.md: v1.1.0 has no input 'until'"]],
  ['a commit of another version', `${old} # v1.2.0`, 'until', [`README.md: ${old} is not the commit of v1.2.0`]],
])('a release checks a use in README: %s', (_, version, input, problems) => {
  expect(problemsOf(version, input)).toEqual(problems)
})
