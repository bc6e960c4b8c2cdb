import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isMap, isScalar, parse, parseDocument, visit } from 'yaml'
import { repository } from './check-definition.ts'
import { snippetsIn } from './check-uses.ts'

// For the release workflow: `node scripts/check-readme.ts v1.2.3`. People copy README's snippets together with the version in them, so that
// version must have each input. If there are problems, prints all of them and exits with code 1.

/** A version of this action, by its tag. */
export interface Version {
  readonly commit: string
  /** The text of its action.yml. */
  readonly definition: string
}

/**
 * What is wrong with README's uses of this action: an input that its version does not have, or a commit that is not its version's. A use
 * that says no version, as by the major tag, gets the one that is released.
 */
export function problemsOfReadme(readme: string, released: string, versionAt: (tag: string) => Version): string[] {
  const problems: string[] = []
  for (const { text } of snippetsIn('README.md', readme)) {
    visit(parseDocument(text), {
      Map(_, step) {
        const uses = step.get('uses', true)
        if (!isScalar(uses) || !String(uses.value).startsWith(`${repository}@`)) return
        const tag = /^ (v\d+\.\d+\.\d+)$/.exec(uses.comment ?? '')?.[1] ?? released
        const { commit, definition } = versionAt(tag)
        const pin = /@([0-9a-f]{40})$/.exec(String(uses.value))?.[1] ?? commit
        if (pin !== commit) problems.push(`README.md: ${pin} is not the commit of ${tag}`)
        const given = step.get('with')
        const unknown = Object.keys(isMap(given) ? given.toJSON() : {}).filter(
          (name) => !(name in parse(definition).inputs),
        )
        problems.push(...unknown.map((name) => `README.md: ${tag} has no input '${name}'`))
      },
    })
  }
  return problems
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '..')
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()
  const versionAt = (tag: string) => ({
    commit: git('rev-parse', `${tag}^{commit}`),
    definition: git('show', `${tag}:action.yml`),
  })
  const [released = ''] = process.argv.slice(2)
  const problems = problemsOfReadme(await readFile(join(root, 'README.md'), 'utf8'), released, versionAt)
  if (problems.length > 0) {
    console.error(problems.join('\n'))
    process.exitCode = 1
  }
}
