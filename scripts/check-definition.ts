import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { right } from '../src/inputs/parsed.ts'
import { readInputs } from '../src/inputs.ts'

/** What action.yml promises to users of the action. */
export type Definition = Readonly<ReturnType<typeof definitionOf>>

/** As a workflow names the action, without the version. */
export const repository = 'wait-for-permission-set-provisioning/wait-for-permission-set-provisioning'

const requestId = '5a1b2c3d-0123-4567-89ab-0123456789ab'
/** Valid values for inputs that get their value only when a workflow runs. */
export const plausibleInputs: Readonly<Record<string, string>> = {
  'instance-arn': 'arn:aws:sso:::instance/ssoins-1234567890abcdef',
  'request-id': requestId,
  'aws-region': 'eu-central-1',
}

/** @throws Error when action.yml cannot be read */
export async function readDefinition(root: string): Promise<Definition> {
  return definitionOf(await readFile(join(root, 'action.yml'), 'utf8'))
}

/** The definition in the text of an action.yml. */
export function definitionOf(text: string) {
  const action: {
    inputs: Record<string, { default?: string | number | boolean }>
    outputs: Record<string, object>
    runs?: { main: string }
  } = parse(text)
  const inputs = Object.entries(action.inputs).map(([name, { default: fallback }]) => {
    return [name, fallback === undefined ? null : String(fallback)] as const
  })
  /** Names, with the default of an input, or null if there is none; and the file that the runner starts. */
  return { inputs: new Map(inputs), outputs: new Set(Object.keys(action.outputs)), main: action.runs?.main ?? '' }
}

/** Where action.yml and what the action reads are not the same: names and defaults. */
export function problemsOfDefinition({ inputs }: Definition): string[] {
  const problems: string[] = []
  const defaults = [...inputs].flatMap(([name, value]) =>
    value === null || value.includes('${{') ? [] : [[name, value]],
  )
  const withDefaults = readGiven({ ...plausibleInputs, ...Object.fromEntries(defaults) })
  if (!withDefaults.ok) problems.push(...withDefaults.problems.map((problem) => `a default is refused: ${problem}`))
  else if (JSON.stringify(withDefaults) !== JSON.stringify(readGiven(plausibleInputs)))
    problems.push('a default differs from the value that src/inputs.ts uses for a blank input')
  const read = namesRead()
  problems.push(...[...inputs.keys()].filter((name) => !read.has(name)).map((name) => `inputs.${name} is never read`))
  return problems.map((problem) => `action.yml: ${problem}`)
}

/** Reads inputs as the action does, by their names in action.yml. Any file holds a request ID. */
export function readGiven(inputs: Readonly<Record<string, string>>): ReturnType<typeof readInputs> {
  return readInputs(environmentOf(inputs), right(requestId))
}

/** The names of all inputs that the action reads. It reads some inputs only if these two have a value. */
function namesRead(): Set<string> {
  const asking = { 'role-to-assume': 'arn:aws:iam::111122223333:role/wait', 'pull-request-comment': 'always' }
  const names = new Set<string>()
  const environment = new Proxy(environmentOf({ ...plausibleInputs, ...asking }), {
    get(target, key) {
      const name = /^INPUT_(.*)$/.exec(String(key))?.[1]
      if (name !== undefined) names.add(name.toLowerCase())
      return Reflect.get(target, key)
    },
  })
  readInputs(environment, right(requestId))
  return names
}

function environmentOf(inputs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]))
}
