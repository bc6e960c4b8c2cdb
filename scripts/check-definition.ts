import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { right } from '../src/inputs/parsed.ts'
import { readInputs } from '../src/inputs.ts'

/** What action.yml promises to users of the action. */
export interface Definition {
  /** By name. The default is null if there is none. */
  readonly inputs: ReadonlyMap<string, { readonly required: boolean; readonly default: string | null }>
  readonly outputs: ReadonlySet<string>
  /** As a workflow names it, without the version. */
  readonly repository: string
  /** The major version in package.json, which is also in the tag that users name. */
  readonly majorVersion: string
}

const repository = 'wait-for-permission-set-provisioning/wait-for-permission-set-provisioning'

const requestId = '5a1b2c3d-0123-4567-89ab-0123456789ab'
/** Valid values for inputs that get their value only when a workflow runs. */
export const plausibleInputs: Readonly<Record<string, string>> = {
  'instance-arn': 'arn:aws:sso:::instance/ssoins-1234567890abcdef',
  'request-id': requestId,
  'aws-region': 'eu-central-1',
}

/** @throws Error when action.yml or package.json cannot be read */
export async function readDefinition(root: string): Promise<Definition> {
  const action = objectAt(parse(await readFile(join(root, 'action.yml'), 'utf8')))
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const inputs = Object.entries(objectAt(action, 'inputs')).map(([name, input]) => {
    const { required, default: fallback } = objectAt(input)
    return [name, { required: required === true, default: fallback === undefined ? null : String(fallback) }] as const
  })
  return {
    inputs: new Map(inputs),
    outputs: new Set(Object.keys(objectAt(action, 'outputs'))),
    repository,
    majorVersion: String(version).split('.')[0] ?? '',
  }
}

/** What is wrong with action.yml, apart from its schema: descriptions, the entry, the defaults. */
export async function problemsOfDefinition(root: string): Promise<string[]> {
  const action = objectAt(parse(await readFile(join(root, 'action.yml'), 'utf8')))
  const problems: string[] = []
  for (const kind of ['inputs', 'outputs']) {
    for (const [name, member] of Object.entries(objectAt(action, kind))) {
      const { description } = objectAt(member)
      if (typeof description !== 'string' || !/\S.*\.$/s.test(description.trim()))
        problems.push(`${kind}.${name} needs a description that ends with a full stop`)
    }
  }

  const { using, main } = objectAt(action, 'runs')
  if (using !== 'node24') problems.push(`runs.using is ${String(using)}, but must be node24`)
  if (typeof main !== 'string' || !existsSync(join(root, main)))
    problems.push(`runs.main is ${String(main)}, but there is no such file. Run 'npm run build'`)

  const { inputs } = await readDefinition(root)
  const defaults = [...inputs].flatMap(([name, input]): [string, string][] =>
    input.default === null || input.default.includes('${{') ? [] : [[name, input.default]],
  )
  const withDefaults = readGiven({ ...plausibleInputs, ...Object.fromEntries(defaults) })
  const withoutDefaults = readGiven(plausibleInputs)
  if (!withDefaults.ok) problems.push(...withDefaults.problems.map((problem) => `a default is refused: ${problem}`))
  else if (JSON.stringify(withDefaults) !== JSON.stringify(withoutDefaults))
    problems.push('a default differs from the value that src/inputs.ts uses for a blank input')
  const read = namesRead()
  problems.push(...[...inputs.keys()].filter((name) => !read.has(name)).map((name) => `inputs.${name} is never read`))
  problems.push(...[...read].filter((name) => !inputs.has(name)).map((name) => `inputs.${name} is read, but missing`))
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
  readInputs(
    new Proxy(environmentOf({ ...plausibleInputs, ...asking }), {
      get(environment, key) {
        const name = /^INPUT_(.*)$/.exec(String(key))?.[1]
        if (name !== undefined) names.add(name.toLowerCase())
        return Reflect.get(environment, key)
      },
    }),
    right(requestId),
  )
  return names
}

function environmentOf(inputs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]))
}

/** The mapping at this key, or an empty one. */
function objectAt(value: unknown, key?: string): Record<string, unknown> {
  const found: unknown = key === undefined ? value : objectAt(value)[key]
  return typeof found === 'object' && found !== null ? { ...found } : {}
}
