import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { problemsOfDefinition, readDefinition } from './check-definition.ts'
import { problemsOfMetadata, problemsOfWorkflows } from './check-lint.ts'
import { problemsOfPins, problemsOfSafety, problemsOfUses, type Source, snippetsIn } from './check-uses.ts'

/**
 * Checks action.yml, the repository's workflows, the examples, and the snippets of all pages, because people copy them. If there are
 * problems, prints all of them and exits with code 1.
 */
const root = join(import.meta.dirname, '..')

const definition = await readDefinition(root)
const workflows = (await Promise.all(['.github/workflows', 'examples'].map(read))).flat().filter(isWorkflow)
const pages = (await Promise.all(['.', 'docs'].map(read))).flat().filter(({ file }) => file.endsWith('.md'))
const snippets = pages.flatMap(({ file, text }) => snippetsIn(file, text))

const problems = [
  ...problemsOfMetadata('action.yml', await readFile(join(root, 'action.yml'), 'utf8')),
  ...(await problemsOfDefinition(root)),
  ...(await problemsOfWorkflows(workflows)),
  ...workflows.flatMap(problemsOfSafety),
  ...problemsOfPins(workflows, definition),
  ...[...workflows, ...snippets].flatMap((source) => problemsOfUses(source, definition)),
]
if (problems.length > 0) {
  console.error(problems.join('\n'))
  process.exitCode = 1
} else {
  console.log(`action.yml, ${workflows.length} workflows and ${snippets.length} snippets are correct`)
}

async function read(folder: string): Promise<Source[]> {
  if (!existsSync(join(root, folder))) return []
  const files = await readdir(join(root, folder), { withFileTypes: true })
  return Promise.all(
    files
      .filter((file) => file.isFile() && /\.(md|ya?ml)$/.test(file.name))
      .map(async ({ name }) => {
        const text = await readFile(join(root, folder, name), 'utf8')
        return { file: folder === '.' ? name : `${folder}/${name}`, text, linesBefore: 0 }
      }),
  )
}

/** The examples also have a CloudFormation template. */
function isWorkflow({ file }: Source): boolean {
  return /\.ya?ml$/.test(file) && !file.endsWith('.cloudformation.yml')
}
