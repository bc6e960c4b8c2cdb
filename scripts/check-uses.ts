import MarkdownIt from 'markdown-it'
import { isMap, LineCounter, parseDocument, visit, type YAMLMap } from 'yaml'
import { type Definition, plausibleInputs, readGiven, repository } from './check-definition.ts'

/** Some YAML, and its place. */
export interface Source {
  readonly file: string
  readonly text: string
  /** How many lines of the file come before it. */
  readonly linesBefore: number
}

/** Inputs that a use leaves out if another one says what to wait for. The action says itself whether all are missing. */
const whatToWaitFor = { 'request-id': '', 'permission-set-arn': '' }

/** The YAML in a page's code blocks. */
export function snippetsIn(file: string, markdown: string): Source[] {
  return new MarkdownIt()
    .parse(markdown, {})
    .filter(({ type, info }) => type === 'fence' && /^ya?ml\b/.test(info))
    .map(({ content, map }) => ({ file, text: content, linesBefore: (map?.[0] ?? 0) + 1 }))
}

/**
 * What is wrong with uses of this action, at the major version of `version`: names, values, versions, and the outputs that later steps
 * read.
 */
export function problemsOfUses({ file, linesBefore, text }: Source, definition: Definition, version: string): string[] {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const placeOf = (offset: number) => `${file}:${lines.linePos(offset).line + linesBefore}`
  const problems = document.errors.map(({ message, pos }) => `${placeOf(pos[0])}: ${message}`)
  visit(document, {
    Map(_, step) {
      const uses = String(step.get('uses'))
      if (uses !== './' && !uses.startsWith(`${repository}@`)) return
      const wanted = `${repository}@v${version.split('.')[0]}`
      const isPinned = uses === './' || uses === wanted || /@[0-9a-f]{40}$/.test(uses)
      const own = [
        ...(isPinned ? [] : [`${uses} should be ${wanted}`]),
        ...problemsOfInputs(inputsOf(step), definition),
        ...problemsOfOutputs(String(step.get('id')), text, definition),
      ]
      problems.push(...own.map((problem) => `${placeOf(step.range?.[0] ?? 0)}: ${problem}`))
    },
  })
  return problems
}

/** Other actions that are pinned to several commits. Dependabot updates those in the workflows, and not those in the examples. */
export function problemsOfPins(sources: readonly Source[]): string[] {
  const pins = new Map<string, string>()
  return sources.flatMap(({ file, text }) =>
    [...text.matchAll(/uses: ([\w-]+\/[\w-]+)\S*@([0-9a-f]{40} # v\S+)$/gm)].flatMap(([, action = '', pin = '']) => {
      const known = pins.get(action) ?? pin
      pins.set(action, known)
      return known === pin ? [] : [`${file}: ${action} is pinned to ${pin}, and elsewhere to ${known}`]
    }),
  )
}

function problemsOfInputs(given: Readonly<Record<string, string>>, { inputs }: Definition): string[] {
  const unknown = Object.keys(given).filter((name) => !inputs.has(name))
  const fixed = Object.entries(given).filter(([, value]) => !value.includes('${{'))
  const missing = Object.entries(whatToWaitFor).filter(([name]) => !(name in given))
  const permissionSet = 'arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef'
  const plausible = { ...plausibleInputs, 'permission-set-arn': permissionSet, ...Object.fromEntries(missing) }
  const read = readGiven({ ...plausible, ...Object.fromEntries(fixed) })
  return [
    ...unknown.map((name) => `the action has no input '${name}'; it has ${[...inputs.keys()].join(', ')}`),
    ...(read.ok ? [] : read.problems),
  ]
}

function problemsOfOutputs(id: string, text: string, { outputs }: Definition): string[] {
  return [...text.matchAll(new RegExp(`\\bsteps\\.${id}\\.outputs\\.([\\w-]+)`, 'g'))].flatMap(([whole, name = '']) =>
    outputs.has(name) ? [] : [`${whole} is read, but the action has no output '${name}'`],
  )
}

function inputsOf(step: YAMLMap): Record<string, string> {
  const given = step.get('with')
  if (!isMap(given)) return {}
  return Object.fromEntries(Object.entries(given.toJSON()).map(([name, value]) => [name, String(value)]))
}
