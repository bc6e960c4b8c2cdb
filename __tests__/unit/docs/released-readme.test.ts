import { expect, test } from '@jest/globals'
import { definitionOf, repository } from '../../../scripts/check-definition.ts'
import { problemsOfReadme } from '../../../scripts/check-readme.ts'

const [old, newest] = ['0123456789abcdef0123456789abcdef01234567', 'a123456789abcdef0123456789abcdef01234567'] as const

/** Version 1.1.0 has no input `until`. */
function versionAt(tag: string) {
  return tag === 'v1.1.0'
    ? { commit: old, definition: definitionOf('{ inputs: { request-id: {} }, outputs: {} }') }
    : { commit: newest, definition: definitionOf('{ inputs: { request-id: {}, until: {} }, outputs: {} }') }
}

test.each([
  ['the major tag, with a new input', 'v1', 'until: finished', []],
  ['the major tag, with an input that is not released', 'v1', 'soon: x', [/v1\.2\.0: README.md:2: .* no input 'soon'/]],
  ['an older commit, with an input that it has', `${old} # v1.1.0`, '', []],
  ['an older commit, with a newer input', `${old} # v1.1.0`, 'until: finished', [/v1\.1\.0: .* no input 'until'/]],
  ['a commit of another version', `${old} # v1.2.0`, 'until: finished', [/v1\.2\.0: .* is not its commit/]],
])('a release of v1.2.0 checks a use in README: %s', (_, version, input, problems) => {
  const request = `request-id: \${{ vars.REQUEST }}`
  const readme = `\`\`\`yaml\n- uses: ${repository}@${version}\n  with:\n    ${request}\n    ${input}\n\`\`\`\n`
  expect(problemsOfReadme(readme, 'v1.2.0', versionAt)).toEqual(problems.map((text) => expect.stringMatching(text)))
})
