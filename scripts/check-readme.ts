import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Definition, definitionOf, repository } from './check-definition.ts'
import { problemsOfUses, snippetsIn } from './check-uses.ts'

// For the release workflow: `node scripts/check-readme.ts v1.2.3`. People copy README's snippets together with the version in them, so that
// version must have each input. If there are problems, prints all of them and exits with code 1.

/** A version of this action, by its tag. */
export interface Version {
  readonly commit: string
  readonly definition: Definition
}

/**
 * What is wrong with README's uses of this action: an input that its version does not have, or a commit that is not its version's. A snippet
 * that says no version, as by the major tag, gets the one that is released.
 */
export function problemsOfReadme(readme: string, released: string, versionAt: (tag: string) => Version): string[] {
  return snippetsIn('README.md', readme).flatMap((snippet) => {
    const [, pin, tag = released] = new RegExp(`${repository}@([0-9a-f]{40}) # (\\S+)`).exec(snippet.text) ?? []
    const { commit, definition } = versionAt(tag)
    const ofPin = pin === undefined || pin === commit ? [] : [`README.md: ${pin} is not its commit`]
    return [...ofPin, ...problemsOfUses(snippet, definition, tag.slice(1))].map((problem) => `${tag}: ${problem}`)
  })
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '..')
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()
  const versionAt = (tag: string) => ({
    commit: git('rev-parse', `${tag}^{commit}`),
    definition: definitionOf(git('show', `${tag}:action.yml`)),
  })
  const [released = ''] = process.argv.slice(2)
  const problems = problemsOfReadme(await readFile(join(root, 'README.md'), 'utf8'), released, versionAt)
  for (const problem of problems) console.error(problem)
  process.exitCode = problems.length > 0 ? 1 : 0
}
